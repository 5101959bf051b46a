package zalo_test

import (
	"errors"
	"net/http"
	"net/url"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/zalo"
	"duthi/core/zalo/zalosim"
)

func TestConsent(t *testing.T) {
	t.Parallel()
	for _, mode := range []zalo.PKCEMode{zalo.PKCENone, zalo.PKCEStatic, zalo.PKCEPerRequest} {
		b := newBench(t, &zalosim.Sim{Ungranted: true, RequirePKCE: mode != zalo.PKCENone, CallbackURL: "https://thi.example/zalo/callback"})
		b.sim.Stats() // fills in the ids
		flow := zalo.ConsentFlow{Store: b.store, Clock: b.clock.Now, Client: zalo.ClientConfig{APIURL: b.url}, Vault: zalo.Vault{Seal: func(s string) (string, error) { return "sealed:" + s, nil }, Open: open},
			OAuth: zalo.NewOAuth(zalo.OAuthConfig{AppID: b.sim.AppID, AppSecret: b.sim.AppSecret, URL: b.url, PKCE: mode, StaticVerifier: zalo.NewVerifier()})}
		if _, err := b.replica("a").Token(t.Context(), ""); !errors.Is(err, zalo.ErrNeedsConsent) {
			t.Errorf("%s: before consent: %v", mode, err)
		}
		link, err := flow.Begin(t.Context(), b.sim.OAID, "https://thi.example/zalo/callback", "owner")
		if err != nil {
			t.Fatal(err)
		}
		q := allow(t, link)
		if a, err := flow.Finish(t.Context(), q, "owner", ""); err != nil || a.OAID != b.sim.OAID {
			t.Fatalf("%s: %+v, %v", mode, a, err)
		}
		if tok, err := b.replica("a").Token(t.Context(), ""); err != nil || tok != b.sim.Tokens().Access {
			t.Errorf("%s: after consent: %q, %v", mode, tok, err)
		}
		if _, err := flow.Finish(t.Context(), q, "owner", ""); !core.Is(err, core.Invalid) {
			t.Errorf("%s: callback a second time: %v", mode, err)
		}
		b.check(t)
	}
}

func TestConsentOfTheWrongOA(t *testing.T) {
	t.Parallel()
	b := newBench(t, &zalosim.Sim{Ungranted: true})
	b.sim.Stats()
	flow := zalo.ConsentFlow{Store: b.store, Clock: b.clock.Now, Client: zalo.ClientConfig{APIURL: b.url}, OAuth: b.oauth()}
	link, err := flow.Begin(t.Context(), "111", "https://thi.example/cb", "owner")
	if err != nil {
		t.Fatal(err)
	}
	q := allow(t, link)
	if _, err := flow.Finish(t.Context(), q, "owner", ""); !core.Is(err, core.Invalid) {
		t.Errorf("another OA: %v", err)
	}
	q.Del("state")
	if _, err := flow.Finish(t.Context(), q, "owner", ""); !core.Is(err, core.Invalid) {
		t.Errorf("no state, no organizer: %v", err)
	}
	if a, err := flow.Finish(t.Context(), q, "owner", b.sim.OAID); err != nil || a.OAID != b.sim.OAID {
		t.Errorf("no state, in an organizer's session: %v", err)
	}
	for _, claimed := range []string{"", "111"} { // the token says which OA it is, not the address
		link, _ = flow.Begin(t.Context(), "111", "https://thi.example/cb", "owner")
		q = allow(t, link)
		q.Set("oa_id", claimed)
		if _, err := flow.Finish(t.Context(), q, "owner", ""); !core.Is(err, core.Invalid) {
			t.Errorf("another OA's token, claimed to be of %q: %v", claimed, err)
		}
	}
	link, _ = flow.Begin(t.Context(), "", "https://thi.example/cb", "owner")
	if _, err := flow.Finish(t.Context(), allow(t, link), "another", ""); !core.Is(err, core.Invalid) {
		t.Errorf("begun by one organizer, finished by another: %v", err)
	}
	link, _ = flow.Begin(t.Context(), "", "https://thi.example/cb", "owner")
	q = allow(t, link)
	b.clock.Advance(31 * time.Minute)
	if _, err := flow.Finish(t.Context(), q, "owner", ""); !core.Is(err, core.Invalid) {
		t.Errorf("link too old: %v", err)
	}
}

// allow presses "Cho phép" on the consent page and gives the query of the callback.
func allow(t *testing.T, link string) url.Values {
	t.Helper()
	resp, err := zalo.NewHTTPClient().Post(link, "application/x-www-form-urlencoded", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	to, err := resp.Location()
	if err != nil || resp.StatusCode != http.StatusSeeOther {
		t.Fatalf("consent page answered %d: %v", resp.StatusCode, err)
	}
	return to.Query()
}
