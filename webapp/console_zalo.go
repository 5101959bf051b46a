package webapp

import (
	"encoding/json"
	"net/http"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/zalo"
)

const (
	zaloPath     = "/console/zalo"
	zaloCallback = "/zalo/oauth/callback"
)

type zaloPage struct {
	consoleFrame
	State     chip
	Words     string
	Alarm     string
	Pairs     []figure
	Inbox     []figure
	Consent   string // the link to open, once made
	MayGrant  bool
	MayAct    bool
	Simulator string
	Handed    []handedRow
	Events    []eventRow
	Error     string
}

type handedRow struct{ OAID, UserID, Who, Why, Until string }

type eventRow struct {
	Key, Who, Text, Reason, When string
	State                        chip
}

// zaloState shows whether the OA is connected, what the webhook brings, and what waits for a person.
func (a *App) zaloState(c *gin.Context, d *desk) error { return a.showZalo(c, d, "", "") }

func (a *App) showZalo(c *gin.Context, d *desk, consent, problem string) error {
	p := zaloPage{consoleFrame: a.consoleFrame(c, d, "Kết nối Zalo", zaloPath), Consent: consent, Error: problem,
		MayGrant: d.person.May(account.ManageOrganizers), MayAct: d.person.May(account.SendMessages), Simulator: a.opt.Zalo.Simulator}
	if err := a.zaloGrant(c, d, &p); err != nil {
		return err
	}
	if err := a.zaloInbox(c, d, &p); err != nil {
		return err
	}
	if err := a.zaloHanded(c, d, &p); err != nil {
		return err
	}
	return a.showSecret(c, http.StatusOK, "console-zalo", p)
}

// zaloGrant words the state of the grant.
func (a *App) zaloGrant(c *gin.Context, d *desk, p *zaloPage) error {
	ctx := c.Request.Context()
	when := func(i core.Instant) string { return hour(d.at(i)) + ", " + date(d.at(i)) }
	st, err := a.opt.Zalo.Status(ctx)
	switch {
	case core.Is(err, core.NotFound):
		p.State, p.Words = chip{"Chưa cấp quyền", "warn"}, "OA chưa cho phép ứng dụng này gửi tin. Người quản trị OA mở liên kết cấp quyền rồi bấm Cho phép."
	case err != nil:
		return err
	case st.State == zalo.GrantNeedsConsent:
		p.State, p.Alarm = chip{"Cần cấp quyền lại", "bad"}, "Zalo không còn nhận khóa của OA, nên bot không gửi được tin. Tin nhắn đến vẫn được lưu. Người quản trị OA cần cấp quyền lại."
	default:
		p.State, p.Words = chip{"Đang hoạt động", "good"}, "Khóa được gia hạn tự động."
		p.Pairs = append(p.Pairs, figure{"Gia hạn lần cuối", when(st.RotatedAt)}, figure{"Khóa hiện tại dùng đến", when(st.AccessExpires)},
			figure{"Lần gia hạn tới", when(st.RefreshAt)}, figure{"Quyền hết hạn nếu không gia hạn", when(st.RefreshExpires)})
	}
	p.Pairs = append(p.Pairs, figure{"OA", a.opt.Zalo.OAID(ctx)}, figure{"Địa chỉ webhook", a.opt.PublicURL + "/zalo/webhook"},
		figure{"Địa chỉ nhận cấp quyền", a.opt.PublicURL + zaloCallback}, figure{"Chế độ webhook", modeWords[a.opt.Zalo.Mode]})
	return nil
}

var modeWords = map[string]string{"enforce": "chỉ nhận tin có chữ ký đúng", "log": "nhận cả tin chưa đúng chữ ký và ghi lại (đang đổi khóa)", "bootstrap": "trả lời và bỏ qua mọi tin (chưa có khóa)"}

// zaloInbox counts the inbox and lists what a person should look at.
func (a *App) zaloInbox(c *gin.Context, d *desk, p *zaloPage) error {
	ctx := c.Request.Context()
	st, err := a.opt.Talk.State(ctx)
	if err != nil {
		return err
	}
	last := "chưa có"
	if st.Last.Key != "" {
		last = second(d.at(st.Last.ReceivedAt)) + ", " + date(d.at(st.Last.ReceivedAt)) + " (" + st.Last.Name + ")"
	}
	p.Inbox = []figure{{"Sự kiện gần nhất", last}, {"Chờ trả lời", number(st.Received)}, {"Đang gửi", number(st.Sending)},
		{"Chưa rõ đã tới chưa", number(st.Unknown)}, {"Không gửi được", number(st.Failed)}}
	for _, s := range []struct {
		state string
		chip  chip
	}{{core.EventUnknown, chip{"Chưa rõ", "warn"}}, {core.EventFailed, chip{"Không gửi được", "bad"}}} {
		events, err := a.opt.Talk.Listed(ctx, s.state, 50)
		if err != nil {
			return err
		}
		for _, e := range events {
			p.Events = append(p.Events, eventRow{Key: e.Key, Who: a.whoIs(c, d, e.UserID), Text: saidText(e), Reason: e.Reason,
				When: second(d.at(e.ReceivedAt)) + ", " + date(d.at(e.ReceivedAt)), State: s.chip})
		}
	}
	return nil
}

func (a *App) zaloHanded(c *gin.Context, d *desk, p *zaloPage) error {
	handed, err := a.opt.Talk.HandedOver(c.Request.Context(), 100)
	if err != nil {
		return err
	}
	for _, f := range handed {
		why := "muốn gặp người hỗ trợ"
		if f.Handed.Reason == core.HandedStaff {
			why = "cán bộ đang trả lời trong OA Manager"
		}
		p.Handed = append(p.Handed, handedRow{OAID: f.OAID, UserID: f.UserID, Who: a.whoIs(c, d, f.UserID), Why: why + ", từ " + hour(d.at(f.Handed.Since)), Until: hour(d.at(f.Handed.Until))})
	}
	return nil
}

// whoIs names a Zalo user: the contestant they are linked to, else the end of their number.
func (a *App) whoIs(c *gin.Context, d *desk, userID string) string {
	person, err := a.opt.Account.ZaloContestant(c.Request.Context(), d.ed.Contest.ID, userID)
	if err == nil {
		return person.FullName + ", " + personUnit(d.ed, person)
	}
	return "Người dùng Zalo …" + userID[max(0, len(userID)-4):]
}

// saidText gives what a person wrote, for those who decide whether it was answered.
func saidText(e core.InboxEvent) string {
	var body struct {
		Message struct {
			Text string `json:"text"`
		} `json:"message"`
	}
	if json.Unmarshal([]byte(e.Body), &body) != nil {
		return ""
	}
	return shortened(core.CleanText(body.Message.Text), 160)
}

// zaloConsent makes the consent link. It is shown, not followed: the page's policy lets forms lead nowhere else.
func (a *App) zaloConsent(c *gin.Context, d *desk) error {
	link, err := a.opt.Zalo.Flow.Begin(c.Request.Context(), d.ed.Contest.Contacts.ZaloOAID, a.opt.PublicURL+zaloCallback, d.person.Subject())
	if err != nil {
		return err
	}
	return a.showZalo(c, d, link, "")
}

// zaloConsented takes Zalo's callback, in the session of the organizer who began.
func (a *App) zaloConsented(c *gin.Context, d *desk) error {
	_, err := a.opt.Zalo.Flow.Finish(c.Request.Context(), c.Request.URL.Query(), d.person.Subject(), d.ed.Contest.Contacts.ZaloOAID)
	if core.Is(err, core.Invalid) {
		return a.showZalo(c, d, "", message(err))
	}
	if err != nil {
		return err
	}
	if a.opt.Audit != nil {
		e := core.AuditEntry{Actor: d.person.Subject(), Action: "zalo.consent", Subject: "oa:" + a.opt.Zalo.OAID(c.Request.Context())}
		if err := a.opt.Audit.Append(c.Request.Context(), e); err != nil {
			return err
		}
	}
	return done(c, zaloPath, "zalo")
}

func (a *App) zaloRelease(c *gin.Context, d *desk) error {
	if err := a.opt.Talk.Release(c.Request.Context(), d.person.Subject(), c.PostForm("oa"), c.PostForm("nguoi")); err != nil {
		return err
	}
	return done(c, zaloPath, "nha")
}

func (a *App) zaloResolve(c *gin.Context, d *desk) error {
	if err := a.opt.Talk.Resolve(c.Request.Context(), d.person.Subject(), c.PostForm("tin")); err != nil {
		return err
	}
	return done(c, zaloPath, "da-xem")
}
