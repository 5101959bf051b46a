package webapp

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/web"
)

type failurePage struct {
	frame
	Heading, Text, Kept string
	Waiting             bool
	RequestID           string
	Links               []action
}

// failurePage shows what happened, what was kept and what to do. It must work when nothing else does: without
// a contest it shows duthi's own name.
func (a *App) failurePage(c *gin.Context, f web.Failure) {
	p := failurePage{Text: f.Msg, RequestID: f.RequestID}
	p.frame = frame{Base: "/", Contest: heading{Short: "duthi", Authority: "Cuộc thi trực tuyến", Initials: "DT"}}
	if v, err := a.visitor(c, public); err == nil {
		p.frame = a.frame(c, v, "", "")
	}
	p.words(f, c.Request.Method == http.MethodGet)
	if back := cameFrom(c.Request); p.Waiting && back != "" && c.Request.Method == http.MethodPost {
		p.Links = append([]action{{"Quay lại và thử lại", back}}, p.Links...)
	}
	p.Title = p.Heading
	if err := a.show(c, f.Status, "failure", p); err != nil {
		a.log.Error("failure page", "err", err)
		c.String(f.Status, "%s\n", f.Msg)
	}
}

// cameFrom gives the page of ours that a form was sent from, or nothing.
func cameFrom(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host || !local(u.Path) {
		return ""
	}
	return u.RequestURI()
}

func (p *failurePage) words(f web.Failure, repeatable bool) {
	p.Links = []action{{"Về trang chủ", p.Base}}
	switch f.Status {
	case http.StatusNotFound:
		p.Heading = "Không tìm thấy trang"
		if f.Msg == web.Words(core.NotFound) {
			p.Text = "Địa chỉ có thể đã đổi hoặc gõ thiếu."
		}
	case http.StatusForbidden:
		p.Heading = "Không mở được trang này"
	case http.StatusUnauthorized:
		p.Heading = "Cần đăng nhập"
		p.Links = []action{{"Đăng nhập", p.Base + "dang-nhap"}}
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		p.Heading, p.Waiting = "Đang đông", true
		if f.Status == http.StatusServiceUnavailable && !strings.HasPrefix(f.Msg, p.Heading) { // too many people is no outage
			p.Heading = "Tạm gián đoạn"
		}
		p.Kept = "Bài đã lưu vẫn còn."
		if repeatable {
			p.Refresh = f.RetryAfter
			p.Kept += " Trang tự thử lại sau " + strconv.Itoa(f.RetryAfter) + " giây, anh/chị cứ để nguyên."
		}
	case http.StatusConflict:
		p.Heading = "Chưa thực hiện được"
	case http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge:
		p.Heading = "Dữ liệu chưa đúng"
	default:
		p.Heading = "Máy chủ gặp lỗi"
		p.Kept = "Bài đã lưu vẫn còn. Lỗi đã được ghi lại."
	}
}
