package webapp

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"duthi/core"
)

type helpPage struct {
	frame
	Help  contact
	OAURL string
	Items []helpItem
}

type helpItem struct {
	Question, Answer string
	Link             *action
}

func (a *App) help(c *gin.Context, v *visitor) error {
	p := helpPage{frame: a.frame(c, v, "Trợ giúp", "tro-giup"), Help: a.contact(v), OAURL: oaURL(v.ed.Contest)}
	words := a.codeWords(v)
	p.Items = []helpItem{
		{"Mất mạng hoặc tắt máy giữa chừng thì sao?", "Câu nào đã hiện “Đã lưu” thì vẫn còn. Mở lại trang này hoặc đăng nhập trên máy khác để làm tiếp. Đồng hồ không dừng.", &action{"Bài thi của tôi", v.base + "bai-thi"}},
		words.Missing,
		words.Forgot,
		{"Mất hoặc đổi số điện thoại?", "Gửi yêu cầu để Ban Tổ chức kiểm tra và chuyển tài khoản sang số mới.", &action{"Gửi yêu cầu", v.base + "mat-so"}},
		{"Khai sai thông tin?", "Tự sửa được đến trước lượt thi đầu tiên; sau đó gửi yêu cầu để Ban Tổ chức duyệt.", &action{"Dữ liệu của tôi", v.base + "du-lieu-cua-toi"}},
		{"Không thấy đơn vị của tôi?", "Khi đăng ký, chọn “Không thấy đơn vị của tôi” và ghi tên đơn vị, rồi báo đường dây nóng để được bổ sung.", nil},
		{"Điện thoại cũ, mở trong Zalo có thi được không?", "Được. Nếu không tải được ảnh hay giấy tờ, bấm dấu ba chấm ở góc trên và chọn Mở bằng trình duyệt.", nil},
	}
	p.Items = slices.DeleteFunc(p.Items, func(i helpItem) bool { return i == helpItem{} })
	return a.show(c, http.StatusOK, "help", p)
}

func oaURL(ct *core.Contest) string {
	if ct.Contacts.ZaloOAID == "" {
		return ""
	}
	return "https://zalo.me/" + ct.Contacts.ZaloOAID
}

type remindPage struct {
	frame
	Help  contact
	OAURL string
	Next  string // when the next round opens; empty when none will
	Round string
}

// remind offers to be reminded of the next round: by the OA, or by a calendar entry that needs no account.
func (a *App) remind(c *gin.Context, v *visitor) error {
	p := remindPage{frame: a.frame(c, v, "Nhắc tôi khi mở", ""), Help: a.contact(v), OAURL: oaURL(v.ed.Contest)}
	if s := stand(v.ed.Contest, v.now); s.ahead.ID != "" {
		p.Round, p.Next = s.ahead.Name, moment(v.at(s.ahead.Start))
	}
	return a.show(c, http.StatusOK, "remind", p)
}

// calendar gives the rounds still to come as an iCalendar file with an alarm at each opening.
func (a *App) calendar(c *gin.Context, v *visitor) error {
	const stamp = "20060102T150405Z"
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\r\n", args...) }
	escape := strings.NewReplacer(`\`, `\\`, ",", `\,`, ";", `\;`).Replace
	ct := v.ed.Contest
	line("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//duthi//VI")
	for _, r := range ct.Rounds {
		if v.now >= r.End {
			continue
		}
		line("BEGIN:VEVENT\r\nUID:%s-%s@duthi", ct.ID, r.ID)
		line("DTSTAMP:%s\r\nDTSTART:%s\r\nDTEND:%s", v.now.Time(v.ed.Loc).UTC().Format(stamp), v.at(r.Start).UTC().Format(stamp), v.at(r.End).UTC().Format(stamp))
		line("SUMMARY:%s", escape(r.Name+" mở: "+ct.ShortTitle))
		line("URL:%s%s", a.opt.PublicURL, v.base)
		line("BEGIN:VALARM\r\nACTION:DISPLAY\r\nTRIGGER:PT0M\r\nDESCRIPTION:%s\r\nEND:VALARM\r\nEND:VEVENT", escape(r.Name+" đã mở"))
	}
	line("END:VCALENDAR")
	c.Header("Content-Disposition", `attachment; filename="lich-thi.ics"`)
	c.Data(http.StatusOK, "text/calendar; charset=utf-8", []byte(b.String()))
	return nil
}
