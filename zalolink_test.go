package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var linkCode = regexp.MustCompile(`big-code num">([0-9A-Z]{4}-[0-9A-Z]{4})<`)

// TestLinkingZaloTakesThePassword: whoever finds a signed-in browser gets no code for a Zalo of their own, and whoever
// knows the password is linked by it.
func TestLinkingZaloTakesThePassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	who := w.people(1)[0]
	cookie, user := w.signIn(0), w.zalo.sim.AddPerson("Thử", "")
	const page = "/lien-ket-zalo"
	ask := func(password string) (int, string) {
		return w.post(page, cookie, url.Values{"mat_khau": {password}})
	}
	if _, body := w.get(page, cookie); !strings.Contains(body, `autocomplete="current-password"`) || linkCode.MatchString(body) {
		t.Error("the page asks for no password, or gives a code")
	}
	for _, wrong := range []string{"", "khong phai no", strings.ToUpper(testPassword)} {
		status, body := ask(wrong)
		if status != http.StatusUnprocessableEntity || linkCode.MatchString(body) || !strings.Contains(body, `href="#mat_khau"`) || !strings.Contains(body, `id="mat_khau-wrong"`) {
			t.Errorf("%q: %d\n%s", wrong, status, body)
		}
		if wrong != "" && strings.Contains(body, wrong) {
			t.Error("the page repeats the password")
		}
	}
	status, body := ask(testPassword)
	code := linkCode.FindStringSubmatch(body)
	if status != http.StatusOK || code == nil {
		t.Fatalf("no code: %d\n%s", status, body)
	}
	for status = 0; status != http.StatusTooManyRequests; {
		if status, body = ask("khong phai no"); linkCode.MatchString(body) {
			t.Fatal("a code for a wrong password")
		}
	}
	if !strings.Contains(body, "Đã thử nhiều lần") {
		t.Errorf("limited without words:\n%s", body)
	}
	if status, body := ask(testPassword); status != http.StatusTooManyRequests || linkCode.MatchString(body) {
		t.Errorf("the right password after too many: %d", status)
	}
	if got := w.says(t, user, "LK "+code[1]); !strings.Contains(got, "Đã liên kết") || !strings.Contains(got, who.FullName) {
		t.Errorf("the bot says %q", got)
	}
	if _, body := w.get(page, cookie); !strings.Contains(body, "đã liên kết với một Zalo") || strings.Contains(body, `id="mat_khau"`) {
		t.Errorf("linked, but:\n%s", body)
	}
}
