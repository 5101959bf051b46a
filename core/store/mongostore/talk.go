package mongostore

import (
	"context"
	"strings"

	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"duthi/core"
)

// talkIndexes are those of schema 2. The inbox's keys are its _id, by which it is sharded.
func talkIndexes() []index {
	return []index{
		{"inbox", doc("open", 1, "not_before", 1, "_id", 1), false, nil},
		{"inbox", doc("lane", 1, "open", 1, "at", 1, "_id", 1), false, nil},
		{"inbox", doc("lane", 1, "state", 1, "at", 1, "_id", 1), false, nil},
		{"inbox", doc("state", 1, "received_at", 1, "_id", 1), false, nil},
		{"inbox", doc("received_at", 1, "_id", 1), false, nil},
		{"followers", doc("oa_id", 1, "_id", 1), false, nil},
		{"followers", doc("handed.until", 1, "_id", 1), false, doc("handed.until", isSet())},
		{"asked", doc("contest_id", 1, "folded", 1), true, nil},
		{"asked", doc("contest_id", 1, "status", 1, "count", -1, "last_at", -1, "_id", 1), false, nil},
		{"taught", doc("contest_id", 1, "id", 1, "version", 1), true, nil},
		{"zalo_grants", doc("app_id", 1, "oa_id", 1), false, nil},
		{"zalo_consents", doc("expires_at", 1), false, nil},
	}
}

// PutEvent implements talk.InboxStore. The database takes no text that is not UTF-8, and an event must be stored whatever it
// is: what is not becomes U+FFFD, as in the other store.
func (s *Store) PutEvent(ctx context.Context, e core.InboxEvent) error {
	e.Revision = 1
	e.Body = strings.ToValidUTF8(e.Body, "\uFFFD")
	return insert(ctx, s.inbox, e.Key, e)
}

// Event implements talk.InboxStore.
func (s *Store) Event(ctx context.Context, key string) (core.InboxEvent, error) {
	return one[core.InboxEvent](ctx, s.inbox, doc("_id", key))
}

// UpdateEvent implements talk.InboxStore.
func (s *Store) UpdateEvent(ctx context.Context, e core.InboxEvent) error {
	return replace(ctx, s.inbox, e.Key, e.Revision, e)
}

// PendingEvents implements talk.InboxStore.
func (s *Store) PendingEvents(ctx context.Context, now core.Instant, limit int) ([]core.InboxEvent, error) {
	return many[core.InboxEvent](ctx, s.inbox, doc("open", true, "not_before", doc("$lt", now+1)),
		options.Find().SetSort(doc("not_before", 1, "_id", 1)).SetLimit(int64(limit)))
}

// LaneEvents implements talk.InboxStore.
func (s *Store) LaneEvents(ctx context.Context, lane string, limit int) ([]core.InboxEvent, error) {
	return many[core.InboxEvent](ctx, s.inbox, doc("lane", lane, "open", true),
		options.Find().SetSort(doc("at", 1, "_id", 1)).SetLimit(int64(limit)))
}

// UnknownEvents implements talk.InboxStore.
func (s *Store) UnknownEvents(ctx context.Context, lane string, limit int) ([]core.InboxEvent, error) {
	return many[core.InboxEvent](ctx, s.inbox, doc("lane", lane, "state", core.EventUnknown),
		options.Find().SetSort(doc("at", 1, "_id", 1)).SetLimit(int64(limit)))
}

// Events implements talk.InboxStore.
func (s *Store) Events(ctx context.Context, state string, limit int) ([]core.InboxEvent, error) {
	return many[core.InboxEvent](ctx, s.inbox, doc("state", state),
		options.Find().SetSort(doc("received_at", -1, "_id", -1)).SetLimit(int64(limit)))
}

// CountEvents implements talk.InboxStore.
func (s *Store) CountEvents(ctx context.Context, state string) (int64, error) {
	n, err := s.inbox.CountDocuments(ctx, doc("state", state))
	return n, translate(err)
}

// LastEvent implements talk.InboxStore.
func (s *Store) LastEvent(ctx context.Context) (core.InboxEvent, error) {
	return one[core.InboxEvent](ctx, s.inbox, doc(), options.FindOne().SetSort(doc("received_at", -1, "_id", -1)))
}

// DeleteEvents implements talk.InboxStore.
func (s *Store) DeleteEvents(ctx context.Context, before core.Instant, limit int) (int, error) {
	return removeSome(ctx, s.inbox, doc("received_at", doc("$lt", before), "open", isUnset()), doc("open", isUnset()), limit)
}

// InsertFollower implements talk.FollowerStore.
func (s *Store) InsertFollower(ctx context.Context, f core.Follower) error {
	f.Revision = 1
	return insert(ctx, s.followers, f.ID, f)
}

// UpdateFollower implements talk.FollowerStore.
func (s *Store) UpdateFollower(ctx context.Context, f core.Follower) error {
	return replace(ctx, s.followers, f.ID, f.Revision, f)
}

// Follower implements talk.FollowerStore.
func (s *Store) Follower(ctx context.Context, id string) (core.Follower, error) {
	return one[core.Follower](ctx, s.followers, doc("_id", id))
}

// Followers implements talk.FollowerStore.
func (s *Store) Followers(ctx context.Context, oaID, after string, limit int) ([]core.Follower, error) {
	return many[core.Follower](ctx, s.followers, doc("oa_id", oaID, "_id", doc("$gt", after)),
		options.Find().SetSort(doc("_id", 1)).SetLimit(int64(limit)))
}

// HandedOver implements talk.FollowerStore.
func (s *Store) HandedOver(ctx context.Context, now core.Instant, limit int) ([]core.Follower, error) {
	return many[core.Follower](ctx, s.followers, doc("handed.until", doc("$gt", now)),
		options.Find().SetSort(doc("handed.until", 1, "_id", 1)).SetLimit(int64(limit)))
}

// InsertAsked implements talk.QuestionStore.
func (s *Store) InsertAsked(ctx context.Context, q core.AskedQuestion) error {
	q.Revision = 1
	return insert(ctx, s.asked, q.ID, q)
}

// UpdateAsked implements talk.QuestionStore.
func (s *Store) UpdateAsked(ctx context.Context, q core.AskedQuestion) error {
	return replace(ctx, s.asked, q.ID, q.Revision, q)
}

// Asked implements talk.QuestionStore.
func (s *Store) Asked(ctx context.Context, id string) (core.AskedQuestion, error) {
	return one[core.AskedQuestion](ctx, s.asked, doc("_id", id))
}

// AskedBy implements talk.QuestionStore.
func (s *Store) AskedBy(ctx context.Context, contestID, folded string) (core.AskedQuestion, error) {
	return one[core.AskedQuestion](ctx, s.asked, doc("contest_id", contestID, "folded", folded))
}

// AskedList implements talk.QuestionStore.
func (s *Store) AskedList(ctx context.Context, contestID, status string, limit int) ([]core.AskedQuestion, error) {
	return many[core.AskedQuestion](ctx, s.asked, doc("contest_id", contestID, "status", status),
		options.Find().SetSort(doc("count", -1, "last_at", -1, "_id", 1)).SetLimit(int64(limit)))
}

// DeleteAsked implements talk.QuestionStore.
func (s *Store) DeleteAsked(ctx context.Context, contestID string, limit int) (int, error) {
	return removeSome(ctx, s.asked, doc("contest_id", contestID), nil, limit)
}

// InsertTaught implements talk.QuestionStore.
func (s *Store) InsertTaught(ctx context.Context, a core.TaughtAnswer) error {
	return insert(ctx, s.taught, naturalKey(a.ContestID, a.ID, a.Version), a)
}

// TaughtVersions implements talk.QuestionStore.
func (s *Store) TaughtVersions(ctx context.Context, contestID string) ([]core.TaughtAnswer, error) {
	return many[core.TaughtAnswer](ctx, s.taught, doc("contest_id", contestID), options.Find().SetSort(doc("id", 1, "version", 1)))
}

// TaughtCount implements talk.QuestionStore.
func (s *Store) TaughtCount(ctx context.Context, contestID string) (int64, error) {
	n, err := s.taught.CountDocuments(ctx, doc("contest_id", contestID))
	return n, translate(err)
}
