package webapp

import (
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/outreach"
)

// calendarWeeks is how many weeks the calendar shows from this one on.
const calendarWeeks = 6

type calendarPage struct {
	consoleFrame
	Tabs  []choice
	Weeks [][]calendarDay
	Quiet string
	Empty bool
}

type calendarDay struct {
	Name, Date  string // "thứ Hai", "13/11"
	Today, Past bool
	Closed      bool     // marked by an organizer: nothing is sent
	Rounds      []string // "Đợt 3 đóng 23:59"
	Rows        []aheadRow
}

// outreachCalendar shows what will be sent in the coming weeks, day by day.
func (a *App) outreachCalendar(c *gin.Context, d *desk) error {
	p := calendarPage{consoleFrame: a.consoleFrame(c, d, "Lịch gửi", outreachPath), Tabs: outreachTabs(outreachPath + "/lich"), Quiet: quietWords(a.opt.Outreach.QuietHours())}
	today := d.at(d.now)
	monday := time.Date(today.Year(), today.Month(), today.Day()-(int(today.Weekday())+6)%7, 0, 0, 0, 0, d.ed.Loc)
	all, err := a.opt.Outreach.Calendar(c.Request.Context(), *d.ed.Contest, core.At(monday), core.At(monday.AddDate(0, 0, 7*calendarWeeks)), d.ed.Loc)
	if err != nil {
		return err
	}
	p.Empty = len(all) == 0
	for week := range calendarWeeks {
		var days []calendarDay
		for i := range 7 {
			days = append(days, a.calendarDay(d, monday.AddDate(0, 0, 7*week+i), today, all))
		}
		p.Weeks = append(p.Weeks, days)
	}
	return a.show(c, http.StatusOK, "console-calendar", p)
}

func (a *App) calendarDay(d *desk, day, today time.Time, all []outreach.Ahead) calendarDay {
	q := a.opt.Outreach.QuietHours()
	out := calendarDay{Name: sentence(weekday(day)), Date: dayMonth(day), Today: date(day) == date(today), Past: day.Before(today) && date(day) != date(today),
		Closed: slices.Contains(q.Weekdays, day.Weekday()) || slices.Contains(q.Days, day.Format(time.DateOnly))}
	for _, r := range d.ed.Contest.Rounds {
		if date(d.at(r.Start)) == date(day) {
			out.Rounds = append(out.Rounds, r.Name+" mở "+hour(d.at(r.Start)))
		}
		if end := closing(r.End, d.ed.Loc); date(end) == date(day) {
			out.Rounds = append(out.Rounds, r.Name+" đóng "+hour(end))
		}
	}
	for _, e := range all {
		if date(d.at(e.At)) == date(day) {
			out.Rows = append(out.Rows, newAheadRow(d, e))
		}
	}
	return out
}
