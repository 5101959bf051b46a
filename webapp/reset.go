package webapp

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
)

// resetLife is how long the cookie of a password reset is kept; the code ends earlier.
const resetLife = time.Hour

type formPage struct {
	frame
	Heading, Lead string
	Action        string
	Fields        []field
	Form          form
	Button        string
	After         []action // links below the form
	Note          string
	Hidden        map[string]string
	Chat          *chatCode // a code to send to the OA, above the form
	Check         string    // where one looks whether it came
}

func resetPhoneField(phone string) []field {
	return []field{{Name: account.FieldPhone, Label: "Số điện thoại đã đăng ký", Type: "tel", Mode: "tel", Complete: "username", Value: phone, MaxLength: 20}}
}

func (a *App) resetPage(c *gin.Context, v *visitor, phone string) formPage {
	p := formPage{frame: a.frame(c, v, "Quên mật khẩu", ""), Heading: "Đặt lại mật khẩu", Lead: a.codeWords(v).Reset,
		Action: v.base + "quen-mat-khau", Fields: resetPhoneField(phone), Button: "Gửi mã", After: []action{{"Mất hoặc đổi số điện thoại", v.base + "mat-so"}, {"Đăng nhập", v.base + "dang-nhap"}}}
	switch a.opt.Account.CodeChannel(v.ed.Contest.ID) {
	case account.ChannelZaloChat:
		p.Button = "Lấy mã"
	case "":
		p.Fields, p.Button = nil, ""
	}
	return p
}

func (a *App) resetForm(c *gin.Context, v *visitor) error {
	return a.show(c, http.StatusOK, "form", a.resetPage(c, v, ""))
}

func (a *App) resetSend(c *gin.Context, v *visitor) error {
	phone := c.PostForm(account.FieldPhone)
	if _, err := a.chatCode(c, v, account.CodeState{}, ""); err != nil {
		return err
	}
	ticket, _, err := a.opt.Account.SendResetCode(c.Request.Context(), v.ed.Contest.ID, phone, c.ClientIP())
	if err != nil {
		p := a.resetPage(c, v, phone)
		p.Form = mistakes(err, p.Fields)
		return a.showSecret(c, faultStatus(c, err), "form", p)
	}
	a.server.SetCookie(c, resetCookie, ticket, resetLife)
	return redirect(c, v.base+"quen-mat-khau/ma")
}

func (a *App) resetCodePage(c *gin.Context, v *visitor) formPage {
	p := formPage{frame: a.frame(c, v, "Mật khẩu mới", ""), Heading: "Mật khẩu mới", Lead: "Nhập mã gồm 6 số vừa được " + a.codeWords(v).Sent + " điện thoại và chọn mật khẩu mới. Các máy khác sẽ được đăng xuất.",
		Action: v.base + "quen-mat-khau/ma", Button: "Đổi mật khẩu", After: []action{{"Gửi mã khác", v.base + "quen-mat-khau"}}, Fields: []field{
			{Name: account.FieldCode, Label: "Mã xác thực", Mode: "numeric", Complete: "one-time-code", MaxLength: 8},
			{Name: account.FieldPassword, Label: "Mật khẩu mới", Hint: "Ít nhất 8 ký tự. Nên dùng một câu ngắn dễ nhớ.", Type: "password", Complete: "new-password", MaxLength: 100},
		}}
	if a.hasInbox(v) {
		p.After = append(p.After, action{"Mở hộp thư mẫu", "/hop-thu-mau"})
	}
	return p
}

func (a *App) resetCodeForm(c *gin.Context, v *visitor) error {
	p := a.resetCodePage(c, v)
	if a.opt.Account.ByChat() {
		if err := a.resetByChat(c, v, &p); err != nil {
			return err
		}
	}
	return a.showSecret(c, http.StatusOK, "form", p)
}

func (a *App) resetFinish(c *gin.Context, v *visitor) error {
	ticket, _ := c.Cookie(resetCookie)
	in, err := a.opt.Account.ResetPassword(c.Request.Context(), ticket, core.CleanText(c.PostForm(account.FieldCode)), c.PostForm(account.FieldPassword), c.ClientIP())
	if err != nil {
		p := a.resetCodePage(c, v)
		p.Fields[0].Value = c.PostForm(account.FieldCode)
		if a.opt.Account.ByChat() {
			if err := a.resetByChat(c, v, &p); err != nil {
				return err
			}
		}
		p.Form = mistakes(err, p.Fields)
		return a.showSecret(c, faultStatus(c, err), "form", p)
	}
	a.server.SetCookie(c, resetCookie, "", -1)
	a.remember(c, in)
	return redirect(c, v.base+"bai-thi")
}

// lostPhone is the form of somebody who can't get a code any more; an organizer decides.
func (a *App) lostPhonePage(c *gin.Context, v *visitor) formPage {
	p := formPage{frame: a.frame(c, v, "Mất hoặc đổi số điện thoại", ""), Heading: "Mất hoặc đổi số điện thoại",
		Lead:   "Ghi đúng thông tin đã đăng ký. Ban Tổ chức kiểm tra rồi chuyển tài khoản sang số mới.",
		Action: v.base + "mat-so", Button: "Gửi yêu cầu", Fields: []field{
			{Name: account.FieldName, Label: "Họ và tên đã đăng ký", Complete: "name", MaxLength: 80},
			{Name: account.FieldBirthDate, Label: "Ngày sinh", Hint: "Ngày/tháng/năm. Ví dụ: 31/12/1990.", Mode: "numeric", Complete: "bday", MaxLength: 10},
		}}
	if asked, _ := v.ed.Contest.Registration.Asks(account.FieldNationalID); asked {
		p.Fields = append(p.Fields, field{Name: account.FieldNationalID, Label: "Số định danh đã đăng ký", Mode: "numeric", Complete: "off", MaxLength: 20})
	} else if v.ed.Units.Len() > 0 {
		p.Fields = append(p.Fields, field{Name: account.FieldUnit1, Label: "Đơn vị đã đăng ký", Options: unitChoices(v.ed.Units, "")})
	}
	p.Fields = append(p.Fields,
		field{Name: account.FieldPhone, Label: "Số điện thoại mới", Type: "tel", Mode: "tel", Complete: "tel", MaxLength: 20},
		field{Name: "ghi_chu", Label: "Ghi chú cho Ban Tổ chức", Type: "textarea", Optional: true, MaxLength: 300})
	return p
}

func (a *App) lostPhoneForm(c *gin.Context, v *visitor) error {
	return a.show(c, http.StatusOK, "form", a.lostPhonePage(c, v))
}

func (a *App) lostPhone(c *gin.Context, v *visitor) error {
	err := a.opt.Account.ReportLostPhone(c.Request.Context(), account.LostPhone{
		ContestID: v.ed.Contest.ID, FullName: c.PostForm(account.FieldName), BirthDate: c.PostForm(account.FieldBirthDate),
		NationalID: c.PostForm(account.FieldNationalID), UnitCode: c.PostForm(account.FieldUnit1),
		NewPhone: c.PostForm(account.FieldPhone), Note: core.CleanText(c.PostForm("ghi_chu")),
	}, c.ClientIP())
	if err != nil {
		p := a.lostPhonePage(c, v)
		retype(p.Fields, c)
		p.Form = mistakes(err, p.Fields)
		return a.showSecret(c, faultStatus(c, err), "form", p)
	}
	return redirect(c, v.base+"mat-so/da-gui")
}

func (a *App) lostPhoneSent(c *gin.Context, v *visitor) error {
	p := messagePage{frame: a.frame(c, v, "Đã gửi yêu cầu", ""), Heading: "Đã gửi yêu cầu", Good: true,
		Text:  "Nếu thông tin khớp với một tài khoản, Ban Tổ chức sẽ kiểm tra và liên hệ qua số mới. Cần gấp, xin gọi đường dây nóng.",
		Links: []action{{"Về trang chủ", v.base}}}
	return a.show(c, http.StatusOK, "message", p)
}

// messagePage says that something was done.
type messagePage struct {
	frame
	Heading, Text string
	Good          bool
	Links         []action
}

// retype keeps what was typed in a form that is shown again; passwords and codes excepted.
func retype(shown []field, c *gin.Context) {
	for i := range shown {
		if shown[i].Type == "password" {
			continue
		}
		shown[i].Value = c.PostForm(shown[i].Name)
		for j := range shown[i].Options {
			shown[i].Options[j].Selected = shown[i].Options[j].Value == shown[i].Value
		}
	}
}

// unitChoices lists every unit with its parents, for a select.
func unitChoices(tree *core.UnitTree, chosen string) []choice {
	out := []choice{{"", "Chọn đơn vị", chosen == ""}}
	for _, u := range tree.All() {
		out = append(out, choice{u.Code, tree.FullName(u.Code), u.Code == chosen})
	}
	return out
}
