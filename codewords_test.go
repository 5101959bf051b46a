package main

import (
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"duthi/core"
)

// toThePhone are the words of codes that a message brings.
var toThePhone = regexp.MustCompile(`gửi tới|gửi qua Zalo tới|gửi về|nhận mã|nhận được mã|Gửi lại mã|gồm 6 số|>Gửi mã<|Gửi mã tới`)

// TestWordsOfCodesFollowTheChannel: nobody waits for a message that is never sent, and everybody reads how a code comes.
func TestWordsOfCodesFollowTheChannel(t *testing.T) {
	t.Parallel()
	gateway := environment{"DUTHI_OTP_CHANNEL": "http", "DUTHI_OTP_HTTP_URL": "https://sms.example.vn/send", "DUTHI_OTP_HTTP_BODY": `{"to":"{{phone}}","text":"{{text}}"}`,
		"DUTHI_OTP_HTTP_HEADERS": "Content-Type: application/json"}
	for _, c := range []struct {
		name string
		env  environment
		want map[string][]string // words by page
	}{
		{"sample", nil, map[string][]string{"/tro-giup": {"mã gửi tới số điện thoại", "Gửi lại mã"}, "/quen-mat-khau": {"được gửi tới số điện thoại"}, "/dang-ky/lien-he": {"nhận mã xác thực"}}},
		{"http", gateway, map[string][]string{"/tro-giup": {"mã gửi tới số điện thoại", "Gửi lại mã"}, "/quen-mat-khau": {"được gửi tới số điện thoại"}, "/dang-ky/lien-he": {"nhận mã xác thực"}}},
		{"zalo-template", environment{"DUTHI_OTP_CHANNEL": "zalo-template", "DUTHI_OTP_ZALO_TEMPLATE": "123"}, map[string][]string{
			"/tro-giup": {"mã gửi qua Zalo tới số điện thoại", "bằng tin Zalo"}, "/quen-mat-khau": {"được gửi qua Zalo tới số điện thoại"}, "/dang-ky/lien-he": {"nhận mã xác thực"}}},
		{"zalo-chat", environment{"DUTHI_OTP_CHANNEL": "zalo-chat"}, map[string][]string{
			"/tro-giup": {"Không có tin nhắn nào tới điện thoại", "gửi mã đó cho Zalo OA", "gửi từ Zalo đã liên kết"}, "/quen-mat-khau": {"gửi từ Zalo đã liên kết"},
			"/dang-ky": {"Zalo, để gửi mã"}, "/dang-ky/lien-he": {"Dùng để đăng nhập. Ví dụ"}, "/du-lieu-cua-toi/dien-thoai": {"gửi từ Zalo đã liên kết"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, c.env, nil)
			pages := w.pagesOfCodes()
			for path, words := range c.want {
				for _, want := range words {
					if !strings.Contains(pages[path], want) {
						t.Errorf("%q is not at %s", want, path)
					}
				}
			}
			for path, body := range pages {
				if said := toThePhone.FindString(body); said != "" && c.name == "zalo-chat" {
					t.Errorf("%s says %q", path, said)
				}
			}
		})
	}
}

// TestWordsWithoutAnyChannel: a contest that asks for no codes and has nothing to send them by.
func TestWordsWithoutAnyChannel(t *testing.T) {
	t.Parallel()
	env := environment{"DUTHI_DATA": t.TempDir()}
	w := newWorld(t, env, nil)
	file := secondContest(t, env, "cuoc-hai")
	text, err := os.ReadFile(file)
	must(t, err)
	must(t, os.WriteFile(file, []byte(strings.Replace(string(text), "otp: true", "otp: false", 1)), 0o600))
	mustRun(t, env, "import", "contest", file)
	mustRun(t, env, "contest", "activate", "cuoc-hai")
	must(t, w.catalog.Reload(t.Context()))
	pages := w.pagesOfCodes()
	for path, body := range pages {
		if said := toThePhone.FindString(body); said != "" && path != "/du-lieu-cua-toi/dien-thoai" { // nothing links there
			t.Errorf("%s says %q", path, said)
		}
	}
	if !strings.Contains(pages["/tro-giup"], "Gọi đường dây nóng. Ban Tổ chức xác minh") || strings.Contains(pages["/tro-giup"], "mã xác thực") {
		t.Error("the help page does not say what to do")
	}
	if body := pages["/quen-mat-khau"]; !strings.Contains(body, "Cuộc thi này không gửi mã") || strings.Contains(body, "<form method") {
		t.Errorf("a form that leads nowhere:\n%s", body)
	}
}

// pagesOfCodes gives what the pages say on which people read of codes, by address; the last ones as a contestant sees
// them.
func (w *world) pagesOfCodes() map[string]string {
	w.tb.Helper()
	out := map[string]string{}
	take := func(path, cookie string) {
		status, body := w.get(path, cookie)
		if status != http.StatusOK {
			w.tb.Fatalf("%s: %d", path, status)
		}
		out[path] = body
	}
	for _, path := range []string{"/tro-giup", "/quen-mat-khau", "/dang-ky", "/dang-nhap", "/mat-so"} {
		take(path, "")
	}
	token, _, err := w.account.StartRegistration(w.tb.Context(), w.contestID(), "", "127.0.0.1")
	must(w.tb, err)
	take("/dang-ky/lien-he", "dang_ky="+url.QueryEscape(token))
	who := w.people(1)[0]
	for _, path := range []string{"/du-lieu-cua-toi", "/du-lieu-cua-toi/dien-thoai", "/du-lieu-cua-toi/sua"} {
		take(path, w.signIn(0))
	}
	take("/console/thi-sinh/"+who.ID, w.organizer(w.tb, "chu", core.Owner, nil))
	return out
}
