package mongostore

import (
	"testing"

	"duthi/core"
)

func outreachOperations(t *testing.T, s *Store) {
	ctx := t.Context()
	b := core.Broadcast{ID: "b", ContestID: "c", State: core.BroadcastDraft, StartAt: start}
	must(t, s.InsertBroadcast(ctx, b))
	b.State, b.Revision = core.BroadcastSending, 2
	must(t, s.UpdateBroadcast(ctx, b))
	ask(t)(s.Broadcast(ctx, "b"))
	ask(t)(s.Broadcasts(ctx, "c", 9))
	ask(t)(s.BroadcastsIn(ctx, core.BroadcastSending, start, 9))
	r := core.ReminderRule{ID: "r", ContestID: "c"}
	must(t, s.InsertRule(ctx, r))
	r.Revision = 2
	must(t, s.UpdateRule(ctx, r))
	ask(t)(s.Rules(ctx, "c"))

	d := core.Delivery{BroadcastID: "b", Person: "p", State: core.DeliveryPlanned, Channel: core.ChannelFree, NotBefore: start}
	must(t, s.PlanDeliveries(ctx, []core.Delivery{d}))
	ask(t)(s.NextDelivery(ctx, "b"))
	ask(t)(s.Deliveries(ctx, "b", "", "", 9))
	ask(t)(s.Deliveries(ctx, "b", core.DeliveryPlanned, "", 9))
	leased, err := s.LeaseDeliveries(ctx, "b", "l", start, start+9, 9)
	if err != nil || len(leased) != 1 {
		t.Fatal(leased, err)
	}
	d = leased[0]
	d.State, d.UserID, d.Revision = core.DeliverySending, "u", d.Revision+1
	must(t, s.UpdateDelivery(ctx, d))
	ask(t)(s.Delivery(ctx, "b", "p"))
	ask(t)(s.DeliveriesAt(ctx, "b", []string{"a1", "a2"}))
	ask(t)(s.LostDeliveries(ctx, "b", start+9, 9))
	ask(t)(s.OpenTo(ctx, "u", 9))
	ask(t)(s.Tally(ctx, "b"))
	ask(t)(s.DeleteDeliveries(ctx, "b", 9))
	ask(t)(s.TakeTurns(ctx, []string{"p"}, "2023-10-01", "b", 1))
	ask(t)(s.TakeTurns(ctx, []string{"p"}, "2023-10-02", "b", 1))
	must(t, s.ReturnTurn(ctx, "p", "2023-10-01", "b"))
	ask(t)(s.DeleteTurns(ctx, "2023-10-03", 9))
}
