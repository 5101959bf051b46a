package sqlitestore

import (
	"context"
	"database/sql/driver"

	"duthi/core"
)

// PutToken inserts a token with Revision 1.
func (s *Store) PutToken(ctx context.Context, t core.Token) error {
	t.Revision = 1
	return s.write(ctx, `INSERT INTO tokens (id, doc) VALUES (?, ?)`, t.ID, encode(t))
}

// Token gives a token that has not expired.
func (s *Store) Token(ctx context.Context, id string, now core.Instant) (core.Token, error) {
	return get[core.Token](ctx, s, `SELECT doc FROM tokens WHERE id = ? AND expires_at > ?`, id, int64(now))
}

// UpdateToken replaces a token, guarded by its revision.
func (s *Store) UpdateToken(ctx context.Context, t core.Token) error {
	return s.guarded(ctx, `UPDATE tokens SET doc = ? WHERE id = ? AND revision = ?`, encode(t), t.ID, t.Revision-1)
}

// TryToken counts one try.
func (s *Store) TryToken(ctx context.Context, id string, max int, now core.Instant) (core.Token, error) {
	return s.changeToken(ctx, id, now, `UPDATE tokens SET doc = json_set(doc, '$.tries', tries + 1, '$.revision', revision + 1)
		WHERE id = ?1 AND expires_at > ?2 AND used_at = 0 AND tries < ?3 RETURNING doc`, max)
}

// UseToken marks an unused token as used.
func (s *Store) UseToken(ctx context.Context, id string, now core.Instant) (core.Token, error) {
	return s.changeToken(ctx, id, now, `UPDATE tokens SET doc = json_set(doc, '$.used_at', ?2, '$.revision', revision + 1)
		WHERE id = ?1 AND expires_at > ?2 AND used_at = 0 RETURNING doc`)
}

// changeToken runs a guarded change of a token and gives the token after it.
func (s *Store) changeToken(ctx context.Context, id string, now core.Instant, query string, more ...any) (core.Token, error) {
	var out core.Token
	err := s.writer.one(ctx, func(c *writeConn) error {
		row, err := c.row(query, append([]any{id, now}, more...)...)
		if err != nil {
			return err
		}
		if row == nil {
			return refusal(c, id, now)
		}
		out, err = decode[core.Token]([]byte(row[0].(string)))
		return err
	})
	if err != nil {
		return core.Token{}, err
	}
	return out, nil
}

// refusal says why a token could not be tried or used: a usable one has run out of tries.
func refusal(c *writeConn, id string, now core.Instant) error {
	row, err := c.row(`SELECT 1 FROM tokens WHERE id = ? AND expires_at > ? AND used_at = 0`, id, now)
	switch {
	case err != nil:
		return err
	case row != nil:
		return limited
	}
	return notFound
}

// DeleteToken removes a token.
func (s *Store) DeleteToken(ctx context.Context, id string) error {
	return s.write(ctx, `DELETE FROM tokens WHERE id = ?`, id)
}

// DeleteTokens removes the tokens of a kind and subject but one.
func (s *Store) DeleteTokens(ctx context.Context, kind, subject, except string) error {
	if subject == "" {
		return nil // tokens without a subject belong to nobody
	}
	return s.write(ctx, `DELETE FROM tokens WHERE subject = ? AND subject <> '' AND kind = ? AND id <> ?`, subject, kind, except)
}

// DeleteExpiredTokens removes tokens that expired before.
func (s *Store) DeleteExpiredTokens(ctx context.Context, before core.Instant, limit int) (int, error) {
	n := 0
	err := s.writer.one(ctx, func(c *writeConn) error {
		n = 0
		return c.query(`DELETE FROM tokens WHERE id IN (SELECT id FROM tokens WHERE expires_at < ? ORDER BY expires_at LIMIT ?) RETURNING 1`,
			func([]driver.Value) error { n++; return nil }, before, limit)
	})
	return n, err
}
