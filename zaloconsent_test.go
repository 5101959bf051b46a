package main

import (
	"context"
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/zalo"
	"duthi/core/zalo/zalosim"
)

const zaloPage = "/console/zalo"

// appWorld is the program with a real app: the simulator on the other side of HTTP, both ways.
func appWorld(t *testing.T, sim *zalosim.Sim, env environment, clock core.Clock) *world {
	t.Helper()
	sim.Ungranted = true
	sim.Stats() // fills in the ids
	api := httptest.NewServer(sim.API())
	t.Cleanup(api.Close)
	all := environment{"DUTHI_ZALO_APP_ID": sim.AppID, "DUTHI_ZALO_APP_SECRET": sim.AppSecret, "DUTHI_ZALO_OA_SECRET_KEY": sim.OASecretKey,
		"DUTHI_ZALO_API_URL": api.URL, "DUTHI_ZALO_OAUTH_URL": api.URL}
	for k, v := range env {
		all[k] = v
	}
	w := newWorld(t, all, clock)
	sim.Webhook = w.web
	return w
}

var permissionLink = regexp.MustCompile(`href="(http[^"]*/v4/oa/permission[^"]*)"`)

// consentLink makes a link in the console.
func (w *world) consentLink(t *testing.T, owner string) string {
	t.Helper()
	status, page := w.post(zaloPage+"/cap-quyen", owner, url.Values{})
	link := permissionLink.FindStringSubmatch(page)
	if status != http.StatusOK || link == nil {
		t.Fatalf("no consent link: %d\n%.2000s", status, page)
	}
	return html.UnescapeString(link[1])
}

// allowed presses "Cho phép" on Zalo's page and gives what it sends the browser back with.
func (w *world) allowed(t *testing.T, link string) url.Values {
	t.Helper()
	resp, err := zalo.NewHTTPClient().Post(link, "application/x-www-form-urlencoded", nil)
	must(t, err)
	defer resp.Body.Close()
	back, err := resp.Location()
	must(t, err)
	if !strings.HasPrefix(back.String(), w.base+"/zalo/oauth/callback?") {
		t.Fatalf("Zalo sends back to %s", back)
	}
	return back.Query()
}

// callback opens the callback as a browser does that comes from Zalo's page.
func (w *world) callback(t *testing.T, q url.Values, cookie string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.base+"/zalo/oauth/callback?"+q.Encode(), nil)
	must(t, err)
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	req.Header.Set("Sec-Fetch-Mode", "navigate")
	return w.do(req, cookie)
}

// zaloState gives the console's page about Zalo, as text.
func (w *world) zaloState(t *testing.T, cookie string) string {
	t.Helper()
	status, body := w.get(zaloPage, cookie)
	if status != http.StatusOK {
		t.Fatalf("%s: %d", zaloPage, status)
	}
	return html.UnescapeString(body)
}

func with(q url.Values, name, value string) url.Values {
	out := url.Values{}
	for k, v := range q {
		out[k] = v
	}
	out.Del(name)
	if value != "" {
		out.Set(name, value)
	}
	return out
}

// TestConsentFromTheConsole grants an app from the console and tries every callback that must not do it: refused at Zalo,
// by whoever may not, without a state or with a wrong one, for another OA, too old, and a second time.
func TestConsentFromTheConsole(t *testing.T) {
	t.Parallel()
	clock := &shifted{}
	sim := &zalosim.Sim{}
	w := appWorld(t, sim, nil, clock.now)
	owner, editor := w.organizer(t, "chu-tri", core.Owner, nil), w.organizer(t, "lan", core.Editor, nil)
	if page := w.zaloState(t, owner); !strings.Contains(page, "Chưa cấp quyền") || !strings.Contains(page, w.base+"/zalo/webhook") || !strings.Contains(page, "cap-quyen") {
		t.Errorf("before any consent:\n%s", page)
	}
	if page := w.zaloState(t, editor); strings.Contains(page, "cap-quyen") {
		t.Error("an editor is offered what only owners may")
	}

	refused := func(what string, q url.Values, words string) {
		t.Helper()
		status, page := w.callback(t, q, owner)
		if status != http.StatusOK || !strings.Contains(page, words) || !strings.Contains(page, "Chưa cấp quyền") {
			t.Errorf("%s: %d, want %q:\n%.3000s", what, status, words, page)
		}
		if grants, err := w.store.Grants(t.Context(), sim.AppID); err != nil || len(grants) > 0 {
			t.Errorf("%s: %d grants, %v", what, len(grants), err)
		}
	}
	const again, otherOA, denied = "không còn dùng được", "không phải OA của cuộc thi", "Tạo liên kết mới rồi bấm Cho phép"
	good := w.allowed(t, w.consentLink(t, owner))
	refused("made-up state", with(good, "state", zalo.NewVerifier()), again)
	refused("no state", with(good, "state", ""), again)
	for who, cookie := range map[string]string{"nobody": "", "a contestant": func() string { w.people(1); return w.signIn(0) }()} {
		if status, to := w.callback(t, good, cookie); status != http.StatusSeeOther || !strings.Contains(to, "/console/dang-nhap") {
			t.Errorf("%s: %d %.100s", who, status, to)
		}
	}
	if status, _ := w.callback(t, good, editor); status != http.StatusForbidden {
		t.Errorf("an editor: %d", status)
	}
	foreign := w.allowed(t, w.consentLink(t, w.organizer(t, "chu-khac", core.Owner, nil)))
	refused("another owner's state", foreign, again)
	if n := sim.Stats().Calls; n != 0 {
		t.Errorf("Zalo was asked %d times for callbacks that were none", n)
	}
	no := w.consentLink(t, owner)
	u, err := url.Parse(no)
	must(t, err)
	refused("denied at Zalo", url.Values{"state": {u.Query().Get("state")}, "error": {"access_denied"}}, denied)
	refused("denied, and then a code", with(good, "state", u.Query().Get("state")), again)
	other := w.allowed(t, w.consentLink(t, owner))
	refused("another OA than the code's", with(other, "oa_id", "1234567890"), otherOA)
	bad := w.allowed(t, w.consentLink(t, owner))
	refused("a code of somebody's", with(bad, "code", "code-khong-co"), again)
	old := w.allowed(t, w.consentLink(t, owner))
	clock.by.Add(int64(31 * time.Minute))
	refused("too late", old, again)
	refused("the first one, too late", good, again)

	good = w.allowed(t, w.consentLink(t, owner))
	if status, to := w.callback(t, good, owner); status != http.StatusSeeOther || !strings.HasSuffix(to, zaloPage+"?xong=zalo") {
		t.Fatalf("callback: %d %.2000s", status, to)
	}
	page := w.zaloState(t, owner)
	for _, want := range []string{"Đang hoạt động", sim.OAID, "Khóa được gia hạn tự động"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not on the page:\n%s", want, page)
		}
	}
	w.checkLog(t, "organizer:chu-tri", "zalo.consent")
	before := sim.Tokens()
	if status, page := w.callback(t, good, owner); status != http.StatusOK || !strings.Contains(page, again) || !strings.Contains(page, "Đang hoạt động") || sim.Tokens() != before {
		t.Errorf("a second time: %d\n%.2000s", status, page)
	}
	if n := len(w.logged(t, "zalo.consent")); n != 1 {
		t.Errorf("%d consents in the log, want 1", n)
	}
	w.keepsZaloSecrets(t, sim, owner, good.Get("code"), good.Get("state"))
}

// keepsZaloSecrets looks for the app's secrets and tokens on every page of the console, and for tokens in the store.
func (w *world) keepsZaloSecrets(t *testing.T, sim *zalosim.Sim, owner string, more ...string) {
	t.Helper()
	pair := sim.Tokens()
	secrets := append([]string{sim.AppSecret, sim.OASecretKey, pair.Access, pair.Refresh}, more...)
	grants, err := w.store.Grants(t.Context(), sim.AppID)
	must(t, err)
	for _, g := range grants {
		if g.AccessToken == pair.Access || strings.Contains(g.AccessToken+g.RefreshToken, pair.Refresh) {
			t.Error("tokens are stored in the open")
		}
		secrets = append(secrets, g.AccessToken, g.RefreshToken)
	}
	read := 0
	for _, route := range w.web.Routes() {
		path, ok := strings.CutPrefix(route, "GET ")
		if !ok || strings.Contains(path, ":") || !strings.HasPrefix(path, "/console") && path != "/" && path != "/zalo/webhook" || path == "/console/tin-nhom/tai" { // it draws for long
			continue
		}
		_, body := w.get(path, owner)
		read++
		for _, s := range secrets {
			if s == "" || strings.Contains(html.UnescapeString(body), s) {
				t.Errorf("%s shows the secret %.6s…", path, s)
			}
		}
	}
	if read < 20 {
		t.Errorf("only %d pages were read", read)
	}
	lines, err := w.store.AuditAfter(t.Context(), "", 0, 1000)
	must(t, err)
	text, err := json.Marshal(lines)
	must(t, err)
	for _, s := range secrets {
		if strings.Contains(string(text), s) {
			t.Errorf("the audit log has the secret %.6s…", s)
		}
	}
}

// TestDeadGrantCallsForConsent: somebody else spends the refresh token, as a second program with the same app does. The
// console says so, what people write is kept, and the next consent lets the bot answer.
func TestDeadGrantCallsForConsent(t *testing.T) {
	t.Parallel()
	sim := &zalosim.Sim{}
	w := appWorld(t, sim, nil, nil)
	owner := w.organizer(t, "chu-tri", core.Owner, nil)
	if status, _ := w.callback(t, w.allowed(t, w.consentLink(t, owner)), owner); status != http.StatusSeeOther {
		t.Fatalf("callback: %d", status)
	}
	an, binh := sim.AddPerson("An", ""), sim.AddPerson("Bình", "")
	sim.Say(an, "lịch")
	heard(t, sim, an)
	thief := zalo.NewOAuth(zalo.OAuthConfig{AppID: sim.AppID, AppSecret: sim.AppSecret, URL: w.cfg.Zalo.OAuthURL})
	_, err := thief.Refresh(t.Context(), sim.Tokens().Refresh)
	must(t, err)
	sim.Say(an, "thể lệ")
	w.awaitInbox(t, func(st inboxState) bool { return st.Received == 1 && st.tried })
	page := w.zaloState(t, owner)
	for _, want := range []string{"Cần cấp quyền lại", "Zalo không còn nhận khóa của OA", "Chờ trả lời</dt><dd>1<", "Tạo liên kết cấp quyền"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not on the page:\n%s", want, page)
		}
	}
	if strings.Contains(page, "Đang hoạt động") {
		t.Error("the page says that all is well")
	}
	if n := len(sim.Sent(an)); n != 1 {
		t.Errorf("%d messages went out over a dead grant, want the one before", n)
	}
	if status, _ := w.callback(t, w.allowed(t, w.consentLink(t, owner)), owner); status != http.StatusSeeOther {
		t.Fatalf("second consent: %d", status)
	}
	if page := w.zaloState(t, owner); !strings.Contains(page, "Đang hoạt động") || strings.Contains(page, "Zalo không còn nhận khóa") {
		t.Errorf("after the second consent:\n%s", page)
	}
	sim.Say(binh, "lịch")
	heard(t, sim, binh)
	w.keepsZaloSecrets(t, sim, owner)
}

// heard waits for the first answer of the bot to a person.
func heard(t *testing.T, sim *zalosim.Sim, user string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if _, err := sim.AwaitSent(ctx, user, 1); err != nil {
		t.Fatalf("the bot is silent: %v", err)
	}
}

// inboxState is what the inbox holds; tried: what waits was tried at least once.
type inboxState struct {
	Received, Sending int64
	tried             bool
}

// awaitInbox waits until the inbox is as it should be.
func (w *world) awaitInbox(t *testing.T, ok func(inboxState) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		st, err := w.talk.State(t.Context())
		must(t, err)
		waiting, err := w.talk.Listed(t.Context(), core.EventReceived, 10)
		must(t, err)
		now := inboxState{Received: st.Received, Sending: st.Sending, tried: true}
		for _, e := range waiting {
			now.tried = now.tried && e.Tries > 0
		}
		if ok(now) {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("the inbox holds %+v", now)
		case <-time.After(5 * time.Millisecond):
		}
	}
}
