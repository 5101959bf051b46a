package mongostore

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"duthi/core"
	"duthi/core/zalo"
)

// Grant implements zalo.TokenStore.
func (s *Store) Grant(ctx context.Context, id string) (zalo.Grant, error) {
	return one[zalo.Grant](ctx, s.grants, doc("_id", id))
}

// Grants implements zalo.TokenStore.
func (s *Store) Grants(ctx context.Context, appID string) ([]zalo.Grant, error) {
	return many[zalo.Grant](ctx, s.grants, doc("app_id", appID), options.Find().SetSort(doc("oa_id", 1)))
}

// SaveGrant implements zalo.TokenStore.
func (s *Store) SaveGrant(ctx context.Context, g zalo.Grant) error {
	if g.Revision == 1 {
		return insert(ctx, s.grants, g.ID, g)
	}
	return replace(ctx, s.grants, g.ID, g.Revision, g)
}

// grantClaim names the lease of a grant among the claims.
func grantClaim(id string) string { return "zalo-grant:" + id }

// LeaseGrant implements zalo.TokenStore.
func (s *Store) LeaseGrant(ctx context.Context, id, holder string, now, until core.Instant) error {
	return s.Claim(ctx, grantClaim(id), holder, now, until)
}

// ReleaseGrant implements zalo.TokenStore.
func (s *Store) ReleaseGrant(ctx context.Context, id, holder string) error {
	return s.ReleaseClaim(ctx, grantClaim(id), holder)
}

// SaveConsent implements zalo.TokenStore; it also forgets consents that ended long ago.
func (s *Store) SaveConsent(ctx context.Context, c zalo.Consent) error {
	if err := insert(ctx, s.consents, c.State, c); err != nil {
		return err
	}
	old := doc("expires_at", doc("$lt", c.ExpiresAt-24*3600_000))
	_, err := removeSome(ctx, s.consents, old, old, batchSize)
	return err
}

// TakeConsent implements zalo.TokenStore.
func (s *Store) TakeConsent(ctx context.Context, state string, now core.Instant) (zalo.Consent, error) {
	c, err := decoded[zalo.Consent](s.consents.FindOneAndDelete(ctx, doc("_id", state)))
	if err == nil && c.ExpiresAt <= now {
		return zalo.Consent{}, notFound()
	}
	return c, err
}
