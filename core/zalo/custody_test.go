package zalo_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/zalo"
	"duthi/core/zalo/zalosim"

	"pgregory.net/rapid"
)

// bench is a simulator over real HTTP with a store and any number of replicas.
type bench struct {
	sim    *zalosim.Sim
	clock  *zalosim.Clock
	store  *memoryTokens
	url    string
	log    bytes.Buffer
	mu     sync.Mutex
	alarms []zalo.Alarm
}

type cleaner interface{ Cleanup(func()) }

func newBench(t cleaner, sim *zalosim.Sim) *bench {
	b := &bench{sim: sim, clock: zalosim.NewClock(time.Date(2023, 11, 10, 20, 0, 0, 0, time.UTC)), store: newMemoryTokens()}
	sim.Clock = b.clock
	srv := httptest.NewServer(sim.API())
	t.Cleanup(srv.Close)
	b.url = srv.URL
	return b
}

func (b *bench) oauth() *zalo.OAuth {
	return zalo.NewOAuth(zalo.OAuthConfig{AppID: b.sim.AppID, AppSecret: b.sim.AppSecret, URL: b.url})
}

func (b *bench) replica(name string) *zalo.Custodian {
	return zalo.NewCustodian(zalo.CustodianConfig{OAuth: b.oauth(), Store: b.store, OAID: b.sim.OAID, Clock: b.clock.Now, Holder: name,
		Vault:  zalo.Vault{Seal: func(s string) (string, error) { return "sealed:" + s, nil }, Open: open},
		Jitter: func() float64 { return 0 }, Log: slog.New(slog.NewTextHandler(&lockedWriter{b}, nil)),
		Alarm:   func(a zalo.Alarm) { b.mu.Lock(); b.alarms = append(b.alarms, a); b.mu.Unlock() },
		Backoff: []time.Duration{time.Millisecond, time.Millisecond}, Poll: time.Millisecond})
}

type lockedWriter struct{ b *bench }

func (w *lockedWriter) Write(p []byte) (int, error) {
	w.b.mu.Lock()
	defer w.b.mu.Unlock()
	return w.b.log.Write(p)
}

func open(s string) (string, error) {
	plain, ok := strings.CutPrefix(s, "sealed:")
	if !ok {
		return "", errors.New("not sealed")
	}
	return plain, nil
}

func (b *bench) adopt(t interface{ Fatal(...any) }) {
	tok := b.sim.Tokens()
	if err := b.replica("first").Adopt(context.Background(), zalo.Tokens{Access: tok.Access, Refresh: tok.Refresh, AccessLife: 25 * time.Hour}); err != nil {
		t.Fatal(err)
	}
}

func TestManyReplicasRefreshOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, &zalosim.Sim{})
	b.adopt(t)
	dead := b.sim.Tokens().Access
	b.sim.ExpireToken()
	var group sync.WaitGroup
	got := make([]string, 120)
	for r := range 6 {
		c := b.replica(fmt.Sprint("replica ", r))
		for i := range 20 {
			group.Go(func() {
				tok, err := c.Token(t.Context(), dead)
				if err != nil {
					t.Error(err)
				}
				got[r*20+i] = tok
			})
		}
	}
	group.Wait()
	for _, tok := range got {
		if tok != b.sim.Tokens().Access {
			t.Fatalf("somebody has %q, Zalo's live token is another", tok)
		}
	}
	if s := b.sim.Stats(); s.Refreshes != 1 || s.RefusedTokens != 0 {
		t.Errorf("%d refreshes, %d refused, want 1 and 0", s.Refreshes, s.RefusedTokens)
	}
	g, _ := b.store.Grant(t.Context(), zalo.GrantID(b.sim.AppID, b.sim.OAID))
	if g.InFlight != nil || g.AccessToken != "sealed:"+b.sim.Tokens().Access || len(b.store.leases) != 0 {
		t.Errorf("store after refresh: %+v, leases %v", g, b.store.leases)
	}
}

// A replica decides to refresh, and by the time it has the lease another one did.
func TestLateReplicaDoesNotRefreshAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t, &zalosim.Sim{})
	b.adopt(t)
	dead := b.sim.Tokens().Access
	b.sim.ExpireToken()
	quick, late := b.replica("quick"), b.replica("late")
	b.store.onLease = func() {
		if _, err := quick.Token(t.Context(), dead); err != nil {
			t.Error(err)
		}
	}
	if tok, err := late.Token(t.Context(), dead); err != nil || tok != b.sim.Tokens().Access || b.sim.Stats().Refreshes != 1 {
		t.Errorf("%v, %d refreshes, want 1", err, b.sim.Stats().Refreshes)
	}
}

func TestKeepRenewsEarly(t *testing.T) {
	t.Parallel()
	b := newBench(t, &zalosim.Sim{})
	b.adopt(t)
	c := b.replica("a")
	b.clock.Advance(19*time.Hour + 59*time.Minute)
	if err := c.Keep(t.Context()); err != nil || b.sim.Stats().Refreshes != 0 {
		t.Fatalf("before 20 h: %v, %d refreshes", err, b.sim.Stats().Refreshes)
	}
	b.clock.Advance(2 * time.Minute)
	var group sync.WaitGroup
	for _, r := range []*zalo.Custodian{c, b.replica("b"), b.replica("c")} {
		group.Go(func() {
			if err := r.Keep(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if n := b.sim.Stats().Refreshes; n != 1 {
		t.Errorf("%d refreshes at 20 h, want 1", n)
	}
	if s, err := c.Status(t.Context()); err != nil || s.State != zalo.GrantActive || s.RefreshAt.Sub(s.RotatedAt) != 20*time.Hour {
		t.Errorf("status %+v, %v", s, err)
	}
}

func TestLostRefreshRequestIsTriedWithTheSameToken(t *testing.T) {
	t.Parallel()
	b := newBench(t, &zalosim.Sim{})
	b.adopt(t)
	b.sim.LoseNextRefresh(zalosim.LoseBefore)
	b.sim.Inject(zalosim.Fault{Path: "/v4/oa/access_token", Page: 502})
	b.sim.ExpireToken()
	tok, err := b.replica("a").Token(t.Context(), b.sim.Tokens().Access)
	if err != nil || tok != b.sim.Tokens().Access || b.sim.Stats().Refreshes != 1 || len(b.alarms) != 0 {
		t.Errorf("token %q, %v, %+v, alarms %v", tok, err, b.sim.Stats(), b.alarms)
	}
}

func TestLostRefreshAnswerNeedsConsent(t *testing.T) {
	t.Parallel()
	b := newBench(t, &zalosim.Sim{})
	b.adopt(t)
	dead := b.sim.Tokens()
	b.sim.LoseNextRefresh(zalosim.LoseAfter)
	b.sim.ExpireToken()
	c := b.replica("a")
	for range 3 { // it is said each time, asked of Zalo once
		if _, err := c.Token(t.Context(), dead.Access); !errors.Is(err, zalo.ErrNeedsConsent) || zalo.ActionOf(err) != zalo.Human || !core.Is(err, core.Unavailable) {
			t.Fatalf("error %v", err)
		}
	}
	if s := b.sim.Stats(); s.RefusedTokens != 1 {
		t.Errorf("the dead token was tried %d times, want 1", s.RefusedTokens)
	}
	if len(b.alarms) != 1 || b.alarms[0].Kind != zalo.AlarmNeedsConsent {
		t.Errorf("alarms %v", b.alarms)
	}
	if strings.Contains(b.log.String(), dead.Refresh) || strings.Contains(b.log.String(), dead.Access) {
		t.Error("a token is in the log")
	}
	// Another replica knows from the store, and a new consent ends it for all.
	other := b.replica("b")
	if _, err := other.Token(t.Context(), ""); !errors.Is(err, zalo.ErrNeedsConsent) {
		t.Errorf("other replica: %v", err)
	}
	b.adopt(t)
	if tok, err := c.Token(t.Context(), ""); err != nil || tok != b.sim.Tokens().Access {
		t.Errorf("after consent: %q, %v", tok, err)
	}
}

func TestCallerWhoLeavesDoesNotCutTheRefresh(t *testing.T) {
	t.Parallel()
	b := newBench(t, &zalosim.Sim{})
	b.adopt(t)
	hold := make(chan struct{})
	b.sim.Inject(zalosim.Fault{Path: "/v4/oa/access_token", Hold: hold})
	dead := b.sim.Tokens().Access
	c := b.replica("a")
	ctx, leave := context.WithCancel(t.Context())
	left := make(chan error)
	go func() {
		_, err := c.Token(ctx, dead)
		left <- err
	}()
	if err := b.sim.AwaitCall(t.Context(), "POST /v4/oa/access_token", 1); err != nil {
		t.Fatal(err)
	}
	leave()
	if err := <-left; !core.Is(err, core.Unavailable) {
		t.Errorf("the caller who left got %v", err)
	}
	close(hold)
	if err := c.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if tok, err := c.Token(t.Context(), dead); err != nil || tok != b.sim.Tokens().Access || b.sim.Stats().Refreshes != 1 {
		t.Errorf("%q, %v, %+v", tok, err, b.sim.Stats())
	}
}

func TestStoreThatTakesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, &zalosim.Sim{})
	b.adopt(t)
	c := b.replica("a")
	dead := b.sim.Tokens()
	// Broken before: nothing may be asked of Zalo.
	b.store.broken.Store(true)
	if _, err := c.Token(t.Context(), dead.Access); err == nil || b.sim.Stats().Refreshes != 0 {
		t.Fatalf("refreshed without a store that can keep the result: %v", err)
	}
	// Broken in between: the pair lives in memory until the store takes it.
	b.store.broken.Store(false)
	hold := make(chan struct{})
	b.sim.Inject(zalosim.Fault{Path: "/v4/oa/access_token", Hold: hold})
	result := make(chan string)
	go func() {
		tok, err := c.Token(context.WithoutCancel(t.Context()), dead.Access)
		result <- fmt.Sprint(tok, " ", err)
	}()
	if err := b.sim.AwaitCall(t.Context(), "POST /v4/oa/access_token", 1); err != nil {
		t.Fatal(err)
	}
	b.store.broken.Store(true)
	close(hold)
	if got := <-result; got != b.sim.Tokens().Access+" <nil>" {
		t.Fatalf("token from memory: %s", got)
	}
	if len(b.alarms) != 1 || b.alarms[0].Kind != zalo.AlarmNotSaved {
		t.Errorf("alarms %v", b.alarms)
	}
	// Meanwhile another replica burns itself on the old token and marks the grant dead; the pair comes back.
	b.store.broken.Store(false)
	if _, err := b.replica("b").Token(t.Context(), dead.Access); !errors.Is(err, zalo.ErrNeedsConsent) {
		t.Fatalf("the other replica: %v", err)
	}
	if err := c.Keep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if tok, err := b.replica("c").Token(t.Context(), ""); err != nil || tok != b.sim.Tokens().Access {
		t.Errorf("after the store came back: %q, %v", tok, err)
	}
}

func TestCrashInTheMiddleOfARefresh(t *testing.T) {
	t.Parallel()
	b := newBench(t, &zalosim.Sim{})
	b.adopt(t)
	id := zalo.GrantID(b.sim.AppID, b.sim.OAID)
	// A replica took the lease, marked the refresh and died before it asked.
	g, _ := b.store.Grant(t.Context(), id)
	g.InFlight = &zalo.InFlight{Since: core.At(b.clock.Now()), Fingerprint: "x", By: "dead"}
	g.Revision++
	if err := b.store.SaveGrant(t.Context(), g); err != nil {
		t.Fatal(err)
	}
	now := core.At(b.clock.Now())
	if err := b.store.LeaseGrant(t.Context(), id, "dead", now, now.Add(2*time.Minute)); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	c := b.replica("a")
	result := make(chan error)
	go func() {
		_, err := c.Token(ctx, b.sim.Tokens().Access)
		result <- err
	}()
	b.clock.Advance(2*time.Minute + time.Second) // the dead one's lease ends
	if err := <-result; err != nil || b.sim.Stats().Refreshes != 1 {
		t.Errorf("%v, %+v", err, b.sim.Stats())
	}
	cancel()
}

// Whatever the replicas do and whatever gets lost on the way to Zalo, no refresh token is spent twice, and as long
// as no answer was lost the chain lives.
func TestNoDoubleRefresh(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := newBench(rt, &zalosim.Sim{})
		b.adopt(rt)
		replicas := []*zalo.Custodian{b.replica("0"), b.replica("1"), b.replica("2")}
		for range rapid.IntRange(1, 6).Draw(rt, "rounds") {
			switch rapid.IntRange(0, 3).Draw(rt, "event") {
			case 0:
				b.sim.ExpireToken()
			case 1:
				b.clock.Advance(time.Duration(rapid.IntRange(1, 30).Draw(rt, "hours")) * time.Hour)
			case 2:
				b.sim.LoseNextRefresh(zalosim.LoseBefore)
			case 3:
				replicas[rapid.IntRange(0, 2).Draw(rt, "restarted")] = b.replica("new")
			}
			var group sync.WaitGroup
			for _, c := range replicas {
				for range rapid.IntRange(0, 4).Draw(rt, "callers") {
					group.Go(func() {
						tok, err := c.Token(context.Background(), "")
						if err == nil {
							_, err = c.Token(context.Background(), tok) // as after -216
						}
						if err != nil {
							rt.Errorf("token: %v", err)
						}
					})
				}
				group.Go(func() {
					if err := c.Keep(context.Background()); err != nil {
						rt.Errorf("keep: %v", err)
					}
				})
			}
			group.Wait()
		}
		if n := b.sim.Stats().RefusedTokens; n != 0 || len(b.alarms) != 0 {
			rt.Fatalf("%d refresh tokens were spent twice, alarms %v", n, b.alarms)
		}
		if tok, err := replicas[0].Token(context.Background(), ""); err != nil || tok == "" {
			rt.Fatalf("the chain ended: %v", err)
		}
	})
}
