package mongostore

import (
	"fmt"
	"slices"
	"testing"

	"duthi/core"
)

// TestDeliveryCommands counts what planning and sending ask of the server: a command for each 500 people planned, and
// for a batch sent three to lease it and two for its turns, whatever its size.
func TestDeliveryCommands(t *testing.T) {
	t.Parallel()
	s, log := openWatched(t)
	ctx := t.Context()
	const people = 3 * batchSize
	ds := make([]core.Delivery, people)
	persons := make([]string, people)
	for i := range ds {
		persons[i] = fmt.Sprintf("p%05d", i)
		ds[i] = core.Delivery{BroadcastID: "b", Person: persons[i], State: core.DeliveryPlanned, Channel: core.ChannelFree, NotBefore: start}
	}
	insert := slices.Repeat([]string{"insert deliveries"}, 3)
	want := func(what string, err error, commands ...string) {
		t.Helper()
		must(t, err)
		if got := names(log.take()); !slices.Equal(got, commands) {
			t.Errorf("%s: %q, want %q", what, got, commands)
		}
	}
	log.take()
	want("planning", s.PlanDeliveries(ctx, ds), insert...)
	want("planning again", s.PlanDeliveries(ctx, ds), insert...)
	for _, limit := range []int{7, 90} {
		leased, err := s.LeaseDeliveries(ctx, "b", fmt.Sprint("l", limit), start, start+9, limit)
		if len(leased) != limit {
			t.Fatalf("%d leased, want %d", len(leased), limit)
		}
		want("leasing", err, "find deliveries", "update deliveries", "find deliveries")
		d := leased[0]
		d.State, d.Revision = core.DeliverySending, d.Revision+1
		want("a mark", s.UpdateDelivery(ctx, d), "update deliveries")
	}
	have, err := s.TakeTurns(ctx, persons[:90], "2023-10-01", "b", 1)
	if len(have) != 90 {
		t.Fatalf("%d turns", len(have))
	}
	want("turns", err, "find turns", "insert turns")
	have, err = s.TakeTurns(ctx, persons[:90], "2023-10-01", "b2", 1)
	if len(have) != 0 {
		t.Fatalf("%d turns beyond the cap", len(have))
	}
	want("no turns left", err, "find turns")
}
