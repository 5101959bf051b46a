package webapp

import (
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/catalog"
	"duthi/core/contestfile"
)

// attachedLimit bounds the files that come along with a contest file in one form; more goes by the command line.
const attachedLimit = 60 << 20

// digestShown is how much of a file's digest its address carries.
const digestShown = 16

// attachmentTime is how long a file may take on its way: the largest over a line of 300 kbit/s.
const attachmentTime = 10 * time.Minute

// attached gives where a file that a document names is read, and what it is.
func (a *App) attached(v *visitor) func(path string) (href, what string) {
	return func(name string) (string, string) {
		e, err := a.opt.Catalog.Edition(v.ed.Contest.ID)
		if err != nil {
			return "", ""
		}
		file, ok := e.Record.Attachment(name)
		if !ok {
			return "", ""
		}
		kind := strings.ToUpper(strings.TrimPrefix(path.Ext(name), "."))
		return v.base + "tep/" + file.Digest[:digestShown] + "/" + url.PathEscape(path.Base(name)), kind + ", " + size(file.Size)
	}
}

// size writes a number of bytes as people read it: "820 KB", "1,2 MB".
func size(bytes int64) string {
	if bytes < 1<<20 {
		return fmt.Sprintf("%d KB", (bytes+1023)>>10)
	}
	return strings.Replace(fmt.Sprintf("%.1f MB", float64(bytes)/(1<<20)), ".", ",", 1)
}

// attachment serves a file of the contest. Its address names its content, so that it never changes.
func (a *App) attachment(c *gin.Context, v *visitor) error {
	e, err := a.opt.Catalog.Edition(v.ed.Contest.ID)
	if err != nil {
		return err
	}
	for _, file := range e.Record.Attachments {
		if file.Digest[:digestShown] != c.Param("digest") || path.Base(file.Path) != c.Param("name") {
			continue
		}
		shown := "attachment"
		if file.Type == "application/pdf" || strings.HasPrefix(file.Type, "image/") {
			shown = "inline"
		}
		tag := `"` + file.Digest + `"`
		content := a.opt.Files.OpenAttachment(c.Request.Context(), e.Record.ID, file)
		if c.GetHeader("If-None-Match") != tag { // a database that is away must be said before the answer begins
			if _, err := content.Read(make([]byte, 1)); err != nil {
				return err
			}
		}
		c.Header("Content-Type", file.Type)
		if file.Type == "application/pdf" {
			// Browsers show a PDF by an embedded viewer of their own, which the pages' policy (no objects, no frames) stops.
			// As nosniff keeps the content from being read as a page, it needs no more than this.
			c.Header("Content-Security-Policy", "frame-ancestors 'self'")
		}
		c.Header("Content-Disposition", mime.FormatMediaType(shown, map[string]string{"filename": path.Base(file.Path)}))
		c.Header("Cache-Control", "public, max-age=86400")
		c.Header("ETag", tag)
		http.ServeContent(c.Writer, c.Request, "", time.Time{}, content)
		return nil
	}
	return core.Errorf(core.NotFound, "Không có tệp này. Có thể tệp đã được thay; mời anh/chị xem lại trang Tài liệu.")
}

// cameAlong opens the files chosen beside a contest file by the last part of their path.
func cameAlong(r *http.Request) catalog.Attached {
	return func(name string) (io.ReadCloser, error) {
		if r.MultipartForm != nil {
			for _, h := range r.MultipartForm.File["kem"] {
				if path.Base(h.Filename) == path.Base(name) {
					return h.Open()
				}
			}
		}
		return nil, core.Errorf(core.NotFound, "Không có tệp %s.", name)
	}
}

// holdAttached stores the files that came along, for the import that is to be confirmed.
func (a *App) holdAttached(ctx context.Context, content []byte, open catalog.Attached) ([]core.Attachment, error) {
	contest, err := contestfile.ParseContest(strings.NewReader(string(content)), "")
	if err != nil {
		return nil, err
	}
	var held []core.Attachment
	for _, docs := range [][]core.Document{contest.Materials, contest.Notices, contest.Documents} {
		for _, d := range docs {
			if d.File == "" {
				continue
			}
			file, err := a.opt.Files.HoldAttachment(ctx, contest.ID, d.File, open)
			if core.Is(err, core.NotFound) {
				continue // stored with the contest already
			}
			if err != nil {
				return nil, err
			}
			held = append(held, file)
		}
	}
	return held, nil
}

// heldFiles opens what holdAttached stored.
func (a *App) heldFiles(ctx context.Context, u upload) catalog.Attached {
	return func(name string) (io.ReadCloser, error) {
		contest, err := contestfile.ParseContest(strings.NewReader(string(u.Content)), u.Name)
		if err != nil {
			return nil, err
		}
		for _, file := range u.Attached {
			if file.Path == name {
				return io.NopCloser(a.opt.Files.OpenAttachment(ctx, contest.ID, file)), nil
			}
		}
		return nil, core.Errorf(core.NotFound, "Không có tệp %s.", name)
	}
}
