package bot_test

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/zalo/zalosim"
)

// TestTwoProcessesUnderChaos lets two processes on one store answer under all of the simulator's trouble at once:
// nobody is answered twice as counted at the simulator, nobody is left without an answer but those listed as
// unknown, and tokens are renewed without a double spend.
func TestTwoProcessesUnderChaos(t *testing.T) {
	t.Parallel()
	const people = 120
	w := newWorld(t, &zalosim.Sim{Clock: zalosim.NewClock(startOfWorld), Limits: zalosim.Limits{CallsPerMinute: 1 << 20}})
	a, b := w.start(), w.start()
	var calls atomic.Int64
	w.sim.Webhook = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { // a load balancer
		if calls.Add(1)%2 == 0 {
			a.server.ServeHTTP(rw, r)
		} else {
			b.server.ServeHTTP(rw, r)
		}
	})
	defer w.flow(t)()
	w.sim.SetChaos(zalosim.Chaos{Seed: 7, Duplicate: 0.3, Reorder: 0.2, ErrorPage: 0.1, LoseAnswer: 0.1, RateLimit: 0.05, EchoFirst: 0.3, ExpireNow: 0.05,
		Slow: 0.1, SlowFor: 100 * time.Millisecond})
	var ids []string
	for i := range people {
		ids = append(ids, w.sim.AddPerson(fmt.Sprint("Người ", i), ""))
		w.sim.Say(ids[i], "lịch thi")
	}
	w.settled(a)
	w.settled(a) // what the echoes of the last answers brought
	unknown := map[string]bool{}
	events, err := a.talk.Listed(t.Context(), core.EventUnknown, 1000)
	w.must(err)
	for _, e := range events {
		unknown[e.UserID] = true
	}
	failed, err := a.talk.Listed(t.Context(), core.EventFailed, 1000)
	w.must(err)
	for _, e := range failed {
		t.Errorf("failed: %s", e.Reason)
	}
	silent, byEcho := 0, 0
	for _, id := range ids {
		n := len(w.sim.Sent(id))
		if n > 1 || n == 0 && !unknown[id] {
			t.Errorf("%s got %d answers, unknown: %v", id, n, unknown[id])
		}
		if n == 0 {
			silent++
		}
		if n == 1 && unknown[id] {
			t.Errorf("%s was answered and its echo came, but the event is still unknown", id)
		}
	}
	answered, err := a.talk.Listed(t.Context(), core.EventAnswered, 1000)
	w.must(err)
	for _, e := range answered {
		if e.Reason != "" {
			byEcho++
		}
	}
	s := w.sim.Stats()
	if s.RefusedTokens != 0 || s.Refreshes == 0 || byEcho == 0 || len(w.sim.Refused()) > 0 {
		t.Errorf("by echo %d, refused %q, stats %+v", byEcho, w.sim.Refused(), s)
	}
	t.Logf("%d people: %d answered, %d of them known by their echo, %d unknown; %d webhook calls, %d refreshes", people, people-silent, byEcho, len(unknown), s.Deliveries, s.Refreshes)
}

// flow lets the world's clock run twenty times as fast as the machine's, until the function given back is called.
func (w *world) flow(t *testing.T) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				w.clock.Advance(100 * time.Millisecond)
			}
		}
	})
	return func() { cancel(); done.Wait() }
}

// TestTokenIsRenewedOnce: both processes find the token dead at the same time; one renews it.
func TestTokenIsRenewedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &zalosim.Sim{Clock: zalosim.NewClock(startOfWorld), Limits: zalosim.Limits{CallsPerMinute: 1 << 20}})
	a, b := w.start(), w.start()
	var calls atomic.Int64
	w.sim.Webhook = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if calls.Add(1)%2 == 0 {
			a.server.ServeHTTP(rw, r)
		} else {
			b.server.ServeHTTP(rw, r)
		}
	})
	w.sim.ExpireToken()
	var ids []string
	for i := range 40 {
		ids = append(ids, w.sim.AddPerson(fmt.Sprint("Người ", i), ""))
		w.sim.Say(ids[i], "link")
	}
	w.settled(a)
	for _, id := range ids {
		if n := len(w.sim.Sent(id)); n != 1 {
			t.Errorf("%s got %d answers", id, n)
		}
	}
	if s := w.sim.Stats(); s.Refreshes != 1 || s.RefusedTokens != 0 {
		t.Errorf("%+v", s)
	}
}
