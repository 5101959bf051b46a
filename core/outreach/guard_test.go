package outreach_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"duthi/core"
	"duthi/core/cache"
	"duthi/core/outreach"
	"duthi/core/zalo"
)

// TestLeaseLostBeforeTheMark: a process that was slow finds its delivery with another one, and sends nothing.
func TestLeaseLostBeforeTheMark(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 3)
	w.answers["up00002"] = []error{refusal(-200, zalo.Retry)} // so that the broadcast is not done meanwhile
	w.start(t, "b")
	cfg, slept := w.config(), false
	cfg.Recipient = func(ctx context.Context, b core.Broadcast, person string) (outreach.Recipient, error) {
		if r, err := w.recipient(ctx, b, person); slept {
			return r, err
		}
		slept = true
		w.clock.advance(afterCrash)
		w.run(t, outreach.New(w.config()))
		return w.recipient(ctx, b, person)
	}
	w.run(t, outreach.New(cfg))
	w.finish(t, outreach.New(w.config()), "b")
	if d := cmp.Diff(map[string]int{"up00000": 1, "up00001": 1, "up00002": 1}, w.got); d != "" {
		t.Error(d)
	}
}

// TestLostInAHaltedBroadcast: a message that was in flight when its process died is listed, though nothing is sent any
// more.
func TestLostInAHaltedBroadcast(t *testing.T) {
	t.Parallel()
	for _, halt := range []func(*outreach.Service, context.Context, string, string, string) error{(*outreach.Service).Pause, (*outreach.Service).Cancel} {
		w := newWorld(openStore(t), "p", 1)
		w.start(t, "b")
		ctx, kill := context.WithCancel(t.Context())
		cfg, dead := w.config(), false
		cfg.Deliveries = deaf{w.store, func() bool { return dead }}
		cfg.Send = func(context.Context, outreach.Message) (outreach.Receipt, error) {
			dead = true
			kill()
			return outreach.Receipt{MessageID: "m"}, nil
		}
		outreach.New(cfg).Run(ctx)
		s := outreach.New(w.config())
		if err := halt(s, t.Context(), "organizer:lan", "b", "sai chữ"); err != nil {
			t.Fatal(err)
		}
		w.clock.advance(5 * time.Minute)
		if _, err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(map[string]int64{"unknown crashed": 1}, w.tally(t, "b")); d != "" {
			t.Error(d)
		}
	}
}

// TestSaysNoWhileItWaits: somebody who ends reminders while their message waits for its turn gets none.
func TestSaysNoWhileItWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 2)
	w.start(t, "b")
	mine, err := cache.Open(t.Context(), "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { mine.Close() })
	cfg := w.config()
	cfg.Pace = &outreach.Pacer{Cache: mine, Key: "oa", PerMinute: 60_000, Clock: w.clock.now, Limits: func() zalo.RateLimit {
		w.clock.advance(2 * time.Second)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.people[0].OptedOut = true
		return zalo.RateLimit{}
	}}
	w.finish(t, outreach.New(cfg), "b")
	if d := cmp.Diff(map[string]int64{"skipped opted_out": 1, "sent": 1}, w.tally(t, "b")); d != "" || w.got["up00000"] > 0 {
		t.Error(d, w.got)
	}
}

// TestSmallOnesDoNotWait: of two broadcasts being sent, a few messages do not wait for thousands.
func TestSmallOnesDoNotWait(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 400)
	w.daily = -1
	w.start(t, "large")
	w.clock.advance(time.Second)
	w.start(t, "small")
	n, smallEnds := 0, 0
	small := w.people[:3]
	cfg := w.config()
	cfg.Recipients = func(ctx context.Context, b core.Broadcast, after string, limit int) ([]outreach.Recipient, error) {
		if b.ID == "small" && after == "" {
			return small, nil
		}
		return w.recipients(ctx, b, after, limit)
	}
	cfg.Send = func(ctx context.Context, m outreach.Message) (outreach.Receipt, error) {
		n++
		if smallEnds == 0 && w.tally(t, "small")["sent"] == 3 {
			smallEnds = n
		}
		return w.send(ctx, m)
	}
	s := outreach.New(cfg)
	if _, err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w.tally(t, "large")["sent"] != 400 || w.state(t, "small") != core.BroadcastDone || smallEnds == 0 || smallEnds > 20 {
		t.Errorf("the small one was through after %d of %d: %v", smallEnds, n, w.tally(t, "small"))
	}
}

// TestRefusedStepsLeaveNoLine: who comes second changes nothing, and the log does not say that they did.
func TestRefusedStepsLeaveNoLine(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 1)
	cfg := w.config()
	var lines []string
	cfg.Audit = func(_ context.Context, e core.AuditEntry) error {
		lines = append(lines, e.Actor+" "+e.Action)
		return nil
	}
	s := outreach.New(cfg)
	b, err := s.Create(t.Context(), "organizer:lan", core.Broadcast{ContestID: "c", Title: "Nhắc", Content: core.Content{Text: "x"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Plan(t.Context(), "organizer:lan", b.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.PlanNow(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	for i, who := range []string{"organizer:lan", "organizer:mai"} {
		if err := s.Start(t.Context(), who, b.ID); core.Is(err, core.Closed) != (i == 1) {
			t.Errorf("%s: %v", who, err)
		}
	}
	want := []string{"organizer:lan broadcast.create", "organizer:lan broadcast.plan", "organizer:lan broadcast.start"}
	if d := cmp.Diff(want, lines); d != "" {
		t.Error(d)
	}
}

// slow is a store at which time passes when a broadcast is read, as it is right before a message is marked.
type slow struct {
	outreach.BroadcastStore
	passes func()
}

func (s slow) Broadcast(ctx context.Context, id string) (core.Broadcast, error) {
	s.passes()
	return s.BroadcastStore.Broadcast(ctx, id)
}

// TestLastLook: between taking a batch and marking a message the night may have begun, another day, or what the
// broadcast is about be over.
func TestLastLook(t *testing.T) {
	t.Parallel()
	night := outreach.Quiet{From: 21*time.Hour + 30*time.Minute, To: 7 * time.Hour}
	for name, c := range map[string]struct {
		quiet  outreach.Quiet
		begins time.Duration // after noon
		stops  time.Duration // the broadcast, after that
		after  string        // what is so right after the run
		end    map[string]int64
		next   bool // the second person's turn of the next day is used
	}{
		"night":      {night, 9*time.Hour + 29*time.Minute, 0, "planned", map[string]int64{"sent": 3}, true},
		"midnight":   {outreach.Quiet{}, 11*time.Hour + 59*time.Minute, 0, "", map[string]int64{"sent": 3}, true},
		"it is over": {outreach.Quiet{}, 0, time.Minute, "", map[string]int64{"sent": 1, "skipped late": 2}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(openStore(t), "p", 3)
			w.quiet = c.quiet
			w.clock.advance(c.begins)
			b := core.Broadcast{ID: "b", ContestID: "c", RuleID: "rule", State: core.BroadcastPlanning, StartAt: w.clock.nowInstant(), Content: core.Content{Text: "Xin chào."}}
			if c.stops > 0 {
				b.StopAt = b.StartAt.Add(c.stops)
			}
			do(t, w.store.InsertBroadcast(t.Context(), b))
			cfg, passed := w.config(), false
			cfg.Broadcasts = slow{w.store, func() {
				if len(w.got) == 1 && !passed {
					passed = true
					w.clock.advance(2 * time.Minute)
				}
			}}
			s := outreach.New(cfg)
			w.run(t, s)
			if c.after != "" && (w.tally(t, "b")[c.after] != 2 || len(w.got) != 1) {
				t.Error("right after:", w.tally(t, "b"), w.got)
			}
			w.finish(t, s, "b")
			if d := cmp.Diff(c.end, w.tally(t, "b")); d != "" {
				t.Error(d)
			}
			free, err := w.store.TakeTurns(t.Context(), []string{"p00001"}, "2023-10-03", "other", 1)
			if err != nil || c.next != (len(free) == 0) {
				t.Error("the next day's turn:", free, err)
			}
		})
	}
}

// TestPriceOnlyFalls: nobody gets a message that costs more by now than the plan said.
func TestPriceOnlyFalls(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 2)
	s := outreach.New(w.config())
	w.plan(t, s, "b", 0)
	w.people[1].LastInteraction = noon.Add(-72 * time.Hour)
	do(t, s.Start(t.Context(), "organizer:lan", "b"))
	w.finish(t, s, "b")
	if d := cmp.Diff(map[string]int64{"sent": 1, "skipped price": 1}, w.tally(t, "b")); d != "" {
		t.Error(d)
	}
}

// TestUnusedTurnsGoBack: who got nothing may get another reminder on the same day; who got one, or may have, may not.
func TestUnusedTurnsGoBack(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 5)
	w.answers["up00002"] = []error{refusal(-213, zalo.Stop)}
	w.answers["up00003"] = []error{refusal(0, zalo.Reconcile)}
	s := outreach.New(w.config())
	w.plan(t, s, "b", 0)
	w.people[1].Gone = true
	do(t, s.Start(t.Context(), "organizer:lan", "b"))
	w.finish(t, s, "b")
	var all []string
	for _, p := range w.people {
		all = append(all, p.Person)
	}
	free, err := w.store.TakeTurns(t.Context(), all, "2023-10-02", "other", 1)
	if d := cmp.Diff([]string{"p00001", "p00002"}, free); d != "" || err != nil {
		t.Error(d, err)
	}
}

// TestQuotaOfTheDay: when Zalo says that the OA may send no more today, the broadcast waits for tomorrow, says why, and
// asks Zalo no more; tomorrow it goes on.
func TestQuotaOfTheDay(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 40)
	for i := range w.people {
		w.people[i].LastInteraction = noon.Add(24 * time.Hour)
	}
	w.quiet = outreach.DefaultQuiet()
	w.answers["up00001"] = []error{refusal(-211, zalo.Wait)}
	s := outreach.New(w.config())
	w.plan(t, s, "b", 0)
	do(t, s.Start(t.Context(), "organizer:lan", "b"))
	w.run(t, s)
	w.run(t, s)
	b, err := w.store.Broadcast(t.Context(), "b")
	if err != nil || len(w.got) != 1 || b.State != core.BroadcastSending || b.StartAt != at("2023-10-03 07:00") || b.Reason == "" {
		t.Errorf("%+v, %d sent, %v", b, len(w.got), err)
	}
	w.finish(t, s, "b")
	if d := cmp.Diff(map[string]int64{"sent": 40}, w.tally(t, "b")); d != "" {
		t.Error(d)
	}
}

// TestRefusedOneAfterTheOther: a template that Zalo does not take costs a few people their message, not all.
func TestRefusedOneAfterTheOther(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 60)
	for _, p := range w.people {
		w.answers[p.UserID] = []error{refusal(-201, zalo.Fix)}
	}
	w.answers["up00003"] = nil // taken: what was refused before it counts no more
	s := outreach.New(w.config())
	w.plan(t, s, "b", 0)
	do(t, s.Start(t.Context(), "organizer:lan", "b"))
	w.run(t, s)
	b, err := w.store.Broadcast(t.Context(), "b")
	if d := cmp.Diff(map[string]int64{"failed refused": 13, "sent": 1, "planned": 46}, w.tally(t, "b")); d != "" || b.State != core.BroadcastPaused || !strings.Contains(b.Reason, "-201") || err != nil {
		t.Error(d, b.State, b.Reason, err)
	}
	clear(w.answers) // somebody has the template approved
	do(t, s.Resume(t.Context(), "organizer:lan", "b", "mẫu đã duyệt"))
	w.finish(t, s, "b")
	if got := w.tally(t, "b"); got["sent"] != 47 {
		t.Error(got)
	}
}

// TestLimitHoldsEverybodyBack: after -32 no process sends for a while.
func TestLimitHoldsEverybodyBack(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 1)
	w.answers["up00000"] = []error{refusal(-32, zalo.Retry)}
	mine, err := cache.Open(t.Context(), "", slog.New(slog.DiscardHandler))
	do(t, err)
	t.Cleanup(func() { mine.Close() })
	cfg := w.config()
	cfg.Pace = &outreach.Pacer{Cache: mine, Key: "oa", PerMinute: 60_000, Clock: w.clock.now}
	w.start(t, "b")
	w.run(t, outreach.New(cfg))
	if _, held := mine.Get(t.Context(), cache.OnceKey("zalo-hold", "oa")); !held || len(w.got) > 0 {
		t.Error("not held", w.got)
	}
}

// TestCancelledInBetween: who confirms a plan that somebody cancels at the same moment sends nothing.
func TestCancelledInBetween(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 2)
	other, cfg := outreach.New(w.config()), w.config()
	cfg.Audit = func(ctx context.Context, e core.AuditEntry) error {
		if e.Action == "broadcast.start" {
			return other.Cancel(ctx, "organizer:mai", "b", "sai chữ")
		}
		return nil
	}
	s := outreach.New(cfg)
	w.plan(t, s, "b", 0)
	if err := s.Start(t.Context(), "organizer:lan", "b"); !core.Is(err, core.Closed) || w.state(t, "b") != core.BroadcastCancelled {
		t.Error(err, w.state(t, "b"))
	}
	w.run(t, s)
	if len(w.got) > 0 {
		t.Error(w.got)
	}
}

// TestDecidedOnce: an organizer's word is for what is unknown; what is known stays.
func TestDecidedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 2)
	w.answers["up00001"] = []error{refusal(0, zalo.Reconcile)}
	s := outreach.New(w.config())
	w.start(t, "b")
	w.run(t, s)
	do(t, s.Decide(t.Context(), "organizer:lan", "b", "p00001", true, "có trong OA Manager"))
	for _, person := range []string{"p00000", "p00001"} {
		if err := s.Decide(t.Context(), "organizer:mai", "b", person, false, "chưa tới"); !core.Is(err, core.Closed) {
			t.Errorf("%s: %v", person, err)
		}
	}
	if d := cmp.Diff(map[string]int64{"sent": 1, "sent seen": 1}, w.tally(t, "b")); d != "" {
		t.Error(d)
	}
}

// TestNotDoneWhileInFlight: a broadcast is over when the last message has its outcome, not when it has left.
func TestNotDoneWhileInFlight(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 1)
	w.start(t, "b")
	cfg := w.config()
	cfg.Send = func(ctx context.Context, m outreach.Message) (outreach.Receipt, error) {
		w.run(t, outreach.New(w.config()))
		if state := w.state(t, "b"); state != core.BroadcastSending {
			t.Errorf("%s with a message in flight", state)
		}
		return w.send(ctx, m)
	}
	s := outreach.New(cfg)
	w.run(t, s)
	if state := w.state(t, "b"); state != core.BroadcastDone {
		t.Error(state)
	}
}

// TestLateReturnOfATurn: a process whose lease is over leaves the turn alone, which the next one used.
func TestLateReturnOfATurn(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 1)
	w.start(t, "b")
	cfg := w.config()
	cfg.Recipient = func(context.Context, core.Broadcast, string) (outreach.Recipient, error) {
		w.clock.advance(afterCrash)
		w.run(t, outreach.New(w.config()))
		return outreach.Recipient{Person: "p00000", Gone: true}, nil
	}
	w.run(t, outreach.New(cfg))
	if free, err := w.store.TakeTurns(t.Context(), []string{"p00000"}, "2023-10-02", "other", 1); len(free) > 0 || err != nil || w.got["up00000"] != 1 {
		t.Error(free, w.got, err)
	}
}

// TestEmptyValueIsAGap: a contest without a hotline writes nobody "Hotline:".
func TestEmptyValueIsAGap(t *testing.T) {
	t.Parallel()
	if out, err := outreach.Render("Hotline: {hotline}", map[string]string{"hotline": ""}, map[string]string{"hotline": ""}); !core.Is(err, core.Invalid) {
		t.Errorf("%q %v", out, err)
	}
}
