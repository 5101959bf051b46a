package outreach_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"duthi/core"
	"duthi/core/outreach"
	"duthi/core/zalo"
)

func refusal(code int, action zalo.Action) error {
	return &zalo.APIError{Host: zalo.HostOA, Code: code, Action: action}
}

// finish runs a broadcast to its end, an hour at a time.
func (w *world) finish(t *testing.T, s *outreach.Service, id string) {
	t.Helper()
	for range 80 {
		if _, err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if w.state(t, id) == core.BroadcastDone {
			return
		}
		w.clock.advance(time.Hour)
	}
	t.Fatalf("not done: %v", w.tally(t, id))
}

// TestOutcomes has Zalo answer each person differently.
func TestOutcomes(t *testing.T) {
	t.Parallel()
	retry := refusal(-200, zalo.Retry)
	for i, c := range []struct {
		answers []error
		want    string
		got     int
	}{
		{nil, "sent", 1},
		{[]error{retry, retry}, "sent", 1},
		{[]error{retry, retry, retry, retry, retry, retry, retry}, "failed tries", 0},
		{[]error{refusal(-32, zalo.Retry), refusal(-32, zalo.Retry), refusal(-32, zalo.Retry), refusal(-32, zalo.Retry), refusal(-32, zalo.Retry), refusal(-32, zalo.Retry)}, "sent", 1},
		{[]error{refusal(-213, zalo.Stop)}, "failed unreachable", 0},
		{[]error{refusal(-201, zalo.Fix)}, "failed refused", 0},
		{[]error{refusal(-218, zalo.Wait)}, "sent", 1},
		{[]error{refusal(0, zalo.Reconcile)}, "unknown no_answer", 0},
		{[]error{context.DeadlineExceeded}, "unknown no_answer", 0},
		{[]error{core.Errorf(core.Unavailable, "Đang bận.")}, "sent", 1},
	} {
		t.Run(fmt.Sprint(i, c.want), func(t *testing.T) {
			t.Parallel()
			w := newWorld(openStore(t), "p", 1)
			w.people[0].LastInteraction = noon.Add(24 * time.Hour)
			w.answers["up00000"] = c.answers
			w.start(t, "b")
			w.finish(t, outreach.New(w.config()), "b")
			if d := cmp.Diff(map[string]int64{c.want: 1}, w.tally(t, "b")); d != "" || w.got["up00000"] != c.got {
				t.Error(d, w.got)
			}
			d, err := w.store.Delivery(t.Context(), "b", "p00000")
			if err != nil || d.State != core.DeliveryUnknown && (d.UserID != "" || d.Digest != "") || d.State == core.DeliverySent && d.MessageID == "" {
				t.Error(d, err)
			}
		})
	}
}

// TestHumanNeeded pauses the broadcast; after an organizer resumed it, everybody gets one.
func TestHumanNeeded(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 6)
	w.answers["up00002"] = []error{refusal(-224, zalo.Human)}
	w.start(t, "b")
	s := outreach.New(w.config())
	if _, err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if w.state(t, "b") != core.BroadcastPaused || len(w.got) != 2 {
		t.Fatal(w.state(t, "b"), w.got)
	}
	if err := s.Resume(t.Context(), "organizer:lan", "b", "đã cấp quyền lại"); err != nil {
		t.Fatal(err)
	}
	w.finish(t, s, "b")
	if d := cmp.Diff(map[string]int64{"sent": 6}, w.tally(t, "b")); d != "" {
		t.Error(d)
	}
}

// TestPauseAndCancel act between messages.
func TestPauseAndCancel(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 20)
	w.start(t, "b")
	cfg := w.config()
	var s *outreach.Service
	cfg.Send = func(ctx context.Context, m outreach.Message) (outreach.Receipt, error) {
		r, err := w.send(ctx, m)
		switch len(w.got) {
		case 3:
			err = s.Pause(ctx, "organizer:lan", "b", "sai chữ")
		case 7:
			err = s.Cancel(ctx, "organizer:lan", "b", "thôi")
		}
		return r, err
	}
	s = outreach.New(cfg)
	for _, want := range []struct {
		state string
		sent  int
	}{{core.BroadcastPaused, 3}, {core.BroadcastPaused, 3}} {
		if _, err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if w.state(t, "b") != want.state || len(w.got) != want.sent {
			t.Fatal(w.state(t, "b"), len(w.got))
		}
	}
	if err := s.Resume(t.Context(), "organizer:lan", "b", "đã cấp quyền lại"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(map[string]int64{"sent": 7, "planned": 13}, w.tally(t, "b")); d != "" || w.state(t, "b") != core.BroadcastCancelled {
		t.Error(d)
	}
	if err := s.Resume(t.Context(), "organizer:lan", "b", "đã cấp quyền lại"); !core.Is(err, core.Closed) {
		t.Error(err)
	}
}

// TestCap has three broadcasts on one day: each person gets one a day, the others on the next days, in the morning.
func TestCap(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 3)
	w.quiet = outreach.DefaultQuiet()
	for i := range w.people {
		w.people[i].LastInteraction = noon.Add(48 * time.Hour)
	}
	for _, id := range []string{"b1", "b2", "b3"} {
		w.start(t, id)
	}
	cfg := w.config()
	days := map[string]int{}
	cfg.Send = func(ctx context.Context, m outreach.Message) (outreach.Receipt, error) {
		now := w.clock.now().In(vietnam)
		days[m.UserID+now.Format(" 02/01")]++
		if h := now.Hour(); h < 7 || h > 21 {
			t.Errorf("sent at %v", now)
		}
		return w.send(ctx, m)
	}
	s := outreach.New(cfg)
	for _, id := range []string{"b1", "b2", "b3"} {
		w.finish(t, s, id)
	}
	if len(days) != 9 {
		t.Errorf("%v", days)
	}
	for day, n := range days {
		if n != 1 {
			t.Errorf("%s: %d", day, n)
		}
	}
}

// TestPeopleChange between plan and send.
func TestPeopleChange(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 7)
	w.people[5].Follows = false
	w.clock.at.Store(int64(at("2023-10-02 05:00")))
	w.quiet = outreach.DefaultQuiet()
	w.start(t, "b")
	s := outreach.New(w.config())
	if _, err := s.Run(t.Context()); err != nil || len(w.got) != 0 {
		t.Fatal(err, w.got)
	}
	f, err := s.Forecast(t.Context(), core.Broadcast{ID: "b"}, 60)
	if err != nil || f.Reach != 6 || f.Missed != 1 || show(f.Starts) != "2023-10-02 07:00" || f.Ends != f.Starts.Add(6*time.Second) {
		t.Errorf("%+v, %v", f, err)
	}
	w.people[0].OptedOut = true
	w.people[1].Gone = true
	w.people[2].LastInteraction = noon.Add(-4 * 24 * time.Hour)
	w.people[3].Values = nil
	w.people[6].NoConsent = true
	w.finish(t, s, "b")
	if d := cmp.Diff(map[string]int64{"sent": 1, "skipped opted_out": 1, "skipped no_consent": 1, "skipped gone": 1, "skipped window": 1, "skipped text": 1, "skipped no_channel": 1},
		w.tally(t, "b")); d != "" {
		t.Error(d)
	}
}

// TestLate skips what the closing moment has overtaken.
func TestLate(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 2)
	b := core.Broadcast{ID: "b", ContestID: "c", RuleID: "r", State: core.BroadcastPlanning, StartAt: noon, StopAt: noon.Add(time.Hour),
		Content: core.Content{Text: "x"}}
	if err := w.store.InsertBroadcast(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	w.clock.advance(time.Hour)
	w.finish(t, outreach.New(w.config()), "b")
	if d := cmp.Diff(map[string]int64{"skipped late": 2}, w.tally(t, "b")); d != "" {
		t.Error(d)
	}
}

// TestUnknownIsSettled by an echo, by the conversation, or by an organizer, and never by sending again.
func TestUnknownIsSettled(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 4)
	for _, p := range w.people {
		w.answers[p.UserID] = []error{refusal(0, zalo.Reconcile)}
	}
	w.start(t, "b")
	cfg := w.config()
	cfg.Conversation = func(_ context.Context, userID string) ([]zalo.ChatMessage, error) {
		if userID != "up00001" {
			return []zalo.ChatMessage{{MessageID: "old", Text: "Nguyễn Văn p00002 còn lượt thi.", At: noon.Add(-time.Hour)},
				{MessageID: "theirs", Text: "Nguyễn Văn p00002 còn lượt thi.", At: noon, FromUser: true}}, nil
		}
		return []zalo.ChatMessage{{MessageID: "m1", Text: "Nguyễn Văn p00001 còn lượt thi.", At: noon.Add(time.Second)}}, nil
	}
	s := outreach.New(cfg)
	w.finish(t, s, "b")
	if found, err := s.Echoed(t.Context(), "up00000", "Nguyễn Văn p00000 còn lượt thi.", "m0", noon.Add(time.Second)); !found || err != nil {
		t.Error(found, err)
	}
	if found, err := s.Echoed(t.Context(), "up00003", "Chào anh/chị", "m0", noon.Add(time.Second)); found || err != nil {
		t.Error(found, err)
	}
	if n, err := s.Resolve(t.Context(), "b"); n != 1 || err != nil {
		t.Error(n, err)
	}
	if d := cmp.Diff(map[string]int64{"sent seen": 2, "unknown no_answer": 2}, w.tally(t, "b")); d != "" {
		t.Error(d)
	}
	for person, arrived := range map[string]bool{"p00002": true, "p00003": false} {
		if err := s.Decide(t.Context(), "organizer:lan", "b", person, arrived, "đã gọi điện"); err != nil {
			t.Error(err)
		}
	}
	if d := cmp.Diff(map[string]int64{"sent seen": 3, "failed not_received": 1}, w.tally(t, "b")); d != "" || len(w.got) != 0 {
		t.Error(d, w.got)
	}
}
