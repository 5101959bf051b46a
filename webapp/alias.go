package webapp

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"duthi/core"
)

// aliased leads a request for one of the contest's other addresses to the public one, with the same path: QR
// codes and cookies are of one address only. Forms are left alone; they come from pages we redirected already.
func (a *App) aliased(c *gin.Context, ct *core.Contest) bool {
	if len(ct.URLs.Aliases) == 0 || c.Request.Method != http.MethodGet && c.Request.Method != http.MethodHead {
		return false
	}
	public, err := url.Parse(a.opt.PublicURL)
	if err != nil || strings.EqualFold(c.Request.Host, public.Host) {
		return false
	}
	for _, alias := range ct.URLs.Aliases {
		if strings.EqualFold(c.Request.Host, hostOf(alias)) {
			c.Header("Cache-Control", "public, max-age=3600")
			c.Redirect(http.StatusMovedPermanently, a.opt.PublicURL+c.Request.URL.RequestURI())
			return true
		}
	}
	return false
}

// hostOf reads "http://thi.example/", "thi.example" or "thi.example:8080".
func hostOf(address string) string {
	if _, rest, ok := strings.Cut(address, "://"); ok {
		address = rest
	}
	host, _, _ := strings.Cut(address, "/")
	return host
}
