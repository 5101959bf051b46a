package mongostore

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"duthi/core"
)

// outreachIndexes are those of schema 3. Every unique index of deliveries begins with the broadcast, their shard key.
func outreachIndexes() []index {
	return []index{
		{"broadcasts", doc("contest_id", 1, "start_at", -1, "_id", -1), false, nil},
		{"broadcasts", doc("state", 1, "start_at", 1, "_id", 1), false, nil},
		{"reminder_rules", doc("contest_id", 1, "_id", 1), false, nil},
		{"deliveries", doc("broadcast_id", 1, "person", 1), true, nil},
		{"deliveries", doc("broadcast_id", 1, "state", 1, "person", 1), false, nil},
		{"deliveries", doc("broadcast_id", 1, "state", 1, "channel", 1, "reason", 1, "cost", 1), false, nil},
		{"deliveries", doc("broadcast_id", 1, "state", 1, "not_before", 1, "person", 1), false, nil},
		{"deliveries", doc("user_id", 1, "state", 1, "sent_at", 1, "broadcast_id", 1), false, doc("user_id", isSet())},
		{"turns", doc("person", 1, "day", 1, "slot", 1), true, nil},
		{"turns", doc("day", 1), false, nil},
		{"turns", doc("broadcast_id", 1), false, nil},
	}
}

// InsertBroadcast implements outreach.BroadcastStore.
func (s *Store) InsertBroadcast(ctx context.Context, b core.Broadcast) error {
	b.Revision = 1
	return insert(ctx, s.broadcasts, b.ID, b)
}

// UpdateBroadcast implements outreach.BroadcastStore.
func (s *Store) UpdateBroadcast(ctx context.Context, b core.Broadcast) error {
	return replace(ctx, s.broadcasts, b.ID, b.Revision, b)
}

// Broadcast implements outreach.BroadcastStore.
func (s *Store) Broadcast(ctx context.Context, id string) (core.Broadcast, error) {
	return one[core.Broadcast](ctx, s.broadcasts, doc("_id", id))
}

// Broadcasts implements outreach.BroadcastStore.
func (s *Store) Broadcasts(ctx context.Context, contestID string, limit int) ([]core.Broadcast, error) {
	return many[core.Broadcast](ctx, s.broadcasts, doc("contest_id", contestID),
		options.Find().SetSort(doc("start_at", -1, "_id", -1)).SetLimit(int64(limit)))
}

// BroadcastsIn implements outreach.BroadcastStore.
func (s *Store) BroadcastsIn(ctx context.Context, state string, now core.Instant, limit int) ([]core.Broadcast, error) {
	return many[core.Broadcast](ctx, s.broadcasts, doc("state", state, "start_at", doc("$lt", now+1)),
		options.Find().SetSort(doc("start_at", 1, "_id", 1)).SetLimit(int64(limit)))
}

// InsertRule implements outreach.BroadcastStore.
func (s *Store) InsertRule(ctx context.Context, r core.ReminderRule) error {
	r.Revision = 1
	return insert(ctx, s.reminders, r.ID, r)
}

// UpdateRule implements outreach.BroadcastStore.
func (s *Store) UpdateRule(ctx context.Context, r core.ReminderRule) error {
	return replace(ctx, s.reminders, r.ID, r.Revision, r)
}

// Rules implements outreach.BroadcastStore.
func (s *Store) Rules(ctx context.Context, contestID string) ([]core.ReminderRule, error) {
	return many[core.ReminderRule](ctx, s.reminders, doc("contest_id", contestID), options.Find().SetSort(doc("_id", 1)))
}

// removeDeliveries removes the deliveries and turns of a contest's broadcasts; the broadcasts go after them.
func (s *Store) removeDeliveries(ctx context.Context, contestID string) error {
	type id struct {
		ID string `bson:"_id"`
	}
	ids, err := many[id](ctx, s.broadcasts, doc("contest_id", contestID), options.Find().SetProjection(doc("_id", 1)))
	if err != nil {
		return err
	}
	for _, b := range ids {
		for _, c := range []*mongo.Collection{s.deliveries, s.turns} {
			if err := removeAll(ctx, c, doc("broadcast_id", b.ID), nil); err != nil {
				return err
			}
		}
	}
	return nil
}
