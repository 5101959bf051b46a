package bot_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"duthi/bot"
	"duthi/core"
	"duthi/core/zalo"
	"duthi/core/zalo/zalosim"
)

// sign makes the header of a body as Zalo does.
func sign(w *world, body, timestamp string) string {
	sum := sha256.Sum256([]byte(w.sim.AppID + body + timestamp + w.sim.OASecretKey))
	return "mac=" + hex.EncodeToString(sum[:])
}

func post(r *replica, body, mac string) int {
	req := httptest.NewRequest(http.MethodPost, bot.WebhookPath, strings.NewReader(body))
	req.Header.Set("X-ZEvent-Signature", mac)
	rec := httptest.NewRecorder()
	r.server.ServeHTTP(rec, req)
	return rec.Code
}

func textEvent(w *world, user, id, text string) (body, stamp string) {
	stamp = fmt.Sprint(w.clock.Now().UnixMilli())
	return fmt.Sprintf(`{"app_id":%q,"event_name":"user_send_text","sender":{"id":%q},"recipient":{"id":%q},"message":{"text":%q,"msg_id":%q},"timestamp":%q}`,
		w.sim.AppID, user, w.sim.OAID, text, id, stamp), stamp
}

func TestWebhook(t *testing.T) {
	t.Parallel()
	w, r := alone(t)
	an := w.sim.AddPerson("An", "")
	w.sim.Follow(an)
	w.settled(r)
	body, stamp := textEvent(w, an, "m1", "link")
	for name, c := range map[string]struct {
		body, mac string
		want      int
	}{
		"no signature":    {body, "", http.StatusForbidden},
		"wrong signature": {body, sign(w, body+" ", stamp), http.StatusForbidden},
		"too large":       {strings.Repeat("x", zalo.MaxWebhookBody+10), "mac=00", http.StatusUnprocessableEntity},
		"not JSON":        {"{", "mac=00", http.StatusForbidden},
	} {
		if got := post(r, c.body, c.mac); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	sent := len(w.sim.Sent(an))
	for range 3 { // redelivered
		if got := post(r, body, sign(w, body, stamp)); got != http.StatusOK {
			t.Fatalf("signed: %d", got)
		}
	}
	odd := fmt.Sprintf(`{"app_id":%q,"event_name":"user_send_text","message":[],"timestamp":%q}`, w.sim.AppID, stamp)
	if got := post(r, odd, sign(w, odd, stamp)); got != http.StatusOK {
		t.Errorf("signed but odd: %d", got)
	}
	if got := w.sim.CheckURL(); got != http.StatusOK {
		t.Errorf("the console's sample: %d", got)
	}
	w.settled(r)
	if n := len(w.sim.Sent(an)) - sent; n != 1 {
		t.Errorf("%d answers to one message", n)
	}
	for path, want := range map[string]int{bot.WebhookPath: 200, "/zalo_verifierCODE123.html": 200, "/zalo_verifierOTHER.html": 404} {
		rec := httptest.NewRecorder()
		r.server.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		if rec.Code != want {
			t.Errorf("GET %s: %d, want %d", path, rec.Code, want)
		}
	}
	dropped, err := r.talk.Listed(t.Context(), core.EventDropped, 100)
	w.must(err)
	if !hasReason(dropped, "không đọc được nội dung") || hasReason(dropped, "This is") {
		t.Errorf("what can't be read is stored, the sample is not: %+v", dropped)
	}
}

func hasReason(events []core.InboxEvent, part string) bool {
	for _, e := range events {
		if strings.Contains(e.Reason+e.Body, part) {
			return true
		}
	}
	return false
}

func TestBootstrapAndLogModes(t *testing.T) {
	t.Parallel()
	for mode, want := range map[zalo.WebhookMode]int{zalo.ModeBootstrap: 0, zalo.ModeLog: 1} {
		w, r := alone(t, func(o *bot.Options) { o.Webhook.Mode = mode })
		an := w.sim.AddPerson("An", "")
		w.sim.Follow(an)
		w.settled(r)
		before := len(w.sim.Sent(an))
		body, _ := textEvent(w, an, "m1", "link")
		if got := post(r, body, "mac=00"); got != http.StatusOK {
			t.Errorf("%s: %d", mode, got)
		}
		w.settled(r)
		if n := len(w.sim.Sent(an)) - before; n != want {
			t.Errorf("%s: %d answers, want %d", mode, n, want)
		}
	}
}

// TestAcknowledgedWhileWorkersHang: the webhook answers at once although no answer gets through to Zalo.
func TestAcknowledgedWhileWorkersHang(t *testing.T) {
	t.Parallel()
	w, r := alone(t)
	hold := make(chan struct{})
	w.sim.Inject(zalosim.Fault{Path: "/v3.0/oa/message/cs", Times: 1000, Hold: hold})
	for i := range 100 {
		an := w.sim.AddPerson(fmt.Sprint("Người ", i), "")
		body, stamp := textEvent(w, an, fmt.Sprint("m", i), "link")
		begin := time.Now()
		if got := post(r, body, sign(w, body, stamp)); got != http.StatusOK || time.Since(begin) > 2*time.Second {
			t.Fatalf("%d after %v", got, time.Since(begin))
		}
	}
	close(hold)
	w.settled(r)
}

// TestCrashedSend: a process that died between marking and settling leaves an event that nobody answers again.
func TestCrashedSend(t *testing.T) {
	t.Parallel()
	w, r := alone(t)
	r.stop()
	an := w.sim.AddPerson("An", "")
	body, stamp := textEvent(w, an, "m1", "link")
	if got := post(r, body, sign(w, body, stamp)); got != http.StatusOK {
		t.Fatal(got)
	}
	lane := core.FollowerID(w.sim.OAID, an)
	w.must(r.talk.TakeLane(t.Context(), lane))
	e, ok, err := r.talk.Next(t.Context(), lane)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if _, err := r.talk.MarkSending(t.Context(), e, "Trang dự thi"); err != nil {
		t.Fatal(err)
	}
	if _, err := r.talk.MarkSending(t.Context(), e, "Trang dự thi"); !core.Is(err, core.Conflict) {
		t.Fatalf("marked twice: %v", err)
	}
	other := w.start()
	other.stop()
	if err := other.talk.TakeLane(t.Context(), lane); !core.Is(err, core.Conflict) {
		t.Errorf("two processes on one lane: %v", err)
	}
	w.clock.Advance(10 * time.Minute) // the process is gone
	next := w.start()
	w.settled(next)
	unknown, err := next.talk.Listed(t.Context(), core.EventUnknown, 10)
	w.must(err)
	if n := len(w.sim.Sent(an)); n != 0 || len(unknown) != 1 || unknown[0].UserID != an {
		t.Errorf("%d sent, unknown %+v", n, unknown)
	}
}

func FuzzWebhook(f *testing.F) {
	w, r := alone(f)
	seeds := []string{`{}`, `[]`, `{"event_name":"user_send_text","message":{"text":"a","msg_id":"1"},"sender":{"id":"1"},"recipient":{"id":"2"}}`,
		`{"event_name":"follow","oa_id":"1","follower":{"id":1}}`, `{"event_name":"oa_send_text","sender":{"id":"1","admin_id":"2"},"recipient":{"id":"3"},"message":{"text":"x","msg_id":"9"}}`,
		`{"event_name":"user_withdraw","user_id":12345678901234567890}`, "\xff\xfe", `{"event_name":"user_seen_message","message":{"msg_ids":["1"]}}`}
	for _, s := range seeds {
		f.Add([]byte(s), true)
		f.Add([]byte(s), false)
	}
	f.Fuzz(func(t *testing.T, raw []byte, signed bool) {
		body, stamp := string(raw), "1"
		mac := "mac=00"
		if at := bytes.LastIndexByte(raw, '}'); signed && at >= 0 {
			stamp = fmt.Sprint(w.clock.Now().UnixMilli())
			comma := ","
			if len(bytes.TrimSpace(raw[:at])) <= 1 {
				comma = ""
			}
			body = string(raw[:at]) + comma + `"timestamp":"` + stamp + `","app_id":"` + w.sim.AppID + `"}`
			mac = sign(w, body, stamp)
		}
		switch got := post(r, body, mac); got {
		case http.StatusOK, http.StatusForbidden, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge:
		default:
			t.Errorf("%d for %q", got, body)
		}
	})
}
