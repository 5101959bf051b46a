package bot

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"duthi/core"
	"duthi/core/qr"
	"duthi/core/zalo"
)

// qrPixels is the side of a QR picture: sharp on any phone, far below Zalo's limit of 1 MB.
const qrPixels = 600

func (b *Bot) enterButton() zalo.Button { return zalo.LinkButton("Vào thi", b.opt.PublicURL+"/thi") }

func (b *Bot) welcome(c *chat) reply {
	return reply{text: fmt.Sprintf("Chào anh/chị. Đây là trợ lý tự động của %s.\n\nAnh/chị cứ hỏi như nhắn tin bình thường về thể lệ, lịch thi, cách dự thi, giải thưởng. "+
		"Bot trả lời theo đúng khoản trong thể lệ; điều thể lệ không nói thì chuyển Ban Tổ chức.", c.ed.Contest.ShortTitle),
		buttons: []zalo.Button{b.enterButton(), zalo.QuietButton("Lịch thi", "#lich"), zalo.QuietButton("Xem thể lệ", "#the-le"), zalo.QuietButton("Liên kết tài khoản", "#lien-ket")}}
}

// help lists what may be asked for, from the table of commands.
func (b *Bot) help(_ context.Context, c *chat, _ string) (reply, error) {
	out := []string{"Anh/chị hỏi bất cứ điều gì về cuộc thi, hoặc nhắn một trong các chữ sau:"}
	for _, cmd := range commands() {
		if cmd.help != "" {
			out = append(out, "• "+cmd.help)
		}
	}
	return reply{text: strings.Join(out, "\n"), buttons: []zalo.Button{b.enterButton(), zalo.QuietButton("Lịch thi", "#lich"),
		zalo.QuietButton("Xem thể lệ", "#the-le"), zalo.QuietButton("Gặp người hỗ trợ", "#nguoi")}}, nil
}

// schedule says which round is open and what comes, from the contest's data.
func (b *Bot) schedule(_ context.Context, c *chat, _ string) (reply, error) {
	ct := c.ed.Contest
	head, open := "", false
	var list []string
	for _, r := range ct.Rounds {
		start, end := r.Start.Time(c.ed.Loc), r.End.Time(c.ed.Loc)
		line := fmt.Sprintf("• %s: từ %s đến %s", r.Name, start.Format("15:04 02/01/2006"), end.Add(-1e9).Format("15:04 02/01/2006"))
		switch {
		case r.Open(c.now):
			head, open = fmt.Sprintf("%s đang mở, đóng lúc %s. Còn %s.", r.Name, closing(end), left(r.End.Sub(c.now))), true
			line += " (đang mở)"
		case c.now < r.Start && head == "":
			head = fmt.Sprintf("Hiện chưa có đợt nào mở. %s bắt đầu lúc %s.", r.Name, moment(start))
		case c.now >= r.End:
			line += " (đã xong)"
		}
		list = append(list, line)
	}
	if head == "" {
		head = "Các đợt thi đã kết thúc."
	}
	out := reply{text: head}
	if len(list) > 1 {
		out.text += "\n\n" + strings.Join(list, "\n")
	}
	if open {
		out.buttons = append(out.buttons, b.enterButton())
	}
	return out, nil
}

func (b *Bot) link(context.Context, *chat, string) (reply, error) {
	return reply{text: "Trang dự thi: " + b.opt.PublicURL + "/\nDùng được trên điện thoại và máy tính, không phải cài gì.",
		buttons: []zalo.Button{b.enterButton(), zalo.QuietButton("Ảnh mã QR", "#qr")}}, nil
}

// qr sends the code of the contest's address as a picture.
func (b *Bot) qr(context.Context, *chat, string) (reply, error) {
	code, err := qr.Draw(b.opt.PublicURL+"/", qr.Print)
	if err != nil {
		return reply{}, err
	}
	png, err := code.PNG(qrPixels)
	return reply{text: "Mã QR dẫn tới trang dự thi: " + b.opt.PublicURL + "/", image: png}, err
}

func (b *Bot) contact(_ context.Context, c *chat, _ string) (reply, error) {
	h := c.ed.Contest.Contacts
	if h.Hotline == "" {
		return reply{text: "Cuộc thi chưa công bố đường dây hỗ trợ. Anh/chị bấm Gặp người hỗ trợ để nhắn cho cán bộ.",
			buttons: []zalo.Button{zalo.QuietButton("Gặp người hỗ trợ", "#nguoi")}}, nil
	}
	hours := ""
	if h.HotlineHours != "" {
		hours = "Giờ hỗ trợ: " + h.HotlineHours + "."
	}
	out := reply{text: lines("Đường dây hỗ trợ: "+strings.TrimSuffix(hotline(c.ed.Contest, ""), "."), hours)}
	if number, err := core.NormalizePhone(h.Hotline); err == nil { // landlines too
		out.buttons = append(out.buttons, zalo.CallButton("Gọi "+h.Hotline, strings.TrimPrefix(number, "+")))
	}
	out.buttons = append(out.buttons, zalo.QuietButton("Gặp người hỗ trợ", "#nguoi"))
	return out, nil
}

// articlesShown is how many articles have buttons at once; one more leads on.
const articlesShown = 4

// browse shows the list of articles, a page of it ("tiep 4"), or one article by its number.
func (b *Bot) browse(_ context.Context, c *chat, arg string) (reply, error) {
	arts := c.ed.Contest.Rules
	if n, err := strconv.Atoi(strings.TrimSpace(arg)); err == nil {
		for _, a := range arts {
			if a.Number == n {
				return b.article(a), nil
			}
		}
		return reply{text: fmt.Sprintf("Thể lệ có %d điều, không có Điều %d.", len(arts), n), buttons: []zalo.Button{zalo.QuietButton("Xem thể lệ", "#the-le")}}, nil
	}
	if len(arts) == 0 {
		return reply{text: "Thể lệ chưa được đăng." + hotline(c.ed.Contest, " Cần hỏi, anh/chị gọi ")}, nil
	}
	from := 0
	if n, err := strconv.Atoi(strings.TrimPrefix(arg, "tiep ")); err == nil && strings.HasPrefix(arg, "tiep ") && n > 0 && n < len(arts) {
		from = n
	}
	var list []string
	out := reply{}
	for i, a := range arts {
		list = append(list, fmt.Sprintf("Điều %d: %s", a.Number, a.Title))
		if i >= from && i < from+articlesShown {
			out.buttons = append(out.buttons, zalo.QuietButton(clip(fmt.Sprintf("Điều %d. %s", a.Number, a.Title), zalo.MaxButtonTitle), fmt.Sprintf("#the-le %d", a.Number)))
		}
	}
	if from+articlesShown < len(arts) {
		out.buttons = append(out.buttons, zalo.QuietButton("Các điều tiếp theo", fmt.Sprintf("#the-le tiep %d", from+articlesShown)))
	}
	if from > 0 {
		out.text = fmt.Sprintf("Từ Điều %d đến Điều %d. Anh/chị bấm để xem.", arts[from].Number, arts[min(from+articlesShown, len(arts))-1].Number)
		return out, nil
	}
	out.text = fmt.Sprintf("Thể lệ có %d điều. Anh/chị bấm để xem, hoặc nhắn “điều %d”.\n\n%s", len(arts), arts[len(arts)/2].Number, strings.Join(list, "\n"))
	return out, nil
}

// article writes an article with its clauses.
func (b *Bot) article(a core.Article) reply {
	parts := []string{fmt.Sprintf("Điều %d. %s", a.Number, a.Title)}
	for i, cl := range a.Clauses {
		_, k, ok := strings.Cut(cl.ID, ".")
		if !ok {
			k = strconv.Itoa(i + 1)
		}
		parts = append(parts, k+". "+cl.Text)
	}
	return reply{text: strings.Join(parts, "\n\n"), buttons: []zalo.Button{zalo.LinkButton("Mở trên trang thể lệ", b.opt.PublicURL+"/the-le#"+a.ID),
		zalo.QuietButton("Các điều khác", "#the-le")}}
}

// clause quotes one clause: what a choice's button asks for.
func (b *Bot) clause(ctx context.Context, c *chat, arg string) (reply, error) {
	ix, err := b.index(ctx, c.ed)
	if err != nil {
		return reply{}, err
	}
	if _, ok := ix.Quote(arg); !ok {
		return reply{text: "Không có khoản này trong thể lệ. Anh/chị hỏi lại bằng lời giúp.", buttons: []zalo.Button{zalo.QuietButton("Xem thể lệ", "#the-le")}}, nil
	}
	return reply{text: quoted(ix, "", []string{arg}), buttons: []zalo.Button{b.articleButton(ix, arg), zalo.QuietButton("Không đúng ý tôi", "#sai")}}, nil
}
