package webapp

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/outreach"
)

// outreachPath is where reminders and broadcasts are.
const outreachPath = "/console/nhac"

const (
	broadcastsShown = 100
	progressTime    = 5 * time.Minute // of one stream of progress; the browser asks for the next
)

// outreachRoutes are the console's addresses of reminders and broadcasts; none without Zalo, which they need.
func (a *App) outreachRoutes() []consoleRoute {
	if a.opt.Outreach == nil || a.opt.Zalo == nil {
		return nil
	}
	const one = outreachPath + "/:id"
	return []consoleRoute{
		{method: "GET", path: outreachPath, right: account.SeePeople, page: a.broadcasts},
		{method: "GET", path: outreachPath + "/lich", right: account.SeePeople, page: a.outreachCalendar},
		{method: "GET", path: outreachPath + "/quy-tac", right: account.SeePeople, page: a.reminderRules},
		{method: "GET", path: outreachPath + "/quy-tac/sua", right: account.SendMessages, page: a.reminderRule},
		{method: "POST", path: outreachPath + "/quy-tac/sua", right: account.SendMessages, page: a.saveReminderRule},
		{method: "POST", path: outreachPath + "/quy-tac/bat", right: account.SendMessages, page: a.switchReminderRule},
		{method: "GET", path: outreachPath + "/soan", right: account.SendMessages, page: a.compose},
		{method: "POST", path: outreachPath + "/soan", right: account.SendMessages, page: a.saveCompose},
		{method: "GET", path: outreachPath + "/gui-thu", right: account.SendMessages, page: a.testPerson},
		{method: "POST", path: outreachPath + "/gui-thu", right: account.SendMessages, page: a.saveTestPerson},
		{method: "GET", path: one, right: account.SeePeople, page: a.broadcast},
		{method: "GET", path: one + "/soan", right: account.SendMessages, page: a.compose},
		{method: "POST", path: one + "/soan", right: account.SendMessages, page: a.saveCompose},
		{method: "GET", path: one + "/nguoi-nhan", right: account.SendMessages, page: a.audience, timeout: 30 * time.Second},
		{method: "POST", path: one + "/nguoi-nhan", right: account.SendMessages, page: a.saveAudience, timeout: 30 * time.Second},
		{method: "POST", path: one + "/gui", right: account.SendMessages, page: a.startBroadcast},
		{method: "POST", path: one + "/gui-thu", right: account.SendMessages, page: a.testBroadcast, timeout: 45 * time.Second},
		{method: "POST", path: one + "/sua", right: account.SendMessages, page: a.reworkBroadcast},
		{method: "POST", path: one + "/tam-dung", right: account.SendMessages, page: a.pauseBroadcast},
		{method: "POST", path: one + "/tiep-tuc", right: account.SendMessages, page: a.resumeBroadcast},
		{method: "POST", path: one + "/huy", right: account.SendMessages, page: a.cancelBroadcast},
		{method: "GET", path: one + "/tien-do", right: account.SeePeople, page: a.broadcastProgress, timeout: progressTime},
		{method: "GET", path: one + "/ket-qua", right: account.SeePeople, page: a.outcomes},
		{method: "POST", path: one + "/ket-qua", right: account.SendMessages, page: a.decideOutcome},
		{method: "GET", path: one + "/ket-qua/tai", right: account.SendMessages, page: a.downloadOutcomes, timeout: 10 * time.Minute},
	}
}

// broadcastOf gives the broadcast of the address, of the contest being worked on.
func (a *App) broadcastOf(c *gin.Context, d *desk) (core.Broadcast, error) {
	return a.opt.Outreach.Broadcast(c.Request.Context(), d.ed.Contest.ID, c.Param("id"))
}

func broadcastHref(id string) string { return outreachPath + "/" + url.PathEscape(id) }

type broadcastsPage struct {
	consoleFrame
	Tabs    []choice
	Doing   []broadcastRow // what waits for somebody, or is being sent
	Over    []broadcastRow
	Next    []aheadRow // the next few of the calendar
	MaySend bool
	Rules   string // how many rules are on
}

type broadcastRow struct {
	Title, Href, Who, When, By string
	State                      chip
	Reason                     string
	Sent                       string // "1.842 / 21.764 đã gửi"
	Bar                        *bar
}

// outreachTabs lead to the three lists of the task.
func outreachTabs(current string) []choice {
	tabs := []choice{{outreachPath, "Thông báo", false}, {outreachPath + "/quy-tac", "Nhắc tự động", false}, {outreachPath + "/lich", "Lịch gửi", false}}
	for i := range tabs {
		tabs[i].Selected = tabs[i].Value == current
	}
	return tabs
}

// broadcasts lists what is being sent, waits or was sent.
func (a *App) broadcasts(c *gin.Context, d *desk) error {
	ctx := c.Request.Context()
	p := broadcastsPage{consoleFrame: a.consoleFrame(c, d, "Nhắc và thông báo", outreachPath), Tabs: outreachTabs(outreachPath), MaySend: d.person.May(account.SendMessages)}
	all, err := a.opt.Outreach.Broadcasts(ctx, d.ed.Contest.ID, broadcastsShown)
	if err != nil {
		return err
	}
	for _, b := range all {
		row, err := a.broadcastRow(ctx, d, b)
		if err != nil {
			return err
		}
		if b.Over() {
			p.Over = append(p.Over, row)
		} else {
			p.Doing = append(p.Doing, row)
		}
	}
	if p.Next, err = a.ahead(ctx, d, d.now, d.now.Add(14*24*time.Hour)); err != nil {
		return err
	}
	rules, err := a.opt.Outreach.Rules(ctx, d.ed.Contest.ID)
	if err != nil {
		return err
	}
	on := 0
	for _, r := range rules {
		if r.On {
			on++
		}
	}
	p.Rules = number(on) + " / " + number(len(rules))
	return a.show(c, http.StatusOK, "console-broadcasts", p)
}

func (a *App) broadcastRow(ctx context.Context, d *desk, b core.Broadcast) (broadcastRow, error) {
	r := broadcastRow{Title: broadcastTitle(d, b), Href: broadcastHref(b.ID), Who: audienceWords(d, b), State: broadcastState(b, d.now), Reason: b.Reason, By: "soạn: " + writer(b.CreatedBy)}
	if b.RuleID != "" {
		r.By = "nhắc tự động"
	}
	switch {
	case b.State == core.BroadcastDraft && b.StartAt.IsZero():
		r.When = "soạn " + hour(d.at(b.UpdatedAt)) + " " + date(d.at(b.UpdatedAt))
	case b.Over() && !b.FinishedAt.IsZero():
		r.When = "kết thúc " + hour(d.at(b.FinishedAt)) + " " + date(d.at(b.FinishedAt))
	default:
		r.When = "bắt đầu " + startWords(d, b)
	}
	if b.State == core.BroadcastDraft || b.State == core.BroadcastPlanning {
		return r, nil
	}
	t, err := a.totals.of(ctx, a, b)
	if err != nil {
		return r, err
	}
	r.Sent = number(t.sent) + " / " + number(t.reach) + " đã gửi"
	if b.State == core.BroadcastPlanned {
		r.Sent = number(t.reach) + " tin"
	} else if t.reach > 0 {
		share := newBar(float64(t.sent)*100/float64(t.reach), 0, true)
		r.Bar = &share
	}
	return r, nil
}

// startWords says when a broadcast begins.
func startWords(d *desk, b core.Broadcast) string {
	if b.StartAt.IsZero() {
		return "ngay khi xác nhận"
	}
	return hour(d.at(b.StartAt)) + " " + date(d.at(b.StartAt))
}

// total sums up the deliveries of a broadcast.
type total struct {
	reach                             int64 // who gets a message, or was to
	sent, open, unknown, failed, lost int64 // lost: planned, yet skipped when their turn came
	missed                            int64 // who could not be reached from the beginning
	cost, spent                       int64 // đồng
}

// sums gives the total. Who was skipped for a reason that only sending knows was planned before.
func sums(counts []core.DeliveryCount) total {
	var t total
	for _, n := range counts {
		if n.State == core.DeliverySkipped && n.Channel == core.ChannelNone {
			t.missed += n.Count
			continue
		}
		t.reach, t.cost = t.reach+n.Count, t.cost+n.Cost
		switch n.State {
		case core.DeliverySent:
			t.sent, t.spent = t.sent+n.Count, t.spent+n.Cost
		case core.DeliveryUnknown:
			t.unknown, t.spent = t.unknown+n.Count, t.spent+n.Cost
		case core.DeliveryFailed:
			t.failed += n.Count
		case core.DeliverySkipped:
			t.lost += n.Count
		default:
			t.open += n.Count
		}
	}
	return t
}

// broadcast is the page of one: a draft leads to where it is written, a plan to the plan, else to its progress.
func (a *App) broadcast(c *gin.Context, d *desk) error {
	b, err := a.broadcastOf(c, d)
	if err != nil {
		return err
	}
	switch {
	case b.State == core.BroadcastDraft && d.person.May(account.SendMessages):
		return redirect(c, broadcastHref(b.ID)+"/soan")
	case b.State == core.BroadcastDraft, b.State == core.BroadcastPlanning, b.State == core.BroadcastPlanned:
		return a.showPlan(c, d, http.StatusOK, b, func(*planPage) {})
	}
	return a.showProgress(c, d, http.StatusOK, b, func(*progressPage) {})
}

// outreachStep is one of the steps of a broadcast above its pages.
type outreachStep struct {
	Text, Href    string
	Done, Current bool
}

// broadcastSteps gives the way of a broadcast; at is where the page is, from 1.
func broadcastSteps(b core.Broadcast, at int) []outreachStep {
	all := []outreachStep{{Text: "1 Soạn"}, {Text: "2 Người nhận"}, {Text: "3 Kế hoạch"}, {Text: "4 Gửi"}}
	for i := range all {
		all[i].Done, all[i].Current = i+1 < at, i+1 == at
	}
	if b.State == core.BroadcastDraft && b.ID != "" {
		all[0].Href, all[1].Href = broadcastHref(b.ID)+"/soan", broadcastHref(b.ID)+"/nguoi-nhan"
	}
	return all
}

// rate is how many messages leave in a minute, for forecasts.
func (a *App) rate() int {
	if r := a.opt.Outreach.Rate(); r > 0 {
		return r
	}
	return 60_000 // nothing limits them but this machine
}

// preview writes the box for the sample person after another, or for that very person when stay is set.
func (a *App) preview(ctx context.Context, b core.Broadcast, after string, stay bool) (previewBox, error) {
	var r outreach.Recipient
	err := error(core.Errorf(core.NotFound, ""))
	if stay && after != "" {
		r, err = a.opt.Outreach.Person(ctx, b, after)
	}
	if core.Is(err, core.NotFound) {
		r, err = a.opt.Outreach.Sample(ctx, b, after)
	}
	if core.Is(err, core.NotFound) {
		return previewBox{Note: message(err)}, nil
	}
	if err != nil {
		return previewBox{}, err
	}
	views, route, err := a.opt.Outreach.Previews(ctx, b, r)
	if err != nil {
		return previewBox{}, err
	}
	box := previewBox{Who: personName(r), Person: r.Person, Route: channelName(route.Channel)}
	if unit := r.Values["don_vi"]; unit != "" {
		box.Who += ", " + unit
	}
	if route.Channel == core.ChannelNone {
		box.Missed, box.Route = true, reasonWords(route.Reason)
	}
	for _, v := range views {
		box.Bubbles = append(box.Bubbles, newBubble(v))
	}
	if len(views) == 0 {
		box.Note = "Chưa có nội dung để xem."
	}
	return box, nil
}
