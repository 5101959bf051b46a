package sqlitestore

import (
	"context"

	"duthi/core"
)

// Claim takes the work named key.
func (s *Store) Claim(ctx context.Context, key, holder string, now, lease core.Instant) error {
	doc := encode(core.Claim{Key: key, Holder: holder, LeaseUntil: lease})
	return s.guarded(ctx, `INSERT INTO claims (key, doc) VALUES (?1, ?2)
		ON CONFLICT (key) DO UPDATE SET doc = excluded.doc WHERE done_at = 0 AND (lease_until <= ?3 OR holder = ?4)`, key, doc, now, holder)
}

// CompleteClaim marks the work as done.
func (s *Store) CompleteClaim(ctx context.Context, key, holder string, now core.Instant) error {
	return s.guarded(ctx, `UPDATE claims SET doc = json_set(doc, '$.done_at', iif(done_at = 0, ?3, done_at)) WHERE key = ?1 AND holder = ?2`,
		key, holder, now)
}

// ReleaseClaim gives the work back undone.
func (s *Store) ReleaseClaim(ctx context.Context, key, holder string) error {
	return s.write(ctx, `DELETE FROM claims WHERE key = ? AND holder = ? AND done_at = 0`, key, holder)
}

// DeleteClaims removes claims done, or abandoned, before the given moment.
func (s *Store) DeleteClaims(ctx context.Context, before core.Instant) error {
	return s.write(ctx, `DELETE FROM claims WHERE ends < ?`, int64(before))
}
