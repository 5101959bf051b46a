package webapp

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
)

// correctPage is the form that changes one's own data, or asks an organizer to.
func (a *App) correctPage(c *gin.Context, v *visitor) (formPage, error) {
	ctx := c.Request.Context()
	free, err := a.opt.Account.CanCorrect(ctx, *v.person)
	if err != nil {
		return formPage{}, err
	}
	own, err := a.opt.Account.OwnFields(ctx, *v.person)
	if err != nil {
		return formPage{}, err
	}
	p := formPage{frame: a.frame(c, v, "Sửa thông tin", ""), Heading: "Sửa thông tin", Action: v.base + "du-lieu-cua-toi/sua", Button: "Lưu",
		After: []action{{"Quay lại", v.base + "du-lieu-cua-toi"}}}
	p.Fields = stepFields(v.ed.Contest.Registration, account.Draft{Values: own}, account.StepName, "")
	if asked, _ := v.ed.Contest.Registration.Asks(account.FieldNationalID); asked {
		p.Fields = append(p.Fields, field{Name: account.FieldNationalID, Label: "Số định danh mới", Hint: "Để trống nếu số đang ghi (" + lastOf(v.person.Contestant.NationalID) + ") đã đúng.",
			Mode: "numeric", Complete: "off", Optional: true, MaxLength: 20})
	}
	if asked, _ := v.ed.Contest.Registration.Asks(account.FieldStaffCode); asked {
		p.Fields = append(p.Fields, field{Name: account.FieldStaffCode, Label: "Mã cán bộ", Complete: "off", Value: own[account.FieldStaffCode], MaxLength: 40})
	}
	if asked, _ := v.ed.Contest.Registration.Asks(account.FieldEmail); asked {
		p.Fields = append(p.Fields, field{Name: account.FieldEmail, Label: "Thư điện tử", Type: "email", Mode: "email", Complete: "email", Value: own[account.FieldEmail], Optional: true, MaxLength: 120})
	}
	if asked, _ := v.ed.Contest.Registration.Asks(account.FieldUnit1); asked && v.ed.Units.Len() > 0 {
		p.Fields = append(p.Fields, field{Name: "don_vi", Label: "Đơn vị", Options: unitChoices(v.ed.Units, v.person.Contestant.UnitCode)})
	}
	if !free {
		p.Lead, p.Button = "Anh/chị đã có lượt thi nên Ban Tổ chức sẽ duyệt thay đổi này. Lượt thi đã làm vẫn tính cho đơn vị lúc thi.", "Gửi yêu cầu"
		p.Fields = append(p.Fields, field{Name: "ghi_chu", Label: "Giải thích cho Ban Tổ chức", Type: "textarea", Optional: true, MaxLength: 300})
	}
	return p, nil
}

// lastOf shows a sealed value by its last characters.
func lastOf(v core.Sealed) string {
	if v.IsZero() {
		return "chưa có"
	}
	return "•••" + v.Last
}

func (a *App) correctForm(c *gin.Context, v *visitor) error {
	p, err := a.correctPage(c, v)
	if err != nil {
		return err
	}
	return a.showSecret(c, http.StatusOK, "form", p)
}

func (a *App) correct(c *gin.Context, v *visitor) error {
	changes := map[string]string{}
	for _, name := range []string{account.FieldName, account.FieldBirthDate, account.FieldGender, account.FieldStaffCode, account.FieldEmail} {
		if text, ok := c.GetPostForm(name); ok {
			changes[name] = text
		}
	}
	if text := c.PostForm(account.FieldNationalID); core.CleanText(text) != "" {
		changes[account.FieldNationalID] = text
	}
	if code := c.PostForm("don_vi"); code != "" && code != v.person.Contestant.UnitCode {
		if top, ok := v.ed.Units.Top(code); ok {
			changes[account.FieldUnit1], changes[account.FieldUnit2] = top.Code, account.UnitNotListed
			if top.Code != code {
				changes[account.FieldUnit2] = code
			}
		}
	}
	done, err := a.opt.Account.Correct(c.Request.Context(), *v.person, changes, core.CleanText(c.PostForm("ghi_chu")))
	if err != nil {
		p, pageErr := a.correctPage(c, v)
		if pageErr != nil {
			return pageErr
		}
		retype(p.Fields, c)
		p.Form = mistakes(err, p.Fields)
		return a.showSecret(c, faultStatus(c, err), "form", p)
	}
	if done.Applied {
		return redirect(c, v.base+"du-lieu-cua-toi?xong=sua")
	}
	return redirect(c, v.base+"du-lieu-cua-toi?xong=yeu-cau")
}

// phonePage changes the phone: a code goes to the new number first.
func (a *App) phonePage(c *gin.Context, v *visitor, ticket string) (formPage, error) {
	p := formPage{frame: a.frame(c, v, "Đổi số điện thoại", ""), Heading: "Đổi số điện thoại", Action: v.base + "du-lieu-cua-toi/dien-thoai", Button: "Gửi mã tới số mới",
		After: []action{{"Quay lại", v.base + "du-lieu-cua-toi"}},
		Fields: []field{{Name: account.FieldPhone, Label: "Số điện thoại mới", Type: "tel", Mode: "tel", Complete: "tel", MaxLength: 20},
			ownPassword("Để chắc là chính anh/chị đổi số.")}}
	if ticket != "" {
		p.Lead, p.Button, p.Hidden = "Nhập mã gồm 6 số vừa "+a.codeWords(v).Sent+" số mới.", "Đổi số", map[string]string{"phieu": ticket}
		p.Fields = []field{{Name: account.FieldCode, Label: "Mã xác thực", Mode: "numeric", Complete: "one-time-code", MaxLength: 8}}
		if a.hasInbox(v) {
			p.After = append(p.After, action{"Mở hộp thư mẫu", "/hop-thu-mau"})
		}
	}
	if !a.opt.Account.ByChat() {
		return p, nil
	}
	if ticket != "" {
		return p, a.phoneByChat(c, v, &p, ticket)
	}
	p.Lead, p.Button = "Trang sau hiện một mã để gửi từ Zalo đã liên kết với tài khoản này.", "Lấy mã"
	return p, nil
}

func (a *App) phoneForm(c *gin.Context, v *visitor) error {
	p, err := a.phonePage(c, v, "")
	if err != nil {
		return err
	}
	return a.show(c, http.StatusOK, "form", p)
}

func (a *App) phoneChange(c *gin.Context, v *visitor) error {
	ctx, ticket := c.Request.Context(), c.PostForm("phieu")
	var err error
	if ticket == "" {
		if ticket, _, err = a.opt.Account.SendPhoneCode(ctx, *v.person, c.PostForm(account.FieldPhone), c.PostForm(account.FieldPassword), c.ClientIP()); err == nil {
			p, err := a.phonePage(c, v, ticket)
			if err != nil {
				return err
			}
			return a.showSecret(c, http.StatusOK, "form", p)
		}
	} else {
		var done account.Correction
		if done, err = a.opt.Account.ConfirmPhone(ctx, *v.person, ticket, core.CleanText(c.PostForm(account.FieldCode)), "", c.ClientIP()); err == nil {
			return redirect(c, v.base+"du-lieu-cua-toi?xong="+map[bool]string{true: "sua", false: "yeu-cau"}[done.Applied])
		}
	}
	p, pageErr := a.phonePage(c, v, c.PostForm("phieu"))
	if pageErr != nil {
		return pageErr
	}
	retype(p.Fields, c)
	p.Form = mistakes(err, p.Fields)
	return a.showSecret(c, faultStatus(c, err), "form", p)
}
