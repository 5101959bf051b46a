package bot

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/zalo"
)

func isCode(text string) bool { return account.ParseZaloCode(text) != "" }

// isProof reports whether a message is a code or says what to do with one: somebody waits at a page for it, so it
// is read also while a person has the conversation.
func isProof(text string) bool {
	cmd, _ := find(text)
	return cmd != nil && (cmd.name == "code" || cmd.name == "prove" || cmd.name == "refuse")
}

// code takes a code that a page of the contest shows. Linking and registering happen at once and can be undone;
// what touches an account that is there already (its password, its number) is asked about first: whoever made
// somebody send a code that is not theirs must not get on by that alone.
func (b *Bot) code(ctx context.Context, c *chat, code string) (reply, error) {
	asked, err := b.opt.Account.ReadChatCode(ctx, c.ed.Contest.ID, c.event.UserID, code)
	if err != nil {
		return b.codeFault(err)
	}
	switch asked.For {
	case account.ChatLink:
		return b.linkByCode(ctx, c, code)
	case account.ChatFocal:
		return b.focalByCode(ctx, c, code)
	case account.ChatRegister:
		return b.proveCode(ctx, c, code)
	}
	what, word := "đặt mật khẩu mới", rand.Text()
	if asked.For == account.ChatPhone {
		what = "đổi số điện thoại"
	}
	return reply{text: fmt.Sprintf("Mã này để %s cho tài khoản dự thi của %s, %s. Chỉ bấm Đồng ý nếu chính anh/chị vừa lấy mã trên trang cuộc thi. Ai đưa mã bảo anh/chị gửi thì bấm Không phải tôi.", what, asked.Who.FullName, unitOf(c, asked.Who)),
		buttons:  []zalo.Button{zalo.QuietButton("Đồng ý", "#dong-y-ma "+word+" "+code), refuseButton(code)},
		remember: func(f *core.Follower) { f.Dialog.Confirm = word }}, nil
}

func refuseButton(code string) zalo.Button {
	return zalo.QuietButton("Không phải tôi", "#khong-phai-toi "+code)
}

// codeFault words why a code can't be taken.
func (b *Bot) codeFault(err error) (reply, error) {
	switch core.CodeOf(err) {
	case core.NotFound:
		where := zalo.LinkButton("Lấy mã liên kết", b.opt.PublicURL+"/lien-ket-zalo")
		if b.opt.Account.ByChat() { // it may have been one of a registration, or of a forgotten password
			where = zalo.LinkButton("Mở trang cuộc thi", b.opt.PublicURL+"/")
		}
		return reply{text: phrase(err), buttons: []zalo.Button{where}}, nil
	case core.Forbidden, core.Conflict, core.Limited:
		return reply{text: phrase(err)}, nil
	}
	return reply{}, err
}

// agree is the button under the question. Its word was made for it and is shown nowhere: who talks somebody into
// sending a code can't have them send the agreement instead of reading the question.
func (b *Bot) agree(ctx context.Context, c *chat, arg string) (reply, error) {
	word, code, _ := strings.Cut(arg, " ")
	if want := c.follower.Dialog.Confirm; want == "" || word != want {
		return reply{text: "Nút này không còn dùng được. Anh/chị gửi lại mã đang hiện trên trang."}, nil
	}
	return b.proveCode(ctx, c, code)
}

// proveCode lets the page that shows the code go on.
func (b *Bot) proveCode(ctx context.Context, c *chat, code string) (reply, error) {
	asked, err := b.opt.Account.ProveChatCode(ctx, c.ed.Contest.ID, c.event.UserID, code)
	if err != nil {
		return b.codeFault(err)
	}
	back := "Anh/chị quay lại trang đang mở, trang tự đi tiếp; nếu không, bấm Tôi đã gửi."
	if asked.For != account.ChatRegister {
		return reply{text: "Đã xác nhận. " + back, buttons: []zalo.Button{refuseButton(code)}}, nil
	}
	return reply{text: fmt.Sprintf("Đã xác nhận mã đăng ký dự thi với số điện thoại %s. %s Zalo này được liên kết với tài khoản vừa đăng ký.", asked.Shown, back),
		buttons: []zalo.Button{refuseButton(code)}}, nil
}

// refuseCode ends a code that whoever sent it did not ask for.
func (b *Bot) refuseCode(ctx context.Context, c *chat, code string) (reply, error) {
	if err := b.opt.Account.RefuseChatCode(ctx, c.ed.Contest.ID, c.event.UserID, code); err != nil {
		return b.codeFault(err)
	}
	return reply{text: "Đã hủy mã này. Zalo của anh/chị không liên kết với tài khoản nào bằng mã đó. Ban Tổ chức không bao giờ nhờ anh/chị gửi mã giúp người khác." +
		hotline(c.ed.Contest, " Cần báo, anh/chị gọi ")}, nil
}

// linkByCode ties this Zalo to the account whose code was sent.
func (b *Bot) linkByCode(ctx context.Context, c *chat, code string) (reply, error) {
	who, err := b.opt.Account.LinkZalo(ctx, c.ed.Contest.ID, c.event.UserID, code)
	if err != nil {
		return b.codeFault(err)
	}
	undo := rand.Text()
	until := c.now.Add(undoTime)
	return reply{
		text: fmt.Sprintf("Đã liên kết Zalo này với tài khoản dự thi của %s, %s. Từ nay anh/chị xem được lượt thi, điểm và đăng nhập ngay từ đây. Nếu không phải anh/chị, bấm Gỡ liên kết.", who.FullName, unitOf(c, who)),
		buttons: []zalo.Button{zalo.QuietButton("Tình trạng của tôi", "#cua-toi"), zalo.QuietButton("Bật nhắc lịch thi", "#nhac bat"),
			zalo.QuietButton("Gỡ liên kết", "#go "+undo)},
		remember: func(f *core.Follower) { f.Dialog.Undo, f.Dialog.Until = undo, until },
	}, nil
}
