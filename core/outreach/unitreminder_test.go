package outreach_test

import (
	"sync"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/outreach"
)

func TestRemindUnit(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 3)
	w.daily = -1
	s := outreach.New(w.config())
	b := core.Broadcast{ContestID: "c", Title: "Đầu mối nhắc", Content: core.Content{Text: "{ho_ten} chưa dự thi."}}
	remind := func() error { return s.RemindUnit(t.Context(), "organizer:dm", b, "d3", "SNV") }
	var refused sync.Map
	var all sync.WaitGroup
	for i := range 8 { // a button pressed by impatient hands
		all.Go(func() {
			if err := remind(); err != nil {
				refused.Store(i, err)
			}
		})
	}
	all.Wait()
	n := 0
	refused.Range(func(_, err any) bool {
		if !core.Is(err.(error), core.Limited) {
			t.Errorf("%v", err)
		}
		n++
		return true
	})
	if n != 7 {
		t.Fatalf("%d of 8 were refused", n)
	}
	made, err := s.UnitReminders(t.Context(), "c", "d3", "SNV")
	if err != nil || len(made) != 1 || made[0].State != core.BroadcastPlanning || made[0].Audience.Units[0] != "SNV" || made[0].Audience.Linked != "yes" {
		t.Fatalf("%+v %v", made, err)
	}
	if _, err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := w.tally(t, made[0].ID); got["sent"] != 3 {
		t.Errorf("not sent without another word: %v", got)
	}
	w.clock.advance(12 * time.Hour) // it is midnight
	for day := 2; day <= 3; day++ {
		if err := remind(); err != nil {
			t.Errorf("day %d: %v", day, err)
		}
		if err := remind(); !core.Is(err, core.Limited) {
			t.Errorf("day %d, twice: %v", day, err)
		}
		w.clock.advance(24 * time.Hour)
	}
	if err := remind(); !core.Is(err, core.Limited) {
		t.Errorf("a fourth time in the round: %v", err)
	}
	if err := s.RemindUnit(t.Context(), "organizer:dm", b, "d4", "SNV"); err != nil {
		t.Errorf("the next round: %v", err)
	}
	if err := s.RemindUnit(t.Context(), "organizer:dm2", b, "d3", "STC"); err != nil {
		t.Errorf("another unit: %v", err)
	}
}
