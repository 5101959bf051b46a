package webapp

import (
	"html/template"
	"net/http"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/qr"
)

// chatCode is a code that a page shows and its reader sends to the OA.
type chatCode struct {
	State account.ChatState
	Code  string // "7KQM-9XDA"
	Until string // "10:25"
	Chat  string // where the chat with the OA is opened
	QR    template.HTML
	Sim   bool   // the chat is the simulator's
	Watch string // address of the state, for the script that waits; "" for none
	For   string // ends "Gửi mã này …"
	Early bool   // the button was pressed before the code came
}

var errNoChat = core.Errorf(core.Unavailable, "Hiện chưa nhận được mã qua Zalo. Xin gọi đường dây hỗ trợ.")

// chatCode prepares the state of a code for its page; nil by other channels than zalo-chat. Unavailable when there is
// no OA to send it to.
func (a *App) chatCode(c *gin.Context, v *visitor, st account.CodeState, watch string) (*chatCode, error) {
	if !a.opt.Account.ByChat() {
		return nil, nil
	}
	out := &chatCode{State: st.Chat, Code: st.Code, Chat: a.chatURL(c.Request.Context())}
	if out.Chat == "" {
		return nil, errNoChat
	}
	if out.State == "" {
		out.State = account.ChatOver
	}
	if watch != "" {
		out.Watch = v.base + "ma-zalo?viec=" + watch
	}
	out.Sim = a.opt.Zalo.Simulator != ""
	if out.State != account.ChatWaiting {
		return out, nil
	}
	drawn, err := qr.Draw(out.Chat, qr.Screen)
	if err != nil {
		return nil, err
	}
	out.Until, out.QR = hour(v.at(st.ExpiresAt)), template.HTML(drawn.SVG("Mã QR mở Zalo OA")) // our own drawing
	return out, nil
}

// chatState says in a word how far the code is that this browser shows: the page asks while it waits.
func (a *App) chatState(c *gin.Context, _ *visitor) error {
	state := account.ChatOver
	switch c.Query("viec") {
	case "dang-ky":
		d, err := a.draft(c)
		if err != nil && !core.Is(err, core.NotFound) {
			return err
		}
		if d.Code.Chat != "" {
			state = d.Code.Chat
		}
	case "mat-khau":
		ticket, _ := c.Cookie(resetCookie)
		st, err := a.opt.Account.ResetCode(c.Request.Context(), ticket)
		if err != nil {
			return err
		}
		if st.Chat != "" {
			state = st.Chat
		}
	}
	c.Header("Cache-Control", "no-store")
	c.String(http.StatusOK, string(state))
	return nil
}

// resetByChat is the page of a password reset by zalo-chat: the code to send, and once it was sent the new password.
func (a *App) resetByChat(c *gin.Context, v *visitor, p *formPage) error {
	ticket, _ := c.Cookie(resetCookie)
	st, err := a.opt.Account.ResetCode(c.Request.Context(), ticket)
	if err != nil {
		return err
	}
	if p.Chat, err = a.chatCode(c, v, st, "mat-khau"); err != nil {
		return err
	}
	p.Chat.For = "từ đúng Zalo đã liên kết với tài khoản dự thi"
	p.After = []action{{"Lấy mã khác", v.base + "quen-mat-khau"}}
	if p.Chat.State == account.ChatProven {
		p.Lead, p.Fields = "Chọn mật khẩu mới; các máy khác sẽ được đăng xuất.", p.Fields[1:]
		return nil
	}
	p.Heading, p.Fields, p.Button, p.Lead = "Đặt lại mật khẩu", nil, "", ""
	if p.Chat.State == account.ChatWaiting {
		p.Chat.Early = c.Query("da-gui") != ""
		p.Check = v.base + "quen-mat-khau/ma?da-gui=1"
	}
	return nil
}

// phoneByChat is the page of a change of the number by zalo-chat.
func (a *App) phoneByChat(c *gin.Context, v *visitor, p *formPage, ticket string) error {
	st, err := a.opt.Account.PhoneCode(c.Request.Context(), *v.person, ticket)
	if err != nil {
		return err
	}
	if p.Chat, err = a.chatCode(c, v, st, ""); err != nil {
		return err
	}
	p.Chat.For = "từ đúng Zalo đã liên kết với tài khoản dự thi"
	p.Lead, p.Fields, p.Button = "", nil, "Tôi đã gửi"
	switch p.Chat.State {
	case account.ChatProven:
		p.Button = "Đổi số"
	case account.ChatOver, account.ChatRefused:
		p.Button = ""
		p.After = []action{{"Lấy mã khác", v.base + "du-lieu-cua-toi/dien-thoai"}}
	}
	return nil
}
