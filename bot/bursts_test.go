package bot_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"duthi/bot"
	"duthi/core"
	"duthi/core/zalo/zalosim"
)

// TestFloodIsAnsweredSoFar: whoever sends hundreds of messages in a minute is told once and does not use up the OA's
// calls; a minute later they are answered again, and others never notice.
func TestFloodIsAnsweredSoFar(t *testing.T) {
	t.Parallel()
	w, r := alone(t)
	flood, other := w.sim.AddPerson("An", ""), w.sim.AddPerson("Bình", "")
	for range 100 {
		w.sim.Say(flood, "link")
	}
	w.sim.Say(other, "link")
	w.settled(r)
	sent := w.sim.Sent(flood)
	if len(sent) != 31 || !strings.Contains(sent[30].Text, "nhắn nhanh quá") {
		t.Errorf("%d answers, the last %q", len(sent), sent[len(sent)-1].Text)
	}
	if n := len(w.sim.Sent(other)); n != 1 {
		t.Errorf("%d answers to the other person", n)
	}
	w.sim.Follow(flood) // greets nobody who floods
	w.settled(r)
	w.clock.Advance(time.Minute)
	w.sim.Say(flood, "link")
	w.settled(r)
	if n := len(w.sim.Sent(flood)); n != 32 {
		t.Errorf("%d answers a minute later", n)
	}
}

// TestEventsThatAreNotOurs: signed events of another OA of the app, of nobody and of the far future are acknowledged;
// the first two are not worked on, and the last does not leave a window open.
func TestEventsThatAreNotOurs(t *testing.T) {
	t.Parallel()
	var w *world
	w, r := alone(t, func(o *bot.Options) {
		o.Webhook.OAIDs = nil
		o.OAID = func(context.Context) string { return w.sim.OAID }
	})
	an := w.sim.AddPerson("An", "")
	send := func(oa, user, id string, at time.Time) {
		t.Helper()
		stamp := fmt.Sprint(at.UnixMilli())
		body := fmt.Sprintf(`{"app_id":%q,"event_name":"user_send_text","sender":{"id":%q},"recipient":{"id":%q},"message":{"text":"link","msg_id":%q},"timestamp":%q}`,
			w.sim.AppID, user, oa, id, stamp)
		if got := post(r, body, sign(w, body, stamp)); got != http.StatusOK {
			t.Errorf("%s: %d", id, got)
		}
	}
	now := w.clock.Now()
	send("111", an, "other", now)
	send(w.sim.OAID, "", "nobody", now)
	w.settled(r)
	if n := len(w.sim.Sent("")); n != 0 {
		t.Errorf("%d answers", n)
	}
	dropped, err := r.talk.Listed(t.Context(), core.EventDropped, 10)
	w.must(err)
	if !hasReason(dropped, "của OA khác") || !hasReason(dropped, "không rõ người gửi") {
		t.Errorf("%+v", dropped)
	}
	send(w.sim.OAID, an, "future", now.AddDate(1, 0, 0))
	w.settled(r)
	f, err := r.talk.Follower(t.Context(), w.sim.OAID, an)
	if err != nil || f.LastInteraction != core.At(now) {
		t.Errorf("last interaction %v, %v", f.LastInteraction, err)
	}
}

// TestCatchUpWithoutGrant: nobody consented yet is the console's matter, not a failing job.
func TestCatchUpWithoutGrant(t *testing.T) {
	t.Parallel()
	w := newWorld(t, &zalosim.Sim{Clock: zalosim.NewClock(startOfWorld)})
	r := w.start()
	w.must(r.keeper.Revoked(t.Context(), "test"))
	if err := r.CatchUp(t.Context()); err != nil {
		t.Error(err)
	}
}
