package webapp

import (
	"bytes"
	"context"
	"iter"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/exam"
	"duthi/core/groupkit"
	"duthi/core/qr"
)

// kitPath is the console's page of what units pass on.
const kitPath = "/console/tin-nhom"

// archiveTime is what all pictures of a contest may take: about 30 ms each.
const archiveTime = 20 * time.Minute

// kitPart is what the pages show of a unit's kit.
type kitPart struct {
	Text, Link    string
	Picture, Keep string // address of the picture, shown and to keep
	PNG, SVG      string // address of the bare code
	Alt           string
	Width, Height int
}

func (a *App) kitRoutes() []consoleRoute {
	return []consoleRoute{
		{method: "GET", path: "/dau-moi/tin-nhom", page: a.focalKit, focal: true},
		{method: "GET", path: "/dau-moi/tin-nhom/anh", page: a.focalPicture, focal: true},
		{method: "GET", path: kitPath, right: account.SeeFigures, page: a.kits},
		{method: "GET", path: kitPath + "/anh", right: account.SeeFigures, page: a.kitPicture},
		{method: "GET", path: kitPath + "/tai", right: account.SeeFigures, page: a.kitArchive, timeout: archiveTime},
	}
}

// kit gives what a unit passes on, with the figures of a table.
func (a *App) kit(ctx context.Context, d *desk, t *exam.Participation, code string) (groupkit.Kit, error) {
	row, ok := t.Unit(code)
	if !ok {
		return groupkit.Kit{}, core.Errorf(core.NotFound, "Không có đơn vị %s.", code)
	}
	link, err := a.opt.QR.Ensure(ctx, d.ed.Contest.ID, qr.ToUnit, code)
	if err != nil {
		return groupkit.Kit{}, err
	}
	return a.newKit(d, t, row, link), nil
}

func (a *App) newKit(d *desk, t *exam.Participation, u exam.UnitRow, link core.Link) groupkit.Kit {
	ct := *d.ed.Contest
	ct.Title = title(ct.Title) // compounds stay together in the picture
	f := groupkit.Figures{Code: u.Code, Name: d.ed.Units.FullName(u.Code), People: u.People, Attempts: u.Attempts,
		Headcount: u.Headcount, Percent: u.Percent, Needed: u.Needed, At: t.At}
	k := groupkit.New(&ct, f, a.opt.QR.Address(link), d.now)
	k.Sample = d.ed.Sample
	return k
}

// kitOf is kit with the table of now.
func (a *App) kitOf(ctx context.Context, d *desk, code string) (groupkit.Kit, error) {
	t, err := a.opt.Exam.Participation(ctx, d.ed, "", d.now)
	if err != nil {
		return groupkit.Kit{}, err
	}
	return a.kit(ctx, d, t, code)
}

func part(k groupkit.Kit, picture, code string) *kitPart {
	sep := "?"
	if strings.Contains(picture, "?") {
		sep = "&"
	}
	return &kitPart{Text: k.Text(), Link: k.Link, Picture: picture, Keep: picture + sep + "tai=1", PNG: code + "dang=png", SVG: code + "dang=svg",
		Alt: "Ảnh có tên cuộc thi, số liệu và mã QR của " + k.Figures.Name + "; nội dung như phần chữ ở trên", Width: groupkit.Width, Height: groupkit.Height}
}

type focalKitPage struct {
	frame
	Unit string
	Kit  *kitPart
}

// focalKit shows a focal point what to post in the office's group.
func (a *App) focalKit(c *gin.Context, d *desk) error {
	k, err := a.kitOf(c.Request.Context(), d, d.person.UnitCode)
	if err != nil {
		return err
	}
	p := focalKitPage{frame: a.focalFrame(d), Unit: k.Figures.Name, Kit: part(k, "/dau-moi/tin-nhom/anh", "/dau-moi/ma-qr?")}
	p.Title = "Tin cho nhóm"
	return a.show(c, http.StatusOK, "focal-kit", p)
}

func (a *App) focalPicture(c *gin.Context, d *desk) error {
	return a.sendPicture(c, d, d.person.UnitCode)
}

// sendPicture draws the picture of a unit: to be shown, or to keep with tai=1.
func (a *App) sendPicture(c *gin.Context, d *desk, code string) error {
	k, err := a.kitOf(c.Request.Context(), d, code)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := a.painter.PNG(&b, k); err != nil {
		return err
	}
	if c.Query("tai") != "" {
		return sendFile(c, groupkit.FileName(k.Figures.Code, k.Figures.Name)+".png", "image/png", b.Bytes())
	}
	c.Data(http.StatusOK, "image/png", b.Bytes())
	return nil
}

type kitsPage struct {
	consoleFrame
	Heading string
	Kit     *kitPart
	Units   []navLink
	Top     string // number of level-1 units
	All     string // number of all units; "" when there are no more
	Search  searchBox
	More    bool
}

// kits shows one unit's kit, or the units to choose from and the archive of all.
func (a *App) kits(c *gin.Context, d *desk) error {
	p := kitsPage{consoleFrame: a.consoleFrame(c, d, "Tin cho nhóm", kitPath), Heading: "Tin cho nhóm Zalo"}
	if code := c.Query("don-vi"); code != "" {
		k, err := a.kitOf(c.Request.Context(), d, code)
		if err != nil {
			return err
		}
		p.Heading = k.Figures.Name
		p.Kit = part(k, kitPath+"/anh?don-vi="+url.QueryEscape(code), "/console/ma-qr/tai?ten="+url.QueryEscape(qr.ToUnit+":"+code)+"&")
		return a.show(c, http.StatusOK, "console-kits", p)
	}
	q := core.CleanText(c.Query("q"))
	p.Search = searchBox{q, "Tìm đơn vị"}
	top := d.ed.Units.Children("")
	if p.Top = number(len(top)); d.ed.Units.Len() > len(top) {
		p.All = number(d.ed.Units.Len())
	}
	for _, u := range d.ed.Units.All() {
		name := d.ed.Units.FullName(u.Code)
		if q == "" && u.ParentCode != "" || q != "" && !holds(core.Fold(name), core.Fold(q)) {
			continue
		}
		if p.More = len(p.Units) == unitsListed; p.More {
			break
		}
		p.Units = append(p.Units, navLink{Text: name, Href: kitPath + "?don-vi=" + url.QueryEscape(u.Code)})
	}
	return a.show(c, http.StatusOK, "console-kits", p)
}

func (a *App) kitPicture(c *gin.Context, d *desk) error {
	return a.sendPicture(c, d, c.Query("don-vi"))
}

// kitArchive sends the kits of all units, of level 1 with cap=1, as they are drawn.
func (a *App) kitArchive(c *gin.Context, d *desk) error {
	ctx := c.Request.Context()
	t, err := a.opt.Exam.Participation(ctx, d.ed, "", d.now)
	if err != nil {
		return err
	}
	links, err := a.opt.QR.List(ctx, d.ed.Contest.ID)
	if err != nil {
		return err
	}
	c.Header("Content-Disposition", `attachment; filename="tin-cho-nhom-`+d.at(d.now).Format("2006-01-02-1504")+`.zip"`)
	c.Header("Content-Type", "application/zip")
	if err := a.painter.Archive(c.Writer, a.eachKit(ctx, d, t, links, c.Query("cap") == "1")); err != nil {
		if !c.Writer.Written() {
			c.Writer.Header().Del("Content-Disposition")
			return err
		}
		a.log.Warn("group kits not sent to their end", "contest", d.ed.Contest.ID, "err", err)
		panic(http.ErrAbortHandler) // a broken connection tells the browser that the file is not whole
	}
	return nil
}

// eachKit makes kits one by one in file order. links are those that are there already.
func (a *App) eachKit(ctx context.Context, d *desk, t *exam.Participation, links []core.Link, topOnly bool) iter.Seq2[groupkit.Kit, error] {
	known := map[string]core.Link{}
	for _, l := range links {
		if l.Kind == qr.ToUnit {
			known[l.Ref] = l
		}
	}
	return func(yield func(groupkit.Kit, error) bool) {
		for _, u := range t.Units {
			if topOnly && u.Level > 1 {
				continue
			}
			err := ctx.Err()
			link, ok := known[u.Code]
			if err == nil && !ok {
				link, err = a.opt.QR.Ensure(ctx, d.ed.Contest.ID, qr.ToUnit, u.Code)
			}
			if !yield(a.newKit(d, t, u, link), err) || err != nil {
				return
			}
		}
	}
}
