package webapp

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/exam"
)

type participationPage struct {
	frame
	Heading, Lead  string
	Target         int
	Search         searchBox
	Blocks, Rounds []choice
	Rows           []participationRow
	Totals         []participationRow // by block and in all; on the whole table only
	Back           *action            // from a unit's sub-units to the table
	Empty          string
	Part           string // heads the names of sub-units
}

// choice is an option of a select.
type choice struct {
	Value, Text string
	Selected    bool
}

// participationRow is a line of the table: a unit, a block or the contest.
type participationRow struct {
	Name, Href   string
	Under        string // the unit above, where names of sub-units stand among others: many are called the same
	People, Head string // numerator and denominator, always both
	Attempts     string
	Known        bool // the headcount is known: there is a percentage
	Percent      string
	Bar          bar
	Reached      bool
	Needed       string
}

// bar is a share as drawn: Width and Mark are percentages of the whole track.
type bar struct {
	Width, Mark string
	Reached     bool
}

func (a *App) participation(c *gin.Context, v *visitor) error {
	round, block, unit := c.Query("dot"), c.Query("khoi"), c.Query("don-vi")
	q := core.CleanText(c.Query("q"))
	t, err := a.opt.Exam.Participation(c.Request.Context(), v.ed, round, v.now)
	if err != nil {
		return err
	}
	p := participationPage{frame: a.frame(c, v, "Tỷ lệ tham gia", "ty-le"), Heading: "Tỷ lệ tham gia theo đơn vị", Target: t.Target, Search: searchBox{q, "Tìm đơn vị"}}
	p.Stale = staleNote(p.Stale, v, t.At)
	at := v.at(t.At)
	p.Lead = fmt.Sprintf("Mục tiêu %d%%. Tính số người có ít nhất một lượt thi hợp lệ trên tổng số người của đơn vị. Cập nhật %s, %s.", t.Target, hour(at), date(at))
	p.Blocks, p.Rounds = tableChoices(v.ed.Contest, v.now, round, block)
	if row, ok := t.Unit(unit); ok {
		p.Heading, p.Back = row.Name, &action{"Tất cả đơn vị", v.base + "ty-le"}
		p.Totals = []participationRow{rowOf(row.Name, row.Ratio, t.Target)}
		p.Part = "Trực thuộc"
		p.fill(t.Children(unit), t.Target, "")
		return a.show(c, http.StatusOK, "participation", p)
	}
	link := v.base + "ty-le?"
	if round != "" {
		link += "dot=" + url.QueryEscape(round) + "&"
	}
	p.fill(t.Find(q, block), t.Target, link)
	if q == "" && block == "" {
		p.totals(t)
	}
	if len(p.Rows) == 0 {
		p.Empty = "Không có đơn vị nào khớp. Thử gõ ít chữ hơn, có dấu hay không đều được."
	}
	return a.show(c, http.StatusOK, "participation", p)
}

// tableChoices gives the blocks and the rounds begun, of which a table shows one or all.
func tableChoices(ct *core.Contest, now core.Instant, round, block string) (blocks, rounds []choice) {
	blocks = []choice{{"", "Tất cả các khối", block == ""}}
	for _, b := range ct.Blocks() {
		blocks = append(blocks, choice{b.ID, b.Name, b.ID == block})
	}
	rounds = []choice{{"", "Cả cuộc thi", round == ""}}
	for _, r := range ct.Rounds {
		if now >= r.Start {
			rounds = append(rounds, choice{r.ID, r.Name, r.ID == round})
		}
	}
	return blocks, rounds
}

func (p *participationPage) fill(rows []exam.UnitRow, target int, link string) {
	for _, u := range rows {
		r := rowOf(u.Name, u.Ratio, target)
		if link != "" {
			r.Under = u.Parent
		}
		if u.Children > 0 && link != "" {
			r.Href = link + "don-vi=" + url.QueryEscape(u.Code)
		}
		p.Rows = append(p.Rows, r)
	}
}

func (p *participationPage) totals(t *exam.Participation) {
	p.Totals = append(p.Totals, rowOf("Toàn cuộc thi", t.Total, t.Target))
	for _, b := range t.Blocks {
		p.Totals = append(p.Totals, rowOf(b.Name, b.Ratio, t.Target))
	}
}

func rowOf(name string, r exam.Ratio, target int) participationRow {
	row := participationRow{Name: name, People: number(r.People), Attempts: number(r.Attempts), Known: r.Headcount > 0, Reached: r.Reached}
	if row.Known {
		row.Head, row.Percent = number(r.Headcount), percent(r.Percent)
		row.Bar = newBar(r.Percent, target, r.Reached)
		row.Needed = number(r.Needed)
	}
	return row
}

func newBar(p float64, target int, reached bool) bar {
	b := bar{Width: strconv.FormatFloat(min(max(p, 0), 100), 'f', 1, 64) + "%", Reached: reached}
	if target > 0 {
		b.Mark = strconv.Itoa(target) + "%"
	}
	return b
}
