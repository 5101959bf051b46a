package outreach_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"duthi/core"
	"duthi/core/outreach"
)

// afterCrash is later than any lease.
const afterCrash = 6 * time.Minute

// bury lets a process that lives on finish the broadcast, and checks that nobody got two, that what was not sent is
// listed, and that no more is unknown than was in flight.
func (w *world) bury(t testing.TB, id string, inFlight int) {
	t.Helper()
	cfg := w.config()
	cfg.Workers = 16
	heir := outreach.New(cfg)
	for range 4 {
		if w.state(t, id) == core.BroadcastDone {
			break
		}
		w.clock.advance(afterCrash)
		if _, err := heir.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	if got := w.state(t, id); got != core.BroadcastDone {
		t.Fatalf("the broadcast is %s: %v", got, w.tally(t, id))
	}
	ds, err := w.store.Deliveries(context.Background(), id, "", "", len(w.people)+1)
	if err != nil {
		t.Fatal(err)
	}
	if len(ds) != len(w.people) {
		t.Fatalf("%d deliveries to %d people", len(ds), len(w.people))
	}
	unknown := 0
	for _, d := range ds {
		got := w.got["u"+d.Person]
		switch {
		case got > 1:
			t.Fatalf("%s got %d messages", d.Person, got)
		case d.State == core.DeliveryUnknown:
			unknown++
		case d.State != core.DeliverySent || got != 1:
			t.Fatalf("%s got %d messages, and the store says %s %s", d.Person, got, d.State, d.Reason)
		}
	}
	if unknown > inFlight {
		t.Fatalf("%d unknown, at most %d were in flight", unknown, inFlight)
	}
}

// TestKilledAtEveryStep ends the process at each step of a whole broadcast, before and after the step took effect.
func TestKilledAtEveryStep(t *testing.T) {
	t.Parallel()
	store := openStore(t)
	steps, kills := 1, 0
	for lived := false; !lived; steps++ {
		for _, after := range []bool{false, true} {
			id := fmt.Sprintf("b%d%v", steps, after)
			w := newWorld(store, id+"-", 6)
			w.start(t, id)
			s, l := w.process(steps, after, 1)
			_, err := s.Run(t.Context())
			lived = l.steps.Load() > 0
			if !lived && err == nil && w.state(t, id) != core.BroadcastDone {
				t.Fatalf("step %d: no error from a dead process", steps)
			}
			kills++
			w.bury(t, id, 1)
		}
	}
	if kills < 40 {
		t.Fatalf("only %d kills", kills)
	}
	t.Logf("%d kills", kills)
}

// TestKilledAgainAndAgain has up to three processes with several workers each on one broadcast, every one of which
// dies somewhere, several times over.
func TestKilledAgainAndAgain(t *testing.T) {
	t.Parallel()
	store := openStore(t)
	var run atomic.Int64
	rapid.Check(t, func(rt *rapid.T) {
		id := fmt.Sprintf("b%d", run.Add(1))
		w := newWorld(store, id+"-", rapid.IntRange(1, 30).Draw(rt, "people"))
		w.start(t, id)
		inFlight := 0
		for range rapid.IntRange(1, 3).Draw(rt, "generations") {
			var alive sync.WaitGroup
			for range rapid.IntRange(1, 3).Draw(rt, "processes") {
				workers := rapid.IntRange(1, 4).Draw(rt, "workers")
				s, _ := w.process(rapid.IntRange(1, 100).Draw(rt, "steps"), rapid.Bool().Draw(rt, "after"), workers)
				inFlight += workers
				alive.Go(func() { s.Run(context.Background()) })
			}
			alive.Wait()
			w.clock.advance(afterCrash)
		}
		w.bury(t, id, inFlight)
	})
}

// TestPeersScenario is what the best-known sender fails at: 5,000 recipients, killed at 1,900, started again.
func TestPeersScenario(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 5000)
	w.daily = -1
	w.start(t, "b")
	cfg := w.config()
	cfg.Workers = 16
	ctx, kill := context.WithCancel(t.Context())
	defer kill()
	var sent atomic.Int64
	dead := func() bool { return sent.Load() >= 1900 }
	cfg.Deliveries = deaf{cfg.Deliveries, dead}
	cfg.Send = func(ctx context.Context, m outreach.Message) (outreach.Receipt, error) {
		if dead() {
			kill()
			return outreach.Receipt{}, errDead
		}
		sent.Add(1)
		return w.send(ctx, m)
	}
	outreach.New(cfg).Run(ctx)
	if n := w.tally(t, "b")["sent"]; n < 1800 || n > 1916 {
		t.Fatalf("%d sent before the kill", n)
	}
	w.bury(t, "b", 16)
	t.Log(w.tally(t, "b"))
}

// deaf loses what a dead process writes.
type deaf struct {
	outreach.DeliveryStore
	dead func() bool
}

func (d deaf) UpdateDelivery(ctx context.Context, x core.Delivery) error {
	if d.dead() {
		return errDead
	}
	return d.DeliveryStore.UpdateDelivery(ctx, x)
}
