package webapp

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/exam"
)

type overviewPage struct {
	consoleFrame
	MaySend bool
	Lead    string
	Figures []trend
	Blocks  []participationRow
	Lowest  []participationRow
	Tasks   []task
	Health  []health
	Charts  []chart // the same days for a wide page and, fewer of them, for a phone
}

// trend is a figure with its recent course.
type trend struct {
	Label, Value, Note string
	Line               string // points of an SVG polyline in a box of 100 by 24, empty for none
	Bar                *bar
}

// task is something that waits for the organizer.
type task struct {
	Text   string
	Action action
}

// health is the state of a part in words.
type health struct {
	Good       bool
	Word, Text string
}

// chart is the bars of a daily figure; the same numbers stand in a table behind it.
type chart struct {
	Title, Span string
	Bars        []chartBar
	Grid        []chartLine
	Width       int
	Class       string
}

type chartBar struct {
	X, Y, Width, Height float64
	Last                bool
	Date, Label, Value  string // Label only under some bars
}

type chartLine struct {
	Y    float64
	Text string
}

// overview is the console's first page: what goes on now, where units stand, what waits.
func (a *App) overview(c *gin.Context, d *desk) error {
	b, err := a.opt.Exam.Dashboard(c.Request.Context(), d.ed, d.now)
	if err != nil {
		return err
	}
	p := overviewPage{consoleFrame: a.consoleFrame(c, d, "Tổng quan", "/console")}
	p.Lead, p.MaySend = roundState(d), a.maySend(d)
	p.figures(b)
	p.participation(b)
	if len(b.Days) > 0 {
		p.Charts = []chart{dailyChart(b.Days, 45, 960, "wide-chart"), dailyChart(b.Days, 14, 340, "phone-chart")}
	}
	p.health(d, b, a.opt.Ready)
	p.retention(a, d)
	if err := a.tasks(c, d, &p, b); err != nil {
		return err
	}
	return a.show(c, http.StatusOK, "console-overview", p)
}

// roundState says in a line where the contest stands.
func roundState(d *desk) string {
	s := stand(d.ed.Contest, d.now)
	switch s.phase {
	case phaseOpen:
		return s.open.Name + " đang mở, còn " + span(s.open.End.Sub(d.now)) + " (đóng lúc " + moment(closing(s.open.End, d.ed.Loc)) + ")"
	case phaseBefore, phaseBetween:
		return s.ahead.Name + " mở lúc " + moment(d.at(s.ahead.Start))
	}
	return "Các đợt thi đã kết thúc"
}

// span writes a time as "4 ngày 06 giờ" or "3 giờ 20 phút".
func span(t time.Duration) string {
	m := int(t / time.Minute)
	if m >= 1440 {
		return fmt.Sprintf("%d ngày %02d giờ", m/1440, m/60%24)
	}
	return fmt.Sprintf("%d giờ %02d phút", m/60, m%60)
}

func (p *overviewPage) figures(b *exam.Dashboard) {
	starts := b.Activity.Starts
	lastMinute := int64(0)
	if len(starts) > 1 {
		lastMinute = starts[len(starts)-2] // the last minute that is over
	}
	t := b.Participation
	reached := exam.Ratio{}
	if t.UnitsTotal > 0 {
		reached.Percent = float64(t.UnitsReached) * 100 / float64(t.UnitsTotal)
	}
	unitBar := newBar(reached.Percent, 0, true)
	p.Figures = []trend{
		{Label: "Đang làm bài", Value: number(b.Activity.Inside), Note: "lượt chưa nộp, còn giờ"},
		{Label: "Lượt bắt đầu mỗi phút", Value: number(lastMinute), Line: polyline(starts), Note: "30 phút gần nhất"},
		{Label: "Người dự thi / lượt thi", Value: number(t.Total.People) + " / " + number(t.Total.Attempts), Note: "+" + number(b.Today.NewPeople) + " người hôm nay · " + number(b.Registered) + " tài khoản"},
		{Label: fmt.Sprintf("Đơn vị đạt %d%%", t.Target), Value: fmt.Sprintf("%d / %d", t.UnitsReached, t.UnitsTotal), Bar: &unitBar},
	}
}

// polyline draws values as points in a box of 100 by 24.
func polyline(values []int64) string {
	if len(values) < 2 {
		return ""
	}
	top := int64(1)
	for _, v := range values {
		top = max(top, v)
	}
	var b strings.Builder
	for i, v := range values {
		fmt.Fprintf(&b, "%.1f,%.1f ", float64(i)*100/float64(len(values)-1), 23-22*float64(v)/float64(top))
	}
	return strings.TrimSpace(b.String())
}

func (p *overviewPage) participation(b *exam.Dashboard) {
	t := b.Participation
	for _, r := range t.Blocks {
		p.Blocks = append(p.Blocks, rowOf(r.Name, r.Ratio, t.Target))
	}
	for _, u := range t.Lowest(4) {
		row := rowOf(u.Name, u.Ratio, t.Target)
		row.Href = "/console/don-vi?don-vi=" + u.Code
		p.Lowest = append(p.Lowest, row)
	}
}

// maySend reports whether this organizer sends reminders and broadcasts here.
func (a *App) maySend(d *desk) bool {
	return a.opt.Outreach != nil && a.opt.Zalo != nil && d.person.May(account.SendMessages)
}

// belowAction leads to a reminder for the units below the target, or to their table for who may send none.
func (a *App) belowAction(d *desk) action {
	if a.maySend(d) {
		return action{"Nhắc", outreachPath + "/soan?mau=" + unitsBelow}
	}
	return action{"Xem", "/console/don-vi"}
}

// sendingTasks lists the broadcasts that wait for a word, paused ones first.
func (a *App) sendingTasks(c *gin.Context, d *desk, p *overviewPage) error {
	if !p.MaySend {
		return nil
	}
	all, err := a.opt.Outreach.Broadcasts(c.Request.Context(), d.ed.Contest.ID, broadcastsShown)
	if err != nil {
		return err
	}
	for _, state := range []string{core.BroadcastPaused, core.BroadcastPlanned} {
		for _, b := range all {
			if b.State == state {
				p.Tasks = append(p.Tasks, task{"Thông báo “" + broadcastTitle(d, b) + "” " + strings.ToLower(broadcastStates[state].Text), action{"Xem", broadcastHref(b.ID)}})
			}
		}
	}
	return nil
}

// tasks lists what waits for this organizer; each only for who may do it.
func (a *App) tasks(c *gin.Context, d *desk, p *overviewPage, b *exam.Dashboard) error {
	if d.person.May(account.DecideRequests) {
		open, err := a.opt.Account.Requests(c.Request.Context(), d.person, d.ed.Contest.ID, core.RequestOpen, 100)
		if err != nil {
			return err
		}
		if n := len(open); n > 0 {
			p.Tasks = append(p.Tasks, task{strconv.Itoa(n) + " yêu cầu của thí sinh chờ quyết định", action{"Xem", "/console/yeu-cau"}})
		}
	}
	if err := a.sendingTasks(c, d, p); err != nil {
		return err
	}
	t := b.Participation
	if n := t.Other.People; n > 0 {
		p.Tasks = append(p.Tasks, task{number(n) + " người dự thi ở mục Đơn vị khác", action{"Xếp đơn vị", "/console/thi-sinh?don-vi=" + core.OtherUnit}})
	}
	if below := t.UnitsTotal - t.UnitsReached; below > 0 {
		p.Tasks = append(p.Tasks, task{fmt.Sprintf("%d đơn vị dưới %d%%", below, t.Target), a.belowAction(d)})
	}
	return nil
}

func (p *overviewPage) health(d *desk, b *exam.Dashboard, ready func() []string) {
	if ready != nil {
		for _, r := range ready() {
			p.Health = append(p.Health, health{false, "Chú ý", r})
		}
	}
	if len(p.Health) == 0 {
		p.Health = append(p.Health, health{true, "Ổn", "Cơ sở dữ liệu và bộ nhớ đệm trả lời bình thường"})
	}
	age := d.now.Sub(b.At)
	p.Health = append(p.Health, health{age < 3*time.Minute, map[bool]string{true: "Ổn", false: "Chú ý"}[age < 3*time.Minute],
		"Số liệu tính lúc " + second(d.at(b.At))})
	if len(d.ed.Bank) < d.ed.Contest.Quiz.Questions {
		p.Health = append(p.Health, health{false, "Chú ý", fmt.Sprintf("Ngân hàng có %d câu, ít hơn một đề (%d câu)", len(d.ed.Bank), d.ed.Contest.Quiz.Questions)})
	}
}

// dailyChart draws new people by day: at most the last n days in a box of the given width and 136 high.
func dailyChart(days []core.Day, n, width int, class string) chart {
	days = days[max(0, len(days)-n):]
	top := int64(4)
	for _, d := range days {
		top = max(top, d.NewPeople)
	}
	top = niceTop(top)
	const left, height = 40.0, 104.0
	step := min((float64(width)-left)/float64(len(days)), 46)
	ch := chart{Title: "Người dự thi mới theo ngày", Span: shortDate(days[0].Date) + " – " + shortDate(days[len(days)-1].Date), Width: width, Class: class}
	for i, d := range days {
		h := height * float64(d.NewPeople) / float64(top)
		bar := chartBar{X: left + float64(i)*step, Y: 8 + height - h, Width: step * 0.68, Height: h, Last: i == len(days)-1, Date: shortDate(d.Date), Value: number(d.NewPeople)}
		if every := max(1, (len(days)+6)/7); i%every == 0 && bar.X+36 < float64(width) {
			bar.Label = shortDate(d.Date)
		}
		ch.Bars = append(ch.Bars, bar)
	}
	for i := int64(1); i <= 4; i++ {
		ch.Grid = append(ch.Grid, chartLine{8 + height - height*float64(i)/4, number(top * i / 4)})
	}
	return ch
}

// niceTop gives a round number at or above n that can be divided by four.
func niceTop(n int64) int64 {
	for unit := int64(4); ; unit *= 10 {
		for _, k := range []int64{1, 2, 3, 5} {
			if unit*k >= n {
				return unit * k
			}
		}
	}
}

// shortDate turns 2023-10-01 into 01/10.
func shortDate(iso string) string {
	if len(iso) != 10 {
		return iso
	}
	return iso[8:] + "/" + iso[5:7]
}
