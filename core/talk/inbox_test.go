package talk_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"duthi/core"
)

// TestInboxKeepsOrderWhateverCame: events are worked on by Zalo's time, once, however they came.
func TestInboxKeepsOrderWhateverCame(t *testing.T) {
	eachStore(t, func(t *testing.T, w *world) {
		lane := core.FollowerID(oa, "an")
		for _, e := range []struct {
			key   string
			at    time.Duration
			fresh bool
		}{{"third", 3 * time.Second, true}, {"first", time.Second, true}, {"third", 3 * time.Second, false}, {"second", 2 * time.Second, true}, {"first", time.Second, false}} {
			if fresh := w.brings("an", e.key, e.at); fresh != e.fresh {
				t.Errorf("%s: fresh %v", e.key, fresh)
			}
			w.pass(time.Millisecond)
		}
		w.brings("binh", "of another", 0)
		if lanes, err := w.Lanes(t.Context(), 10); err != nil || len(lanes) != 2 || lanes[0] != lane {
			t.Errorf("lanes %q, %v", lanes, err)
		}
		for _, want := range []string{"first", "second", "third"} {
			e, there, err := w.Next(t.Context(), lane)
			if err != nil || !there || e.Key != want {
				t.Fatalf("%q, %v, want %q", e.Key, err, want)
			}
			e, err = w.MarkSending(t.Context(), e, "Trả lời "+want)
			ok(t, err)
			ok(t, w.Settle(t.Context(), e, core.EventAnswered, ""))
			if w.brings("an", want, 0) { // Zalo delivers it again, long answered
				t.Errorf("%s was taken a second time", want)
			}
		}
		if key := w.next("an"); key != "" {
			t.Errorf("%q is open", key)
		}
		if key := w.next("binh"); key != "of another" {
			t.Errorf("another lane gives %q", key)
		}
		st, err := w.State(t.Context())
		if err != nil || st.Received != 1 || st.Sending+st.Unknown+st.Failed != 0 || st.Last.Key != "of another" {
			t.Errorf("%+v, %v", st, err)
		}
	})
}

// TestLaneIsOneProcesss: while one has a lane no other gets it; one that died loses it after its lease.
func TestLaneIsOneProcesss(t *testing.T) {
	eachStore(t, func(t *testing.T, w *world) {
		ctx, lane, other := t.Context(), "oa-1/an", w.process()
		var taken atomic.Int64
		var all sync.WaitGroup
		for range 8 {
			p := w.process()
			all.Go(func() {
				if p.TakeLane(ctx, "oa-1/chung") == nil {
					taken.Add(1)
				}
			})
		}
		all.Wait()
		if taken.Load() != 1 {
			t.Errorf("%d of eight have the lane", taken.Load())
		}
		ok(t, w.TakeLane(ctx, lane))
		ok(t, w.TakeLane(ctx, lane)) // the same one again
		wantCode(t, other.TakeLane(ctx, lane), core.Conflict)
		ok(t, other.LeaveLane(ctx, lane)) // not theirs to leave
		wantCode(t, other.TakeLane(ctx, lane), core.Conflict)
		ok(t, other.TakeLane(ctx, "oa-1/binh"))
		ok(t, w.LeaveLane(ctx, lane))
		ok(t, other.TakeLane(ctx, lane))
		w.pass(3*time.Minute - time.Second)
		wantCode(t, w.TakeLane(ctx, lane), core.Conflict)
		w.pass(time.Second)
		ok(t, w.TakeLane(ctx, lane))
	})
}

// TestAnswerOfADeadProcessIsNotRepeated: what somebody began to send and did not finish becomes unknown when the lease is
// over, not earlier, and is never given out again; an echo, or the sender who was only slow, says what became of it.
func TestAnswerOfADeadProcessIsNotRepeated(t *testing.T) {
	eachStore(t, func(t *testing.T, w *world) {
		ctx, lane := t.Context(), "oa-1/an"
		w.brings("an", "1", time.Second)
		w.brings("an", "2", 2*time.Second)
		e, _, err := w.Next(ctx, lane)
		ok(t, err)
		sending, err := w.MarkSending(ctx, e, "Đợt 3 đang mở.")
		ok(t, err)
		_, err = w.process().MarkSending(ctx, e, "Đợt 3 đang mở.")
		wantCode(t, err, core.Conflict) // one may send
		if key := w.next("an"); key != "" {
			t.Errorf("%q is given out while another is being sent", key)
		}
		w.pass(3*time.Minute - time.Second)
		if key := w.next("an"); key != "" {
			t.Errorf("%q is given out before the lease is over", key)
		}
		w.pass(time.Second)
		if key := w.next("an"); key != "2" || w.event("1").State != core.EventUnknown || w.event("1").Open {
			t.Errorf("%q comes next, the first is %s", key, w.event("1").State)
		}
		if found, err := w.Echoed(ctx, lane, "Một tin khác.", "m0", 0); found || err != nil {
			t.Errorf("another text's echo: %v %v", found, err)
		}
		if found, err := w.Echoed(ctx, "oa-1/binh", "Đợt 3 đang mở.", "m0", 0); found || err != nil {
			t.Errorf("another person's echo: %v %v", found, err)
		}
		if found, err := w.Echoed(ctx, lane, "Đợt 3 đang mở.", "m1", core.At(began)); !found || err != nil {
			t.Errorf("its echo: %v %v", found, err)
		}
		if now := w.event("1"); now.State != core.EventAnswered || len(now.MessageIDs) != 1 || now.MessageIDs[0] != "m1" {
			t.Errorf("after the echo: %+v", now)
		}
		ok(t, w.Settle(ctx, sending, core.EventFailed, "trễ")) // the slow sender comes last: what the echo said stands
		if now := w.event("1"); now.State != core.EventAnswered {
			t.Errorf("after the slow sender: %s", now.State)
		}

		e, _, err = w.Next(ctx, lane)
		ok(t, err)
		sending, err = w.MarkSending(ctx, e, "Trả lời hai.")
		ok(t, err)
		w.pass(3 * time.Minute)
		w.next("an") // another takes it for dead
		ok(t, w.Settle(ctx, sending, core.EventAnswered, ""))
		if now := w.event("2"); now.State != core.EventAnswered {
			t.Errorf("what happened loses against a guess: %s", now.State)
		}
	})
}

// TestRefusedAnswersAreTriedAgainAndEnd: an answer that surely did not arrive waits as told, holds back what came later,
// and fails after twelve tries; an organizer closes it with a line in the log.
func TestRefusedAnswersAreTriedAgainAndEnd(t *testing.T) {
	eachStore(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.brings("an", "1", time.Second)
		w.brings("an", "2", 2*time.Second)
		tries := 0
		for w.event("1").Open {
			e, there, err := w.Next(ctx, "oa-1/an")
			if err != nil || !there || e.Key != "1" {
				t.Fatalf("after %d tries: %q %v %v", tries, e.Key, there, err)
			}
			ok(t, w.Retry(ctx, e, time.Minute, "bận"))
			if tries++; tries > 20 {
				t.Fatal("it never ends")
			}
			if w.event("1").Open {
				if key := w.next("an"); key != "" {
					t.Errorf("%q is given out before the wait is over", key)
				}
				if lanes, _ := w.Lanes(ctx, 9); tries == 1 && len(lanes) != 1 { // the later one is due, and held back by Next
					t.Errorf("lanes %q", lanes)
				}
			}
			w.pass(time.Minute)
		}
		if now := w.event("1"); tries != 12 || now.State != core.EventFailed || now.Reason != "bận" {
			t.Errorf("after %d tries: %+v", tries, now)
		}
		if key := w.next("an"); key != "2" {
			t.Errorf("then comes %q", key)
		}
		ok(t, w.Resolve(ctx, "organizer:lan", "2")) // not for an organizer to close
		if w.event("2").State != core.EventReceived || len(w.log) != 0 {
			t.Errorf("an open event was closed: %+v %v", w.event("2"), w.log)
		}
		ok(t, w.Resolve(ctx, "organizer:lan", "1"))
		if w.event("1").State != core.EventDropped || len(w.log) != 1 || w.log[0].Actor != "organizer:lan" || w.log[0].Action != "inbox.resolve" {
			t.Errorf("%+v %v", w.event("1"), w.log)
		}
		w.pass(8*24*time.Hour - time.Hour)
		if n, err := w.Clean(ctx, 9); n != 0 || err != nil {
			t.Errorf("%d events went too early, %v", n, err)
		}
		w.pass(time.Hour)
		if n, err := w.Clean(ctx, 9); n != 1 || err != nil || w.event("2").Key != "2" {
			t.Errorf("%d events went, %v; the open one must stay", n, err)
		}
	})
}
