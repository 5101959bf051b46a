package webapp

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/outreach"
	"duthi/core/web"
)

// testPerson asks whose account of the contest gets an organizer's test messages.
func (a *App) testPerson(c *gin.Context, d *desk) error {
	return a.showTestPerson(c, d, http.StatusOK, "", c.Query("ve"), nil)
}

type testerPage struct {
	consoleFrame
	Now   string
	Phone field
	Back  string
	Form  form
}

func (a *App) showTestPerson(c *gin.Context, d *desk, status int, typed, back string, fault error) error {
	p := testerPage{consoleFrame: a.consoleFrame(c, d, "Nhận tin gửi thử", outreachPath), Back: outreachPath}
	if local(back) {
		p.Back = back
	}
	me, err := a.opt.Account.TestPerson(c.Request.Context(), d.person, d.ed.Contest.ID)
	if err == nil {
		p.Now = me.FullName + ", số " + masked(me.Phone)
	} else if !core.Is(err, core.NotFound) {
		return err
	}
	shown := []field{{Name: "dien_thoai", Label: "Số điện thoại của tài khoản dự thi của anh/chị", Hint: "Tin thử đi đúng như tin thật: qua Zalo nếu tài khoản đó đã liên kết, không thì tin mẫu tới số này.",
		Value: typed, Type: "tel", Mode: "tel", Complete: "tel", MaxLength: 20}}
	if fault != nil {
		p.Form = mistakes(fault, shown)
	}
	p.Phone = shown[0]
	return a.showSecret(c, status, "console-tester", p)
}

func (a *App) saveTestPerson(c *gin.Context, d *desk) error {
	phone, back := c.PostForm("dien_thoai"), c.PostForm("ve")
	_, err := a.opt.Account.SetTestPerson(c.Request.Context(), d.person, d.ed.Contest.ID, phone)
	if core.Is(err, core.Invalid) {
		return a.showTestPerson(c, d, web.StatusOf(core.Invalid), phone, back, err)
	}
	if err != nil {
		return err
	}
	if !local(back) {
		back = outreachPath
	}
	return done(c, back, "nhac-thu-ai")
}

// testBroadcast sends the message to the organizer's own account at once.
func (a *App) testBroadcast(c *gin.Context, d *desk) error {
	ctx := c.Request.Context()
	b, err := a.broadcastOf(c, d)
	if err != nil {
		return err
	}
	me, err := a.opt.Account.TestPerson(ctx, d.person, d.ed.Contest.ID)
	if core.Is(err, core.NotFound) {
		return redirect(c, outreachPath+"/gui-thu?ve="+broadcastHref(b.ID))
	}
	if err != nil {
		return err
	}
	route, err := a.opt.Outreach.Test(ctx, d.person.Subject(), b, me.ID)
	fault := ""
	switch {
	case core.Is(err, core.Unavailable), core.Is(err, core.Invalid), core.Is(err, core.NotFound):
		fault = "Chưa gửi thử được. " + message(err)
	case err != nil:
		return err
	case route.Channel == core.ChannelNone:
		fault = "Chưa gửi thử được tới " + me.FullName + ": " + testWords(route.Reason) + "."
	}
	if fault != "" {
		return a.showPlan(c, d, http.StatusUnprocessableEntity, b, func(p *planPage) { p.Fault = fault })
	}
	return redirect(c, broadcastHref(b.ID)+"?thu="+route.Channel)
}

// testWords say why an organizer does not get their own test, and what to do.
func testWords(reason string) string {
	switch reason {
	case outreach.ReasonNoChannel:
		return "tài khoản chưa liên kết Zalo và số không dùng được"
	case outreach.ReasonNoConsent:
		return "tài khoản chưa đồng ý nhận nhắc qua Zalo, bật ở Dữ liệu của tôi"
	case outreach.ReasonNoTemplate:
		return "nhắn OA một tin rồi gửi thử lại, hoặc thêm mẫu tin"
	}
	return reasonWords(reason)
}
