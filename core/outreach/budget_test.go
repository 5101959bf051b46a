package outreach_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/outreach"
	"duthi/core/zalo"
)

// billed is a world in which every message costs 55 đồng.
func billed(t *testing.T, people int) *world {
	w := newWorld(openStore(t), "p", people)
	w.daily = -1
	for i := range w.people {
		w.people[i].LastInteraction = noon.Add(-72 * time.Hour)
	}
	return w
}

// plan makes an organizer's broadcast that may spend money, and plans it.
func (w *world) plan(t *testing.T, s *outreach.Service, id string, start core.Instant) {
	t.Helper()
	b := core.Broadcast{ID: id, ContestID: "c", Title: id, StartAt: start, Billed: true, Audience: core.Audience{Who: core.AudienceAll}, Content: core.Content{Text: "Xin chào."}}
	if _, err := s.Create(t.Context(), "organizer:lan", b); err != nil {
		t.Fatal(err)
	}
	if err := s.Plan(t.Context(), "organizer:lan", id); err != nil {
		t.Fatal(err)
	}
	if b, err := s.PlanNow(t.Context(), id); err != nil || b.State != core.BroadcastPlanned {
		t.Fatal(b.State, err)
	}
}

func (w *world) run(t *testing.T, s *outreach.Service) {
	t.Helper()
	if _, err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func do(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// TestBudgetOfAMonth: what begins at once belongs to its month, a broadcast that would exceed the bound is paused before
// its first message, and the next month has money again.
func TestBudgetOfAMonth(t *testing.T) {
	t.Parallel()
	w := billed(t, 10)
	cfg := w.config()
	cfg.Budget = 15 * 55
	s := outreach.New(cfg)
	w.plan(t, s, "a", 0)                           // when it is confirmed
	w.plan(t, s, "b", noon.Add(-100*24*time.Hour)) // a moment long past
	do(t, s.Start(t.Context(), "organizer:lan", "a"))
	w.run(t, s)
	do(t, s.Start(t.Context(), "organizer:lan", "b"))
	w.run(t, s)
	b, err := w.store.Broadcast(t.Context(), "b")
	if err != nil || b.State != core.BroadcastPaused || !strings.Contains(b.Reason, "hạn mức") || b.StartAt != noon {
		t.Errorf("%+v %v", b, err)
	}
	if w.state(t, "a") != core.BroadcastDone || w.tally(t, "b")["planned"] != 10 {
		t.Error(w.state(t, "a"), w.tally(t, "b"))
	}
	do(t, s.Resume(t.Context(), "organizer:lan", "b", "thử"))
	w.run(t, s)
	if w.state(t, "b") != core.BroadcastPaused {
		t.Error("went on without the money:", w.tally(t, "b"))
	}
	w.clock.advance(31 * 24 * time.Hour)
	for i := range w.people {
		w.people[i].LastInteraction = w.clock.nowInstant().Add(-72 * time.Hour)
	}
	w.plan(t, s, "c", 0)
	do(t, s.Start(t.Context(), "organizer:lan", "c"))
	w.run(t, s)
	if w.state(t, "c") != core.BroadcastDone {
		t.Error("the next month:", w.state(t, "c"), w.tally(t, "c"))
	}
}

// TestBudgetAfterAPause: one that was paused is looked at again, as another one may have spent the money meanwhile.
func TestBudgetAfterAPause(t *testing.T) {
	t.Parallel()
	w := billed(t, 10)
	cfg := w.config()
	cfg.Budget, cfg.Quiet = 15*55, outreach.Quiet{From: 11 * time.Hour, To: 13 * time.Hour}
	s := outreach.New(cfg)
	for _, id := range []string{"a", "b"} {
		w.plan(t, s, id, 0)
	}
	do(t, s.Start(t.Context(), "organizer:lan", "a"))
	w.run(t, s) // within the budget, waits for the end of the quiet hours
	do(t, s.Pause(t.Context(), "organizer:lan", "a", "sai chữ"))
	do(t, s.Start(t.Context(), "organizer:lan", "b"))
	w.clock.advance(2 * time.Hour)
	w.run(t, s)
	do(t, s.Resume(t.Context(), "organizer:lan", "a", "đúng rồi"))
	w.run(t, s)
	if w.state(t, "b") != core.BroadcastDone || w.state(t, "a") != core.BroadcastPaused || w.tally(t, "a")["sent"] > 0 {
		t.Error(w.state(t, "a"), w.tally(t, "a"), w.state(t, "b"))
	}
}

// TestBudgetOfTwoAtOnce: two processes start two broadcasts that together cost too much; never are both sent. What may
// have arrived counts as spent.
func TestBudgetOfTwoAtOnce(t *testing.T) {
	t.Parallel()
	w := billed(t, 10)
	for _, p := range w.people {
		w.answers[p.UserID] = []error{refusal(0, zalo.Reconcile)}
	}
	cfg := w.config()
	cfg.Budget = 15 * 55
	one, two := outreach.New(cfg), outreach.New(cfg)
	w.plan(t, one, "a", 0)
	w.plan(t, one, "b", 0)
	do(t, one.Start(t.Context(), "organizer:lan", "a"))
	do(t, two.Start(t.Context(), "organizer:mai", "b"))
	w.run(t, one) // sees both: neither may go before somebody decides
	w.run(t, two)
	if w.state(t, "a") == core.BroadcastDone && w.state(t, "b") == core.BroadcastDone {
		t.Fatal("both were sent")
	}
	for _, id := range []string{"a", "b"} {
		if w.state(t, id) == core.BroadcastPaused {
			do(t, one.Resume(t.Context(), "organizer:lan", id, "chỉ cái này"))
			w.run(t, two)
		}
	}
	sent := int64(0)
	for _, id := range []string{"a", "b"} {
		sent += w.tally(t, id)["unknown no_answer"] + w.tally(t, id)["sent"]
	}
	if sent != 10 {
		t.Errorf("%d messages for the money of 15: a %v, b %v", sent, w.tally(t, "a"), w.tally(t, "b"))
	}
}

// TestBudgetOfABroadcast: a plan that costs more than its own budget can't be started, and says how much it would be.
func TestBudgetOfABroadcast(t *testing.T) {
	t.Parallel()
	w := billed(t, 10)
	s := outreach.New(w.config())
	for id, budget := range map[string]int64{"a": 10*55 - 1, "b": 10 * 55} {
		b := core.Broadcast{ID: id, ContestID: "c", Title: id, Billed: true, Budget: budget, Audience: core.Audience{Who: core.AudienceAll}, Content: core.Content{Text: "Xin chào."}}
		_, err := s.Create(t.Context(), "organizer:lan", b)
		do(t, err)
		do(t, s.Plan(t.Context(), "organizer:lan", id))
		_, err = s.PlanNow(t.Context(), id)
		do(t, err)
	}
	err := s.Start(t.Context(), "organizer:lan", "a")
	if !core.Is(err, core.Invalid) || !strings.Contains(err.Error(), "550 đ") || !strings.Contains(err.Error(), "549 đ") || w.state(t, "a") != core.BroadcastPlanned {
		t.Errorf("%v, %s", err, w.state(t, "a"))
	}
	do(t, s.Start(t.Context(), "organizer:lan", "b"))
	w.run(t, s)
	if w.state(t, "b") != core.BroadcastDone || len(w.got) != 10 {
		t.Error(w.state(t, "b"), w.got)
	}
	again, err := s.Rework(t.Context(), "organizer:lan", "a")
	do(t, err)
	if again.Budget != 549 {
		t.Errorf("the draft made of it has the budget %d", again.Budget)
	}
	if _, err := s.Create(t.Context(), "organizer:lan", core.Broadcast{ContestID: "c", Title: "x", Budget: -1, Content: core.Content{Text: "x"}}); !core.Is(err, core.Invalid) {
		t.Error(err)
	}
}

// TestBudgetWhileSending: when Zalo charges for what should be free, the broadcast is paused before it costs much more
// than it may, and what was charged is counted.
func TestBudgetWhileSending(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 50)
	w.daily = -1
	cfg := w.config()
	cfg.Send = func(ctx context.Context, m outreach.Message) (outreach.Receipt, error) {
		r, err := w.send(ctx, m)
		r.Billed = true
		return r, err
	}
	s := outreach.New(cfg)
	b := core.Broadcast{ID: "b", ContestID: "c", Title: "b", Budget: 3 * 55, Audience: core.Audience{Who: core.AudienceAll}, Content: core.Content{Text: "Xin chào."}}
	_, err := s.Create(t.Context(), "organizer:lan", b)
	do(t, err)
	do(t, s.Plan(t.Context(), "organizer:lan", "b"))
	_, err = s.PlanNow(t.Context(), "b")
	do(t, err)
	do(t, s.Start(t.Context(), "organizer:lan", "b"))
	for range 3 {
		w.run(t, s)
	}
	b, err = w.store.Broadcast(t.Context(), "b")
	do(t, err)
	cost, err := s.OwnCost(t.Context(), b)
	do(t, err)
	if b.State != core.BroadcastPaused || !strings.Contains(b.Reason, "của thông báo này") || len(w.got) != 4 || cost != 4*55 { // the fourth shows it
		t.Errorf("%s %q, %d sent for %d", b.State, b.Reason, len(w.got), cost)
	}
	do(t, s.Resume(t.Context(), "organizer:lan", "b", "thử"))
	w.run(t, s)
	if w.state(t, "b") != core.BroadcastPaused || len(w.got) != 4 {
		t.Error("went on without the money:", len(w.got))
	}
}

// TestCertificatesCannotBeTurnedOn: nothing issues any, so that a rule on them would be silence.
func TestCertificatesCannotBeTurnedOn(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 1)
	s := outreach.New(w.config())
	for _, r := range outreach.DefaultRules("c") {
		r.On = true
		_, err := s.SaveRule(t.Context(), "organizer:lan", core.Contest{ID: "c"}, r, "thử")
		if refused := core.Is(err, core.Invalid); refused != (r.Kind == core.RemindCertificates) {
			t.Errorf("%s: %v", r.Kind, err)
		}
	}
}
