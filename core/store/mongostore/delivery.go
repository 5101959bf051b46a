package mongostore

import (
	"context"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"duthi/core"
	"duthi/core/outreach"
)

// PlanDeliveries implements outreach.DeliveryStore: one command for each batch. A person who is there, and one
// whose address is, collides and is left out.
func (s *Store) PlanDeliveries(ctx context.Context, ds []core.Delivery) error {
	for chunk := range slices.Chunk(ds, batchSize) {
		docs := make([]any, len(chunk))
		for i, d := range chunk {
			d.Revision = 1
			docs[i] = keyed[core.Delivery]{Key: naturalKey(d.BroadcastID, d.Person), Record: d}
		}
		_, err := s.deliveries.InsertMany(ctx, docs, options.InsertMany().SetOrdered(false))
		if err != nil && !onlyDuplicates(err) {
			return translate(err)
		}
	}
	return nil
}

// delivery is the filter of one; with the broadcast, the shard key, it goes to one shard.
func delivery(broadcastID, person string) bson.D {
	return doc("_id", naturalKey(broadcastID, person), "broadcast_id", broadcastID)
}

// Delivery implements outreach.DeliveryStore.
func (s *Store) Delivery(ctx context.Context, broadcastID, person string) (core.Delivery, error) {
	return one[core.Delivery](ctx, s.deliveries, delivery(broadcastID, person))
}

// Deliveries implements outreach.DeliveryStore.
func (s *Store) Deliveries(ctx context.Context, broadcastID, state, after string, limit int) ([]core.Delivery, error) {
	filter := doc("broadcast_id", broadcastID)
	if state != "" {
		filter = append(filter, bson.E{Key: "state", Value: state})
	}
	filter = append(filter, bson.E{Key: "person", Value: doc("$gt", after)})
	return many[core.Delivery](ctx, s.deliveries, filter, options.Find().SetSort(doc("person", 1)).SetLimit(int64(limit)))
}

// due is the filter of what may be taken.
func due(broadcastID string, now core.Instant) bson.D {
	return doc("broadcast_id", broadcastID, "state", doc("$in", bson.A{core.DeliveryPlanned, core.DeliveryLeased}), "not_before", doc("$lt", now+1))
}

// LeaseDeliveries implements outreach.DeliveryStore in three commands whatever the limit: those due, a guarded
// update of them that others may be faster with, and what carries the lease afterwards.
func (s *Store) LeaseDeliveries(ctx context.Context, broadcastID, lease string, now, until core.Instant, limit int) ([]core.Delivery, error) {
	type id struct {
		Person string `bson:"person"`
	}
	found, err := many[id](ctx, s.deliveries, due(broadcastID, now),
		options.Find().SetSort(doc("not_before", 1, "person", 1)).SetLimit(int64(limit)).SetProjection(doc("_id", 0, "person", 1)))
	if err != nil || len(found) == 0 {
		return nil, err
	}
	persons := make(bson.A, len(found))
	for i, f := range found {
		persons[i] = f.Person
	}
	filter := append(due(broadcastID, now), bson.E{Key: "person", Value: doc("$in", persons)})
	_, err = s.deliveries.UpdateMany(ctx, filter, doc("$set", doc("state", core.DeliveryLeased, "lease", lease, "not_before", until), "$inc", doc("revision", 1)))
	if err != nil {
		return nil, translate(err)
	}
	return many[core.Delivery](ctx, s.deliveries, doc("broadcast_id", broadcastID, "person", doc("$in", persons), "state", core.DeliveryLeased, "lease", lease))
}

// UpdateDelivery implements outreach.DeliveryStore.
func (s *Store) UpdateDelivery(ctx context.Context, d core.Delivery) error {
	key := naturalKey(d.BroadcastID, d.Person)
	res, err := s.deliveries.ReplaceOne(ctx, append(delivery(d.BroadcastID, d.Person), bson.E{Key: "revision", Value: d.Revision - 1}),
		keyed[core.Delivery]{Key: key, Record: d})
	if mongo.IsDuplicateKeyError(err) { // the id stays as it is
		return outreach.AddressTaken(err)
	}
	if err != nil {
		return translate(err)
	}
	if res.MatchedCount == 0 {
		return conflict()
	}
	return nil
}

// addressIndexes lets a Zalo user belong to one focal point of a contest, and an address to one person of a broadcast.
func addressIndexes() []index {
	return []index{
		{"organizers", doc("contest_id", 1, "zalo_user_id", 1), true, doc("zalo_user_id", isSet())},
		{"organizers", doc("contest_id", 1, "_id", 1), false, doc("contest_id", isSet())},
		{"deliveries", doc("broadcast_id", 1, "address", 1), true, doc("address", isSet())},
	}
}

// DeliveriesAt implements outreach.DeliveryStore.
func (s *Store) DeliveriesAt(ctx context.Context, broadcastID string, addresses []string) ([]core.Delivery, error) {
	if len(addresses) == 0 {
		return nil, nil
	}
	return many[core.Delivery](ctx, s.deliveries, doc("broadcast_id", broadcastID, "address", doc("$in", addresses)))
}

// LostDeliveries implements outreach.DeliveryStore.
func (s *Store) LostDeliveries(ctx context.Context, broadcastID string, now core.Instant, limit int) ([]core.Delivery, error) {
	return many[core.Delivery](ctx, s.deliveries, doc("broadcast_id", broadcastID, "state", core.DeliverySending, "not_before", doc("$lt", now+1)),
		options.Find().SetSort(doc("not_before", 1, "person", 1)).SetLimit(int64(limit)))
}

// OpenTo implements outreach.DeliveryStore.
func (s *Store) OpenTo(ctx context.Context, userID string, limit int) ([]core.Delivery, error) {
	return many[core.Delivery](ctx, s.deliveries, doc("user_id", userID, "state", doc("$in", bson.A{core.DeliverySending, core.DeliveryUnknown})),
		options.Find().SetSort(doc("sent_at", 1, "broadcast_id", 1)).SetLimit(int64(limit)))
}

// NextDelivery implements outreach.DeliveryStore.
func (s *Store) NextDelivery(ctx context.Context, broadcastID string) (core.Instant, error) {
	d, err := one[core.Delivery](ctx, s.deliveries,
		doc("broadcast_id", broadcastID, "state", doc("$in", bson.A{core.DeliveryPlanned, core.DeliveryLeased})),
		options.FindOne().SetSort(doc("not_before", 1, "person", 1)))
	return d.NotBefore, err
}

// Tally implements outreach.DeliveryStore.
func (s *Store) Tally(ctx context.Context, broadcastID string) ([]core.DeliveryCount, error) {
	type group struct {
		Key   core.DeliveryCount `bson:"_id"`
		Count int64              `bson:"count"`
		Cost  int64              `bson:"cost"`
	}
	groups, err := aggregated[group](ctx, s.deliveries, mongo.Pipeline{
		doc("$match", doc("broadcast_id", broadcastID)),
		doc("$group", doc("_id", doc("state", "$state", "channel", "$channel", "reason", doc("$ifNull", bson.A{"$reason", ""})),
			"count", doc("$sum", 1), "cost", doc("$sum", "$cost"))),
		doc("$sort", doc("_id.state", 1, "_id.channel", 1, "_id.reason", 1)),
	})
	out := make([]core.DeliveryCount, len(groups))
	for i, g := range groups {
		out[i] = core.DeliveryCount{State: g.Key.State, Channel: g.Key.Channel, Reason: g.Key.Reason, Count: g.Count, Cost: g.Cost}
	}
	return out, err
}

// TakeTurns implements outreach.DeliveryStore in two commands for most: who has which turns, and the missing ones
// in the first free slot. A slot's key is unique, so who is faster has it and the others look again.
func (s *Store) TakeTurns(ctx context.Context, persons []string, day, broadcastID string, max int) ([]string, error) {
	var have []string
	for chunk := range slices.Chunk(persons, batchSize) {
		for left := chunk; len(left) > 0; {
			own, missing, err := s.turnsOf(ctx, left, day, broadcastID, max)
			if err != nil {
				return nil, err
			}
			have, left = append(have, own...), nil
			if len(missing) == 0 {
				break
			}
			docs := make([]any, len(missing))
			for i, t := range missing {
				docs[i] = keyed[core.Turn]{Key: naturalKey(t.Person, day, t.Slot), Record: t}
				left = append(left, t.Person)
			}
			_, err = s.turns.InsertMany(ctx, docs, options.InsertMany().SetOrdered(false))
			if err != nil && !onlyDuplicates(err) {
				return nil, translate(err)
			}
			if err == nil {
				have, left = append(have, left...), nil
			}
		}
	}
	return have, nil
}

// turnsOf gives those who have a turn of the broadcast on a day, and a turn in the first free slot for those who
// can still get one.
func (s *Store) turnsOf(ctx context.Context, persons []string, day, broadcastID string, max int) (own []string, missing []core.Turn, err error) {
	found, err := many[core.Turn](ctx, s.turns, doc("person", doc("$in", persons), "day", day), options.Find().SetSort(doc("person", 1, "day", 1, "slot", 1)))
	if err != nil {
		return nil, nil, err
	}
	free, mine := map[string]int{}, map[string]bool{}
	for _, t := range found {
		mine[t.Person] = mine[t.Person] || t.BroadcastID == broadcastID
		if t.Slot == free[t.Person] {
			free[t.Person]++
		}
	}
	for _, p := range persons {
		if mine[p] {
			own = append(own, p)
		} else if free[p] < max {
			missing = append(missing, core.Turn{Person: p, Day: day, Slot: free[p], BroadcastID: broadcastID})
		}
	}
	return own, missing, nil
}

// ReturnTurn implements outreach.DeliveryStore.
func (s *Store) ReturnTurn(ctx context.Context, person, day, broadcastID string) error {
	_, err := removeSome(ctx, s.turns, doc("person", person, "day", day, "broadcast_id", broadcastID), doc("broadcast_id", broadcastID), 1)
	return err
}

// DeleteDeliveries implements outreach.DeliveryStore.
func (s *Store) DeleteDeliveries(ctx context.Context, broadcastID string, limit int) (int, error) {
	return removeSome(ctx, s.deliveries, doc("broadcast_id", broadcastID), doc("broadcast_id", broadcastID), limit) // to one shard
}

// DeleteTurns implements outreach.DeliveryStore.
func (s *Store) DeleteTurns(ctx context.Context, before string, limit int) (int, error) {
	return removeSome(ctx, s.turns, doc("day", doc("$lt", before)), nil, limit)
}
