package webapp

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/qr"
)

// keepUnit notes the unit of a QR code in a cookie, so that it is chosen when the registration begins.
func (a *App) keepUnit(c *gin.Context, v *visitor) string {
	code := c.Query("don-vi")
	if code != "" {
		if _, ok := v.ed.Units.Unit(code); !ok {
			return ""
		}
		a.server.SetCookie(c, unitCookie, code, 0)
		return v.ed.Units.FullName(code)
	}
	code, _ = c.Cookie(unitCookie)
	return v.ed.Units.FullName(code)
}

// code draws the QR code of the contest or of its OA, as SVG.
func (a *App) code(c *gin.Context, v *visitor) error {
	name := strings.TrimSuffix(c.Param("name"), ".svg")
	if name == qr.ToOA && v.ed.Contest.Contacts.ZaloOAID == "" || name != qr.ToOA && name != qr.ToContest {
		return core.Errorf(core.NotFound, "Không có mã này.")
	}
	link, err := a.opt.QR.Ensure(c.Request.Context(), v.ed.Contest.ID, name, "")
	text := oaURL(v.ed.Contest)
	if err == nil {
		text = a.opt.QR.Address(link)
	} else if name == qr.ToContest { // the database is away: the direct address serves as well, uncounted
		text = a.opt.PublicURL + v.base
	}
	drawn, err := qr.Draw(text, qr.Screen)
	if err != nil {
		return err
	}
	c.Header("Cache-Control", "public, max-age=3600")
	c.Data(http.StatusOK, "image/svg+xml", drawn.SVG("Mã QR"))
	return nil
}
