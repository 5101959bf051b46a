package webapp

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
)

type signInPage struct {
	frame
	Fields []field
	Form   form
	Back   string // where to go afterwards
	Busy   bool
}

func signInFields(phone string) []field {
	return []field{
		{Name: account.FieldPhone, Label: "Số điện thoại", Type: "tel", Mode: "tel", Complete: "username", Value: phone, MaxLength: 20},
		{Name: account.FieldPassword, Label: "Mật khẩu", Type: "password", Complete: "current-password", MaxLength: 100},
	}
}

func (a *App) signInForm(c *gin.Context, v *visitor) error {
	if v.person != nil {
		return redirect(c, backTo(v, c.Query("ve")))
	}
	p := signInPage{frame: a.frame(c, v, "Đăng nhập", ""), Fields: signInFields(""), Back: c.Query("ve")}
	return a.show(c, http.StatusOK, "signin", p)
}

func (a *App) signIn(c *gin.Context, v *visitor) error {
	phone := c.PostForm(account.FieldPhone)
	in, err := a.opt.Account.SignIn(c.Request.Context(), v.ed.Contest.ID, phone, c.PostForm(account.FieldPassword), c.ClientIP())
	if err != nil {
		p := signInPage{frame: a.frame(c, v, "Đăng nhập", ""), Fields: signInFields(phone), Back: c.PostForm("ve"), Busy: core.Is(err, core.Unavailable)}
		p.Form = mistakes(err, p.Fields)
		return a.showSecret(c, faultStatus(c, err), "signin", p)
	}
	a.remember(c, in)
	return redirect(c, backTo(v, c.PostForm("ve")))
}

// signOut ends this session. It works for somebody who is signed out already.
func (a *App) signOut(c *gin.Context, v *visitor) error {
	if token, err := c.Cookie(sessionCookie); err == nil && token != "" {
		if err := a.opt.Account.SignOut(c.Request.Context(), token); err != nil {
			return err
		}
	}
	a.server.SetCookie(c, sessionCookie, "", -1)
	return redirect(c, v.base)
}
