package webapp

import (
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
)

// consentForm is the page of the consent.
type consentForm struct {
	account.ConsentText
	Agreed, Zalo bool
	Wrong        string
}

// codeForm is the page of the one-time code.
type codeForm struct {
	account.CodeState
	How   string // "gửi tới", before the number shown
	Wait  int    // seconds until another may be sent
	Inbox string
	Wrong string

	ByChat *chatCode // in place of six digits
}

// stepForm fills in what the pages have besides plain fields. chat is the code's page by zalo-chat.
func (a *App) stepForm(v *visitor, p *registerPage, d account.Draft, c *gin.Context, chat *chatCode) {
	switch p.Step {
	case account.StepUnit:
		p.Units = newUnitForm(v, d, c)
		p.Heading = p.Units.Heading
	case account.StepConsent:
		p.Consent = &consentForm{ConsentText: d.Consent, Agreed: d.Values[account.FieldConsent] != "", Zalo: d.Values[account.FieldZalo] != ""}
		p.Button = "Đồng ý và tiếp tục"
	case account.StepCode:
		p.Code = &codeForm{CodeState: d.Code, How: a.codeWords(v).Sent}
		p.Code.Wait = max(int(d.Code.ResendAfter.Sub(v.now)/time.Second), 0)
		if a.hasInbox(v) && d.Code.Channel == a.opt.Inbox.Name() {
			p.Code.Inbox = "/hop-thu-mau"
		}
		p.Button = "Xác nhận"
		if p.Code.ByChat = chat; chat != nil {
			p.Heading, p.Button = "Xác nhận qua Zalo", map[account.ChatState]string{account.ChatWaiting: "Tôi đã gửi", account.ChatProven: "Hoàn tất đăng ký"}[chat.State]
			chat.For = "cho Zalo OA của cuộc thi"
		}
	case account.StepPassword:
		p.Password = d.PasswordSet
	}
}

// stepFault puts an error on the page and gives the status to answer with.
func (a *App) stepFault(c *gin.Context, p *registerPage, err error) int {
	p.Form = mistakes(err, p.Fields)
	wrong := fields(err)
	if p.Consent != nil {
		p.Consent.Wrong = wrong[account.FieldConsent]
	}
	if p.Code != nil {
		p.Code.Wrong = wrong[account.FieldCode]
	}
	if w := wrong[account.FieldConsent] + wrong[account.FieldCode]; w != "" {
		p.Form = form{Wrong: []wrongField{{map[bool]string{true: account.FieldConsent, false: account.FieldCode}[p.Consent != nil], p.Heading, w}}}
	}
	if p.Code != nil && p.Code.ByChat != nil {
		p.Form = mistakes(err, nil)
	}
	p.HasOne = core.Is(err, core.Conflict)
	return faultStatus(c, err)
}

// stepFields gives the inputs of a step of the registration; phone says what the number is for.
func stepFields(r core.Registration, d account.Draft, step account.Step, phone string) []field {
	var out []field
	add := func(f field) {
		asked, required := r.Asks(f.Name)
		if asked || f.Name == account.FieldPhone || f.Name == account.FieldName || f.Name == account.FieldPassword || f.Name == account.FieldCode {
			f.Optional = asked && !required
			f.Value = d.Values[f.Name]
			out = append(out, f)
		}
	}
	switch step {
	case account.StepContact:
		add(field{Name: account.FieldPhone, Label: "Số điện thoại", Hint: phone + " Ví dụ: 0912 345 678.", Type: "tel", Mode: "tel", Complete: "tel", MaxLength: 20})
		add(field{Name: account.FieldEmail, Label: "Thư điện tử", Type: "email", Mode: "email", Complete: "email", MaxLength: 120})
	case account.StepName:
		add(field{Name: account.FieldName, Label: "Họ và tên", Hint: "Đầy đủ, có dấu, đúng giấy tờ. Tên này in trên giấy chứng nhận.", Complete: "name", MaxLength: 80})
		add(field{Name: account.FieldBirthDate, Label: "Ngày sinh", Hint: "Ngày/tháng/năm, gõ liền cũng được. Ví dụ: 31/12/1990.", Mode: "numeric", Complete: "bday", MaxLength: 10})
		add(field{Name: account.FieldGender, Label: "Giới tính", Complete: "sex", Options: genders(d.Values[account.FieldGender])})
	case account.StepIdentity:
		add(field{Name: account.FieldNationalID, Label: "Số căn cước công dân hoặc số định danh", Hint: "12 chữ số. Được mã hóa khi lưu, chỉ dùng để xác minh người dự thi.", Mode: "numeric", Complete: "off", MaxLength: 20})
		add(field{Name: account.FieldStaffCode, Label: "Mã cán bộ", Complete: "off", MaxLength: 40})
	case account.StepPassword:
		add(field{Name: account.FieldPassword, Label: "Mật khẩu", Hint: "Ít nhất 8 ký tự. Nên dùng một câu ngắn dễ nhớ.", Type: "password", Complete: "new-password", MaxLength: 100})
		if d.PasswordSet {
			out[len(out)-1].Optional, out[len(out)-1].Hint = true, "Đã chọn. Để trống nếu giữ nguyên."
		}
	}
	return out
}

func genders(chosen string) []choice {
	return []choice{{"", "Chọn giới tính", chosen == ""}, {"nam", "Nam", chosen == "nam"}, {"nu", "Nữ", chosen == "nu"}, {"khac", "Khác", chosen == "khac"}}
}

func wrongFields(wrong map[string]string, shown []field) form {
	if !slices.ContainsFunc(shown, func(f field) bool { return wrong[f.Name] != "" }) {
		return form{}
	}
	return mistakes(core.FieldErrors(wrong), shown)
}
