package main

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/account"
)

func TestConsolePagesOpen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	owner := w.organizer(t, "chu-tri", core.Owner, nil)
	person := w.people(1)[0]
	for path, want := range map[string]string{
		"/console": "Tỷ lệ tham gia theo khối", "/console/thi-sinh?q=nguoi+thu": "Người Thử 1", "/console/thi-sinh/" + person.ID: "Khóa tài khoản",
		"/console/yeu-cau": "Không có yêu cầu nào", "/console/don-vi": "Sở Nội vụ", "/console/don-vi?don-vi=SNV": "Văn phòng Sở",
		"/console/nhap": "197 câu", "/console/ma-qr": "Sở Tài chính", "/console/ma-qr?q=tam+ky": "Tam Kỳ", "/console/tai-khoan": "chu-tri", "/console/nhat-ky": "chuỗi nguyên vẹn",
		"/console/doi-mat-khau": "Mật khẩu mới",
	} {
		if status, body := w.get(path, owner); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d, %q is not in it", path, status, want)
		}
	}
	if status, body := w.get("/console", ""); status != http.StatusSeeOther || !strings.HasSuffix(body, "/console/dang-nhap") {
		t.Errorf("without a sign-in: %d %s", status, body)
	}
}

func TestFirstPasswordMustBeChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	first, err := w.account.AddOrganizer(t.Context(), account.CommandLine(), "moi", "", core.Editor)
	if err != nil {
		t.Fatal(err)
	}
	in, err := w.account.SignInOrganizer(t.Context(), "moi", first, "127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	cookie := "phien_btc=" + url.QueryEscape(in.Token)
	if status, to := w.get("/console/thi-sinh", cookie); status != http.StatusSeeOther || !strings.HasSuffix(to, "/console/doi-mat-khau") {
		t.Errorf("%d %s", status, to)
	}
	if status, _ := w.get("/console/doi-mat-khau", cookie); status != http.StatusOK {
		t.Errorf("the page to change it: %d", status)
	}
}

// upload sends a file as the console's form does.
func (w *world) upload(cookie, kind, name, content string) (int, string) {
	w.tb.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	_ = form.WriteField("loai", kind)
	part, err := form.CreateFormFile("tep", name)
	if err != nil {
		w.tb.Fatal(err)
	}
	_, _ = part.Write([]byte(content))
	_ = form.Close()
	req, err := http.NewRequestWithContext(w.tb.Context(), http.MethodPost, w.base+"/console/nhap/kiem-tra", &b)
	if err != nil {
		w.tb.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return w.do(req, cookie)
}

var uploadToken = regexp.MustCompile(`name="ma" value="([^"]+)"`)

func TestConsoleImport(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	editor := w.organizer(t, "bien-tap", core.Editor, nil)
	units, err := os.ReadFile("core/catalog/sample/units.csv")
	if err != nil {
		t.Fatal(err)
	}
	status, body := w.upload(editor, "units", "don-vi.csv", strings.Replace(string(units), "STC-VP,Văn phòng Sở,STC,truc-thuoc-so,15", "STC-VP,Văn phòng Sở,MAT,truc-thuoc-so,nhiều", 1))
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, "2 lỗi") || !strings.Contains(body, "MAT") || !strings.Contains(body, "nhiều") {
		t.Errorf("faults: %d %s", status, body)
	}
	if status, body = w.upload(editor, "units", "don-vi.csv", string(units)); status != http.StatusOK || !strings.Contains(body, "Không có gì thay đổi") {
		t.Errorf("the same again: %d %s", status, body)
	}
	status, body = w.upload(editor, "units", "don-vi.csv", strings.Replace(string(units), "Sở Tài chính", "Sở Tài chính mới", 1))
	token := uploadToken.FindStringSubmatch(body)
	if status != http.StatusOK || token == nil {
		t.Fatalf("preview: %d %s", status, body)
	}
	if ed, _ := w.edition(t.Context(), ""); ed.Units.FullName("STC") != "Sở Tài chính" {
		t.Error("a preview changed something")
	}
	other := w.organizer(t, "nguoi-khac", core.Editor, nil)
	if status, _ := w.post("/console/nhap", other, url.Values{"ma": {token[1]}}); status != http.StatusConflict {
		t.Errorf("somebody else confirmed: %d", status)
	}
	if status, body := w.post("/console/nhap", editor, url.Values{"ma": {token[1]}}); status != http.StatusSeeOther {
		t.Fatalf("confirm: %d %s", status, body)
	}
	if ed, _ := w.edition(t.Context(), ""); ed.Units.FullName("STC") != "Sở Tài chính mới" {
		t.Error("the import is not seen")
	}
	if status, _ := w.post("/console/nhap", editor, url.Values{"ma": {token[1]}}); status != http.StatusConflict {
		t.Errorf("confirmed twice: %d", status)
	}
}

func TestScansAreCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	link, err := w.links.Ensure(t.Context(), "mau-cchc", "unit", "SNV-VP")
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if status, to := w.get("/q/"+link.Code, ""); status != http.StatusFound || !strings.HasSuffix(to, "/?don-vi=SNV-VP") {
			t.Errorf("%d %s", status, to)
		}
	}
	w.links.Flush(t.Context())
	if l, err := w.store.Link(t.Context(), link.Code); err != nil || l.Scans != 3 || l.LastScan < core.At(time.Now().Add(-time.Minute)) {
		t.Errorf("%+v %v", l, err)
	}
	if status, _ := w.get("/q/zzzzzzz", ""); status != http.StatusNotFound {
		t.Errorf("an unknown code: %d", status)
	}
}
