package talk_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"duthi/core"
)

// TestConversationIsHandedOverForATime: until the pause is over, longer when somebody goes on, not shorter by what comes
// late; whoever gives it back ends it at once.
func TestConversationIsHandedOverForATime(t *testing.T) {
	eachStore(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		at := func() core.Instant { return core.At(w.now()) }
		has := func() []core.Follower {
			t.Helper()
			all, err := w.HandedOver(ctx, 9)
			ok(t, err)
			return all
		}
		began := at()
		ok(t, w.HandOver(ctx, oa, "an", core.HandedStaff, began, 30*time.Minute))
		w.pass(20 * time.Minute)
		ok(t, w.HandOver(ctx, oa, "an", core.HandedStaff, at(), 30*time.Minute))  // they go on
		ok(t, w.HandOver(ctx, oa, "an", core.HandedStaff, began, 30*time.Minute)) // an old echo comes late
		w.pass(30*time.Minute - time.Millisecond)
		if now := has(); len(now) != 1 || now[0].UserID != "an" || now[0].Handed.Since != began || now[0].Handed.Reason != core.HandedStaff {
			t.Fatalf("%+v", now)
		}
		w.pass(time.Millisecond)
		if now := has(); len(now) != 0 {
			t.Errorf("over, but %+v", now)
		}
		ok(t, w.HandOver(ctx, oa, "an", core.HandedAsked, at(), 30*time.Minute))
		if now := has(); len(now) != 1 || now[0].Handed.Since != at() || now[0].Handed.Reason != core.HandedAsked {
			t.Errorf("a second time: %+v", now)
		}
		ok(t, w.Release(ctx, "organizer:lan", oa, "nobody"))
		ok(t, w.Release(ctx, "organizer:lan", "oa-2", "an"))
		if len(has()) != 1 || len(w.log) != 0 {
			t.Errorf("released by another's name; log %v", w.log)
		}
		ok(t, w.Release(ctx, "organizer:lan", oa, "an"))
		if len(has()) != 0 || len(w.log) != 1 || w.log[0].Action != "talk.release" || w.log[0].Actor != "organizer:lan" || !strings.HasPrefix(w.log[0].Subject, "follower:") || strings.Contains(w.log[0].Subject, oa) {
			t.Errorf("released: %v", w.log)
		}
	})
}

// TestWhatIsKnownOfAPersonIsNotLost: processes that note different things of one person at the same time keep all of them,
// and noting nothing new writes nothing.
func TestWhatIsKnownOfAPersonIsNotLost(t *testing.T) {
	eachStore(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		if f, err := w.Follower(ctx, oa, "an"); err != nil || f.Revision != 0 || f.ID != core.FollowerID(oa, "an") {
			t.Fatalf("%+v %v", f, err)
		}
		var all sync.WaitGroup
		for _, change := range []func(f *core.Follower){
			func(f *core.Follower) { f.Follows = true }, func(f *core.Follower) { f.NoReminders = true },
			func(f *core.Follower) { f.LastInteraction = 5 }, func(f *core.Follower) { f.Dialog.Question = "lịch" },
			func(f *core.Follower) { f.WithdrawnAt = 7 },
		} {
			p := w.process()
			all.Go(func() {
				if _, err := p.Meet(ctx, oa, "an", change); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		f, err := w.Follower(ctx, oa, "an")
		if err != nil || !f.Follows || !f.NoReminders || f.LastInteraction != 5 || f.Dialog.Question != "lịch" || f.WithdrawnAt != 7 || f.Revision != 5 {
			t.Errorf("%+v %v", f, err)
		}
		if _, err := w.Meet(ctx, oa, "an", func(f *core.Follower) { f.Follows = true }); err != nil {
			t.Error(err)
		}
		if again, _ := w.Follower(ctx, oa, "an"); again.Revision != f.Revision {
			t.Error("nothing new was written")
		}
	})
}
