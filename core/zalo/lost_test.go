package zalo_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/zalo"
	"duthi/core/zalo/zalosim"
)

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
