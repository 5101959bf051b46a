package webapp

import (
	"context"
	"html/template"
	"net/http"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/qr"
	"duthi/core/zalo"
)

// Zalo is what the pages need to know of the OA.
type Zalo struct {
	// OAID gives the OA spoken for, "" when there is none yet.
	OAID         func(ctx context.Context) string
	Flow         *zalo.ConsentFlow
	Status       func(ctx context.Context) (zalo.Status, error) // of the grant; NotFound when nobody consented
	Mode         string                                         // of the webhook
	Verification string                                         // code of the domain's proof, "" for none
	Simulator    string                                         // address of the simulator's chat page, "" with a real app
}

// chatURL gives where the chat with the OA is opened, "" when no OA is known.
func (a *App) chatURL(ctx context.Context) string {
	z := a.opt.Zalo
	if z == nil {
		return ""
	}
	if z.Simulator != "" {
		if ed, err := a.opt.Edition(ctx, ""); err != nil || !ed.Sample {
			return "" // the simulator is no OA of a real contest
		}
		return a.opt.PublicURL + z.Simulator
	}
	if id := z.OAID(ctx); id != "" {
		return "https://zalo.me/" + id
	}
	return ""
}

type zaloLinkPage struct {
	frame
	Linked bool
	Code   string
	Until  string
	Chat   string
	QR     template.HTML
	Sim    bool
	Done   string
	Form   form
	Fields []field
}

// zaloLink shows whether the account is linked with a Zalo, and how to link or unlink it.
func (a *App) zaloLink(c *gin.Context, v *visitor) error {
	p, err := a.zaloLinkPage(c, v)
	if err != nil {
		return err
	}
	p.Done = map[string]string{"go": "Đã gỡ liên kết Zalo."}[c.Query("xong")]
	return a.showSecret(c, http.StatusOK, "zalo-link", p)
}

func (a *App) zaloLinkPage(c *gin.Context, v *visitor) (zaloLinkPage, error) {
	chat := a.chatURL(c.Request.Context())
	if chat == "" {
		return zaloLinkPage{}, core.Errorf(core.NotFound, "Cuộc thi này chưa dùng Zalo OA.")
	}
	return zaloLinkPage{frame: a.frame(c, v, "Liên kết Zalo", ""), Linked: v.person.Contestant.ZaloUserID != "", Chat: chat, Sim: a.opt.Zalo.Simulator != "",
		Fields: []field{ownPassword("Để chắc là chính anh/chị liên kết.")}}, nil
}

// zaloCode makes a new code for whoever knows the password and shows it: by a form, so that a link preview or a reload
// makes none.
func (a *App) zaloCode(c *gin.Context, v *visitor) error {
	p, err := a.zaloLinkPage(c, v)
	if err != nil {
		return err
	}
	code, until, err := a.opt.Account.ZaloCode(c.Request.Context(), *v.person, c.PostForm(account.FieldPassword), c.ClientIP())
	if core.Is(err, core.Conflict) {
		return redirect(c, v.base+"lien-ket-zalo")
	}
	if err != nil {
		p.Form = mistakes(err, p.Fields)
		return a.showSecret(c, faultStatus(c, err), "zalo-link", p)
	}
	drawn, err := qr.Draw(p.Chat, qr.Screen)
	if err != nil {
		return err
	}
	p.Code, p.Until, p.QR = code, hour(v.at(until)), template.HTML(drawn.SVG("Mã QR mở Zalo OA")) // our own drawing
	return a.showSecret(c, http.StatusOK, "zalo-link", p)
}

func (a *App) zaloUnlink(c *gin.Context, v *visitor) error {
	if err := a.opt.Account.UnlinkZalo(c.Request.Context(), v.person.ContestantID); err != nil {
		return err
	}
	return redirect(c, v.base+"lien-ket-zalo?xong=go")
}

// chatSignInForm is the page of a personal sign-in link from the chat. Opening it changes nothing: link previews
// open it first. The button does.
func (a *App) chatSignInForm(c *gin.Context, v *visitor) error {
	who, err := a.opt.Account.ChatLinkOwner(c.Request.Context(), c.Param("ma"))
	if err != nil {
		return err
	}
	p := formPage{frame: a.frame(c, v, "Đăng nhập", ""), Heading: "Đăng nhập từ Zalo", Action: "/vao/" + c.Param("ma"), Button: "Đăng nhập",
		Lead: "Tài khoản dự thi của " + who.FullName + ". Liên kết này dùng một lần."}
	return a.showSecret(c, http.StatusOK, "form", p)
}

func (a *App) chatSignIn(c *gin.Context, v *visitor) error {
	in, err := a.opt.Account.UseChatLink(c.Request.Context(), c.Param("ma"), c.ClientIP())
	if err != nil {
		return err
	}
	a.remember(c, in)
	return redirect(c, v.base+"thi")
}
