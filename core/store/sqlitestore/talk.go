package sqlitestore

import (
	"context"
	"database/sql"
	"database/sql/driver"

	"duthi/core"
)

// PutEvent adds an event of the inbox.
func (s *Store) PutEvent(ctx context.Context, e core.InboxEvent) error {
	e.Revision = 1
	return s.write(ctx, `INSERT INTO inbox (key, doc) VALUES (?, ?)`, e.Key, encode(e))
}

// Event gives an event by key.
func (s *Store) Event(ctx context.Context, key string) (core.InboxEvent, error) {
	return get[core.InboxEvent](ctx, s, `SELECT doc FROM inbox WHERE key = ?`, key)
}

// UpdateEvent replaces an event, guarded by its revision.
func (s *Store) UpdateEvent(ctx context.Context, e core.InboxEvent) error {
	return s.guarded(ctx, `UPDATE inbox SET doc = ? WHERE key = ? AND revision = ?`, encode(e), e.Key, e.Revision-1)
}

// PendingEvents gives the open events that may be taken.
func (s *Store) PendingEvents(ctx context.Context, now core.Instant, limit int) ([]core.InboxEvent, error) {
	return list[core.InboxEvent](ctx, s, `SELECT doc FROM inbox INDEXED BY inbox_pending WHERE open = 1 AND not_before <= ?
		ORDER BY not_before, key LIMIT ?`, int64(now), limit)
}

// LaneEvents gives the open events of a lane.
func (s *Store) LaneEvents(ctx context.Context, lane string, limit int) ([]core.InboxEvent, error) {
	return list[core.InboxEvent](ctx, s, `SELECT doc FROM inbox INDEXED BY inbox_lane WHERE open = 1 AND lane = ? ORDER BY at, key LIMIT ?`, lane, limit)
}

// UnknownEvents gives the events of a lane whose answer may not have arrived.
func (s *Store) UnknownEvents(ctx context.Context, lane string, limit int) ([]core.InboxEvent, error) {
	return list[core.InboxEvent](ctx, s, `SELECT doc FROM inbox INDEXED BY inbox_unknown WHERE state = 'unknown' AND lane = ? ORDER BY at, key LIMIT ?`, lane, limit)
}

// Events gives events in a state, the last first.
func (s *Store) Events(ctx context.Context, state string, limit int) ([]core.InboxEvent, error) {
	return list[core.InboxEvent](ctx, s, `SELECT doc FROM inbox WHERE state = ? ORDER BY received_at DESC, key DESC LIMIT ?`, state, limit)
}

// CountEvents counts the events in a state.
func (s *Store) CountEvents(ctx context.Context, state string) (int64, error) {
	return s.number(ctx, `SELECT count(*) FROM inbox WHERE state = ?`, state)
}

// number gives the one number of a read.
func (s *Store) number(ctx context.Context, query string, args ...any) (n int64, err error) {
	err = s.each(ctx, query, func(rows *sql.Rows) error { return rows.Scan(&n) }, args...)
	return n, err
}

// LastEvent gives the event received last.
func (s *Store) LastEvent(ctx context.Context) (core.InboxEvent, error) {
	return get[core.InboxEvent](ctx, s, `SELECT doc FROM inbox INDEXED BY inbox_received WHERE received_at > 0 ORDER BY received_at DESC, key DESC LIMIT 1`)
}

// DeleteEvents removes closed events.
func (s *Store) DeleteEvents(ctx context.Context, before core.Instant, limit int) (int, error) {
	n := 0
	err := s.writer.one(ctx, func(c *writeConn) error {
		n = 0
		return c.query(`DELETE FROM inbox WHERE key IN (SELECT key FROM inbox INDEXED BY inbox_received
			WHERE received_at < ? AND open = 0 ORDER BY received_at, key LIMIT ?) RETURNING 1`,
			func([]driver.Value) error { n++; return nil }, before, limit)
	})
	return n, err
}

// InsertFollower adds a follower with Revision 1.
func (s *Store) InsertFollower(ctx context.Context, f core.Follower) error {
	f.Revision = 1
	return s.write(ctx, `INSERT INTO followers (id, doc) VALUES (?, ?)`, f.ID, encode(f))
}

// UpdateFollower replaces a follower, guarded by its revision.
func (s *Store) UpdateFollower(ctx context.Context, f core.Follower) error {
	return s.guarded(ctx, `UPDATE followers SET doc = ? WHERE id = ? AND revision = ?`, encode(f), f.ID, f.Revision-1)
}

// Follower gives a follower by id.
func (s *Store) Follower(ctx context.Context, id string) (core.Follower, error) {
	return get[core.Follower](ctx, s, `SELECT doc FROM followers WHERE id = ?`, id)
}

// Followers gives followers of an OA in the order of ids.
func (s *Store) Followers(ctx context.Context, oaID, after string, limit int) ([]core.Follower, error) {
	return list[core.Follower](ctx, s, `SELECT doc FROM followers WHERE oa_id = ? AND id > ? ORDER BY id LIMIT ?`, oaID, after, limit)
}

// HandedOver gives the followers whose conversation a person has.
func (s *Store) HandedOver(ctx context.Context, now core.Instant, limit int) ([]core.Follower, error) {
	return list[core.Follower](ctx, s, `SELECT doc FROM followers INDEXED BY followers_handed WHERE handed_until > 0 AND handed_until > ?
		ORDER BY handed_until, id LIMIT ?`, int64(now), limit)
}

// InsertAsked adds a question with Revision 1.
func (s *Store) InsertAsked(ctx context.Context, q core.AskedQuestion) error {
	q.Revision = 1
	return s.write(ctx, `INSERT INTO asked (id, doc) VALUES (?, ?)`, q.ID, encode(q))
}

// UpdateAsked replaces a question, guarded by its revision.
func (s *Store) UpdateAsked(ctx context.Context, q core.AskedQuestion) error {
	return s.guarded(ctx, `UPDATE asked SET doc = ? WHERE id = ? AND revision = ?`, encode(q), q.ID, q.Revision-1)
}

// Asked gives a question by id.
func (s *Store) Asked(ctx context.Context, id string) (core.AskedQuestion, error) {
	return get[core.AskedQuestion](ctx, s, `SELECT doc FROM asked WHERE id = ?`, id)
}

// AskedBy gives a question by its folded text.
func (s *Store) AskedBy(ctx context.Context, contestID, folded string) (core.AskedQuestion, error) {
	return get[core.AskedQuestion](ctx, s, `SELECT doc FROM asked WHERE contest_id = ? AND folded = ?`, contestID, folded)
}

// AskedList gives the questions in a status, most asked first.
func (s *Store) AskedList(ctx context.Context, contestID, status string, limit int) ([]core.AskedQuestion, error) {
	return list[core.AskedQuestion](ctx, s, `SELECT doc FROM asked WHERE contest_id = ? AND status = ? ORDER BY count DESC, last_at DESC, id LIMIT ?`,
		contestID, status, limit)
}

// DeleteAsked removes questions of a contest.
func (s *Store) DeleteAsked(ctx context.Context, contestID string, limit int) (int, error) {
	n := 0
	err := s.writer.slices(ctx, func(c *writeConn) (bool, error) {
		some := min(limit-n, 100)
		deleted, err := c.exec(`DELETE FROM asked WHERE id IN (SELECT id FROM asked WHERE contest_id = ? LIMIT ?)`, contestID, some)
		n += int(deleted)
		return err != nil || int(deleted) < some || n == limit, err
	})
	return n, err
}

// InsertTaught adds a version of an answer.
func (s *Store) InsertTaught(ctx context.Context, a core.TaughtAnswer) error {
	return s.write(ctx, `INSERT INTO taught (contest_id, id, version, doc) VALUES (?, ?, ?, ?)`, a.ContestID, a.ID, a.Version, encode(a))
}

// TaughtVersions gives every version of every answer of a contest.
func (s *Store) TaughtVersions(ctx context.Context, contestID string) ([]core.TaughtAnswer, error) {
	return list[core.TaughtAnswer](ctx, s, `SELECT doc FROM taught WHERE contest_id = ? ORDER BY id, version`, contestID)
}

// TaughtCount counts them.
func (s *Store) TaughtCount(ctx context.Context, contestID string) (int64, error) {
	return s.number(ctx, `SELECT count(*) FROM taught WHERE contest_id = ?`, contestID)
}
