package sqlitestore

import (
	"context"

	"duthi/core"
)

// PutLink inserts a link.
func (s *Store) PutLink(ctx context.Context, l core.Link) error {
	return s.write(ctx, `INSERT INTO links (code, doc) VALUES (?, ?)`, l.Code, encode(l))
}

// Link gives a link by code.
func (s *Store) Link(ctx context.Context, code string) (core.Link, error) {
	return get[core.Link](ctx, s, `SELECT doc FROM links WHERE code = ?`, code)
}

// LinkOf gives the link of a contest by kind and ref.
func (s *Store) LinkOf(ctx context.Context, contestID, kind, ref string) (core.Link, error) {
	return get[core.Link](ctx, s, `SELECT doc FROM links WHERE contest_id = ? AND kind = ? AND ref = ?`, contestID, kind, ref)
}

// Links gives all links of a contest, by kind and ref.
func (s *Store) Links(ctx context.Context, contestID string) ([]core.Link, error) {
	return list[core.Link](ctx, s, `SELECT doc FROM links WHERE contest_id = ? ORDER BY kind, ref`, contestID)
}

// AddScans counts scans of a link.
func (s *Store) AddScans(ctx context.Context, code string, n int64, at core.Instant) error {
	return s.writer.one(ctx, func(c *writeConn) error {
		changed, err := c.exec(`UPDATE links SET doc = json_set(doc, '$.scans', doc->>'$.scans' + ?2,
			'$.last_scan', max(coalesce(doc->>'$.last_scan', 0), ?3)) WHERE code = ?1`, code, n, at)
		if err == nil && changed == 0 {
			err = notFound
		}
		return err
	})
}
