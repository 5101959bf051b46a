package webapp

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"duthi/core"
)

// publicPages must answer whatever happens to the database.
var publicPages = []string{"/", "/the-le", "/tai-lieu", "/thong-bao", "/ty-le", "/xep-hang", "/tro-giup", "/nhac-toi", "/lich-thi.ics",
	"/kiem-tra", "/thi-thu", "/dang-ky", "/dang-nhap", "/quen-mat-khau", "/mat-so", "/robots.txt", "/ma-qr/contest.svg"}

func withRules(ct *core.Contest) {
	ct.Rules = []core.Article{
		{ID: "dieu-5", Number: 5, Title: "Thời gian", Clauses: []core.Clause{{ID: "dieu-5.1", Text: "Bắt đầu ngày 01/10/2023."}, {ID: "dieu-5.2", Text: "Chia thành 05 đợt."}}},
		{ID: "dieu-7", Number: 7, Title: "Bài thi", Clauses: []core.Clause{{ID: "dieu-7.7", Text: "Khi mất mạng, người dự thi đăng nhập lại để <làm tiếp>."}}},
	}
}

func TestPublicPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	for _, path := range publicPages {
		p := b.get(path)
		b.shows(p, 200)
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin"} {
			if p.header.Get(name) != want {
				t.Errorf("%s: %s is %q", path, name, p.header.Get(name))
			}
		}
		for _, inline := range []string{"<style", " style=", "onclick=", "javascript:"} {
			if strings.Contains(p.body, inline) {
				t.Errorf("%s has %q, which the policy refuses", path, inline)
			}
		}
	}
	for _, path := range []string{"/khong-co", "/c/khong-co/", "/thi-thu/xyz", "/theme/x.css", "/theme/cchc-2023/logo", "/ma-qr/unit.svg", "/static/x"} {
		if p := b.get(path); p.status != 404 && p.status != 422 {
			t.Errorf("%s: %d", path, p.status)
		}
	}
	b.shows(b.get("/khong-co"), 404, "Không tìm thấy trang", "0235.3833199", "Mã yêu cầu")
}

// TestSubUnitsAreToldApart: many are called the same.
func TestSubUnitsAreToldApart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	ed, err := w.edition(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	unit, _ := ed.Units.Unit("NTM-TM")
	parent, _ := ed.Units.Unit("NTM")
	b.shows(b.get("/ty-le?q="+url.QueryEscape(unit.Name)), 200, unit.Name+"<small>"+parent.Name+"</small>")
	if p := b.get("/ty-le?don-vi=NTM"); strings.Contains(p.body, "<small>"+parent.Name) {
		t.Error("on its own page the parent is said again for every part")
	}
}

// TestPublicPagesStayWithoutDatabase closes the database under a running server.
func TestPublicPagesStayWithoutDatabase(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules)
	b := w.browser()
	b.register(20)
	b.get("/ty-le") // the tables are known from now on
	b.get("/xep-hang")
	if err := w.store.Close(); err != nil {
		t.Fatal(err)
	}
	w.now.Add(10 * 60 * 1000)
	for _, path := range publicPages {
		if p := b.get(path); p.status != 200 {
			t.Errorf("%s: %d\n%s", path, p.status, mainOf(p.body))
		}
	}
	b.shows(b.get("/the-le"), 200, "Chia thành 05 đợt.")
	b.shows(b.get("/ty-le"), 200, "17:48, 11/11/2023")
	b.shows(b.get("/"), 200, "Hệ thống đang")
	p := b.get("/thi")
	b.shows(p, 503, "Tạm gián đoạn", "Bài đã lưu vẫn còn")
	if p.header.Get("Retry-After") == "" || !strings.Contains(p.body, `http-equiv="refresh"`) {
		t.Error("the page does not try again by itself")
	}
}

func TestRulesAreSearchedWithoutDiacritics(t *testing.T) {
	t.Parallel()
	w := newWorld(t, withRules)
	b := w.browser()
	b.shows(b.get("/the-le"), 200, `id="dieu-5.2"`, `href="#dieu-5"`, "Điều 7. Bài thi")
	p := b.get("/the-le?q=mat+mang")
	b.shows(p, 200, "1 khoản có", "<mark>mất mạng,</mark>")
	if strings.Contains(p.body, "dieu-5.2") {
		t.Error("a clause that does not fit is shown")
	}
	if raw := b.get("/the-le").body; !strings.Contains(raw, "<làm tiếp>") { // unescaped by the test's reader
		t.Error("clause text is not escaped as text")
	}
	b.shows(b.get("/the-le?q=%3Cscript%3E"), 200)
}

func TestParticipation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.register(21)
	id := b.start()
	b.save(id, `{"i":0,"c":[0],"k":false,"r":0}`)
	b.leads(b.post("/thi/"+id+"/nop", "rev", "0"), "/thi/"+id+"/ket-qua")
	w.now.Add(60_000)
	b.shows(b.get("/ty-le?q=tra+my"), 200, "UBND huyện Nam Trà My", "1 / 1.122", "0,0%", "Còn 897 người")
	b.shows(b.get("/ty-le?don-vi=NTM"), 200, "Trường THCS Trà Mai", "1 / 41", "2,4%")
	b.shows(b.get("/ty-le?q=khong+co+dau"), 200, "Không có đơn vị nào khớp")
	b.shows(b.get("/xep-hang"), 200, "Nguyễn T. A.", "anh/chị")
	if p := w.browser().get("/xep-hang"); strings.Contains(p.body, "Nguyễn Thị An") || strings.Contains(p.body, "anh/chị</span>") {
		t.Error("the board gives somebody away")
	}
}

func TestPracticeNeedsNoAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	p := b.post("/thi-thu")
	if p.status != http.StatusSeeOther || !strings.HasPrefix(p.to, "/thi-thu/") {
		t.Fatalf("%d to %q", p.status, p.to)
	}
	b.shows(b.get(p.to), 200, "Câu 1 /", "Chấm bài")
	b.shows(b.get(p.to+"/ket-qua?c0=0"), 200, "câu đúng", "Đáp án đúng")
}

func TestOtherContestsBelowTheirID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.shows(b.get("/c/cchc-2023/"), 200, `href="/c/cchc-2023/the-le"`)
	b.shows(b.get("/c/cchc-2023"), 200, `href="/c/cchc-2023/the-le"`)
	b.shows(b.get("/c/cchc-2023/the-le"), 200, `action="/c/cchc-2023/the-le"`)
	b.leads(b.get("/c/cchc-2023/bai-thi"), "/c/cchc-2023/dang-nhap?ve=%2Fc%2Fcchc-2023%2Fbai-thi")
}

func TestThemeOfAContest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(ct *core.Contest) {
		ct.Theme = &core.Theme{Primary: "#7a1f3d", Logo: "data:image/svg+xml;base64,PHN2Zy8+"}
	})
	b := w.browser()
	b.shows(b.get("/"), 200, `href="/theme/cchc-2023.css"`, `src="/theme/cchc-2023/logo"`)
	p := b.get("/theme/cchc-2023.css")
	b.shows(p, 200, ":root{--primary:#7a1f3d;--primary-dark:#531529;--tint:#efe4e8}")
	logo := b.get("/theme/cchc-2023/logo")
	if logo.body != "<svg/>" || logo.header.Get("Content-Type") != "image/svg+xml" || !strings.Contains(logo.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("logo %q %v", logo.body, logo.header)
	}
}

func TestZaloBrowserIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.head.Set("User-Agent", "Mozilla/5.0 (Linux; Android 10) Chrome/90.0 Mobile Safari/537.36 Zalo android/12100000")
	b.shows(b.get("/"), 200, "Mở bằng trình duyệt")
}

func TestOtherAddressesLeadToThePublicOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(ct *core.Contest) {
		ct.URLs.Aliases = []string{"http://duthi.quangnam.example/", "thi.example:8080"}
	})
	for host, want := range map[string]string{
		"duthi.quangnam.example": w.server.URL + "/the-le?q=a", "THI.example:8080": w.server.URL + "/the-le?q=a", "khac.example": "",
	} {
		r := httptest.NewRequest("GET", "/the-le?q=a", nil)
		r.Host = host
		rec := httptest.NewRecorder()
		w.web.ServeHTTP(rec, r)
		if rec.Header().Get("Location") != want {
			t.Errorf("%s: %d to %q, want %q", host, rec.Code, rec.Header().Get("Location"), want)
		}
	}
}
