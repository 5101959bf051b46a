package bot

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
	"time"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/zalo"
)

// undoTime is how long the button under a new link undoes it.
const undoTime = 24 * time.Hour

func (b *Bot) notLinked() reply {
	return reply{text: "Zalo này chưa liên kết với tài khoản dự thi nên chưa xem được. Anh/chị mở trang cuộc thi, đăng nhập, lấy mã liên kết rồi gửi mã vào đây. Mất khoảng một phút.",
		buttons: []zalo.Button{zalo.LinkButton("Lấy mã liên kết", b.opt.PublicURL+"/lien-ket-zalo")}}
}

// account says how to link, or to whom this Zalo is linked.
func (b *Bot) account(ctx context.Context, c *chat, arg string) (reply, error) {
	if folded := core.Fold(arg); strings.Contains(folded, "huy lien ket") || strings.Contains(folded, "go lien ket") {
		return b.run(ctx, named("unlink"), c, "")
	}
	who, err := b.contestant(ctx, c)
	if core.Is(err, core.NotFound) {
		return b.notLinked(), nil
	}
	if err != nil {
		return reply{}, err
	}
	return reply{text: fmt.Sprintf("Zalo này đang liên kết với tài khoản dự thi của %s, %s.", who.FullName, unitOf(c, who)),
		buttons: []zalo.Button{zalo.QuietButton("Tình trạng của tôi", "#cua-toi"), zalo.QuietButton("Gỡ liên kết", "#go")}}, nil
}

// unlink ends the link: at once from the button under a fresh one, else after a second press.
func (b *Bot) unlink(ctx context.Context, c *chat, arg string) (reply, error) {
	who, err := b.contestant(ctx, c)
	if err != nil {
		return reply{}, err
	}
	d := c.follower.Dialog
	if arg == "" || d.Undo == "" || arg != d.Undo || d.Until <= c.now {
		word, until := rand.Text(), c.now.Add(10*time.Minute)
		return reply{text: fmt.Sprintf("Gỡ liên kết thì Zalo này không còn xem được bài thi của %s và không đăng nhập từ đây được nữa. Bài thi và tài khoản vẫn nguyên.", who.FullName),
			buttons:  []zalo.Button{zalo.QuietButton("Đồng ý gỡ", "#go "+word), zalo.QuietButton("Giữ liên kết", "#lien-ket")},
			remember: func(f *core.Follower) { f.Dialog.Undo, f.Dialog.Until = word, until }}, nil
	}
	if err := b.opt.Account.UnlinkZalo(ctx, who.ID); err != nil {
		return reply{}, err
	}
	return reply{text: "Đã gỡ liên kết. Muốn liên kết lại, anh/chị lấy mã mới trên trang cuộc thi rồi gửi vào đây.",
		remember: func(f *core.Follower) { f.Dialog.Undo = "" }}, nil
}

// signIn sends a personal link that signs in once.
func (b *Bot) signIn(ctx context.Context, c *chat, _ string) (reply, error) {
	secret, until, err := b.opt.Account.ChatLink(ctx, c.ed.Contest.ID, c.event.UserID)
	if err != nil {
		return reply{}, err
	}
	return reply{text: fmt.Sprintf("Liên kết đăng nhập riêng của anh/chị, dùng một lần, đến %s. Không chuyển cho người khác.", until.Time(c.ed.Loc).Format("15:04")),
		buttons: []zalo.Button{zalo.LinkButton("Đăng nhập", b.opt.PublicURL+"/vao/"+secret)}}, nil
}

// status tells the person's own attempts and points.
func (b *Bot) status(ctx context.Context, c *chat, _ string) (reply, error) {
	who, err := b.contestant(ctx, c)
	if err != nil {
		return reply{}, err
	}
	mine, err := b.opt.Exam.Mine(ctx, c.ed, who.ID, c.now)
	if err != nil {
		return reply{}, err
	}
	limit := c.ed.Contest.Quiz.AttemptsPerRound
	out := []string{who.FullName + ", " + unitOf(c, who) + "."}
	out = append(out, b.standing(c, mine.Attempts, limit)...)
	var buttons []zalo.Button
	if mine.Running != nil {
		out = append(out, "Anh/chị đang có một lượt làm dở, hết giờ lúc "+mine.Running.Deadline.Time(c.ed.Loc).Format("15:04 ngày 02/01")+".")
		buttons = append(buttons, zalo.LinkButton("Làm tiếp", b.opt.PublicURL+"/thi/"+mine.Running.ID))
	} else {
		buttons = append(buttons, b.enterButton())
	}
	buttons = append(buttons, zalo.LinkButton("Bài thi của tôi", b.opt.PublicURL+"/bai-thi"), zalo.QuietButton("Đăng nhập từ đây", "#dang-nhap"))
	return reply{text: strings.Join(out, "\n"), buttons: buttons}, nil
}

// remind turns reminders on or off. Turning them off needs no account.
func (b *Bot) remind(ctx context.Context, c *chat, arg string) (reply, error) {
	folded := " " + core.Fold(arg) + " "
	off := false
	for _, w := range []string{" tat ", " dung ", " ngung ", " thoi ", " huy ", " khong "} {
		off = off || strings.Contains(folded, w)
	}
	on := strings.Contains(folded, " bat ") || strings.Contains(folded, " nhac toi ") || strings.Contains(folded, " nhan nhac ")
	if !off && !on {
		state := "đang tắt"
		if may, err := b.reminded(ctx, c); err != nil {
			return reply{}, err
		} else if may {
			state = "đang bật"
		}
		return reply{text: "Nhắc lịch thi qua Zalo " + state + " cho anh/chị.",
			buttons: []zalo.Button{zalo.QuietButton("Bật nhắc lịch", "#nhac bat"), zalo.QuietButton("Tắt nhắc lịch", "#nhac tat")}}, nil
	}
	if err := b.remindConsent(ctx, c, !off); err != nil {
		return reply{}, err
	}
	if off {
		return reply{text: "Đã tắt nhắc lịch. Bot chỉ còn trả lời khi anh/chị hỏi.", buttons: []zalo.Button{zalo.QuietButton("Bật lại", "#nhac bat")},
			remember: func(f *core.Follower) { f.NoReminders = true }}, nil
	}
	text := "Đã bật nhắc lịch: anh/chị đồng ý nhận nhắc lịch thi qua Zalo này. Tắt lúc nào cũng được."
	if !c.follower.Follows {
		text += " Anh/chị bấm Quan tâm OA để nhận được tin."
	}
	return reply{text: text, buttons: []zalo.Button{zalo.QuietButton("Tắt nhắc lịch", "#nhac tat")},
		remember: func(f *core.Follower) { f.NoReminders, f.WithdrawnAt = false, 0 }}, nil
}

// reminded reports whether reminders go to this chat: whoever has an account must have agreed there too.
func (b *Bot) reminded(ctx context.Context, c *chat) (bool, error) {
	who, err := b.contestant(ctx, c)
	if core.Is(err, core.NotFound) {
		return c.follower.MayRemind(), nil
	}
	agreed := slices.ContainsFunc(who.Consents, func(k core.Consent) bool { return k.Kind == account.ConsentZalo && k.WithdrawnAt.IsZero() })
	return c.follower.MayRemind() && agreed, err
}

// remindConsent writes the wish into the account's consents, when there is an account.
func (b *Bot) remindConsent(ctx context.Context, c *chat, on bool) error {
	who, err := b.contestant(ctx, c)
	if core.Is(err, core.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if !on {
		return b.opt.Account.WithdrawConsent(ctx, asPerson(&who), account.ConsentZalo)
	}
	text, err := b.opt.Account.Consent(ctx, c.ed.Contest.ID)
	if err != nil {
		return err
	}
	return b.opt.Account.GrantConsent(ctx, asPerson(&who), account.ConsentZalo, text.Version)
}

// person hands the conversation over to people.
func (b *Bot) person(_ context.Context, c *chat, _ string) (reply, error) {
	until, now := c.now.Add(b.opt.Pause), c.now
	return reply{text: fmt.Sprintf("Đã báo Tổ Thư ký. Anh/chị nhắn điều cần hỏi vào đây, cán bộ sẽ trả lời; bot tạm im lặng đến %s.%s",
		until.Time(c.ed.Loc).Format("15:04"), hotline(c.ed.Contest, " Cần gấp, anh/chị gọi ")),
		buttons:  []zalo.Button{zalo.QuietButton("Hỏi bot tiếp", "#bot")},
		remember: func(f *core.Follower) { f.Handed = core.Handed{Until: until, Since: now, Reason: core.HandedAsked} }}, nil
}

// back lets the bot answer again.
func (b *Bot) back(context.Context, *chat, string) (reply, error) {
	return reply{text: "Bot trả lời tiếp. Anh/chị cần hỏi gì ạ?", remember: func(f *core.Follower) { f.Handed = core.Handed{} }}, nil
}

// wrong queues the question whose answer was not what the person meant.
func (b *Bot) wrong(ctx context.Context, c *chat, _ string) (reply, error) {
	d := c.follower.Dialog
	if d.Question == "" || d.Until <= c.now {
		return reply{text: "Anh/chị hỏi lại bằng lời giúp; hỏi ngắn và nêu rõ việc thì bot tìm đúng hơn.", buttons: []zalo.Button{zalo.QuietButton("Gặp người hỗ trợ", "#nguoi")}}, nil
	}
	ix, err := b.index(ctx, c.ed)
	if err != nil {
		return reply{}, err
	}
	if err := b.opt.Talk.Missed(ctx, c.ed.Contest.ID, d.Question, c.event.Key, true, ix.Gist); err != nil {
		return reply{}, err
	}
	return reply{text: "Xin lỗi anh/chị. Câu hỏi đã được chuyển tới Ban Tổ chức. Anh/chị thử hỏi theo cách khác." + hotline(c.ed.Contest, " Cần gấp, anh/chị gọi "),
		buttons: []zalo.Button{zalo.QuietButton("Gặp người hỗ trợ", "#nguoi")},
		after: func(ctx context.Context) error { // once it went out: a repeated try must still know the question
			_, err := b.opt.Talk.Meet(ctx, c.event.OAID, c.event.UserID, func(f *core.Follower) { f.Dialog.Question = "" })
			return err
		}}, nil
}

func unitOf(c *chat, who core.Contestant) string {
	if who.UnitCode == core.OtherUnit {
		return who.UnitOther
	}
	return c.ed.Units.FullName(who.UnitCode)
}
