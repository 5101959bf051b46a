package bot

import (
	"context"
	"slices"
	"strings"

	"duthi/core"
)

// command is one thing the bot does besides answering: data, from which help is made too.
type command struct {
	name    string   // as package rules names it
	payload string   // what its buttons say, after "#"
	aliases []string // folded texts that mean exactly this
	help    string   // its line in the help; "" leaves it out
	linked  bool     // asks for an account
	run     func(b *Bot, ctx context.Context, c *chat, arg string) (reply, error)
}

// commands is the table. An alias may be followed by an argument when it ends in a space.
func commands() []command {
	return []command{
		{name: "help", payload: "tro-giup", aliases: []string{"tro giup", "help", "menu", "huong dan", "bat dau", "start"}, run: (*Bot).help},
		{name: "schedule", payload: "lich", aliases: []string{"lich", "lich thi", "cac dot thi"}, help: "lịch: các đợt thi, còn bao lâu", run: (*Bot).schedule},
		{name: "link", payload: "link", aliases: []string{"link", "link thi", "vao thi", "web"}, help: "link: địa chỉ trang thi", run: (*Bot).link},
		{name: "qr", payload: "qr", aliases: []string{"qr", "ma qr"}, help: "mã QR: ảnh mã để in hoặc gửi", run: (*Bot).qr},
		{name: "rules", payload: "the-le", aliases: []string{"the le", "dieu ", "xem dieu ", "xem the le"}, help: "thể lệ: xem từng điều; “điều 5” mở Điều 5", run: (*Bot).browse},
		{name: "clause", payload: "khoan", run: (*Bot).clause},
		{name: "status", payload: "cua-toi", aliases: []string{"cua toi", "tinh trang", "diem cua toi"}, help: "của tôi: lượt đã thi, điểm", linked: true, run: (*Bot).status},
		{name: "account", payload: "lien-ket", aliases: []string{"lien ket", "lien ket tai khoan"}, help: "liên kết: nối Zalo này với tài khoản dự thi", run: (*Bot).account},
		{name: "code", payload: "ma", run: (*Bot).code},
		{name: "prove", payload: "dong-y-ma", run: (*Bot).agree},
		{name: "refuse", payload: "khong-phai-toi", run: (*Bot).refuseCode},
		{name: "unfocal", payload: "go-dau-moi", run: (*Bot).unlinkFocal},
		{name: "signin", payload: "dang-nhap", aliases: []string{"dang nhap"}, help: "đăng nhập: liên kết riêng để vào trang thi", linked: true, run: (*Bot).signIn},
		{name: "unlink", payload: "go", aliases: []string{"go lien ket", "huy lien ket", "bo lien ket"}, help: "gỡ liên kết", linked: true, run: (*Bot).unlink},
		{name: "remind", payload: "nhac", aliases: []string{"nhac toi", "bat nhac", "tat nhac", "dung nhac", "bat nhac lich", "tat nhac lich"}, help: "bật nhắc, tắt nhắc: nhắc lịch qua Zalo", run: (*Bot).remind},
		{name: "hotline", payload: "lien-he", aliases: []string{"lien he", "hotline"}, help: "liên hệ: đường dây hỗ trợ", run: (*Bot).contact},
		{name: "person", payload: "nguoi", aliases: []string{"gap nguoi", "gap nguoi ho tro", "gap can bo"}, help: "gặp người: cán bộ trả lời thay bot", run: (*Bot).person},
		{name: "bot", payload: "bot", aliases: []string{"bot"}, run: (*Bot).back},
		{name: "wrong", payload: "sai", aliases: []string{"khong dung y", "khong dung y toi", "sai roi"}, run: (*Bot).wrong},
	}
}

// named gives a command by name, or nil.
func named(name string) *command {
	for _, cmd := range commands() {
		if cmd.name == name {
			return &cmd
		}
	}
	return nil
}

// find reads a message as a command: what a button says ("#khoan dieu-5.2"), an alias and nothing else, or a code
// to link an account. nil means that it is a question.
func find(text string) (cmd *command, arg string) {
	if isCode(text) {
		return named("code"), text
	}
	word, rest, _ := strings.Cut(text, " ")
	for _, cmd := range commands() {
		if strings.HasPrefix(text, "#") && word == "#"+cmd.payload {
			return &cmd, strings.TrimSpace(rest)
		}
	}
	folded := core.Fold(text)
	if cmd, arg = byAlias(folded); cmd != nil {
		return cmd, arg
	}
	if bare := uncourteous(folded); bare != folded {
		if cmd, arg = byAlias(bare); cmd != nil && cmd.name != "bot" { // "bot ơi" is a greeting
			return cmd, arg
		}
	}
	return nil, ""
}

// uncourteous takes away what people put around a command: "cho em xin mã QR với ạ".
func uncourteous(folded string) string {
	words := strings.Fields(folded)
	for len(words) > 1 && slices.Contains([]string{"cho", "em", "toi", "minh", "xin", "da", "ad", "bot", "oi"}, words[0]) {
		words = words[1:]
	}
	for len(words) > 1 && slices.Contains([]string{"a", "nhe", "nha", "voi", "giup", "gium", "dum", "di", "em", "minh", "ad", "oi"}, words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ")
}

// byAlias finds the command that a folded text names, or nil.
func byAlias(folded string) (cmd *command, arg string) {
	for _, cmd := range commands() {
		for _, alias := range cmd.aliases {
			if folded == strings.TrimSpace(alias) {
				return &cmd, folded
			}
			if after, ok := strings.CutPrefix(folded, alias); ok && strings.HasSuffix(alias, " ") && isNumber(after) {
				return &cmd, after
			}
		}
	}
	return nil, ""
}

func isNumber(s string) bool {
	return s != "" && len(s) <= 3 && strings.Trim(s, "0123456789") == ""
}

// wantsBot reports whether a person whom somebody is helping asks the bot to come back.
func wantsBot(text string) bool {
	cmd, _ := find(text)
	return cmd != nil && cmd.name == "bot"
}

// run runs a command; one that needs an account says how to link it when there is none.
func (b *Bot) run(ctx context.Context, cmd *command, c *chat, arg string) (reply, error) {
	if cmd.linked {
		_, err := b.contestant(ctx, c)
		if core.Is(err, core.NotFound) && cmd.name == "unlink" && b.isFocal(ctx, c) {
			return b.unlinkFocal(ctx, c, "")
		}
		if core.Is(err, core.NotFound) {
			return b.notLinked(), nil
		}
		if err != nil {
			return reply{}, err
		}
	}
	return cmd.run(b, ctx, c, arg)
}

// contestant gives who the person is linked to in the contest, or NotFound.
func (b *Bot) contestant(ctx context.Context, c *chat) (core.Contestant, error) {
	return b.opt.Account.ZaloContestant(ctx, c.ed.Contest.ID, c.event.UserID)
}
