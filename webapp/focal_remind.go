package webapp

import (
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/outreach"
	"duthi/core/web"
)

// focalRemindPath is where a focal point reminds the unit's own people.
const focalRemindPath = "/dau-moi/nhac"

// focalSurveyMost bounds the people of a unit that are counted before a reminder.
const focalSurveyMost = 20_000

func (a *App) focalRemindRoutes() []consoleRoute {
	if !a.mayRemindUnits() {
		return nil
	}
	return []consoleRoute{
		{method: "GET", path: focalRemindPath, page: a.focalRemind, focal: true, timeout: 30 * time.Second},
		{method: "POST", path: focalRemindPath, page: a.sendFocalReminder, focal: true},
	}
}

// mayRemindUnits reports whether there is anything that sends.
func (a *App) mayRemindUnits() bool { return a.opt.Outreach != nil && a.opt.Zalo != nil }

type focalRemindPage struct {
	frame
	Unit    string
	Closed  string // why nobody can be reminded now
	Reach   int64
	Missed  []figure // "12 người" by reason
	When    string
	Lines   []string // the text as one person gets it
	Sample  string   // who that is
	Earlier []focalReminder
	Fault   string
}

// focalReminder is a reminder of the round that was made before.
type focalReminder struct {
	When  string
	State chip
	Sent  string
}

// unitReminder is what a focal point sends now: a fixed text, as it is theirs to choose when, not what. Closed when no
// round is open.
func unitReminder(d *desk) (core.Broadcast, core.Round, error) {
	s := stand(d.ed.Contest, d.now)
	if s.phase != phaseOpen {
		return core.Broadcast{}, s.open, core.Errorf(core.Closed, "Chưa có đợt thi nào đang mở. Nhắc được khi đợt thi mở.")
	}
	plain := strings.NewReplacer("{", "(", "}", ")")
	closes := closing(s.open.End, d.ed.Loc)
	text := "Chào anh/chị {ho_ten}, {don_vi}.\nAnh/chị chưa dự thi {cuoc_thi}. " + plain.Replace(s.open.Name) + " đóng lúc " + hour(closes) + " ngày " + dayMonth(closes) +
		".\nVào thi: {lien_ket}"
	return core.Broadcast{ContestID: d.ed.Contest.ID, Title: "Đầu mối nhắc: " + unitName(d.ed, d.person.UnitCode), Audience: outreach.UnitAudience(d.person.UnitCode),
		Content: core.Content{Text: text, ButtonTitle: "Vào thi", ButtonURL: "{lien_ket}"}, StartAt: d.now, StopAt: s.open.End}, s.open, nil
}

// focalRemind shows who would get the reminder, what it says and when it leaves.
func (a *App) focalRemind(c *gin.Context, d *desk) error {
	return a.showFocalRemind(c, d, http.StatusOK, "")
}

func (a *App) showFocalRemind(c *gin.Context, d *desk, status int, fault string) error {
	ctx := c.Request.Context()
	p := focalRemindPage{frame: a.focalFrame(d), Unit: unitName(d.ed, d.person.UnitCode), Fault: fault}
	p.Title = "Nhắc người chưa dự thi"
	b, round, err := unitReminder(d)
	if core.Is(err, core.Closed) {
		p.Closed = message(err)
		return a.show(c, status, "focal-remind", p)
	}
	made, err := a.opt.Outreach.UnitReminders(ctx, d.ed.Contest.ID, round.ID, d.person.UnitCode)
	if err != nil {
		return err
	}
	if err := a.earlierReminders(c, d, made, &p); err != nil {
		return err
	}
	if err := a.opt.Outreach.MayRemindUnit(made, d.ed.Loc); err != nil {
		p.Closed = message(err)
		return a.show(c, status, "focal-remind", p)
	}
	if err := a.focalAudience(c, d, b, &p); err != nil {
		return err
	}
	return a.show(c, status, "focal-remind", p)
}

// focalAudience counts who gets it and writes it for one of them.
func (a *App) focalAudience(c *gin.Context, d *desk, b core.Broadcast, p *focalRemindPage) error {
	ctx := c.Request.Context()
	s, err := a.opt.Outreach.Survey(ctx, b, focalSurveyMost)
	if err != nil {
		return err
	}
	p.Reach = s.Reach
	for _, n := range s.Counts {
		if n.Channel == core.ChannelNone {
			p.Missed = append(p.Missed, figure{sentence(reasonWords(n.Reason)), number(n.Count)})
		}
	}
	if starts := a.opt.Outreach.Starts(b, d.ed.Loc); starts > d.now.Add(time.Minute) {
		at := d.at(starts)
		p.When = "Tin bắt đầu đi lúc " + hour(at) + " ngày " + dayMonth(at) + ", sau giờ nghỉ."
	}
	if s.Reach == 0 {
		return nil
	}
	r, err := a.opt.Outreach.Sample(ctx, b, "")
	if err != nil {
		return err
	}
	if r, err = a.opt.Outreach.Person(ctx, b, r.Person); err != nil {
		return err
	}
	previews, _, err := a.opt.Outreach.Previews(ctx, b, r)
	if err != nil {
		return err
	}
	for _, v := range previews {
		if v.Channel == core.ChannelFree && v.Fault == nil {
			p.Lines, p.Sample = strings.Split(v.Message.Text, "\n"), r.Values["ho_ten"]
		}
	}
	return nil
}

// earlierReminders says what became of those made before.
func (a *App) earlierReminders(c *gin.Context, d *desk, made []core.Broadcast, p *focalRemindPage) error {
	for _, b := range made {
		counts, err := a.opt.Outreach.Tally(c.Request.Context(), b)
		if err != nil {
			return err
		}
		var sent, all int64
		for _, n := range counts {
			all += n.Count
			if n.State == core.DeliverySent {
				sent += n.Count
			}
		}
		at := d.at(b.CreatedAt)
		r := focalReminder{When: hour(at) + " ngày " + dayMonth(at), State: broadcastState(b, d.now)}
		if all > 0 { // else nobody was planned yet
			r.Sent = number(sent) + " / " + number(all) + " người đã nhận"
		}
		p.Earlier = append(p.Earlier, r)
	}
	return nil
}

// sendFocalReminder has it sent.
func (a *App) sendFocalReminder(c *gin.Context, d *desk) error {
	b, round, err := unitReminder(d)
	if err == nil {
		err = a.opt.Outreach.RemindUnit(c.Request.Context(), d.person.Subject(), b, round.ID, d.person.UnitCode)
	}
	if core.Is(err, core.Closed) || core.Is(err, core.Limited) {
		return a.showFocalRemind(c, d, web.StatusOf(core.CodeOf(err)), message(err))
	}
	if err != nil {
		return err
	}
	return web.SeeOther(c, "/dau-moi?xong=nhac")
}
