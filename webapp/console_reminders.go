package webapp

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/outreach"
	"duthi/core/web"
)

const rulesPath = outreachPath + "/quy-tac"

type remindersPage struct {
	consoleFrame
	Tabs    []choice
	Rows    []reminderRow
	MaySend bool
	Wrong   string // what was wrong with a switch
	For     string
	Typed   string
}

type reminderRow struct {
	ID, Name, When, Text, Round, Next, By string
	Revision                              int64
	On                                    bool
	Idle                                  bool // nothing can make it send yet
}

// reminderRules lists the rules that send by themselves.
func (a *App) reminderRules(c *gin.Context, d *desk) error {
	return a.showReminderRules(c, d, http.StatusOK, func(*remindersPage) {})
}

func (a *App) showReminderRules(c *gin.Context, d *desk, status int, more func(*remindersPage)) error {
	p := remindersPage{consoleFrame: a.consoleFrame(c, d, "Nhắc tự động", outreachPath), Tabs: outreachTabs(rulesPath), MaySend: d.person.May(account.SendMessages)}
	rules, err := a.opt.Outreach.Rules(c.Request.Context(), d.ed.Contest.ID)
	if err != nil {
		return err
	}
	for _, r := range rules {
		row := reminderRow{ID: r.ID, Name: kindName(r.Kind), When: ruleMoment(r), Text: r.Content.Text, Round: "mọi đợt", On: r.On, Revision: r.Revision, Idle: r.Kind == core.RemindCertificates}
		if round, ok := d.ed.Contest.Round(r.RoundID); ok {
			row.Round = round.Name
		}
		if r.By != "" {
			row.By = "sửa bởi " + writer(r.By) + ", " + hour(d.at(r.UpdatedAt)) + " " + date(d.at(r.UpdatedAt))
		}
		next := outreach.Occurrences(*d.ed.Contest, r, d.now, d.now.Add(400*24*time.Hour), d.ed.Loc)
		if len(next) > 0 {
			row.Next = moment(d.at(next[0].At))
		}
		p.Rows = append(p.Rows, row)
	}
	more(&p)
	return a.show(c, status, "console-reminders", p)
}

// switchReminderRule turns a rule on or off.
func (a *App) switchReminderRule(c *gin.Context, d *desk) error {
	ctx := c.Request.Context()
	id, on := c.PostForm("id"), c.PostForm("bat") == "1"
	r, err := a.opt.Outreach.Rule(ctx, d.ed.Contest.ID, id)
	if err != nil {
		return err
	}
	why, err := reason(c)
	if err == nil {
		r.On, r.Revision = on, seenRevision(c)
		_, err = a.opt.Outreach.SaveRule(ctx, d.person.Subject(), *d.ed.Contest, r, why)
	}
	if core.Is(err, core.Invalid) || core.Is(err, core.Conflict) {
		return a.showReminderRules(c, d, web.StatusOf(core.CodeOf(err)), func(p *remindersPage) {
			p.For, p.Typed, p.Wrong = id, c.PostForm("ly_do"), cmp.Or(fields(err)["ly_do"], message(err))
		})
	}
	if err != nil {
		return err
	}
	if on {
		return done(c, rulesPath, "nhac-bat")
	}
	return done(c, rulesPath, "nhac-tat")
}

// seenRevision is the revision of the rule that the page showed.
func seenRevision(c *gin.Context) int64 {
	n, _ := strconv.ParseInt(c.PostForm("lan"), 10, 64) // a wrong one meets a Conflict
	return n
}

type reminderPage struct {
	consoleFrame
	Heading   string
	ID        string
	Revision  int64
	Form      form
	Kinds     []choice // of a new rule
	Kind      string
	Whom      string
	Round     field
	Days, At  field
	TakesDays bool
	TakesHour bool
	Message   messageForm
	Focal     field
	ToFocal   bool // focal points get a message of their own
	On        bool
	Reason    field
	Preview   previewBox
}

// reminderRule is the form of a rule: one there is, or a new one of a kind.
func (a *App) reminderRule(c *gin.Context, d *desk) error {
	ctx := c.Request.Context()
	if id := c.Query("id"); id != "" {
		r, err := a.opt.Outreach.Rule(ctx, d.ed.Contest.ID, id)
		if err != nil {
			return err
		}
		return a.showReminderRule(c, d, http.StatusOK, r, "", nil)
	}
	for _, r := range outreach.DefaultRules(d.ed.Contest.ID) {
		if r.Kind == cmp.Or(c.Query("loai"), core.RemindDaysLeft) {
			r.ID, r.On = "", true
			return a.showReminderRule(c, d, http.StatusOK, r, "", nil)
		}
	}
	return core.Errorf(core.NotFound, "Không có loại nhắc này.")
}

func (a *App) saveReminderRule(c *gin.Context, d *desk) error {
	ctx := c.Request.Context()
	r := core.ReminderRule{ContestID: d.ed.Contest.ID, Kind: c.PostForm("loai"), Audience: core.Audience{Who: core.AudienceAll}}
	if id := c.PostForm("id"); id != "" {
		var err error
		if r, err = a.opt.Outreach.Rule(ctx, d.ed.Contest.ID, id); err != nil {
			return err
		}
		r.Revision = seenRevision(c)
	}
	wrong := readRule(c, &r)
	fault := withFields(outreach.CheckRule(*d.ed.Contest, r), wrong)
	if c.PostForm("lam") == "xem" || c.PostForm("lam") == "khac" {
		return a.showReminderRule(c, d, http.StatusOK, r, c.PostForm("ly_do"), fault)
	}
	why, err := reason(c)
	if err != nil {
		fault = withFields(fault, fields(err))
	}
	if fault == nil {
		_, fault = a.opt.Outreach.SaveRule(ctx, d.person.Subject(), *d.ed.Contest, r, why)
	}
	if core.Is(fault, core.Invalid) || core.Is(fault, core.Conflict) {
		return a.showReminderRule(c, d, web.StatusOf(core.CodeOf(fault)), r, c.PostForm("ly_do"), fault)
	}
	if fault != nil {
		return fault
	}
	return done(c, rulesPath, "nhac-quy-tac")
}

// readRule takes what was typed into a rule's form.
func readRule(c *gin.Context, r *core.ReminderRule) map[string]string {
	wrong := map[string]string{}
	r.RoundID, r.At, r.On, r.Billed = c.PostForm("dot"), strings.TrimSpace(c.PostForm("luc")), c.PostForm("bat") == "1", c.PostForm("co_phi") == "1"
	r.Days = 0
	if takesDays(r.Kind) {
		days, err := strconv.Atoi(strings.TrimSpace(c.PostForm("so_ngay")))
		if err != nil || days < 0 || days > 60 {
			wrong["so_ngay"] = "Nhập số ngày từ 0 đến 60."
		}
		r.Days = days
	}
	if r.Content = readMessage(c, wrong); r.Kind == core.RemindUnitBelow {
		r.Focal = readFocal(c, r.Focal)
	}
	return wrong
}

func (a *App) showReminderRule(c *gin.Context, d *desk, status int, r core.ReminderRule, why string, fault error) error {
	p := reminderPage{consoleFrame: a.consoleFrame(c, d, "Nhắc tự động", outreachPath), Heading: kindName(r.Kind), ID: r.ID, Revision: r.Revision, Kind: r.Kind, On: r.On,
		TakesDays: takesDays(r.Kind), TakesHour: takesHour(r.Kind)}
	p.Script = "console-nhac.js"
	if r.ID == "" {
		p.Heading = "Quy tắc mới: " + kindName(r.Kind)
	}
	daysLabel := ""
	for _, k := range kindNames {
		if r.ID == "" && k.kind != core.RemindCertificates {
			p.Kinds = append(p.Kinds, choice{rulesPath + "/sua?loai=" + k.kind, k.name, k.kind == r.Kind})
		}
		if k.kind == r.Kind {
			daysLabel = "Số ngày " + k.when
		}
	}
	rounds := []choice{{"", "Mọi đợt", r.RoundID == ""}}
	for _, round := range d.ed.Contest.Rounds {
		rounds = append(rounds, choice{round.ID, round.Name, round.ID == r.RoundID})
	}
	days := strconv.Itoa(r.Days)
	if typed, ok := c.GetPostForm("so_ngay"); ok {
		days = typed
	}
	p.Whom = sentence(audienceWords(d, core.Broadcast{RoundID: r.RoundID, Audience: outreach.AudienceOf(r)}))
	own := []field{{Name: "dot", Label: "Đợt thi", Options: rounds}, {Name: "so_ngay", Label: daysLabel, Value: days, Mode: "numeric", MaxLength: 2},
		{Name: "luc", Label: "Giờ gửi", Hint: "Rơi vào giờ không gửi thì lùi tới lúc gửi được.", Type: "time", Value: r.At, Optional: true},
		{Name: "ly_do", Label: "Lý do", Hint: "Được lưu trong nhật ký.", Value: why, MaxLength: 500},
		focalField(outreach.FocalOf(r))}
	p.Message, p.Form = a.messageForm(c, d, r.Content, own, fault)
	p.Message.Billed = r.Billed
	p.Round, p.Days, p.At, p.Reason = own[0], own[1], own[2], own[3]
	p.Focal, p.ToFocal = own[4], r.Kind == core.RemindUnitBelow
	if err := a.rulePreview(c, d, &p, r); err != nil {
		return err
	}
	return a.showSecret(c, status, "console-reminder", p)
}

// rulePreview shows the message as it would be said now, about the rule's round or the next one.
func (a *App) rulePreview(c *gin.Context, d *desk, p *reminderPage, r core.ReminderRule) error {
	b := core.Broadcast{ContestID: d.ed.Contest.ID, RoundID: r.RoundID, Audience: outreach.AudienceOf(r), Content: r.Content, Billed: r.Billed}
	if b.RoundID == "" {
		for _, round := range d.ed.Contest.Rounds {
			if b.RoundID == "" || round.Start <= d.now {
				b.RoundID = round.ID
			}
		}
	}
	var err error
	p.Preview, err = a.preview(c.Request.Context(), b, c.PostForm("nguoi"), c.PostForm("lam") != "khac")
	return err
}

// aheadRow is one line of the calendar.
type aheadRow struct {
	Hour, Title, Href, Tone, Kind string
	When                          string
}

// aheadShown bounds the next sends shown beside the list.
const aheadShown = 5

// ahead gives the first of what will be sent in a span of time.
func (a *App) ahead(ctx context.Context, d *desk, from, to core.Instant) ([]aheadRow, error) {
	all, err := a.opt.Outreach.Calendar(ctx, *d.ed.Contest, from, to, d.ed.Loc)
	if err != nil {
		return nil, err
	}
	var out []aheadRow
	for _, e := range all {
		if e.State != core.BroadcastDone && len(out) < aheadShown {
			out = append(out, newAheadRow(d, e))
		}
	}
	return out, nil
}

func newAheadRow(d *desk, e outreach.Ahead) aheadRow {
	r := aheadRow{Hour: hour(d.at(e.At)), When: moment(d.at(e.At)), Title: e.Title, Kind: "Thông báo"}
	if e.RuleID != "" {
		r.Kind, r.Title = "Nhắc tự động", reminderTitle(d, cmp.Or(e.Kind, e.Title), e.RoundID)
	}
	if e.BroadcastID != "" {
		r.Href = broadcastHref(e.BroadcastID)
		state := broadcastStates[e.State]
		r.Kind += ", " + strings.ToLower(state.Text)
		r.Tone = state.Tone
	}
	return r
}
