package webapp

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/web"
)

type consoleSignInPage struct {
	frame
	Name, Error string
	Sample      bool
}

func (a *App) consoleSignIn(c *gin.Context) error {
	return a.showConsoleSignIn(c, http.StatusOK, "", "")
}

func (a *App) showConsoleSignIn(c *gin.Context, status int, name, problem string) error {
	p := consoleSignInPage{Name: name, Error: problem}
	p.frame = frame{Sheet: "console.css", Title: "Đăng nhập Ban Tổ chức", Base: "/"}
	if ed, err := a.opt.Edition(c.Request.Context(), ""); err == nil {
		p.Contest = a.heading(ed.Contest)
	}
	c.Header("Cache-Control", "no-store")
	return a.show(c, status, "console-signin", p)
}

func (a *App) consoleSignInPost(c *gin.Context) error {
	name := core.CleanText(c.PostForm("ten"))
	in, err := a.opt.Account.SignInOrganizer(c.Request.Context(), name, c.PostForm("mat_khau"), c.ClientIP())
	switch core.CodeOf(err) {
	case "":
	case core.Unauthenticated, core.Limited, core.Invalid:
		return a.showConsoleSignIn(c, web.StatusOf(core.CodeOf(err)), name, message(err))
	default:
		return err
	}
	a.server.SetCookie(c, consoleCookie, in.Token, in.ExpiresAt.Sub(a.clock.Now()))
	if in.Person.MustChange {
		return web.SeeOther(c, "/console/doi-mat-khau")
	}
	if in.Person.Role == core.FocalPoint {
		return web.SeeOther(c, "/dau-moi")
	}
	return web.SeeOther(c, "/console")
}

type consolePasswordPage struct {
	consoleFrame
	Must   bool
	Errors map[string]string
}

func (a *App) consolePassword(c *gin.Context, d *desk) error {
	return a.show(c, http.StatusOK, "console-password", consolePasswordPage{consoleFrame: a.consoleFrame(c, d, "Đổi mật khẩu", ""), Must: d.person.MustChange})
}

func (a *App) changeConsolePassword(c *gin.Context, d *desk) error {
	err := a.opt.Account.ChangePassword(c.Request.Context(), d.person, c.PostForm("mat_khau_cu"), c.PostForm("mat_khau"), c.ClientIP())
	if core.Is(err, core.Invalid) {
		p := consolePasswordPage{consoleFrame: a.consoleFrame(c, d, "Đổi mật khẩu", ""), Must: d.person.MustChange, Errors: fields(err)}
		return a.show(c, http.StatusUnprocessableEntity, "console-password", p)
	}
	if err != nil {
		return err
	}
	if d.person.Role == core.FocalPoint {
		return web.SeeOther(c, "/dau-moi")
	}
	return done(c, "/console", "mat-khau")
}

func (a *App) consoleSignOut(c *gin.Context, _ *desk) error {
	if token, err := c.Cookie(consoleCookie); err == nil {
		if err := a.opt.Account.SignOut(c.Request.Context(), token); err != nil {
			return err
		}
	}
	a.server.SetCookie(c, consoleCookie, "", -1)
	return web.SeeOther(c, "/console/dang-nhap")
}
