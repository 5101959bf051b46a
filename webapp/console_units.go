package webapp

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/exam"
)

type consoleUnitsPage struct {
	consoleFrame
	Lead    string
	Heading string
	Search  searchBox
	Blocks  []choice
	Rounds  []choice
	Target  int
	Totals  []participationRow
	Rows    []participationRow
	Back    bool
	Code    string
	Other   string // people without a unit

	MayFocal             bool
	FocalName, FocalLink string // of the account just made: shown once
}

// consoleUnits is the whole table of units against the target; one unit shows its sub-units.
func (a *App) consoleUnits(c *gin.Context, d *desk) error {
	return a.showUnit(c, d, c.Query("don-vi"), func(*consoleUnitsPage) {})
}

// showUnit shows one unit, or the whole table when unit is ""; more fills in what an action adds.
func (a *App) showUnit(c *gin.Context, d *desk, unit string, more func(*consoleUnitsPage)) error {
	round, block := c.Query("dot"), c.Query("khoi")
	t, err := a.opt.Exam.Participation(c.Request.Context(), d.ed, round, d.now)
	if err != nil {
		return err
	}
	q := core.CleanText(c.Query("q"))
	p := consoleUnitsPage{consoleFrame: a.consoleFrame(c, d, "Đơn vị", "/console/don-vi"), Heading: "Đơn vị", Search: searchBox{q, "Tìm đơn vị"}, Target: t.Target,
		Lead: "Người có ít nhất một lượt thi hợp lệ trên tổng số người. Tính lúc " + second(d.at(t.At)) + ", " + date(d.at(t.At)) + "."}
	p.MayFocal = d.person.May(account.ManageFocal)
	p.Blocks, p.Rounds = tableChoices(d.ed.Contest, d.now, round, block)
	if u, ok := t.Unit(unit); ok {
		p.Heading, p.Back, p.Code = u.Name, true, u.Code
		p.Totals = []participationRow{rowOf(u.Name, u.Ratio, t.Target)}
		p.Rows = consoleRows(t.Children(unit), t.Target, "", false)
		more(&p)
		return a.showSecret(c, http.StatusOK, "console-units", p)
	}
	if q == "" && block == "" {
		p.Totals = []participationRow{rowOf("Toàn cuộc thi", t.Total, t.Target)}
		for _, b := range t.Blocks {
			p.Totals = append(p.Totals, rowOf(b.Name, b.Ratio, t.Target))
		}
		if t.Other.People > 0 {
			p.Other = number(t.Other.People) + " người (" + number(t.Other.Attempts) + " lượt) thi với Đơn vị khác, chưa tính vào tỷ lệ của đơn vị nào."
		}
	}
	p.Rows = consoleRows(t.Find(q, block), t.Target, round, true)
	return a.show(c, http.StatusOK, "console-units", p)
}

// consoleRows gives the lines of units; under says whether they stand among units of other parents.
func consoleRows(units []exam.UnitRow, target int, round string, under bool) []participationRow {
	var rows []participationRow
	for _, u := range units {
		r := rowOf(u.Name, u.Ratio, target)
		if under {
			r.Under = u.Parent
		}
		if u.Code != "" && u.Level == 1 {
			r.Href = "/console/don-vi?don-vi=" + url.QueryEscape(u.Code)
			if round != "" {
				r.Href += "&dot=" + url.QueryEscape(round)
			}
		}
		rows = append(rows, r)
	}
	return rows
}
