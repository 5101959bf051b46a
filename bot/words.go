package bot

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"duthi/core"
	"duthi/core/zalo"
)

// phrases is the bot's table from error code to words, for errors that say nothing themselves.
var phrases = map[core.Code]string{
	core.Invalid:         "Nội dung chưa đúng. Anh/chị kiểm tra rồi gửi lại.",
	core.Unauthenticated: "Anh/chị cần liên kết tài khoản dự thi trước.",
	core.Forbidden:       "Việc này không làm được qua Zalo.",
	core.NotFound:        "Không tìm thấy nội dung này.",
	core.Conflict:        "Dữ liệu vừa thay đổi. Anh/chị gửi lại giúp.",
	core.Closed:          "Phần này đang đóng.",
	core.Limited:         "Anh/chị thử lại sau ít phút.",
	core.Unavailable:     "Hệ thống đang bận. Anh/chị gửi lại sau ít phút.",
	core.Internal:        "Hệ thống gặp lỗi, chưa trả lời được. Anh/chị gửi lại sau ít phút.",
}

// phrase words an error for the chat. Causes are never shown.
func phrase(err error) string {
	code := core.CodeOf(err)
	var e *core.Error
	if errors.As(err, &e) && e.Msg != "" && code != core.Internal && code != core.Unavailable {
		return e.Msg
	}
	return phrases[code]
}

var weekdays = [...]string{"Chủ nhật", "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy"}

// moment names a moment: "00:00, thứ Hai 16/10/2023".
func moment(t time.Time) string {
	return t.Format("15:04") + ", " + weekdays[t.Weekday()] + t.Format(" 02/01/2006")
}

// closing names an exclusive end as people say it: 23:59 of the day before midnight.
func closing(t time.Time) string { return moment(t.Add(-time.Second)) }

// left says how much time remains, rounded down: "4 ngày 3 giờ".
func left(d time.Duration) string {
	days, hours, minutes := int(d.Hours())/24, int(d.Hours())%24, int(d.Minutes())%60
	switch {
	case days > 0 && hours > 0:
		return fmt.Sprintf("%d ngày %d giờ", days, hours)
	case days > 0:
		return fmt.Sprintf("%d ngày", days)
	case hours > 0 && minutes > 0:
		return fmt.Sprintf("%d giờ %d phút", hours, minutes)
	case hours > 0:
		return fmt.Sprintf("%d giờ", hours)
	case minutes > 0:
		return fmt.Sprintf("%d phút", minutes)
	}
	return "chưa đầy một phút"
}

// title writes the first letter large.
func title(s string) string {
	r := []rune(s)
	if len(r) > 0 {
		r[0] = unicode.ToUpper(r[0])
	}
	return string(r)
}

// hotline ends a sentence with where to call, or gives "" when the contest names no number.
func hotline(ct *core.Contest, before string) string {
	h := ct.Contacts
	if h.Hotline == "" {
		return ""
	}
	out := before + h.Hotline
	if h.HotlineOwner != "" {
		out += " (" + h.HotlineOwner + ")"
	}
	return out + "."
}

// notText answers what is no text.
func notText(m *zalo.UserMessage) reply {
	if m.Name == "user_send_sticker" || m.Name == "user_send_gif" {
		return reply{quiet: "nhãn dán"}
	}
	return reply{text: "Bot chỉ đọc được chữ. Anh/chị gõ câu hỏi giúp; cần gửi ảnh hay tệp cho cán bộ thì bấm Gặp người hỗ trợ.",
		buttons: []zalo.Button{zalo.QuietButton("Gặp người hỗ trợ", "#nguoi")}}
}

// lines joins those that say something.
func lines(all ...string) string {
	var out []string
	for _, l := range all {
		if l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}
