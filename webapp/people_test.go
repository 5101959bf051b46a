package webapp

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"duthi/core"
)

func TestRegistrationKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.leads(b.get("/dang-ky/lien-he"), "/dang-ky") // no draft yet
	b.leads(b.post("/dang-ky"), "/dang-ky/lien-he")
	b.shows(b.post("/dang-ky/lien-he", "so_dien_thoai", "12"), 422, `href="#so_dien_thoai"`, `value="12"`, `aria-invalid="true"`)
	b.leads(b.post("/dang-ky/lien-he", "so_dien_thoai", "0912345678"), "/dang-ky/ho-ten")
	b.shows(b.post("/dang-ky/ho-ten", "ho_ten", "An", "ngay_sinh", "31/12/1990"), 422, "Nguyễn Thị Ánh", `value="31/12/1990"`)
	b.shows(b.get("/dang-ky/lien-he"), 200, `value="0912345678"`)
	b.shows(b.get("/dang-ky/mat-khau"), 200, "Mật khẩu")   // any page may be opened
	b.leads(b.get("/dang-ky/xac-nhan"), "/dang-ky/ho-ten") // but the code needs all before
	b.shows(b.get("/dang-ky/khong-co"), 404)
}

func TestUnitIsFoundWithoutDiacritics(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.post("/dang-ky")
	p := b.get("/dang-ky/don-vi?cap=1&q=tra+mai")
	b.shows(p, 200, "<mark>Trà Mai</mark>", `value="NTM/NTM-TM"`, "UBND huyện Nam Trà My", "Không thấy đơn vị của tôi")
	if strings.Contains(p.body, "Sở Nội vụ") {
		t.Error("a unit that does not fit is listed")
	}
	b.shows(b.get("/dang-ky/don-vi?cap=1&q=xyz"), 200, "Không có đơn vị nào có “xyz”")
	b.shows(b.get("/dang-ky/don-vi?khac=1"), 200, "Tên đơn vị")
	b.leads(b.post("/dang-ky/don-vi", "don_vi_cap_1", core.OtherUnit, "don_vi_khac", "Trạm Y tế xã Trà Linh"), "/dang-ky/lien-he")
	b.leads(b.post("/dang-ky/don-vi", "don_vi_cap_1", "NTM"), "/dang-ky/don-vi?cap=2")
	b.shows(b.get("/dang-ky/don-vi?cap=2"), 200, "Phòng Nội vụ", "Trường THCS Trà Mai", `value="NTM/khong-co"`)
}

func TestUnitOfTheScannedCodeIsChosen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.shows(b.get("/?don-vi=NTM-NV"), 200, "Đơn vị đã chọn theo mã QR", "Phòng Nội vụ, UBND huyện Nam Trà My")
	b.shows(b.get("/dang-ky"), 200, "Phòng Nội vụ, UBND huyện Nam Trà My", `value="NTM-NV"`)
	b.leads(b.post("/dang-ky", "don-vi", "NTM-NV"), "/dang-ky/lien-he")
	b.shows(b.get("/dang-ky/don-vi"), 200, "Đang chọn", "Phòng Nội vụ, UBND huyện Nam Trà My")
	if p := w.browser().get("/?don-vi=nope"); p.status != 200 || len(p.header["Set-Cookie"]) > 0 {
		t.Errorf("unknown unit: %d %v", p.status, p.header["Set-Cookie"])
	}
}

func TestSignInGoesBackToOurPagesOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser().register(10)
	for back, want := range map[string]string{
		"/the-le": "/the-le", "/thi": "/thi", "": "/bai-thi", "//evil.example/x": "/bai-thi", "https://evil.example": "/bai-thi",
		`/\evil.example`: "/bai-thi", "/x\r\nSet-Cookie: a=b": "/bai-thi",
	} {
		b := w.browser()
		b.leads(b.post("/dang-nhap", "so_dien_thoai", "0912300010", "mat_khau", examplePassword, "ve", back), want)
		b.shows(b.get("/bai-thi"), 200, "Nguyễn Thị An")
	}
	b := w.browser()
	b.shows(b.post("/dang-nhap", "so_dien_thoai", "0912300010", "mat_khau", "sai hết cả rồi"), 422, `value="0912300010"`, "Chưa thực hiện được")
	b.leads(b.post("/dang-nhap", "so_dien_thoai", "0912300010", "mat_khau", examplePassword), "/bai-thi")
	for _, own := range []string{"/bai-thi", "/thi", "/du-lieu-cua-toi", "/du-lieu-cua-toi/sua"} {
		if p := b.get(own); p.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s stays on a shared machine: %q", own, p.header.Get("Cache-Control"))
		}
	}
	b.leads(b.post("/dang-xuat"), "/")
	b.leads(b.get("/bai-thi"), "/dang-nhap?ve=%2Fbai-thi")
}

func TestSessionCookieIsOutOfReach(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser().register(11)
	b := w.browser()
	p := b.post("/dang-nhap", "so_dien_thoai", "0912300011", "mat_khau", examplePassword)
	cookie := p.header.Get("Set-Cookie")
	for _, want := range []string{"phien=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=31536000"} { // the session slides: the store ends it
		if !strings.Contains(cookie, want) {
			t.Errorf("cookie %q has no %s", cookie, want)
		}
	}
}

func TestPasswordIsResetByCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser().register(12)
	w.now.Add(70_000)
	b := w.browser()
	b.leads(b.post("/quen-mat-khau", "so_dien_thoai", "0912 300 012"), "/quen-mat-khau/ma")
	code := ""
	for range 3000 { // the message goes out after the answer, so that the answer's time tells nothing
		if p := b.get("/hop-thu-mau"); strings.Contains(p.body, "đặt lại") {
			code = codeInInbox.FindStringSubmatch(p.body)[1]
			break
		}
	}
	b.shows(b.post("/quen-mat-khau/ma", "ma", "000000", "mat_khau", "nắng hạ vàng rực rỡ"), 422, `href="#ma"`)
	b.leads(b.post("/quen-mat-khau/ma", "ma", code, "mat_khau", "nắng hạ vàng rực rỡ"), "/bai-thi")
	b.shows(b.get("/bai-thi"), 200, "Nguyễn Thị An")
}

// TestPhoneIsChangedWithThePassword: whoever finds a phone that is signed in must not get the account with it.
func TestPhoneIsChangedWithThePassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.register(15)
	w.now.Add(70_000)
	const page = "/du-lieu-cua-toi/dien-thoai"
	b.shows(b.get(page), 200, `id="mat_khau"`)
	b.shows(b.post(page, "so_dien_thoai", "0912399915"), 422, `href="#mat_khau"`)
	b.shows(b.post(page, "so_dien_thoai", "0235 3833 199", "mat_khau", examplePassword), 422, "cần số di động")
	desk := w.browser()
	desk.leads(desk.post("/dang-ky"), "/dang-ky/lien-he")
	desk.shows(desk.post("/dang-ky/lien-he", "so_dien_thoai", "0235 3833 199"), 422, "cần số di động")
	desk.shows(desk.post("/dang-ky/khong-co"), 404) // and the registration goes on
	desk.shows(desk.get("/dang-ky/lien-he"), 200, `value="0235 3833 199"`)
	b.shows(b.post(page, "so_dien_thoai", "0912399915", "mat_khau", "không phải nó"), 422, `value="0912399915"`, "Mật khẩu chưa đúng.")
	p := b.post(page, "so_dien_thoai", "0912399915", "mat_khau", examplePassword)
	b.shows(p, 200, "vừa gửi tới số mới")
	ticket := regexp.MustCompile(`name="phieu" value="([^"]+)"`).FindStringSubmatch(p.body)
	b.leads(b.post(page, "phieu", ticket[1], "ma", b.code()), "/du-lieu-cua-toi?xong=sua")
	b.leads(w.browser().post("/dang-nhap", "so_dien_thoai", "0912399915", "mat_khau", examplePassword), "/bai-thi")
}

// TestTriedTooOftenIsShown: only a busy server is asked again by the page itself (503 with Retry-After). A code or a
// password that was tried too often would be tried for ever, and the words that say what to do never be read.
func TestTriedTooOftenIsShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.browser().register(16)
	b := w.browser()
	b.leads(b.post("/dang-ky"), "/dang-ky/lien-he")
	for range 5 {
		b.shows(b.post("/dang-nhap", "so_dien_thoai", "0912300016", "mat_khau", "sai hết cả rồi"), 422)
	}
	p := b.post("/dang-nhap", "so_dien_thoai", "0912300016", "mat_khau", "sai hết cả rồi")
	b.shows(p, 429, "Đã thử nhiều lần", `id="loi"`)
	if p.header.Get("Retry-After") == "" {
		t.Error("it does not say when to come back")
	}
	reset := w.browser()
	w.now.Add(70_000)
	reset.leads(reset.post("/quen-mat-khau", "so_dien_thoai", "0912300016"), "/quen-mat-khau/ma")
	for range 5 {
		p = reset.post("/quen-mat-khau/ma", "ma", "000000", "mat_khau", "nắng hạ vàng rực rỡ")
	}
	p = reset.post("/quen-mat-khau/ma", "ma", "000000", "mat_khau", "nắng hạ vàng rực rỡ")
	reset.shows(p, 429, "Xin lấy mã mới")
	if after := p.header.Get("Retry-After"); after != "" {
		t.Errorf("waiting %s s does not bring a code back", after)
	}
}

func TestOwnData(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.register(13)
	b.shows(b.get("/du-lieu-cua-toi"), 200, "Nguyễn Thị An", "31/12/1990", "•••013", "Sửa thông tin", "Xử lý dữ liệu để dự thi")
	b.leads(b.post("/du-lieu-cua-toi/sua", "ho_ten", "Nguyễn Thị Ánh"), "/du-lieu-cua-toi?xong=sua")
	b.shows(b.get("/du-lieu-cua-toi?xong=sua"), 200, "Nguyễn Thị Ánh", "Đã sửa thông tin.")
	b.shows(b.get("/du-lieu-cua-toi/sua"), 200, "(•••013) đã đúng")
	b.shows(b.post("/du-lieu-cua-toi/sua", "so_dinh_danh", "12"), 422, `href="#so_dinh_danh"`)
	b.leads(b.post("/du-lieu-cua-toi/sua", "so_dinh_danh", "049090 099913"), "/du-lieu-cua-toi?xong=sua")
	b.shows(b.get("/du-lieu-cua-toi"), 200, "•••913")
	b.leads(b.post("/du-lieu-cua-toi/sua", "so_dinh_danh", "049090000013"), "/du-lieu-cua-toi?xong=sua")
	p := b.get("/du-lieu-cua-toi/tai-ve")
	var data map[string]any
	if err := json.Unmarshal([]byte(p.body), &data); err != nil || data["so_dinh_danh"] != "049090000013" {
		t.Errorf("download: %v %v", err, data["so_dinh_danh"])
	}
	if p.header.Get("Cache-Control") != "no-store" {
		t.Error("personal data may be cached")
	}
	b.start()
	if p := b.get("/du-lieu-cua-toi/tai-ve"); !strings.Contains(p.body, `"started_at": "2023-11-11T17:48:00+07:00"`) || strings.Contains(p.body, "StartedAt") || strings.Contains(p.body, `"correct"`) {
		t.Errorf("the download's attempts: %s", p.body)
	}
	b.leads(b.post("/du-lieu-cua-toi/sua", "ho_ten", "Nguyễn Thị Anh", "ghi_chu", "Sai dấu"), "/du-lieu-cua-toi?xong=yeu-cau")
	b.shows(b.get("/du-lieu-cua-toi"), 200, "Đang chờ", "Yêu cầu sửa")
	b.leads(b.post("/du-lieu-cua-toi/rut-dong-y"), "/du-lieu-cua-toi?xong=dong-y")
	b.shows(b.get("/du-lieu-cua-toi"), 200, "Đã rút lại đồng ý")
	b.leads(b.post("/du-lieu-cua-toi/xoa", "ghi_chu", ""), "/du-lieu-cua-toi?xong=yeu-cau")
}

func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.register(14)
	b.head.Set("Sec-Fetch-Site", "cross-site")
	b.head.Set("Origin", "https://evil.example")
	if p := b.post("/thi"); p.status != http.StatusForbidden {
		t.Errorf("start from another site: %d", p.status)
	}
	b.head.Del("Sec-Fetch-Site") // browsers of 2021 send Origin only
	if p := b.post("/thi"); p.status != http.StatusForbidden {
		t.Errorf("start from another site, old browser: %d", p.status)
	}
	b.head.Set("Origin", w.server.URL)
	b.start()
}
