package webapp

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/qr"
	"duthi/core/web"
)

// posterPixels is the size a PNG is drawn at, at most: sharp in print up to about 20 cm.
const posterPixels = 1600

// unitsListed bounds the units shown at once; a search finds the others.
const unitsListed = 12

type codesPage struct {
	consoleFrame
	Main       []codeRow // contest, OA
	Places     []codeRow
	Units      []codeRow
	UnitsTotal string
	More       bool // there are more units than listed
	Search     searchBox
	Place      string
	Error      string
	MayAdd     bool
}

// codeRow is a code with its downloads. Scans counts how often its address was opened.
type codeRow struct{ Name, Detail, Address, SVG, PNG, Scans string }

// codes lists the codes of the contest, of units and of places, each with its downloads and scans.
func (a *App) codes(c *gin.Context, d *desk) error {
	return a.showCodes(c, d, http.StatusOK, "", "")
}

func (a *App) showCodes(c *gin.Context, d *desk, status int, place, problem string) error {
	ctx := c.Request.Context()
	q := core.CleanText(c.Query("q"))
	p := codesPage{consoleFrame: a.consoleFrame(c, d, "Mã QR", "/console/ma-qr"), Search: searchBox{q, "Tìm đơn vị"}, Place: place, Error: problem, MayAdd: d.person.May(editContent)}
	links, err := a.opt.QR.List(ctx, d.ed.Contest.ID)
	if err != nil {
		return err
	}
	known := map[string]core.Link{}
	for _, l := range links {
		known[l.Kind+":"+l.Ref] = l
	}
	p.Main = append(p.Main, a.codeRow(known, "Cuộc thi", "Trang chủ", qr.ToContest, ""))
	if d.ed.Contest.Contacts.ZaloOAID != "" {
		p.Main = append(p.Main, a.codeRow(known, d.ed.Contest.Contacts.ZaloOA, "Mở Zalo OA", qr.ToOA, ""))
	}
	for _, l := range links {
		if l.Kind == qr.ToPlace {
			p.Places = append(p.Places, a.codeRow(known, l.Ref, "Nơi đặt", qr.ToPlace, l.Ref))
		}
	}
	query := core.Fold(q)
	p.UnitsTotal = number(d.ed.Units.Len())
	for _, u := range d.ed.Units.All() {
		if name := d.ed.Units.FullName(u.Code); query == "" && u.ParentCode == "" || query != "" && holds(core.Fold(name), query) {
			p.Units = append(p.Units, a.codeRow(known, name, u.Code, qr.ToUnit, u.Code))
		}
		if len(p.Units) == unitsListed {
			p.More = true
			break
		}
	}
	return a.show(c, status, "console-codes", p)
}

func (a *App) codeRow(known map[string]core.Link, name, detail, kind, ref string) codeRow {
	q := kind
	if ref != "" {
		q += ":" + ref
	}
	r := codeRow{Name: name, Detail: detail, Scans: "0"}
	base := "/console/ma-qr/tai?ten=" + url.QueryEscape(q)
	r.SVG, r.PNG = base+"&dang=svg", base+"&dang=png"
	if l, ok := known[kind+":"+ref]; ok {
		r.Scans, r.Address = number(l.Scans), a.opt.QR.Address(l)
	}
	return r
}

func (a *App) addPlace(c *gin.Context, d *desk) error {
	name := core.CleanText(c.PostForm("noi"))
	kind, ref, err := qr.ParseName("place:" + name)
	if err != nil {
		return a.showCodes(c, d, http.StatusUnprocessableEntity, name, "Nhập tên nơi đặt, tối đa 80 ký tự. Ví dụ: Sảnh UBND tỉnh.")
	}
	if _, err := a.opt.QR.Ensure(c.Request.Context(), d.ed.Contest.ID, kind, ref); err != nil {
		return err
	}
	return done(c, "/console/ma-qr", "noi-dat")
}

// downloadCode draws a code for print, as PNG or SVG.
func (a *App) downloadCode(c *gin.Context, d *desk) error {
	kind, ref, err := qr.ParseName(c.Query("ten"))
	if err != nil {
		return err
	}
	return a.sendCode(c, d, kind, ref)
}

// sendCode answers with the code of a thing of the contest as a file, SVG when the query says so.
func (a *App) sendCode(c *gin.Context, d *desk, kind, ref string) error {
	if _, ok := d.ed.Units.Unit(ref); kind == qr.ToUnit && !ok {
		return core.Errorf(core.NotFound, "Không có đơn vị %s.", ref)
	}
	if kind == qr.ToOA && d.ed.Contest.Contacts.ZaloOAID == "" {
		return core.Errorf(core.NotFound, "Tệp cuộc thi chưa có contacts.zalo_oa_id nên chưa vẽ được mã của OA.")
	}
	link, err := a.opt.QR.Ensure(c.Request.Context(), d.ed.Contest.ID, kind, ref)
	if err != nil {
		return err
	}
	code, err := qr.Draw(a.opt.QR.Address(link), qr.Print)
	if err != nil {
		return err
	}
	file := "duthi-" + strings.ReplaceAll(core.Fold(kind+" "+ref), " ", "-")
	if c.Query("dang") == "svg" {
		return sendFile(c, file+".svg", "image/svg+xml", code.SVG("Mã QR: "+a.opt.QR.Address(link)))
	}
	picture, err := code.PNG(posterPixels)
	if err != nil {
		return err
	}
	return sendFile(c, file+".png", "image/png", picture)
}

// sendFile answers with a file to keep. name has only letters, digits, hyphens and dots.
func sendFile(c *gin.Context, name, contentType string, data []byte) error {
	c.Header("Content-Disposition", `attachment; filename="`+name+`"`)
	c.Data(http.StatusOK, contentType, data)
	return nil
}

// follow is the short address a code leads to: it counts the scan and goes on.
func (a *App) follow(c *gin.Context) error {
	link, err := a.opt.QR.Resolve(c.Request.Context(), c.Param("code"))
	if err != nil {
		return err
	}
	base, oa := "/", ""
	ed, err := a.opt.Edition(c.Request.Context(), link.ContestID)
	if err != nil {
		return err
	}
	if active, err := a.opt.Edition(c.Request.Context(), ""); err == nil && active.Contest.ID != link.ContestID {
		base = "/c/" + link.ContestID + "/"
	}
	oa = ed.Contest.Contacts.ZaloOAID
	if c.Request.Method == http.MethodGet { // HEAD is a link preview
		a.opt.QR.Count(link.Code)
	}
	c.Header("Cache-Control", "no-store") // each scan must reach us to be counted
	c.Redirect(http.StatusFound, qr.Target(link, base, oa))
	return nil
}

// codeRoutes are the public addresses of codes.
func (a *App) codeRoutes() []web.Route {
	return []web.Route{{Method: "GET", Path: "/q/:code", Handler: a.follow}}
}
