package outreach

import (
	"context"
	"errors"

	"duthi/core"
)

// BroadcastStore keeps broadcasts and the rules that make them.
type BroadcastStore interface {
	// InsertBroadcast adds a broadcast with Revision 1; Conflict when the id is known.
	InsertBroadcast(ctx context.Context, b core.Broadcast) error
	// UpdateBroadcast replaces the broadcast of revision b.Revision-1, else Conflict.
	UpdateBroadcast(ctx context.Context, b core.Broadcast) error
	// Broadcast gives a broadcast by id, or NotFound.
	Broadcast(ctx context.Context, id string) (core.Broadcast, error)
	// Broadcasts gives the broadcasts of a contest, the one that starts last first, then by id downwards.
	Broadcasts(ctx context.Context, contestID string, limit int) ([]core.Broadcast, error)
	// BroadcastsIn gives the broadcasts in a state with StartAt <= now, by StartAt, then id.
	BroadcastsIn(ctx context.Context, state string, now core.Instant, limit int) ([]core.Broadcast, error)

	// InsertRule adds a rule with Revision 1; Conflict when the id is known.
	InsertRule(ctx context.Context, r core.ReminderRule) error
	// UpdateRule replaces the rule of revision r.Revision-1, else Conflict.
	UpdateRule(ctx context.Context, r core.ReminderRule) error
	// Rules gives the rules of a contest in the order of ids.
	Rules(ctx context.Context, contestID string) ([]core.ReminderRule, error)
}

// DeliveryStore keeps deliveries. Those of one broadcast live on one shard.
type DeliveryStore interface {
	// PlanDeliveries adds deliveries of one broadcast with Revision 1, as bulk work. A person who is there is left
	// as is, so that planning can be repeated, and one whose Address another person of the broadcast has is left out.
	// Not all or nothing.
	PlanDeliveries(ctx context.Context, ds []core.Delivery) error
	// Delivery gives one, or NotFound.
	Delivery(ctx context.Context, broadcastID, person string) (core.Delivery, error)
	// Deliveries gives up to limit deliveries in a state with person greater than after, in the order of persons;
	// state "" gives all.
	Deliveries(ctx context.Context, broadcastID, state, after string, limit int) ([]core.Delivery, error)
	// LeaseDeliveries takes up to limit planned deliveries with NotBefore <= now, and leased ones whose NotBefore
	// has come: state leased, Lease lease, NotBefore until, Revision grown by one. No two callers get the same; each
	// call names a lease of its own. The first to become due are taken first; they come in any order.
	LeaseDeliveries(ctx context.Context, broadcastID, lease string, now, until core.Instant, limit int) ([]core.Delivery, error)
	// UpdateDelivery replaces the delivery of revision d.Revision-1, else Conflict; with Fields "address" when another
	// person of the broadcast has its Address.
	UpdateDelivery(ctx context.Context, d core.Delivery) error
	// DeliveriesAt gives the deliveries of a broadcast that have one of some addresses, in any order.
	DeliveriesAt(ctx context.Context, broadcastID string, addresses []string) ([]core.Delivery, error)
	// LostDeliveries gives up to limit deliveries that have been sending since NotBefore <= now, by NotBefore, then
	// person: nobody holds them any more.
	LostDeliveries(ctx context.Context, broadcastID string, now core.Instant, limit int) ([]core.Delivery, error)
	// OpenTo gives the deliveries to a Zalo user that are sending or unknown, by SentAt, then broadcast.
	OpenTo(ctx context.Context, userID string, limit int) ([]core.Delivery, error)
	// NextDelivery gives the least NotBefore of planned and leased deliveries, or NotFound when there is none.
	NextDelivery(ctx context.Context, broadcastID string) (core.Instant, error)
	// Tally counts deliveries, in the order of state, channel and reason.
	Tally(ctx context.Context, broadcastID string) ([]core.DeliveryCount, error)

	// DeleteDeliveries removes up to limit deliveries of a broadcast, as bulk work, and says how many.
	DeleteDeliveries(ctx context.Context, broadcastID string, limit int) (int, error)

	// TakeTurns takes one of each person's max turns of a day for a broadcast, which may take it again, and gives the
	// persons who have one then; of the others other broadcasts have them all. Not all or nothing.
	TakeTurns(ctx context.Context, persons []string, day, broadcastID string, max int) ([]string, error)
	// ReturnTurn gives back the turn a broadcast has, if any.
	ReturnTurn(ctx context.Context, person, day, broadcastID string) error
	// DeleteTurns removes up to limit turns of days before the given one, and says how many.
	DeleteTurns(ctx context.Context, before string, limit int) (int, error)
}

// AddressTaken makes the Conflict of an address that another person of the broadcast has. It stands here so that both
// stores say the same.
func AddressTaken(cause error) error {
	e := core.FieldErrors(map[string]string{"address": "Tin của thông báo này tới người khác đã đi cùng địa chỉ."})
	e.Code, e.Err = core.Conflict, cause
	return e
}

// addressTaken reports whether err is AddressTaken's.
func addressTaken(err error) bool {
	var e *core.Error
	return errors.As(err, &e) && e.Code == core.Conflict && e.Fields["address"] != ""
}
