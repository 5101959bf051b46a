package webapp

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"duthi/core"
)

var hexColor = regexp.MustCompile(`^#[0-9a-fA-F]{6}$`)

// theme gives a contest's own colours as a style sheet: primary as it is, a darker shade for the hero and a
// tint for what is chosen, all from the one colour of the file.
func (a *App) theme(c *gin.Context, _ *visitor) error {
	id, ok := strings.CutSuffix(c.Param("file"), ".css")
	if !ok {
		return core.Errorf(core.NotFound, "")
	}
	ed, err := a.opt.Edition(c.Request.Context(), id)
	if err != nil {
		return err
	}
	t := ed.Contest.Theme
	if t == nil || !hexColor.MatchString(t.Primary) {
		return core.Errorf(core.NotFound, "")
	}
	c.Header("Cache-Control", "public, max-age=300")
	c.Data(http.StatusOK, "text/css; charset=utf-8", fmt.Appendf(nil, ":root{--primary:%s;--primary-dark:%s;--tint:%s}\n", t.Primary, mix(t.Primary, 0, .32), mix(t.Primary, 255, .88)))
	return nil
}

// mix moves a colour towards black (0) or white (255).
func mix(color string, to int, share float64) string {
	out := "#"
	for i := 1; i < 7; i += 2 {
		v, _ := strconv.ParseUint(color[i:i+2], 16, 8) // the pattern was checked
		out += fmt.Sprintf("%02x", int(float64(v)*(1-share)+float64(to)*share+.5))
	}
	return out
}

// logo gives the picture a contest file carries as a data: URL.
func (a *App) logo(c *gin.Context, _ *visitor) error {
	ed, err := a.opt.Edition(c.Request.Context(), c.Param("file"))
	if err != nil {
		return err
	}
	kind, data, err := parseLogo(ed.Contest.Theme)
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "public, max-age=300")
	c.Header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox") // an SVG is a document of its own
	c.Data(http.StatusOK, kind, data)
	return nil
}

func parseLogo(t *core.Theme) (kind string, data []byte, err error) {
	missing := core.Errorf(core.NotFound, "Cuộc thi không có biểu trưng riêng.")
	if t == nil {
		return "", nil, missing
	}
	head, body, ok := strings.Cut(strings.TrimPrefix(t.Logo, "data:"), ",")
	kind, base64Encoded := strings.CutSuffix(head, ";base64")
	kind, _, _ = strings.Cut(kind, ";")
	if !ok || kind != "image/png" && kind != "image/svg+xml" {
		return "", nil, missing
	}
	if base64Encoded {
		if data, err = base64.StdEncoding.DecodeString(body); err != nil {
			return "", nil, missing
		}
		return kind, data, nil
	}
	text, err := url.PathUnescape(body)
	if err != nil {
		return "", nil, missing
	}
	return kind, []byte(text), nil
}

// robots lets search engines see public pages only.
func (a *App) robots(c *gin.Context, _ *visitor) error {
	c.Header("Cache-Control", "public, max-age=86400")
	c.String(http.StatusOK, "User-agent: *\nDisallow: /thi/\nDisallow: /bai-thi\nDisallow: /dang-ky\nDisallow: /du-lieu-cua-toi\nDisallow: /console\nDisallow: /q/\nDisallow: /hop-thu-mau\n")
	return nil
}

func (a *App) favicon(c *gin.Context, _ *visitor) error {
	c.Header("Cache-Control", "public, max-age=86400")
	c.Redirect(http.StatusFound, a.views.assets.URL("favicon.svg"))
	return nil
}
