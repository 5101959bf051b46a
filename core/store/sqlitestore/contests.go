package sqlitestore

import (
	"context"
	"database/sql"

	"duthi/core"
)

// ContestHeads gives every stored contest, the active one first. It is asked for every few seconds and reads
// an index only.
func (s *Store) ContestHeads(ctx context.Context) ([]core.ContestHead, error) {
	var out []core.ContestHead
	err := s.each(ctx, `SELECT id, activated_at, revision FROM contests ORDER BY activated_at DESC, id`, func(rows *sql.Rows) error {
		var h core.ContestHead
		err := rows.Scan(&h.ID, &h.ActivatedAt, &h.Revision)
		out = append(out, h)
		return err
	})
	return out, err
}

// ContestRecord gives a contest.
func (s *Store) ContestRecord(ctx context.Context, id string) (core.ContestRecord, error) {
	return get[core.ContestRecord](ctx, s, `SELECT doc FROM contests WHERE id = ?`, id)
}

// SaveContest inserts or replaces a contest by its revision.
func (s *Store) SaveContest(ctx context.Context, rec core.ContestRecord) error {
	if rec.Revision == 1 {
		return s.write(ctx, `INSERT INTO contests (id, doc) VALUES (?, ?)`, rec.ID, encode(rec))
	}
	return s.guarded(ctx, `UPDATE contests SET doc = ? WHERE id = ? AND revision = ?`, encode(rec), rec.ID, rec.Revision-1)
}

// removals delete some dozens of rows of a contest each; they are run in turn until none deletes anything. What
// is in one row of them goes together.
var removals = [][]string{
	{`DELETE FROM questions WHERE seq IN (SELECT seq FROM questions WHERE contest_id = ? LIMIT 200)`},
	{`DELETE FROM units WHERE seq IN (SELECT seq FROM units WHERE contest_id = ? LIMIT 200)`},
	{`DELETE FROM roster WHERE seq IN (SELECT seq FROM roster WHERE contest_id = ? LIMIT 100)`},
	{`DELETE FROM attachments WHERE rowid IN (SELECT rowid FROM attachments WHERE contest_id = ? LIMIT 8)`},
	{`DELETE FROM requests WHERE id IN (SELECT id FROM requests WHERE contest_id = ? LIMIT 100)`},
	{`DELETE FROM tokens WHERE id IN (SELECT id FROM tokens WHERE contest_id = ? AND contest_id IS NOT NULL LIMIT 200)`},
	{`DELETE FROM links WHERE code IN (SELECT code FROM links WHERE contest_id = ? LIMIT 200)`},
	{`DELETE FROM snapshots WHERE id IN (SELECT id FROM snapshots WHERE contest_id = ? AND contest_id IS NOT NULL LIMIT 100)`},
	{`DELETE FROM asked WHERE id IN (SELECT id FROM asked WHERE contest_id = ? LIMIT 100)`},
	{`DELETE FROM taught WHERE rowid IN (SELECT rowid FROM taught WHERE contest_id = ? LIMIT 100)`},
	{
		`DELETE FROM deliveries WHERE (broadcast_id, person) IN (SELECT d.broadcast_id, d.person
			FROM broadcasts b JOIN deliveries d ON d.broadcast_id = b.id WHERE b.contest_id = ? LIMIT 200)`,
		`DELETE FROM turns WHERE (person, day, slot) IN (SELECT t.person, t.day, t.slot
			FROM broadcasts b JOIN turns t ON t.broadcast_id = b.id WHERE b.contest_id = ? LIMIT 200)`,
		`DELETE FROM broadcasts WHERE contest_id = ? AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.broadcast_id = broadcasts.id)
			AND NOT EXISTS (SELECT 1 FROM turns t WHERE t.broadcast_id = broadcasts.id)`,
		`DELETE FROM reminder_rules WHERE contest_id = ?`,
	},
	{`DELETE FROM organizers WHERE name IN (SELECT name FROM organizers WHERE contest_id = ? AND contest_id IS NOT NULL LIMIT 100)`},
	{`DELETE FROM contestants WHERE id IN (SELECT id FROM contestants WHERE contest_id = ? ORDER BY id LIMIT 50)`},
	{
		`DELETE FROM sheets WHERE attempt_id IN (SELECT id FROM attempts WHERE contest_id = ? ORDER BY started_at LIMIT 30)`,
		`DELETE FROM attempts WHERE id IN (SELECT id FROM attempts WHERE contest_id = ? ORDER BY started_at LIMIT 30)`,
	},
}

// RemoveContest deletes a contest with everything that belongs to it, the record last.
func (s *Store) RemoveContest(ctx context.Context, id string) error {
	step, deleted := 0, int64(0)
	return s.writer.slices(ctx, func(c *writeConn) (bool, error) {
		if step == len(removals) {
			if deleted == 0 {
				_, err := c.exec(`DELETE FROM contests WHERE id = ?`, id)
				return true, err
			}
			step, deleted = 0, 0
		}
		for _, query := range removals[step] {
			n, err := c.exec(query, id)
			if err != nil {
				return false, err
			}
			deleted += n
		}
		step++
		return false, nil
	})
}
