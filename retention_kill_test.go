package main

import (
	"fmt"
	"math/rand/v2"
	"os/exec"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"duthi/core"
	"duthi/core/account"
)

// TestRetentionKilled kills duthi retention at random moments, again and again, and lets it end: nothing is left that
// names anybody, figures and counts are as they were.
func TestRetentionKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("kills a built program: left out with -short")
	}
	t.Parallel()
	const people, deliveries = 1500, 3000
	env := environment{"DUTHI_DATA": t.TempDir(), "DUTHI_RETENTION": "off", "DUTHI_BACKUPS": "0"}
	w := newWorld(t, env, nil)
	ctx, id := t.Context(), w.catalog.All()[0].Record.ID
	for i := range people {
		must(t, w.store.InsertContestant(ctx, newPersonHashed(w, id, i+1, "x")))
	}
	must(t, w.store.InsertBroadcast(ctx, core.Broadcast{ID: "b", ContestID: id, State: core.BroadcastDone, Revision: 1}))
	ds := make([]core.Delivery, deliveries)
	for i := range ds {
		ds[i] = core.Delivery{BroadcastID: "b", Person: fmt.Sprint(core.RosterPrefix, "s:", i), State: core.DeliverySent, UserID: "84", Revision: 1}
	}
	must(t, w.store.PlanDeliveries(ctx, ds))
	rec, err := w.store.ContestRecord(ctx, id)
	must(t, err)
	rec.Contest.Period.End -= core.Instant(2 * 365 * 24 * 3600 * 1000)
	for i := range rec.Contest.Rounds {
		rec.Contest.Rounds[i].Start, rec.Contest.Rounds[i].End = 1, 2
	}
	rec.Revision++
	must(t, w.store.SaveContest(ctx, rec))
	figures, err := w.store.Participation(ctx, id, "")
	must(t, err)
	w.stop()

	path, err := built()
	must(t, err)
	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 0))
	killed := 0
	for range killRounds() {
		cmd := exec.Command(path, "retention", "--data", env["DUTHI_DATA"])
		must(t, cmd.Start())
		moment := time.Duration(50+rng.IntN(400)) * time.Millisecond
		timer := time.AfterFunc(moment, func() { _ = cmd.Process.Kill() })
		if cmd.Wait() != nil {
			killed++
		}
		timer.Stop()
	}
	out, err := exec.Command(path, "retention", "--data", env["DUTHI_DATA"]).CombinedOutput()
	t.Logf("%d of %d runs were killed; the last: %s", killed, killRounds(), out)
	must(t, err)
	w = newWorld(t, env, nil)
	for after := ""; ; {
		page, err := w.store.Contestants(ctx, id, account.PeopleFilter{}, after, 500)
		must(t, err)
		for _, c := range page {
			if c.Status != core.Erased || c.FullName != "" || !c.Phone.IsZero() {
				t.Fatalf("left: %+v", c)
			}
		}
		if len(page) == 0 {
			break
		}
		after = page[len(page)-1].ID
	}
	rest, err := w.store.Participation(ctx, id, "")
	if diff := cmp.Diff(figures, rest); err != nil || diff != "" {
		t.Errorf("the figures changed: %v %s", err, diff)
	}
	b, err := w.store.Broadcast(ctx, "b")
	if err != nil || len(b.Kept) != 1 || b.Kept[0].Count != deliveries {
		t.Errorf("counts of the broadcast: %+v %v", b.Kept, err)
	}
	if left, _ := w.store.Deliveries(ctx, "b", "", "", 9); len(left) > 0 {
		t.Errorf("%d deliveries are left", len(left))
	}
	if rec, err = w.store.ContestRecord(ctx, id); err != nil || rec.AnonymisedAt.IsZero() {
		t.Errorf("not marked as done: %v", err)
	}
	if _, _, err := w.audit.Verify(ctx); err != nil {
		t.Error(err)
	}
}
