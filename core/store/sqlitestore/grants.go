package sqlitestore

import (
	"context"

	"duthi/core"
	"duthi/core/zalo"
)

// Grant gives one grant by id.
func (s *Store) Grant(ctx context.Context, id string) (zalo.Grant, error) {
	return get[zalo.Grant](ctx, s, `SELECT doc FROM zalo_grants WHERE id = ?`, id)
}

// Grants lists the grants of an app.
func (s *Store) Grants(ctx context.Context, appID string) ([]zalo.Grant, error) {
	return list[zalo.Grant](ctx, s, `SELECT doc FROM zalo_grants WHERE app_id = ? ORDER BY oa_id`, appID)
}

// SaveGrant writes g over the revision before; revision 1 is the first.
func (s *Store) SaveGrant(ctx context.Context, g zalo.Grant) error {
	if g.Revision == 1 {
		return s.write(ctx, `INSERT INTO zalo_grants (id, doc) VALUES (?, ?)`, g.ID, encode(g))
	}
	return s.guarded(ctx, `UPDATE zalo_grants SET doc = ? WHERE id = ? AND revision = ?`, encode(g), g.ID, g.Revision-1)
}

// grantClaim names the lease of a grant among the claims.
func grantClaim(id string) string { return "zalo-grant:" + id }

// LeaseGrant gives holder the only right to refresh the grant.
func (s *Store) LeaseGrant(ctx context.Context, id, holder string, now, until core.Instant) error {
	return s.Claim(ctx, grantClaim(id), holder, now, until)
}

// ReleaseGrant ends holder's lease.
func (s *Store) ReleaseGrant(ctx context.Context, id, holder string) error {
	return s.ReleaseClaim(ctx, grantClaim(id), holder)
}

// SaveConsent keeps a new consent and forgets those that were over a day before it ends.
func (s *Store) SaveConsent(ctx context.Context, c zalo.Consent) error {
	return s.writer.all(ctx, func(w *writeConn) error {
		if _, err := w.exec(`DELETE FROM zalo_consents WHERE expires_at < ?`, c.ExpiresAt-24*3600_000); err != nil {
			return err
		}
		_, err := w.exec(`INSERT INTO zalo_consents (state, doc) VALUES (?, ?)`, c.State, encode(c))
		return err
	})
}

// TakeConsent removes and gives the consent of a state.
func (s *Store) TakeConsent(ctx context.Context, state string, now core.Instant) (zalo.Consent, error) {
	var out zalo.Consent
	err := s.writer.one(ctx, func(w *writeConn) error {
		row, err := w.row(`DELETE FROM zalo_consents WHERE state = ? RETURNING doc`, state)
		if err != nil {
			return err
		}
		if row == nil {
			return notFound
		}
		out, err = decode[zalo.Consent]([]byte(row[0].(string)))
		return err
	})
	if err == nil && out.ExpiresAt <= now {
		return zalo.Consent{}, notFound
	}
	return out, err
}
