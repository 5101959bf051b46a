package webapp

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/outreach"
)

type planPage struct {
	consoleFrame
	Heading   string
	Href      string
	Steps     []outreachStep
	Ready     bool // the plan is complete
	Draft     bool
	Counted   string // people gone through while it is being made
	Whom      string // in words
	Segments  []segment
	Rows      []planRow
	Total     string
	Cost      string
	Missed    string   // "8.390 người: 7.902 chưa liên kết …"
	Focal     string   // focal points reached, and not
	FocalText []string // what they get, with its placeholders
	Budget    string
	Over      bool // costs more than its budget: can't be sent
	When      []string
	Warn      string // what stands in the way
	Send      string // words of the button
	Number    int64  // on it
	Preview   previewBox
	TestTo    string // who gets a test: "Nguyễn Thị An, số ••• 678"; "" when nobody was named yet
	Tested    string
	Fault     string
	MaySend   bool
	Cancelled string // what a wrong cancel said
}

// segment is a part of a bar, in percent of its width.
type segment struct{ Class, X, Width string }

type planRow struct {
	Class, Name, Count, Price, Sum string
	Missed                         bool
}

// planSoon goes through the audience in the request, as far as that takes a moment only.
func (a *App) planSoon(c *gin.Context, id string) error {
	ctx, cancel := context.WithTimeout(c.Request.Context(), planPatience)
	defer cancel()
	_, err := a.opt.Outreach.PlanNow(ctx, id)
	return err
}

// showPlan is the third step: who gets it, by which channel, at what cost, how long it takes; nothing has left.
func (a *App) showPlan(c *gin.Context, d *desk, status int, b core.Broadcast, more func(*planPage)) error {
	ctx := c.Request.Context()
	p := planPage{consoleFrame: a.consoleFrame(c, d, "Kế hoạch", outreachPath), Heading: broadcastTitle(d, b), Href: broadcastHref(b.ID), Steps: broadcastSteps(b, 3),
		Ready: b.State == core.BroadcastPlanned, Draft: b.State == core.BroadcastDraft, Whom: audienceWords(d, b), MaySend: d.person.May(account.SendMessages)}
	p.Script = "console-nhac.js"
	f, err := a.opt.Outreach.Forecast(ctx, b, a.rate())
	if err != nil {
		return err
	}
	if b.State == core.BroadcastPlanning {
		p.Refresh, p.Counted = 2, number(f.Reach+f.Missed)
	}
	prices := a.opt.Outreach.PricesOn(max(d.now, b.StartAt), d.ed.Loc)
	p.channelRows(f, prices)
	p.when(a, d, b, f)
	if err := p.budget(ctx, a, d, b, f); err != nil {
		return err
	}
	if p.Focal, err = a.focalReach(ctx, b); err != nil {
		return err
	}
	if p.Focal != "" {
		p.FocalText = strings.Split(b.Focal.Text, "\n")
	}
	if p.Preview, err = a.preview(ctx, b, c.Query("nguoi"), false); err != nil {
		return err
	}
	if p.Preview.Person != "" {
		p.Preview.Next = p.Href + "?nguoi=" + p.Preview.Person + "#xem-truoc"
	}
	if p.MaySend {
		me, err := a.opt.Account.TestPerson(ctx, d.person, d.ed.Contest.ID)
		if err == nil {
			p.TestTo = me.FullName + ", số " + masked(me.Phone)
		} else if !core.Is(err, core.NotFound) {
			return err
		}
	}
	if key := c.Query("thu"); key != "" {
		p.Tested = "Đã gửi tin thử qua " + strings.ToLower(channelName(key)) + "."
	}
	more(&p)
	return a.showSecret(c, status, "console-plan", p)
}

// channelRows fills in the bar and the table by channel.
func (p *planPage) channelRows(f outreach.Forecast, prices outreach.Prices) {
	price := map[string]int64{core.ChannelBilled: prices.Billed, core.ChannelUserTemplate: prices.Template.User, core.ChannelPhoneTemplate: prices.Template.Phone}
	people, sum := map[string]int64{}, map[string]int64{}
	var missed []core.DeliveryCount
	for _, n := range f.Counts {
		people[n.Channel] += n.Count
		sum[n.Channel] += n.Cost
		if n.Channel == core.ChannelNone {
			missed = append(missed, n)
		}
	}
	all := f.Reach + f.Missed
	x := 0.0
	for _, ch := range channels {
		n := people[ch.channel]
		missing := ch.channel == core.ChannelNone
		if n == 0 && (missing || ch.channel == core.ChannelBilled || ch.channel == core.ChannelUserTemplate || ch.channel == core.ChannelPhoneTemplate) {
			continue
		}
		row := planRow{Class: ch.class, Name: ch.name, Count: number(n), Price: dong(price[ch.channel]), Sum: dong(sum[ch.channel]), Missed: missing}
		switch {
		case ch.channel == core.ChannelFree:
			row.Name += " (đã nhắn OA trong " + strings.ReplaceAll(span48(prices.Free.Hours()), " ", nbsp) + ")"
		case ch.channel == core.ChannelBilled:
			row.Name += " (đã nhắn OA trong " + strings.ReplaceAll(span48(prices.Window.Hours()), " ", nbsp) + ")"
		case missing:
			row.Price, row.Sum = "–", "–"
		}
		p.Rows = append(p.Rows, row)
		if all > 0 && n > 0 {
			width := float64(n) * 100 / float64(all)
			p.Segments = append(p.Segments, segment{ch.class, percentOf(x), percentOf(width)})
			x += width
		}
	}
	p.Total, p.Cost = number(f.Reach), dong(f.Cost)
	p.Missed = missedWords(missed, f.Missed)
}

// span48 writes 48 as "48 giờ" and 168 as "7 ngày".
func span48(hours float64) string {
	if hours > 48 {
		return strconv.Itoa(int(hours/24)) + " ngày"
	}
	return strconv.Itoa(int(hours)) + " giờ"
}

func percentOf(p float64) string { return strconv.FormatFloat(p, 'f', 3, 64) + "%" }

// missedWords lists why people get nothing, the most frequent reason first.
func missedWords(counts []core.DeliveryCount, all int64) string {
	if all == 0 {
		return ""
	}
	slices.SortStableFunc(counts, func(a, b core.DeliveryCount) int { return int(b.Count - a.Count) })
	var parts []string
	for _, n := range counts {
		parts = append(parts, number(n.Count)+" "+reasonWords(n.Reason))
	}
	if len(counts) == 1 {
		return number(all) + " người " + reasonWords(counts[0].Reason) + "."
	}
	return number(all) + " người: " + strings.Join(parts, ", ") + "."
}

// when says when it begins and ends, and what stands in the way.
func (p *planPage) when(a *App, d *desk, b core.Broadcast, f outreach.Forecast) {
	p.Number, p.Send = f.Reach, "Gửi "+number(f.Reach)+" tin"
	begins := "Bắt đầu ngay khi xác nhận"
	if b.StartAt > d.now {
		p.Send = "Hẹn gửi " + number(f.Reach) + " tin"
		begins = "Bắt đầu " + moment(d.at(f.Starts))
	} else if f.Starts > d.now.Add(time.Minute) {
		begins = "Bây giờ là giờ không gửi tin. Bắt đầu " + moment(d.at(f.Starts))
	}
	if r := a.opt.Outreach.Rate(); r > 0 {
		begins += ". Với tốc độ " + number(r) + " tin mỗi phút"
	}
	switch {
	case f.Reach == 0:
		p.Warn = "Chưa có ai nhận được tin này."
	case f.Starts == 0 || f.Ends == 0:
		p.Warn = "Các ngày không gửi đã đánh dấu không còn chỗ cho thông báo này."
	case !b.StopAt.IsZero() && f.Starts >= b.StopAt:
		p.Warn = "Đến lúc gửi được thì đợt thi đã đóng."
	default:
		ends := hour(d.at(f.Ends))
		if date(d.at(f.Ends)) != date(d.at(f.Starts)) {
			ends = moment(d.at(f.Ends))
		}
		p.When = append(p.When, begins+", xong lúc khoảng ", ends)
		if !b.StopAt.IsZero() && f.Ends > b.StopAt {
			p.Warn = "Không gửi kịp cho tất cả trước khi đợt đóng lúc " + moment(closing(b.StopAt, d.ed.Loc)) + ". Tin chưa gửi lúc đó sẽ bỏ qua."
		}
	}
	if len(p.When) == 0 {
		p.When = []string{begins + ".", ""}
	}
	p.When = append(p.When, quietWords(a.opt.Outreach.QuietHours()))
}

// budget warns of a plan that would be paused: it costs more than the month allows.
func (p *planPage) budget(ctx context.Context, a *App, d *desk, b core.Broadcast, f outreach.Forecast) error {
	if b.Budget > 0 {
		p.Budget = "Hạn mức của thông báo " + dong(b.Budget)
		if p.Over = f.Cost > b.Budget; p.Over {
			p.Warn = "Cần " + dong(f.Cost) + ", vượt hạn mức " + dong(b.Budget) + " của thông báo này, nên chưa gửi được. Sửa lại thành bản nháp mới để đổi hạn mức, nội dung hoặc người nhận."
			return nil
		}
	}
	limit := a.opt.Outreach.Budget()
	if limit <= 0 || f.Cost == 0 {
		return nil
	}
	spent, err := a.opt.Outreach.Spending(ctx, b.ContestID, max(f.Starts, d.now), d.ed.Loc)
	if err != nil {
		return err
	}
	if spent+f.Cost > limit {
		p.Warn = "Vượt hạn mức chi của tháng: đã dùng " + dong(spent) + ", thêm " + dong(f.Cost) + ", hạn mức " + dong(limit) + ". Nếu xác nhận, thông báo sẽ tạm dừng trước tin đầu tiên."
	}
	return nil
}

// startBroadcast is the button with the number on it. The number is what the organizer read: a plan that changed
// since is shown again.
func (a *App) startBroadcast(c *gin.Context, d *desk) error {
	b, err := a.broadcastOf(c, d)
	if err != nil {
		return err
	}
	if b.State == core.BroadcastSending || b.State == core.BroadcastDone { // pressed twice
		return redirect(c, broadcastHref(b.ID))
	}
	f, err := a.opt.Outreach.Forecast(c.Request.Context(), b, a.rate())
	if err != nil {
		return err
	}
	if b.State == core.BroadcastPlanned && c.PostForm("so_tin") != strconv.FormatInt(f.Reach, 10) {
		return a.showPlan(c, d, http.StatusConflict, b, func(p *planPage) {
			p.Fault = "Kế hoạch đã khác lúc anh/chị xem. Xem lại rồi xác nhận."
		})
	}
	if f.Reach == 0 && b.State == core.BroadcastPlanned {
		return a.showPlan(c, d, http.StatusUnprocessableEntity, b, func(p *planPage) { p.Fault = "Chưa có ai nhận được tin này nên không có gì để gửi." })
	}
	err = a.opt.Outreach.Start(c.Request.Context(), d.person.Subject(), b.ID)
	switch {
	case core.Is(err, core.Closed): // in another tab, or by another one
		return redirect(c, broadcastHref(b.ID))
	case core.Is(err, core.Invalid):
		return a.showPlan(c, d, http.StatusUnprocessableEntity, b, func(p *planPage) { p.Fault = message(err) })
	case err != nil:
		return err
	}
	return done(c, broadcastHref(b.ID), "nhac-gui")
}

// reworkBroadcast makes a new draft of a plan, or of a broadcast that is over.
func (a *App) reworkBroadcast(c *gin.Context, d *desk) error {
	b, err := a.broadcastOf(c, d)
	if err != nil {
		return err
	}
	if b, err = a.opt.Outreach.Rework(c.Request.Context(), d.person.Subject(), b.ID); err != nil {
		return err
	}
	return done(c, broadcastHref(b.ID)+"/soan", "nhac-sua")
}
