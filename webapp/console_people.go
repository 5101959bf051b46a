package webapp

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/exam"
)

const peoplePerPage = 50

type peoplePage struct {
	consoleFrame
	Search searchBox
	Unit   string // name of the unit the list is narrowed to
	Rows   []personRow
	Next   string // address of the next page
	Asked  bool
}

type personRow struct {
	Name, Href, Unit, Phone, Created string
	State                            chip
}

// people finds contestants by a part of the name, the phone or the unit.
func (a *App) people(c *gin.Context, d *desk) error {
	q := account.Query{Text: core.CleanText(c.Query("q")), UnitCode: c.Query("don-vi"), Status: c.Query("trang-thai")}
	p := peoplePage{consoleFrame: a.consoleFrame(c, d, "Thí sinh", "/console/thi-sinh"), Search: searchBox{q.Text, "Tên hoặc số điện thoại"}, Asked: q != account.Query{}}
	if q.UnitCode != "" {
		p.Unit = unitName(d.ed, q.UnitCode)
	}
	found, err := a.opt.Account.SearchPeople(c.Request.Context(), d.person, d.ed.Contest.ID, q, c.Query("sau"), peoplePerPage)
	if err != nil {
		return err
	}
	for _, person := range found {
		p.Rows = append(p.Rows, rowOfPerson(d, person))
	}
	if len(found) == peoplePerPage {
		next := c.Request.URL.Query()
		next.Set("sau", found[len(found)-1].ID)
		next.Del("xong")
		p.Next = "/console/thi-sinh?" + next.Encode()
	}
	return a.show(c, http.StatusOK, "console-people", p)
}

func rowOfPerson(d *desk, person core.Contestant) personRow {
	return personRow{Name: person.FullName, Href: "/console/thi-sinh/" + url.PathEscape(person.ID), Unit: personUnit(d.ed, person),
		Phone: masked(person.Phone), Created: date(d.at(person.CreatedAt)), State: personState(person.Status)}
}

// masked shows the end of a sealed value.
func masked(s core.Sealed) string {
	if s.Last == "" {
		return "chưa có"
	}
	return "••• " + s.Last
}

func personState(status string) chip {
	switch status {
	case core.Locked:
		return chip{"Đã khóa", "bad"}
	case core.Withdrawn:
		return chip{"Đã rút đồng ý", "warn"}
	case core.Erased:
		return chip{"Đã xóa", ""}
	}
	return chip{"Hoạt động", "good"}
}

func unitName(ed *exam.Edition, code string) string {
	if code == core.OtherUnit {
		return "Đơn vị khác"
	}
	if name := ed.Units.FullName(code); name != "" {
		return name
	}
	return code
}

func personUnit(ed *exam.Edition, p core.Contestant) string {
	name := unitName(ed, p.UnitCode)
	if p.UnitOther != "" {
		name += " (khai: " + p.UnitOther + ")"
	}
	return name
}

type personDetail struct {
	consoleFrame
	Row       personRow
	Birth, ID string
	Extra     int // minutes
	Locked    bool
	Erased    bool
	Consents  []string
	Attempts  []personAttempt
	Units     []choice
	MayEdit   bool
	MaySee    bool
	Phone     string // in full, once, after its reason was given
	ResetLink string // to a new password, once
	MayReset  bool
	Errors    map[string]string
	Action    string
}

type personAttempt struct {
	Title, When, Correct, Receipt string
	Void                          bool
}

func personAttempts(d *desk, all []exam.Summary) []personAttempt {
	var rows []personAttempt
	for _, s := range all {
		r := personAttempt{Title: s.Round.Name + ", lượt " + strconv.Itoa(s.Ordinal), When: "đang làm", Receipt: s.Receipt, Void: s.Void != nil}
		if s.Final {
			r.When = second(d.at(s.SubmittedAt)) + " " + date(d.at(s.SubmittedAt))
			r.Correct = strconv.Itoa(s.Correct) + " / " + strconv.Itoa(s.Questions)
		}
		rows = append(rows, r)
	}
	return rows
}

func (a *App) personPage(c *gin.Context, d *desk) error {
	return a.showPerson(c, d, http.StatusOK, func(*personDetail) {})
}

// showPerson shows one contestant; more fills in what an action adds.
func (a *App) showPerson(c *gin.Context, d *desk, status int, more func(*personDetail)) error {
	person, err := a.person(c, d)
	if err != nil {
		return err
	}
	mine, err := a.opt.Exam.Mine(c.Request.Context(), d.ed, person.ID, d.now)
	if err != nil {
		return err
	}
	p := personDetail{consoleFrame: a.consoleFrame(c, d, person.FullName, "/console/thi-sinh"), Row: rowOfPerson(d, person), Birth: isoDate(person.BirthDate),
		ID: masked(person.NationalID), Extra: person.ExtraSeconds / 60, Locked: person.Status == core.Locked, Erased: person.Status == core.Erased,
		Attempts: personAttempts(d, mine.Attempts), MayEdit: d.person.May(account.EditPeople), MaySee: d.person.May(account.RevealContacts), MayReset: d.person.May(account.DecideRequests)}
	for _, k := range person.Consents {
		text := map[string]string{"data": "Xử lý dữ liệu cá nhân", "zalo": "Nhận nhắc qua Zalo"}[k.Kind] + ": đồng ý " + second(d.at(k.At)) + " " + date(d.at(k.At))
		if !k.WithdrawnAt.IsZero() {
			text += ", rút lại " + date(d.at(k.WithdrawnAt))
		}
		p.Consents = append(p.Consents, text)
	}
	for _, u := range d.ed.Units.All() {
		p.Units = append(p.Units, choice{u.Code, d.ed.Units.FullName(u.Code), u.Code == person.UnitCode})
	}
	more(&p)
	return a.showSecret(c, status, "console-person", p)
}

// person gives the contestant of the address, of the contest being worked on.
func (a *App) person(c *gin.Context, d *desk) (core.Contestant, error) {
	person, err := a.opt.Account.ContestantByID(c.Request.Context(), d.person, c.Param("id"))
	if err == nil && person.ContestID != d.ed.Contest.ID {
		return core.Contestant{}, core.Errorf(core.NotFound, "Không có thí sinh này trong cuộc thi đang chọn.")
	}
	return person, err
}

// act runs an action on the contestant of the address with its reason, and goes back to the page.
func (a *App) act(c *gin.Context, d *desk, name, key string, do func(person core.Contestant, why string) error) error {
	person, err := a.person(c, d)
	if err != nil {
		return err
	}
	why, err := reason(c)
	if err == nil {
		err = do(person, why)
	}
	if core.Is(err, core.Invalid) || core.Is(err, core.Conflict) {
		return a.showPerson(c, d, http.StatusUnprocessableEntity, func(p *personDetail) {
			p.Action, p.Errors = name, fields(err)
			if len(p.Errors) == 0 {
				p.Errors = map[string]string{"": message(err)}
			}
		})
	}
	if err != nil {
		return err
	}
	return done(c, "/console/thi-sinh/"+url.PathEscape(person.ID), key)
}

func (a *App) personLock(c *gin.Context, d *desk) error {
	lock := c.PostForm("khoa") == "1"
	key := "mo-khoa"
	if lock {
		key = "khoa"
	}
	return a.act(c, d, "khoa", key, func(p core.Contestant, why string) error {
		return a.opt.Account.SetLocked(c.Request.Context(), d.person, p.ID, lock, why)
	})
}

func (a *App) personExtraTime(c *gin.Context, d *desk) error {
	return a.act(c, d, "them-gio", "them-gio", func(p core.Contestant, why string) error {
		minutes, err := strconv.Atoi(c.PostForm("phut"))
		if err != nil || minutes < 0 || minutes > 120 {
			return core.FieldErrors(map[string]string{"phut": "Nhập số phút từ 0 đến 120."})
		}
		return a.opt.Account.GrantExtraTime(c.Request.Context(), d.person, p.ID, minutes*60, why)
	})
}

func (a *App) personUnit(c *gin.Context, d *desk) error {
	return a.act(c, d, "don-vi", "don-vi", func(p core.Contestant, why string) error {
		return a.opt.Account.ResolveUnit(c.Request.Context(), d.person, p.ID, c.PostForm("don_vi"), why)
	})
}

func (a *App) personErase(c *gin.Context, d *desk) error {
	return a.act(c, d, "xoa", "xoa", func(p core.Contestant, why string) error {
		return a.opt.Account.Erase(c.Request.Context(), d.person, p.ID, why)
	})
}

// personPhone shows the whole number once; the log keeps who looked and why.
func (a *App) personPhone(c *gin.Context, d *desk) error {
	var phone string
	person, err := a.person(c, d)
	if err != nil {
		return err
	}
	why, err := reason(c)
	if err == nil {
		phone, err = a.opt.Account.RevealPhone(c.Request.Context(), d.person, person.ID, why)
	}
	if err != nil && !core.Is(err, core.Invalid) {
		return err
	}
	status := http.StatusOK
	if err != nil {
		status = http.StatusUnprocessableEntity
	}
	return a.showPerson(c, d, status, func(p *personDetail) { p.Action, p.Phone, p.Errors = "dien-thoai", phone, fields(err) })
}

// isoDate turns 1990-12-31 into 31/12/1990.
func isoDate(iso string) string {
	if len(iso) != 10 {
		return "chưa có"
	}
	return iso[8:] + "/" + iso[5:7] + "/" + iso[:4]
}
