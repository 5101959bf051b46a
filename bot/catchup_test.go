package bot_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"duthi/core"
)

// TestCatchUp: the webhook swallows messages for a while, as when Zalo has switched it off. What waits is found over
// the conversation API and answered once, also when the webhook brings it later; what was answered is left alone, and
// while events come nobody looks.
func TestCatchUp(t *testing.T) {
	t.Parallel()
	w, r := alone(t)
	var swallow atomic.Bool
	w.sim.Webhook = http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		if !swallow.Load() {
			r.server.ServeHTTP(rw, req)
		}
	})
	answered, waiting := w.sim.AddPerson("An", ""), w.sim.AddPerson("Bình", "")
	w.sim.Say(answered, "link")
	w.settled(r)
	swallow.Store(true)
	id := w.sim.Say(waiting, "lịch thi")
	w.sim.Say(waiting, "link")
	w.settled(r)
	look := func(step string, want ...int) {
		t.Helper()
		w.must(r.CatchUp(t.Context()))
		w.settled(r)
		if a, b := len(w.sim.Sent(answered)), len(w.sim.Sent(waiting)); a != want[0] || b != want[1] {
			t.Errorf("%s: %d and %d answers, want %v", step, a, b, want)
		}
	}
	w.clock.Advance(19 * time.Minute)
	look("events came lately", 1, 0)
	w.clock.Advance(2 * time.Minute)
	look("nothing came for long", 1, 2)
	look("looked again", 1, 2)
	w.clock.Advance(time.Hour)
	look("an hour later", 1, 2)
	swallow.Store(false)
	body, stamp := textEvent(w, waiting, id, "lịch thi") // the redelivery comes after all
	if got := post(r, body, sign(w, body, stamp)); got != http.StatusOK {
		t.Fatal(got)
	}
	w.settled(r)
	look("brought late", 1, 2)
	st, err := r.talk.State(t.Context())
	w.must(err)
	if st.Unknown+st.Failed != 0 {
		t.Errorf("%+v", st)
	}
}

// TestReconcile: an answer whose fate is unknown is looked for in the conversation; found, it counts as answered, and
// one that never arrived stays listed.
func TestReconcile(t *testing.T) {
	t.Parallel()
	w, r := alone(t)
	r.stop()
	an := w.sim.AddPerson("An", "")
	body, stamp := textEvent(w, an, "m1", "link")
	if got := post(r, body, sign(w, body, stamp)); got != http.StatusOK {
		t.Fatal(got)
	}
	lane := core.FollowerID(w.sim.OAID, an)
	e, ok, err := r.talk.Next(t.Context(), lane)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	e, err = r.talk.MarkSending(t.Context(), e, "Trang dự thi")
	w.must(err)
	w.must(r.talk.Settle(t.Context(), e, core.EventUnknown, "thử"))
	w.must(r.CatchUp(t.Context()))
	if st, err := r.talk.State(t.Context()); err != nil || st.Unknown != 1 {
		t.Fatalf("not in the conversation, but settled: %+v, %v", st, err)
	}
	w.sim.StaffSay(an, "Trang dự thi")
	w.must(r.CatchUp(t.Context()))
	if st, err := r.talk.State(t.Context()); err != nil || st.Unknown != 0 {
		t.Errorf("in the conversation, but unknown: %+v, %v", st, err)
	}
}
