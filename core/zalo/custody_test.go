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
