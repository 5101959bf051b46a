package webapp

import (
	"cmp"
	"context"
	"html/template"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/qr"
)

// focalZaloPath is where a focal point has the unit's reminders sent to their Zalo.
const focalZaloPath = "/dau-moi/zalo"

func (a *App) focalZaloRoutes() []consoleRoute {
	if !a.mayRemindUnits() {
		return nil
	}
	return []consoleRoute{
		{method: "GET", path: focalZaloPath, page: a.focalZalo, focal: true},
		{method: "POST", path: focalZaloPath, page: a.focalZaloCode, focal: true, timeout: 20 * time.Second},
		{method: "POST", path: focalZaloPath + "/tat", page: a.focalZaloOff, focal: true},
	}
}

// focalZaloCard is what the unit's page says of reminders over Zalo; nil where there is no OA.
type focalZaloCard struct {
	On    bool
	State chip
	Words string // what stands in the way of a message, or how long one may be sent
}

// focalZaloCard says how the focal point's account stands with Zalo.
func (a *App) focalZaloCard(ctx context.Context, d *desk) (*focalZaloCard, error) {
	if !a.mayRemindUnits() || a.chatURL(ctx) == "" {
		return nil, nil
	}
	z, err := a.opt.Account.FocalZaloOf(ctx, d.person)
	if err != nil || z.UserID == "" {
		return &focalZaloCard{}, err
	}
	card := &focalZaloCard{On: true, State: chip{"Đang bật", "good"}}
	f, err := a.opt.Talk.Follower(ctx, a.opt.Zalo.OAID(ctx), z.UserID)
	if err != nil {
		return nil, err
	}
	prices, ask := a.opt.Outreach.PricesOn(d.now, d.ed.Loc), "Nhắn OA một tin bất kỳ, ví dụ “lịch”"
	free, window := prices.Free.Hours(), prices.Window.Hours()
	switch {
	case f.NoReminders || !f.WithdrawnAt.IsZero():
		card.State, card.Words = chip{"Đã tắt trong Zalo", "warn"}, "Anh/chị đã tắt nhắc trong Zalo. Nhắn “bật nhắc” cho OA để nhận lại."
	case !f.Follows:
		card.State, card.Words = chip{"Chưa nhận được", "warn"}, "Anh/chị bấm Quan tâm OA trong Zalo thì mới nhận được tin."
	case f.LastInteraction.Add(prices.Window) <= d.now:
		card.State, card.Words = chip{"Chưa nhận được", "warn"}, "Đã quá "+span48(window)+" anh/chị chưa nhắn OA nên Zalo không cho nhắn trực tiếp. "+ask+" để nhận được."
	case f.LastInteraction.Add(prices.Free) <= d.now:
		card.State, card.Words = chip{"Có thể lỡ tin", "warn"}, "Đã quá "+span48(free)+" anh/chị chưa nhắn OA: tin chỉ tới nếu Ban Tổ chức gửi có phí. "+ask+" để chắc chắn nhận được."
	default:
		card.Words = "Nhận được tin đến " + moment(d.at(f.LastInteraction.Add(prices.Free))) + ". " + ask + " để kéo dài thêm " + span48(free) + ": Zalo chỉ cho gửi miễn phí trong thời gian đó."
	}
	return card, nil
}

type focalZaloPage struct {
	frame
	Unit   string
	Card   focalZaloCard
	Since  string
	Code   string
	Until  string
	Chat   string
	QR     template.HTML
	Sim    bool
	Done   string
	Form   form
	Fields []field
}

// focalZalo shows how reminders about the unit are switched on and off.
func (a *App) focalZalo(c *gin.Context, d *desk) error {
	p, err := a.focalZaloPage(c, d)
	if err != nil {
		return err
	}
	p.Done = map[string]string{"tat": "Đã tắt. Zalo cũ không nhận nhắc về đơn vị nữa."}[c.Query("xong")]
	return a.showSecret(c, http.StatusOK, "focal-zalo", p)
}

func (a *App) focalZaloPage(c *gin.Context, d *desk) (focalZaloPage, error) {
	ctx := c.Request.Context()
	p := focalZaloPage{frame: a.focalFrame(d), Unit: unitName(d.ed, d.person.UnitCode), Chat: a.chatURL(ctx),
		Fields: []field{ownPassword("Để chắc là chính anh/chị bật.")}}
	p.Title = "Nhận nhắc qua Zalo"
	card, err := a.focalZaloCard(ctx, d)
	if err != nil {
		return p, err
	}
	if card == nil {
		return p, core.Errorf(core.NotFound, "Cuộc thi này chưa dùng Zalo OA.")
	}
	p.Card, p.Sim = *card, a.opt.Zalo.Simulator != ""
	if card.On {
		z, err := a.opt.Account.FocalZaloOf(ctx, d.person)
		if err != nil {
			return p, err
		}
		p.Since = moment(d.at(cmp.Or(z.Since, d.now)))
	}
	return p, nil
}

// focalZaloCode makes a new code for whoever knows the account's password and shows it: by a form, so that a reload or a
// link preview makes none.
func (a *App) focalZaloCode(c *gin.Context, d *desk) error {
	p, err := a.focalZaloPage(c, d)
	if err != nil {
		return err
	}
	code, until, err := a.opt.Account.FocalZaloCode(c.Request.Context(), d.person, c.PostForm(account.FieldPassword), c.ClientIP())
	if core.Is(err, core.Conflict) {
		return redirect(c, focalZaloPath)
	}
	if err != nil {
		p.Form = mistakes(err, p.Fields)
		return a.showSecret(c, faultStatus(c, err), "focal-zalo", p)
	}
	drawn, err := qr.Draw(p.Chat, qr.Screen)
	if err != nil {
		return err
	}
	p.Code, p.Until, p.QR = code, hour(d.at(until)), template.HTML(drawn.SVG("Mã QR mở Zalo OA")) // our own drawing
	return a.showSecret(c, http.StatusOK, "focal-zalo", p)
}

func (a *App) focalZaloOff(c *gin.Context, d *desk) error {
	if err := a.opt.Account.UnlinkFocalZalo(c.Request.Context(), d.person.Name); err != nil {
		return err
	}
	return redirect(c, focalZaloPath+"?xong=tat")
}
