package sqlitestore

import (
	"context"

	"duthi/core"
)

// InsertBroadcast adds a broadcast with Revision 1.
func (s *Store) InsertBroadcast(ctx context.Context, b core.Broadcast) error {
	b.Revision = 1
	return s.write(ctx, `INSERT INTO broadcasts (id, doc) VALUES (?, ?)`, b.ID, encode(b))
}

// UpdateBroadcast replaces a broadcast, guarded by its revision.
func (s *Store) UpdateBroadcast(ctx context.Context, b core.Broadcast) error {
	return s.guarded(ctx, `UPDATE broadcasts SET doc = ? WHERE id = ? AND revision = ?`, encode(b), b.ID, b.Revision-1)
}

// Broadcast gives a broadcast by id.
func (s *Store) Broadcast(ctx context.Context, id string) (core.Broadcast, error) {
	return get[core.Broadcast](ctx, s, `SELECT doc FROM broadcasts WHERE id = ?`, id)
}

// Broadcasts gives the broadcasts of a contest, the last first.
func (s *Store) Broadcasts(ctx context.Context, contestID string, limit int) ([]core.Broadcast, error) {
	return list[core.Broadcast](ctx, s, `SELECT doc FROM broadcasts WHERE contest_id = ? ORDER BY start_at DESC, id DESC LIMIT ?`, contestID, limit)
}

// BroadcastsIn gives the broadcasts in a state that have begun.
func (s *Store) BroadcastsIn(ctx context.Context, state string, now core.Instant, limit int) ([]core.Broadcast, error) {
	return list[core.Broadcast](ctx, s, `SELECT doc FROM broadcasts WHERE state = ? AND start_at <= ? ORDER BY start_at, id LIMIT ?`,
		state, int64(now), limit)
}

// InsertRule adds a rule with Revision 1.
func (s *Store) InsertRule(ctx context.Context, r core.ReminderRule) error {
	r.Revision = 1
	return s.write(ctx, `INSERT INTO reminder_rules (id, doc) VALUES (?, ?)`, r.ID, encode(r))
}

// UpdateRule replaces a rule, guarded by its revision.
func (s *Store) UpdateRule(ctx context.Context, r core.ReminderRule) error {
	return s.guarded(ctx, `UPDATE reminder_rules SET doc = ? WHERE id = ? AND revision = ?`, encode(r), r.ID, r.Revision-1)
}

// Rules gives the rules of a contest.
func (s *Store) Rules(ctx context.Context, contestID string) ([]core.ReminderRule, error) {
	return list[core.ReminderRule](ctx, s, `SELECT doc FROM reminder_rules WHERE contest_id = ? ORDER BY id`, contestID)
}
