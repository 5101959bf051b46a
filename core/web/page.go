package web

import (
	"bytes"
	"net/http"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzip"
)

const (
	compressFrom = 1200 // bytes; below a packet nothing is won
	pageLevel    = 5    // most of the gain at a tenth of the time of the best level
)

var gzipWriters = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, pageLevel) // fails for an unknown level only
	return w
}}

// Page writes a whole HTML page. Pages are compressed: none of them holds a secret that an attacker could
// guess byte by byte by making it repeat input (there are no form tokens; see http.CrossOriginProtection).
// Pages that show a code or a link that is worth stealing are written with Plain.
func Page(c *gin.Context, status int, html []byte) {
	h := c.Writer.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-cache, private")
	}
	h.Set("Vary", "Accept-Encoding, Cookie")
	if len(html) < compressFrom || !AcceptsGzip(c.Request) {
		c.Data(status, "text/html; charset=utf-8", html)
		return
	}
	h.Set("Content-Encoding", "gzip")
	c.Status(status)
	w := gzipWriters.Get().(*gzip.Writer)
	w.Reset(c.Writer)
	_, _ = w.Write(html) // the client went away: there is nobody to tell
	_ = w.Close()
	gzipWriters.Put(w)
}

// Plain writes a whole HTML page uncompressed and uncached.
func Plain(c *gin.Context, status int, html []byte) {
	c.Header("Cache-Control", "no-store")
	c.Data(status, "text/html; charset=utf-8", html)
}

// SeeOther redirects after a form: Post/Redirect/Get.
func SeeOther(c *gin.Context, to string) error {
	c.Header("Cache-Control", "no-store")
	c.Redirect(http.StatusSeeOther, to)
	return nil
}

// AcceptsGzip reports whether the client takes gzip.
func AcceptsGzip(r *http.Request) bool {
	return strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
}

func gzipBest(data []byte) []byte {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression)
	_, _ = w.Write(data)
	_ = w.Close()
	return b.Bytes()
}
