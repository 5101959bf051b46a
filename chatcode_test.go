package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

// surfer is a browser without script.
type surfer struct {
	t *testing.T
	w *world
	c *http.Client
}

func newSurfer(t *testing.T, w *world) *surfer {
	t.Helper()
	jar, err := cookiejar.New(nil)
	must(t, err)
	return &surfer{t, w, &http.Client{Jar: jar, Timeout: 20 * time.Second}}
}

// post sends a form and gives the page it ends on.
func (s *surfer) post(path string, form ...string) (where, body string) {
	s.t.Helper()
	values := url.Values{}
	for i := 0; i < len(form); i += 2 {
		values.Set(form[i], form[i+1])
	}
	resp, err := s.c.PostForm(s.w.base+path, values)
	must(s.t, err)
	return s.read(resp)
}

func (s *surfer) get(path string) (where, body string) {
	s.t.Helper()
	resp, err := s.c.Get(s.w.base + path)
	must(s.t, err)
	return s.read(resp)
}

func (s *surfer) read(resp *http.Response) (where, body string) {
	s.t.Helper()
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	must(s.t, err)
	return resp.Request.URL.Path, string(b)
}

// state asks what the script of a waiting page asks.
func (s *surfer) state(path string) string {
	s.t.Helper()
	_, body := s.get(path)
	return body
}

// register fills in every page before the code and gives the code shown.
func (s *surfer) register(phone, id string) (code string) {
	s.t.Helper()
	s.post("/dang-ky")
	s.post("/dang-ky/lien-he", "so_dien_thoai", phone)
	s.post("/dang-ky/ho-ten", "ho_ten", "Trần Thị Thử", "ngay_sinh", "31/12/1990")
	s.post("/dang-ky/dinh-danh", "so_dinh_danh", id)
	s.post("/dang-ky/don-vi", "don_vi_cap_1", "SNV")
	s.post("/dang-ky/don-vi", "don_vi_cap_1", "SNV/khong-co")
	s.post("/dang-ky/mat-khau", "mat_khau", testPassword)
	where, body := s.post("/dang-ky/dong-y", "dong_y", "1")
	if where != "/dang-ky/xac-nhan" {
		s.t.Fatalf("registration stands at %s:\n%s", where, body)
	}
	return shownCode(s.t, body)
}

var bigCode = regexp.MustCompile(`id="ma-gui"[^>]*>([0-9A-Z]{4}-[0-9A-Z]{4})<`)

func shownCode(t *testing.T, body string) string {
	t.Helper()
	m := bigCode.FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("no code on the page:\n%s", body)
	}
	return m[1]
}

// says sends a text as a person of the simulator, and gives the bot's answer.
func (w *world) says(t *testing.T, user, text string) string {
	t.Helper()
	return w.answerTo(t, user, func() { w.zalo.sim.Say(user, text) })
}

func (w *world) presses(t *testing.T, user, title string) string {
	t.Helper()
	return w.answerTo(t, user, func() {
		if !w.zalo.sim.Press(user, "", title) {
			t.Errorf("no button %q", title)
		}
	})
}

func (w *world) answerTo(t *testing.T, user string, deed func()) string {
	t.Helper()
	before := len(w.zalo.sim.Sent(user))
	deed()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	must(t, w.zalo.sim.AwaitDelivered(ctx))
	for {
		if sent := w.zalo.sim.Sent(user); len(sent) > before {
			return sent[len(sent)-1].Text
		}
		select {
		case <-ctx.Done():
			t.Fatal("the bot says nothing")
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// TestCodesByChatInTheWholeProgram registers and resets a password with codes that are sent to the OA, and tries what
// an attacker would.
func TestCodesByChatInTheWholeProgram(t *testing.T) {
	t.Parallel()
	w := newWorld(t, environment{"DUTHI_OTP_CHANNEL": "zalo-chat"}, nil)
	mine, theirs := w.zalo.sim.AddPerson("Thử", ""), w.zalo.sim.AddPerson("Kẻ lạ", "")
	me := newSurfer(t, w)
	code := me.register("0912000111", "049090000111")
	if s := me.state("/ma-zalo?viec=dang-ky"); s != "waiting" {
		t.Errorf("state %q", s)
	}
	if where, body := me.post("/dang-ky/xac-nhan"); where != "/dang-ky/xac-nhan" || !strings.Contains(body, "Chưa nhận được mã từ Zalo") || shownCode(t, body) != code {
		t.Errorf("too early: %s", where)
	}
	if got := w.says(t, mine, code); !strings.Contains(got, "091 ••• •111") {
		t.Errorf("the bot says %q", got)
	}
	if s := me.state("/ma-zalo?viec=dang-ky"); s != "proven" {
		t.Errorf("state %q", s)
	}
	if where, _ := newSurfer(t, w).post("/dang-ky/xac-nhan", "ma", code); where != "/dang-ky" {
		t.Errorf("another browser came to %s with the code", where)
	}
	if where, body := me.post("/dang-ky/xac-nhan"); where != "/thi" {
		t.Fatalf("registered, but at %s:\n%s", where, body)
	}
	w.says(t, theirs, "7KQM-9XDA")
	if sent := w.zalo.sim.Sent(theirs); !strings.Contains(fmt.Sprint(sent[len(sent)-1].Buttons), "Mở trang cuộc thi") {
		t.Errorf("where does a wrong code lead: %+v", sent[len(sent)-1])
	}
	if got := w.says(t, mine, "của tôi"); !strings.Contains(got, "Trần Thị Thử") {
		t.Errorf("not linked: %q", got)
	}

	attacker := newSurfer(t, w)
	_, body := attacker.post("/quen-mat-khau", "so_dien_thoai", "0912000111")
	stolen := shownCode(t, body)
	if got := w.says(t, theirs, stolen); !strings.Contains(got, "không phải Zalo đã liên kết") {
		t.Errorf("a stranger's Zalo: %q", got)
	}
	if got := w.says(t, mine, stolen); !strings.Contains(got, "đặt mật khẩu mới") { // talked into sending it
		t.Errorf("the bot says %q", got)
	}
	for _, forged := range []string{"#dong-y-ma " + strings.ReplaceAll(stolen, "-", ""), "#dong-y-ma ABCDEFGHIJKLMNOPQRSTUVWXYZ " + strings.ReplaceAll(stolen, "-", "")} {
		if got := w.says(t, mine, forged); !strings.Contains(got, "không còn dùng được") {
			t.Errorf("a dictated button: %q", got)
		}
	}
	if s := attacker.state("/ma-zalo?viec=mat-khau"); s != "waiting" {
		t.Errorf("state %q before anybody agreed", s)
	}
	w.says(t, mine, stolen)
	w.presses(t, mine, "Không phải tôi")
	if s := attacker.state("/ma-zalo?viec=mat-khau"); s != "refused" {
		t.Errorf("state %q after No", s)
	}
	attacker.post("/quen-mat-khau/ma", "mat_khau", "mùa thu Hội An vàng")
	if where, _ := attacker.get("/thi"); where == "/thi" {
		t.Error("the attacker is in")
	}

	forgetful := newSurfer(t, w)
	_, body = forgetful.post("/quen-mat-khau", "so_dien_thoai", "0912000111")
	w.says(t, mine, shownCode(t, body))
	w.presses(t, mine, "Đồng ý")
	if _, body = forgetful.get("/quen-mat-khau/ma"); !strings.Contains(body, `name="mat_khau"`) || bigCode.MatchString(body) {
		t.Errorf("no field for the password:\n%s", body)
	}
	if where, body := forgetful.post("/quen-mat-khau/ma", "mat_khau", "mùa thu Hội An vàng"); where != "/bai-thi" {
		t.Errorf("reset ended at %s:\n%s", where, body)
	}
	if where, _ := me.get("/thi"); where == "/thi" {
		t.Error("the other browser is still signed in")
	}
}
