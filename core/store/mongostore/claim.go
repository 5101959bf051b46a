package mongostore

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"duthi/core"
)

// Claim implements store.Claims: an upsert whose guard fits a claim that may be taken; a claim that may not be
// collides with it.
func (s *Store) Claim(ctx context.Context, key, holder string, now, lease core.Instant) error {
	free := doc("_id", key, "done_at", isUnset(), "$or", bson.A{doc("holder", holder), doc("lease_until", doc("$lte", now))})
	_, err := s.claims.UpdateOne(ctx, free, doc("$set", doc("key", key, "holder", holder, "lease_until", lease)), options.UpdateOne().SetUpsert(true))
	return translate(err)
}

// CompleteClaim implements store.Claims.
func (s *Store) CompleteClaim(ctx context.Context, key, holder string, now core.Instant) error {
	first := mongo.Pipeline{doc("$set", doc("done_at", doc("$ifNull", bson.A{"$done_at", now})))}
	res, err := s.claims.UpdateOne(ctx, doc("_id", key, "holder", holder), first)
	if err != nil {
		return translate(err)
	}
	if res.MatchedCount == 0 {
		return conflict()
	}
	return nil
}

// ReleaseClaim implements store.Claims.
func (s *Store) ReleaseClaim(ctx context.Context, key, holder string) error {
	_, err := s.claims.DeleteOne(ctx, doc("_id", key, "holder", holder, "done_at", isUnset()))
	return translate(err)
}

// DeleteClaims implements store.Claims.
func (s *Store) DeleteClaims(ctx context.Context, before core.Instant) error {
	done := doc("done_at", doc("$lt", before))
	if err := removeAll(ctx, s.claims, done, done); err != nil {
		return err
	}
	abandoned := doc("lease_until", doc("$lt", before), "done_at", isUnset())
	return removeAll(ctx, s.claims, abandoned, abandoned)
}
