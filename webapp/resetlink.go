package webapp

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
)

// personReset gives the person's one-time link to a new password, shown once: for whom no code reaches.
func (a *App) personReset(c *gin.Context, d *desk) error {
	person, err := a.person(c, d)
	if err != nil {
		return err
	}
	link, status := "", http.StatusOK
	why, err := reason(c)
	if err == nil {
		link, _, err = a.opt.Account.NewResetLink(c.Request.Context(), d.person, person.ID, why)
	}
	if core.Is(err, core.Invalid) {
		status = http.StatusUnprocessableEntity
	} else if err != nil {
		return err
	}
	return a.showPerson(c, d, status, func(p *personDetail) {
		p.Action, p.Errors = "mat-khau", fields(err)
		if link != "" {
			p.Action, p.ResetLink = "", a.opt.PublicURL+"/mat-khau-moi?ma="+url.QueryEscape(link)
		}
	})
}

func (a *App) newPasswordPage(c *gin.Context, v *visitor, link string) (formPage, error) {
	person, err := a.opt.Account.ResetLinkOwner(c.Request.Context(), link)
	if err != nil {
		return formPage{}, err
	}
	if person.ContestID != v.ed.Contest.ID {
		return formPage{}, core.Errorf(core.NotFound, "Liên kết này thuộc một cuộc thi khác.")
	}
	return formPage{frame: a.frame(c, v, "Mật khẩu mới", ""), Heading: "Mật khẩu mới", Lead: "Cho tài khoản dự thi của " + person.FullName + ". Liên kết này chỉ dùng được một lần; các máy khác sẽ được đăng xuất.",
		Action: v.base + "mat-khau-moi", Button: "Đặt mật khẩu", Hidden: map[string]string{"lien_ket": link}, Fields: []field{
			{Name: account.FieldPassword, Label: "Mật khẩu mới", Hint: "Ít nhất 8 ký tự. Nên dùng một câu ngắn dễ nhớ.", Type: "password", Complete: "new-password", MaxLength: 100}}}, nil
}

// newPasswordForm opens a link; that uses nothing up, as link previews open it first.
func (a *App) newPasswordForm(c *gin.Context, v *visitor) error {
	p, err := a.newPasswordPage(c, v, c.Query("ma"))
	if err != nil {
		return err
	}
	return a.showSecret(c, http.StatusOK, "form", p)
}

func (a *App) newPassword(c *gin.Context, v *visitor) error {
	link := c.PostForm("lien_ket")
	p, err := a.newPasswordPage(c, v, link)
	if err != nil {
		return err
	}
	in, err := a.opt.Account.UseResetLink(c.Request.Context(), link, c.PostForm(account.FieldPassword), c.ClientIP())
	if core.Is(err, core.NotFound) {
		return err
	}
	if err != nil {
		p.Form = mistakes(err, p.Fields)
		return a.showSecret(c, faultStatus(c, err), "form", p)
	}
	a.remember(c, in)
	return redirect(c, v.base+"bai-thi")
}
