package zalo

import (
	"bytes"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"duthi/core"

	"github.com/google/go-cmp/cmp"
)

// The golden vector: it was computed with Zalo's own Java SDK, Python's hashlib and sha256sum.
const (
	goldenApp    = "360846524940903967"
	goldenSecret = "oaSecretKeyExample"
	goldenBody   = `{"app_id":"360846524940903967","sender":{"id":"246845883529197922"},"user_id_by_app":"552177279717587730","recipient":{"id":"388613280878808645"},"event_name":"user_send_text","message":{"text":"Xin chào, cà phê 😀","msg_id":"96d3cdf3af150460909"},"timestamp":"1727000000000"}`
	goldenMAC    = "e1ec381076c2173f2d68e6d7343ad193806a969fe08477c886b87648a3252d08"
)

func goldenClock() time.Time { return time.UnixMilli(1727000005000) }

func golden() *Webhook {
	return &Webhook{AppID: goldenApp, Secret: goldenSecret, Clock: goldenClock}
}

func post(body, signature string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/zalo/webhook", strings.NewReader(body))
	r.Header.Set("X-ZEvent-Signature", signature)
	return r
}

// signFor signs body for the golden app.
func signFor(body, timestamp string) string {
	sum := sign(goldenApp, []byte(body), timestamp, goldenSecret)
	return "mac=" + hex.EncodeToString(sum[:])
}

func TestGoldenSignature(t *testing.T) {
	t.Parallel()
	if len(goldenBody) != 281 {
		t.Fatalf("golden body has %d bytes, want 281", len(goldenBody))
	}
	d, err := golden().Parse(post(goldenBody, "mac="+goldenMAC))
	if err != nil {
		t.Fatal(err)
	}
	want := &UserMessage{Head: Head{Name: "user_send_text", AppID: goldenApp, OAID: "388613280878808645", UserID: "246845883529197922",
		UserIDByApp: "552177279717587730", MessageID: "96d3cdf3af150460909", At: 1727000000000}, Text: "Xin chào, cà phê 😀"}
	if diff := cmp.Diff(Event(want), d.Event); diff != "" {
		t.Error(diff)
	}
	if d.Key != "388613280878808645/user_send_text/96d3cdf3af150460909" || !d.Verified || d.Drop || d.Sample {
		t.Errorf("delivery %+v", d)
	}
	if !bytes.Equal(d.Raw, []byte(goldenBody)) {
		t.Error("raw body changed")
	}
}

func TestSignatureForms(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		header string
		ok     bool
	}{
		"as documented":      {"mac=" + goldenMAC, true},
		"bare":               {goldenMAC, true},
		"spaces":             {" mac = " + goldenMAC + " ", true},
		"capitals":           {"MAC=" + strings.ToUpper(goldenMAC), true},
		"none":               {"", false},
		"prefix only":        {"mac=", false},
		"short":              {"mac=" + goldenMAC[:62], false},
		"first digit off":    {"mac=f" + goldenMAC[1:], false},
		"last digit off":     {"mac=" + goldenMAC[:63] + "9", false},
		"prefix without =":   {"mac" + goldenMAC, false},
		"longer":             {"mac=" + goldenMAC + "00", false},
		"of us-ascii decode": {"mac=8723cb12" + goldenMAC[8:], false},
	} {
		_, err := golden().Parse(post(goldenBody, c.header))
		if (err == nil) != c.ok {
			t.Errorf("%s: err %v, want ok %v", name, err, c.ok)
		}
		if err != nil && !core.Is(err, core.Forbidden) {
			t.Errorf("%s: code %s", name, core.CodeOf(err))
		}
		if err != nil && strings.Contains(err.Error(), goldenMAC[:16]) {
			t.Errorf("%s: the error gives the digest away: %v", name, err)
		}
	}
}

func TestWebhookRefuses(t *testing.T) {
	t.Parallel()
	other := strings.Replace(goldenBody, `{"app_id":"360846524940903967"`, `{"app_id":"111111111111111111"`, 1)
	if _, err := golden().Parse(post(other, signFor(other, "1727000000000"))); !core.Is(err, core.Forbidden) {
		t.Errorf("another app id: %v", err)
	}
	w := golden()
	w.Clock = func() time.Time { return time.UnixMilli(1727000000000).Add(MaxEventAge + time.Second) }
	if _, err := w.Parse(post(goldenBody, "mac="+goldenMAC)); !core.Is(err, core.Forbidden) {
		t.Errorf("a recorded call played back: %v", err)
	}
	w.Clock = func() time.Time { return time.UnixMilli(1727000000000).Add(2 * time.Hour) }
	if _, err := w.Parse(post(goldenBody, "mac="+goldenMAC)); err != nil {
		t.Errorf("the last redelivery: %v", err)
	}
	w = golden()
	w.MaxBody = 280
	if _, err := w.Parse(post(goldenBody, "mac="+goldenMAC)); !core.Is(err, core.Invalid) {
		t.Errorf("over the limit: %v", err)
	}
	w = golden()
	w.OAIDs = []string{"1"}
	if _, err := w.Parse(post(goldenBody, "mac="+goldenMAC)); !core.Is(err, core.Forbidden) {
		t.Errorf("another OA: %v", err)
	}
	w = golden()
	w.Secret = ""
	if _, err := w.Parse(post(goldenBody, "mac="+goldenMAC)); !core.Is(err, core.Forbidden) {
		t.Errorf("no secret must refuse all: %v", err)
	}
	sum := sign(goldenApp, []byte(goldenBody), "1727000000000", "")
	if _, err := w.Parse(post(goldenBody, "mac="+hex.EncodeToString(sum[:]))); !core.Is(err, core.Forbidden) {
		t.Errorf("signed with the empty secret: %v", err)
	}
	w = golden()
	sum = sign("", []byte(goldenBody), "1727000000000", goldenSecret)
	w.AppID = ""
	if _, err := w.Parse(post(goldenBody, "mac="+hex.EncodeToString(sum[:]))); !core.Is(err, core.Forbidden) {
		t.Errorf("no app id must refuse all: %v", err)
	}
}

func TestWebhookModes(t *testing.T) {
	t.Parallel()
	w := golden()
	w.Mode = ModeLog
	if d, err := w.Parse(post(goldenBody, "mac=00")); err != nil || d.Verified || d.Drop {
		t.Errorf("log mode: %+v, %v", d, err)
	}
	if d, err := w.Parse(post("no json", "")); err != nil || d.Verified {
		t.Errorf("log mode, no JSON: %+v, %v", d, err)
	}
	w = &Webhook{Mode: ModeBootstrap}
	if d, err := w.Parse(post(goldenBody, "")); err != nil || !d.Drop {
		t.Errorf("bootstrap: %+v, %v", d, err)
	}
	w = golden()
	w.Secret, w.OldSecret = "new", goldenSecret
	if d, err := w.Parse(post(goldenBody, "mac="+goldenMAC)); err != nil || !d.Verified || !d.OldKey {
		t.Errorf("old key while keys change: %v", err)
	}
}

func TestWebhookSampleCall(t *testing.T) {
	t.Parallel()
	sample := `{"event_name":"user_send_text","app_id":"360846524940903967","sender":{"id":"1"},"recipient":{"id":"2"},` +
		`"message":{"text":"This is testing message","msg_id":"This is message id"},"timestamp":"1727000000000"}`
	w := golden()
	w.OAIDs = []string{"388613280878808645"}
	d, err := w.Parse(post(sample, signFor(sample, "1727000000000")))
	if err != nil || !d.Sample || !d.Drop {
		t.Errorf("signed sample: %+v, %v", d, err)
	}
	if _, err := w.Parse(post(sample, "mac=00")); !core.Is(err, core.Forbidden) {
		t.Errorf("unsigned sample in enforce mode: %v", err)
	}
}

func TestWebhookKeys(t *testing.T) {
	t.Parallel()
	key := func(body string) string {
		t.Helper()
		d, err := golden().Parse(post(body, signFor(body, "1727000000000")))
		if err != nil {
			t.Fatal(err)
		}
		return d.Key
	}
	react := `{"event_name":"user_reacted_message","sender":{"id":"1"},"recipient":{"id":"2"},"message":{"msg_id":"m","react_icon":"%"},"timestamp":1727000000000}`
	heart, gone := strings.Replace(react, "%", "/-heart", 1), strings.Replace(react, "%", "/-remove", 1)
	if key(heart) == key(gone) {
		t.Error("two reactions to one message are two events")
	}
	if first, again := key(heart), key(heart); first != again {
		t.Error("a redelivery must have the same key")
	}
	follow := `{"oa_id":"9","follower":{"id":"8"},"event_name":"follow","timestamp":"1727000000000"}`
	if k := key(follow); !strings.HasPrefix(k, "9/") || len(k) != 66 {
		t.Errorf("key of an event without message id: %q", k)
	}
}

func TestWebhookOddBodies(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"event_name":"user_send_text","message":"odd","timestamp":"1727000000000"}`,
		`{"event_name":"user_send_text","message":{"attachments":{"type":"image"}},"timestamp":1727000000000}`,
		`{"event_name":7,"timestamp":"1727000000000"}`,
		`{"timestamp":"1727000000000"}`,
		`{"event_name":"brand_new","oa_id":"9","x":{"y":[1]},"timestamp":"1727000000000"}`,
	} {
		d, err := golden().Parse(post(body, signFor(body, "1727000000000")))
		if err != nil {
			t.Errorf("%s: %v", body, err)
			continue
		}
		u, ok := d.Event.(*Unknown)
		if !ok || string(u.Raw) != body || d.Key == "" {
			t.Errorf("%s: %T %+v", body, d.Event, d.Event)
		}
	}
}

func FuzzWebhook(f *testing.F) {
	for _, c := range eventCases {
		f.Add([]byte(c.body), "mac=00", "1")
	}
	f.Add([]byte(goldenBody), "mac="+goldenMAC, "")
	f.Add([]byte(`{"timestamp":1e400,"message":{"msg_ids":[{}]}}`), goldenMAC, "-1")
	f.Fuzz(func(t *testing.T, body []byte, signature, retry string) {
		h := http.Header{"X-Zevent-Signature": {signature}, "Num_retry": {retry}}
		strict, loose := golden(), golden()
		loose.Mode = ModeLog
		if d, err := strict.ParseBody(h, body); err == nil && string(body) != goldenBody {
			t.Fatalf("accepted a forged body: %+v", d)
		}
		d, err := loose.ParseBody(h, body)
		if err != nil {
			t.Fatalf("log mode refused: %v", err)
		}
		if d.Key == "" || d.Event == nil {
			t.Fatalf("no key or event: %+v", d)
		}
	})
}

func BenchmarkWebhook(b *testing.B) {
	w := golden()
	h := http.Header{"X-Zevent-Signature": {"mac=" + goldenMAC}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.ParseBody(h, []byte(goldenBody)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWebhookForged(b *testing.B) {
	w := golden()
	h := http.Header{"X-Zevent-Signature": {"mac=00"}}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := w.ParseBody(h, []byte(goldenBody)); err == nil {
			b.Fatal("accepted")
		}
	}
}
