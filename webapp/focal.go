package webapp

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/contestfile"
	"duthi/core/exam"
	"duthi/core/qr"
	"duthi/core/web"
)

// focalPage is what a unit's focal point sees: its own figures and people, nobody's answers.
type focalPage struct {
	frame
	Unit     string
	Heading  string
	Row      participationRow
	Children []participationRow
	Needed   string
	Notice   string
	Remind   string // words of the button; "" when nobody can be reminded now
	Linked   string
	Zalo     *focalZaloCard
	Not, Did []focalPerson
	Next     string        // address of more people
	Roster   []focalPerson // on the unit's list, never registered
	Listed   bool          // there is a list
	NextOf   string        // address of more of the list
	Updated  string
}

type focalPerson struct{ Name, Unit string }

// focalRoutes are the focal points' own addresses.
func (a *App) focalRoutes() []consoleRoute {
	return []consoleRoute{
		{method: "GET", path: "/dau-moi", page: a.focal, focal: true},
		{method: "GET", path: "/dau-moi/ma-qr", page: a.focalCode, focal: true},
	}
}

// focalPeople is the number of people listed at once.
const focalPeople = 200

func (a *App) focal(c *gin.Context, d *desk) error {
	ctx := c.Request.Context()
	unit := d.person.UnitCode
	t, err := a.opt.Exam.Participation(ctx, d.ed, "", d.now)
	if err != nil {
		return err
	}
	row, ok := t.Unit(unit)
	if !ok {
		return core.Errorf(core.NotFound, "Đơn vị %s không còn trong danh sách. Vui lòng báo Ban Tổ chức.", unit)
	}
	p := focalPage{frame: a.focalFrame(d), Unit: row.Name, Row: rowOf(row.Name, row.Ratio, t.Target), Updated: second(d.at(t.At)) + ", " + date(d.at(t.At))}
	p.Heading = "Đã đạt " + fmt.Sprint(t.Target) + "%"
	if !row.Reached && row.Headcount > 0 {
		p.Heading = number(max(row.Headcount-row.People, 0)) + " người chưa dự thi"
		p.Needed = fmt.Sprintf("Cần thêm %s người để đạt %d%%.", number(row.Needed), t.Target)
	}
	for _, child := range t.Children(unit) {
		p.Children = append(p.Children, rowOf(child.Name, child.Ratio, t.Target))
	}
	took, err := a.opt.Exam.TookPart(ctx, d.ed, unit)
	if err != nil {
		return err
	}
	people, err := a.opt.Account.SearchPeople(ctx, d.person, d.ed.Contest.ID, account.Query{}, c.Query("sau"), focalPeople)
	if err != nil {
		return err
	}
	p.people(d.ed, people, took)
	p.remind(a, d, people, took, c.Query("xong") == "nhac")
	if p.Zalo, err = a.focalZaloCard(ctx, d); err != nil {
		return err
	}
	if len(people) == focalPeople {
		p.Next = "/dau-moi?sau=" + url.QueryEscape(people[len(people)-1].ID)
	}
	if err := a.focalRoster(c, d, &p); err != nil {
		return err
	}
	return a.show(c, http.StatusOK, "focal", p)
}

// remind offers to remind those who did not take part, with their number when all people are on the page.
func (p *focalPage) remind(a *App, d *desk, people []core.Contestant, took map[string]bool, done bool) {
	if !a.mayRemindUnits() || stand(d.ed.Contest, d.now).phase != phaseOpen {
		return
	}
	p.Remind = "Nhắc qua Zalo"
	linked := 0
	for _, x := range people {
		if x.ZaloUserID != "" && x.Status == core.Active && !took[x.ID] {
			linked++
		}
	}
	if c := number(linked); len(people) < focalPeople {
		if linked > 0 {
			p.Remind = "Nhắc " + c + " người"
		}
		p.Linked = c + " người chưa thi đã liên kết Zalo. Những người khác: gửi tin và mã QR của đơn vị vào nhóm Zalo cơ quan."
	}
	if done {
		p.Notice = "Đã nhận. Tin nhắc đi trong vài phút, ngoài giờ nghỉ. Mở lại trang Nhắc để xem kết quả."
	}
}

// focalRoster lists who is on the unit's list of staff and never registered.
func (a *App) focalRoster(c *gin.Context, d *desk, p *focalPage) error {
	e, err := a.opt.Catalog.Edition(d.ed.Contest.ID)
	if err != nil || e.Record.RosterSet == 0 {
		return err
	}
	people, next, err := a.opt.Account.NotRegistered(c.Request.Context(), d.person, d.ed.Contest.ID, d.person.UnitCode, c.Query("ds"), focalPeople)
	if err != nil {
		return err
	}
	p.Listed = true
	for _, x := range people {
		p.Roster = append(p.Roster, focalPerson{Name: x.FullName, Unit: belowUnit(d.ed, x.UnitCode)})
	}
	if next != "" {
		p.NextOf = "/dau-moi?ds=" + url.QueryEscape(next) + "#chua-dang-ky"
	}
	return nil
}

// belowUnit names the unit of a person where it is not the level-1 unit itself.
func belowUnit(ed *exam.Edition, code string) string {
	if u, ok := ed.Units.Unit(code); ok && u.ParentCode != "" {
		return u.Name
	}
	return ""
}

func (p *focalPage) people(ed *exam.Edition, people []core.Contestant, took map[string]bool) {
	for _, person := range people {
		if person.Status == core.Erased {
			continue
		}
		row := focalPerson{Name: person.FullName, Unit: belowUnit(ed, person.UnitCode)}
		if took[person.ID] {
			p.Did = append(p.Did, row)
		} else {
			p.Not = append(p.Not, row)
		}
	}
}

func (a *App) focalFrame(d *desk) frame {
	return frame{Title: "Đầu mối đơn vị", Base: "/", Contest: a.heading(d.ed.Contest), Sample: d.ed.Sample, Account: navLink{Text: "Đổi mật khẩu", Href: "/console/doi-mat-khau"},
		Nav: []navLink{{Text: "Đơn vị", Href: "/dau-moi", Current: true}, {Text: "Thể lệ", Href: "/the-le"}, {Text: "Trợ giúp", Href: "/tro-giup"}}}
}

// focalCode gives the unit's own code as a file.
func (a *App) focalCode(c *gin.Context, d *desk) error {
	return a.sendCode(c, d, qr.ToUnit, d.person.UnitCode)
}

// addFocal makes, or renews, the account of a unit and shows its link once.
func (a *App) addFocal(c *gin.Context, d *desk) error {
	name, link, err := a.opt.Account.AddFocalPoint(c.Request.Context(), d.person, d.ed.Contest.ID, c.PostForm("don_vi"), core.CleanText(c.PostForm("ho_ten")))
	if err != nil {
		return err
	}
	return a.showUnit(c, d, c.PostForm("don_vi"), func(p *consoleUnitsPage) { p.FocalName, p.FocalLink = name, a.activationAddress(link) })
}

func (a *App) activationAddress(link string) string {
	return a.opt.PublicURL + "/kich-hoat?ma=" + url.QueryEscape(link)
}

// addFocals makes the accounts of all level-1 units where nobody has activated one, and gives their links as one file, to be
// handed out: CSV with a mark that Excel takes for UTF-8.
func (a *App) addFocals(c *gin.Context, d *desk) error {
	ctx := c.Request.Context()
	has, err := a.opt.Account.ActivatedUnits(ctx, d.person, d.ed.Contest.ID)
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"ma_don_vi", "don_vi", "tai_khoan", "duong_dan_kich_hoat"}) // a Builder does not fail
	for _, u := range d.ed.Units.Children("") {
		if has[u.Code] {
			continue
		}
		name, link, err := a.opt.Account.AddFocalPoint(ctx, d.person, d.ed.Contest.ID, u.Code, "")
		if err != nil {
			return err
		}
		_ = w.Write([]string{contestfile.EscapeFormula(u.Code), contestfile.EscapeFormula(u.Name), name, a.activationAddress(link)})
	}
	w.Flush()
	c.Header("Cache-Control", "no-store")
	return sendFile(c, "tai-khoan-dau-moi.csv", "text/csv; charset=utf-8", []byte(b.String()))
}

type activationPage struct {
	frame
	Name, Unit, Link string
	Wrong, Problem   string
}

// activation shows whose account a link opens; opening it uses nothing up, as link previews open it first.
func (a *App) activation(c *gin.Context) error {
	return a.showActivation(c, http.StatusOK, c.Query("ma"), "")
}

func (a *App) showActivation(c *gin.Context, status int, link, wrong string) error {
	o, err := a.opt.Account.Activation(c.Request.Context(), link)
	if err != nil {
		return err
	}
	ed, err := a.opt.Edition(c.Request.Context(), o.ContestID)
	if err != nil {
		return err
	}
	p := activationPage{frame: frame{Title: "Kích hoạt tài khoản đầu mối", Base: "/", Contest: a.heading(ed.Contest), Sample: ed.Sample}, Name: o.Name, Unit: unitName(ed, o.UnitCode), Link: link, Wrong: wrong}
	return a.showSecret(c, status, "activation", p)
}

func (a *App) activate(c *gin.Context) error {
	link := c.PostForm("ma")
	in, err := a.opt.Account.ActivateFocalPoint(c.Request.Context(), link, c.PostForm("mat_khau"), c.ClientIP())
	if core.Is(err, core.Invalid) {
		return a.showActivation(c, http.StatusUnprocessableEntity, link, fields(err)["mat_khau"])
	}
	if err != nil {
		return err
	}
	a.server.SetCookie(c, consoleCookie, in.Token, in.ExpiresAt.Sub(a.clock.Now()))
	return web.SeeOther(c, "/dau-moi")
}

// activationRoutes are open to whoever holds a link.
func (a *App) activationRoutes() []web.Route {
	return []web.Route{
		{Method: "GET", Path: "/kich-hoat", Handler: a.activation},
		{Method: "POST", Path: "/kich-hoat", Handler: a.activate, Timeout: 20 * time.Second},
	}
}
