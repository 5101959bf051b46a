package webapp

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/web"
)

const (
	progressTick = time.Second // how often a stream of progress looks
	// progressShare bounds what counting takes of the database: a million deliveries are no matter of a moment.
	progressShare = 10
	// progressReload is after how many seconds the page loads itself again without script.
	progressReload = 15
)

type progressPage struct {
	consoleFrame
	Heading   string
	Href      string
	Steps     []outreachStep
	Live      progressLive
	Facts     []figure
	Text      []string
	FocalText []string // what focal points get, with its placeholders
	Actions   []progressAction
	Wrong     map[string]string // what was wrong with an action's reason
	Typed     map[string]string
	Fault     string
	MaySend   bool
	Again     bool
	Hold      string // address of the page that stays as it is, for browsers without script
	Unknown   string // how many, "" for none
}

// progressLive is the part of the page that moves.
type progressLive struct {
	State    chip
	Reason   string
	Percent  string
	Segments []segment
	Figures  []progressFigure
	Notes    []figure // outcomes by reason
	Ends     string
	At       string
	Running  bool
	unknown  int64
}

// progressFigure is a number with the class of its colour in the bar.
type progressFigure struct{ Label, Value, Class string }

// progressAction is a button with its reason.
type progressAction struct{ Key, Text, Hint, Button, Tone string }

// showProgress is the fourth step: what has left, what waits, and the three handles on it.
func (a *App) showProgress(c *gin.Context, d *desk, status int, b core.Broadcast, more func(*progressPage)) error {
	counts, err := a.opt.Outreach.Tally(c.Request.Context(), b)
	if err != nil {
		return err
	}
	live, err := a.progressOf(c.Request.Context(), d, b, counts)
	if err != nil {
		return err
	}
	p := progressPage{consoleFrame: a.consoleFrame(c, d, "Tiến độ gửi", outreachPath), Heading: broadcastTitle(d, b), Href: broadcastHref(b.ID), Steps: broadcastSteps(b, 4), Live: live,
		Text: strings.Split(b.Content.Text, "\n"), MaySend: d.person.May(account.SendMessages), Again: b.Over() && b.RuleID == ""}
	p.Script = "console-nhac.js"
	if live.Running && c.Query("giu") == "" {
		p.Reload, p.Hold = progressReload, p.Href+"?giu=1#viec"
	}
	if live.unknown > 0 {
		p.Unknown = number(live.unknown)
	}
	if b.Content.Text == "" {
		p.Text = nil
	}
	by := writer(b.CreatedBy)
	if b.RuleID != "" {
		by = "nhắc tự động"
	}
	p.Facts = []figure{{"Người nhận", sentence(audienceWords(d, b))}, {"Bắt đầu", sentence(startWords(d, b))}}
	if !b.StopAt.IsZero() {
		p.Facts = append(p.Facts, figure{"Không gửi sau", moment(closing(b.StopAt, d.ed.Loc))})
	}
	p.Facts = append(p.Facts, figure{"Người soạn", by})
	if b.Content.UserTemplate != "" || b.Content.PhoneTemplate != "" {
		p.Facts = append(p.Facts, figure{"Mẫu tin", strings.Trim(b.Content.UserTemplate+", "+b.Content.PhoneTemplate, ", ")})
	}
	if focal, err := a.focalReach(c.Request.Context(), b); err != nil {
		return err
	} else if focal != "" {
		p.Facts = append(p.Facts, figure{"Đầu mối đơn vị", focal})
		p.FocalText = strings.Split(b.Focal.Text, "\n")
	}
	if b.Budget > 0 {
		p.Facts = append(p.Facts, figure{"Hạn mức chi", dong(b.Budget)})
	}
	p.Actions = progressActions(b)
	more(&p)
	return a.show(c, status, "console-progress", p)
}

func progressActions(b core.Broadcast) []progressAction {
	pause := progressAction{"tam-dung", "Tạm dừng", "Tin đang trên đường vẫn đi hết. Gửi tiếp bất cứ lúc nào.", "Tạm dừng", ""}
	resume := progressAction{"tiep-tuc", "Gửi tiếp", "Gửi tiếp từ người chưa nhận. Không ai nhận hai lần.", "Gửi tiếp", ""}
	cancel := progressAction{"huy", "Hủy phần chưa gửi", "Không mở lại được. Tin đã gửi không thu hồi.", "Hủy phần chưa gửi", "danger"}
	switch b.State {
	case core.BroadcastSending:
		return []progressAction{pause, cancel}
	case core.BroadcastPaused:
		return []progressAction{resume, cancel}
	}
	return nil
}

// progressOf says what became of a broadcast so far.
func (a *App) progressOf(ctx context.Context, d *desk, b core.Broadcast, counts []core.DeliveryCount) (progressLive, error) {
	now := a.clock.Now()
	t := sums(counts)
	live := progressLive{State: broadcastState(b, now), Reason: b.Reason, At: second(d.at(now)), Running: b.State == core.BroadcastSending}
	if live.Running && b.StartAt <= now {
		live.Reason = "" // what it waited for is over
	}
	over := t.reach - t.open
	if t.reach > 0 {
		live.Percent = percent(float64(over) * 100 / float64(t.reach))
		x := 0.0
		for _, s := range []struct {
			class string
			n     int64
		}{{"c-sent", t.sent}, {"c-unknown", t.unknown}, {"c-failed", t.failed}, {"c-lost", t.lost}, {"c-open", t.open}} {
			if s.n == 0 {
				continue
			}
			width := float64(s.n) * 100 / float64(t.reach)
			live.Segments = append(live.Segments, segment{s.class, percentOf(x), percentOf(width)})
			x += width
		}
	}
	live.Figures = []progressFigure{{"Đã gửi", number(t.sent), "c-sent"}, {"Chờ gửi", number(t.open), "c-open"}, {"Chưa rõ", number(t.unknown), "c-unknown"},
		{"Không gửi được", number(t.failed), "c-failed"}, {"Bỏ qua", number(t.lost), "c-lost"}, {"Đã chi nhiều nhất", dong(t.spent), ""}}
	live.unknown = t.unknown
	live.Notes = outcomeNotes(counts)
	if live.Running && t.open > 0 {
		next, err := a.opt.Outreach.NextAt(ctx, b)
		if err != nil {
			return live, err
		}
		quiet := a.opt.Outreach.QuietHours()
		starts := quiet.Next(max(now, b.StartAt, next), d.ed.Loc)
		live.Ends = progressEnds(d, now, starts, quiet.Finish(starts, t.open, a.rate(), d.ed.Loc))
	}
	return live, nil
}

// outcomeNotes counts the outcomes that have a reason, whatever the channel.
func outcomeNotes(counts []core.DeliveryCount) []figure {
	var words []string
	by := map[string]int64{}
	for _, n := range counts {
		if n.Reason == "" || n.State == core.DeliveryPlanned || n.State == core.DeliverySent {
			continue
		}
		text := deliveryState(n.State).Text + ": " + reasonWords(n.Reason)
		if by[text] += n.Count; by[text] == n.Count {
			words = append(words, text)
		}
	}
	var out []figure
	for _, text := range words {
		out = append(out, figure{text, number(by[text])})
	}
	return out
}

// progressEnds says when sending goes on and ends.
func progressEnds(d *desk, now, starts, ends core.Instant) string {
	switch {
	case ends.IsZero():
		return "Không còn ngày nào được gửi."
	case starts > now.Add(time.Minute):
		return "Gửi từ " + moment(d.at(starts)) + ", xong khoảng " + moment(d.at(ends)) + "."
	case date(d.at(ends)) == date(d.at(now)):
		return "Xong lúc khoảng " + hour(d.at(ends)) + "."
	}
	return "Xong khoảng " + moment(d.at(ends)) + "."
}

// broadcastProgress streams the moving part of the page as server-sent events: "tien-do" with its HTML, and "xong"
// when nothing is being sent, after which the page is asked for anew. It ends by itself before the route's time
// does; the browser then asks again.
func (a *App) broadcastProgress(c *gin.Context, d *desk) error {
	b, err := a.broadcastOf(c, d)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), progressTime-10*time.Second)
	defer cancel()
	h := c.Writer.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no") // a proxy in front would keep it back
	c.Status(http.StatusOK)
	last := ""
	for {
		counts, err := a.live.get(ctx, a, b)
		if err != nil {
			return err // the stream has begun: it ends here, and the browser asks again
		}
		live, err := a.progressOf(ctx, d, b, counts)
		if err != nil {
			return err
		}
		part, err := a.views.part("console-progress", "progress-live", live)
		if err != nil {
			return err
		}
		if part != last {
			if err := sendEvent(c, "tien-do", part); err != nil {
				return nil // nobody listens any more
			}
			last = part
		}
		if b.State != core.BroadcastSending {
			return sendEvent(c, "xong", "")
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(progressTick):
		}
		if a.server.Stopping() {
			return nil
		}
		if b, err = a.broadcastOf(c, d); err != nil {
			return err
		}
	}
}

// sendEvent writes one server-sent event at once.
func sendEvent(c *gin.Context, name, data string) error {
	_, err := c.Writer.WriteString("event: " + name + "\ndata: " + strings.ReplaceAll(data, "\n", " ") + "\n\n")
	c.Writer.Flush()
	return err
}

// actOn runs an action on the broadcast of the address with its reason.
func (a *App) actOn(c *gin.Context, d *desk, action, key string, do func(id, why string) error) error {
	b, err := a.broadcastOf(c, d)
	if err != nil {
		return err
	}
	why, err := reason(c)
	if err == nil {
		err = do(b.ID, why)
	}
	if core.Is(err, core.Invalid) || core.Is(err, core.Closed) {
		if b, err2 := a.broadcastOf(c, d); err2 == nil && b.State != core.BroadcastPlanning && b.State != core.BroadcastPlanned && b.State != core.BroadcastDraft {
			return a.showProgress(c, d, web.StatusOf(core.CodeOf(err)), b, func(p *progressPage) {
				p.Typed, p.Wrong = map[string]string{action: c.PostForm("ly_do")}, map[string]string{action: fields(err)["ly_do"]}
				if len(fields(err)) == 0 {
					p.Fault = message(err)
				}
			})
		} else if err2 == nil && b.State == core.BroadcastDraft {
			return a.showCompose(c, d, web.StatusOf(core.CodeOf(err)), b, core.Errorf(core.CodeOf(err), "%s", cmp.Or(fields(err)["ly_do"], message(err))), "", false)
		} else if err2 == nil {
			return a.showPlan(c, d, web.StatusOf(core.CodeOf(err)), b, func(p *planPage) { p.Cancelled = message(err) })
		}
	}
	if err != nil {
		return err
	}
	return done(c, broadcastHref(b.ID), key)
}

func (a *App) pauseBroadcast(c *gin.Context, d *desk) error {
	return a.actOn(c, d, "tam-dung", "nhac-dung", func(id, why string) error {
		return a.opt.Outreach.Pause(c.Request.Context(), d.person.Subject(), id, why)
	})
}

func (a *App) resumeBroadcast(c *gin.Context, d *desk) error {
	return a.actOn(c, d, "tiep-tuc", "nhac-tiep", func(id, why string) error {
		return a.opt.Outreach.Resume(c.Request.Context(), d.person.Subject(), id, why)
	})
}

func (a *App) cancelBroadcast(c *gin.Context, d *desk) error {
	return a.actOn(c, d, "huy", "nhac-huy", func(id, why string) error {
		return a.opt.Outreach.Cancel(c.Request.Context(), d.person.Subject(), id, why)
	})
}
