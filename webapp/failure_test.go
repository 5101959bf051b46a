package webapp

import (
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/web"
)

// TestFailurePagesSayWhatToDo looks at the page of each kind of failure: what happened, what was kept, what to
// do, and the hotline.
func TestFailurePagesSayWhatToDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	fail := func(c *gin.Context) error {
		return &core.Error{Code: core.Code(c.Param("code")), RetryAfter: map[string]int{"limited": 9, "unavailable": 7}[c.Param("code")]}
	}
	w.web.Add(web.Route{Method: "GET", Path: "/fail/:code", Handler: fail}, web.Route{Method: "POST", Path: "/fail/:code", Handler: fail})
	b := w.browser()
	for code, c := range map[core.Code]struct {
		status    int
		fragments []string
	}{
		core.Forbidden:   {403, []string{"Không mở được trang này"}},
		core.NotFound:    {404, []string{"Không tìm thấy trang", "Về trang chủ"}},
		core.Conflict:    {409, []string{"Chưa thực hiện được"}},
		core.Invalid:     {422, []string{"Dữ liệu chưa đúng"}},
		core.Limited:     {429, []string{"Đang đông", "Bài đã lưu vẫn còn", `http-equiv="refresh" content="9"`, "sau 9 giây"}},
		core.Internal:    {500, []string{"Máy chủ gặp lỗi", "Bài đã lưu vẫn còn"}},
		core.Unavailable: {503, []string{"Tạm gián đoạn", `http-equiv="refresh" content="7"`}},
	} {
		p := b.get("/fail/" + string(code))
		b.shows(p, c.status, append(c.fragments, "0235.3833199", "Mã yêu cầu", p.header.Get("X-Request-Id"))...)
		if p.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s may be cached", code)
		}
	}
	if p := b.post("/fail/limited"); strings.Contains(p.body, `http-equiv="refresh"`) || p.header.Get("Retry-After") != "9" {
		t.Error("a form is repeated by loading its address again")
	}
	for from, want := range map[string]bool{w.server.URL + "/dang-ky?x=1": true, "http://evil.example/dang-ky": false, w.server.URL + "//evil.example": false, "": false} {
		b.head.Set("Referer", from)
		if p := b.post("/fail/unavailable"); strings.Contains(p.body, `href="/dang-ky?x=1">Quay lại và thử lại`) != want || strings.Contains(p.body, "evil") {
			t.Errorf("from %q: %s", from, mainOf(p.body))
		}
	}
}

// TestFailureWithoutAContest answers although nothing is known of any contest.
func TestFailureWithoutAContest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.store.RemoveContest(t.Context(), "cchc-2023"); err != nil {
		t.Fatal(err)
	}
	if err := w.catalog.Reload(t.Context()); err != nil {
		t.Fatal(err)
	}
	b := w.browser()
	b.shows(b.get("/"), 404, "Chưa có cuộc thi nào", "duthi")
}
