package outreach_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"duthi/core"
	"duthi/core/outreach"
)

func TestForgetKeepsCountsOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 25)
	s := outreach.New(w.config())
	w.start(t, "b1")
	if _, err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.start(t, "b2") // not even planned
	before, err := w.store.Tally(t.Context(), "b1")
	if err != nil || len(before) == 0 {
		t.Fatal(before, err)
	}
	total := 0
	for range 100 {
		n, err := s.Forget(t.Context(), "c", 10)
		if err != nil {
			t.Fatal(err)
		}
		if total += n; n == 0 {
			break
		}
		s = outreach.New(w.config()) // as after a restart
	}
	left, _ := w.store.Deliveries(t.Context(), "b1", "", "", 9)
	if total != 25 || len(left) != 0 {
		t.Errorf("%d removed, %d left", total, len(left))
	}
	b, err := w.store.Broadcast(t.Context(), "b1")
	if err != nil {
		t.Fatal(err)
	}
	after, err := s.Tally(t.Context(), b)
	if diff := cmp.Diff(before, after); err != nil || diff != "" {
		t.Errorf("the counts changed: %v %s", err, diff)
	}
	if b.PlanAfter != "" {
		t.Errorf("the broadcast still names %s", b.PlanAfter)
	}
	if state := w.state(t, "b2"); state != core.BroadcastCancelled {
		t.Errorf("what was not sent is %s", state)
	}
}
