package mongostore

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"duthi/core"
)

// PutToken implements account.TokenStore.
func (s *Store) PutToken(ctx context.Context, t core.Token) error {
	t.Revision = 1
	return insert(ctx, s.tokens, t.ID, t)
}

// Token implements account.TokenStore.
func (s *Store) Token(ctx context.Context, id string, now core.Instant) (core.Token, error) {
	return one[core.Token](ctx, s.tokens, liveToken(id, now))
}

func liveToken(id string, now core.Instant) bson.D {
	return doc("_id", id, "expires_at", doc("$gt", now))
}

func unusedToken(id string, now core.Instant) bson.D {
	return append(liveToken(id, now), bson.E{Key: "used_at", Value: isUnset()})
}

// UpdateToken implements account.TokenStore.
func (s *Store) UpdateToken(ctx context.Context, t core.Token) error {
	return replace(ctx, s.tokens, t.ID, t.Revision, t)
}

// TryToken implements account.TokenStore.
func (s *Store) TryToken(ctx context.Context, id string, max int, now core.Instant) (core.Token, error) {
	guard := append(unusedToken(id, now), bson.E{Key: "tries", Value: doc("$lt", max)})
	t, err := decoded[core.Token](s.tokens.FindOneAndUpdate(ctx, guard, doc("$inc", doc("tries", 1, "revision", 1)), changed()))
	if !core.Is(err, core.NotFound) {
		return t, err
	}
	if t, err = one[core.Token](ctx, s.tokens, unusedToken(id, now)); err != nil {
		return core.Token{}, err
	}
	return t, core.Errorf(core.Limited, "Anh/chị đã thử quá số lần cho phép.")
}

// UseToken implements account.TokenStore.
func (s *Store) UseToken(ctx context.Context, id string, now core.Instant) (core.Token, error) {
	update := doc("$set", doc("used_at", now), "$inc", doc("revision", 1))
	return decoded[core.Token](s.tokens.FindOneAndUpdate(ctx, unusedToken(id, now), update, changed()))
}

// changed asks for the document as it is after the change.
func changed() *options.FindOneAndUpdateOptionsBuilder {
	return options.FindOneAndUpdate().SetReturnDocument(options.After)
}

// DeleteToken implements account.TokenStore.
func (s *Store) DeleteToken(ctx context.Context, id string) error {
	_, err := s.tokens.DeleteOne(ctx, doc("_id", id))
	return translate(err)
}

// DeleteTokens implements account.TokenStore.
func (s *Store) DeleteTokens(ctx context.Context, kind, subject, except string) error {
	return removeAll(ctx, s.tokens, doc("kind", kind, "subject", subject, "id", doc("$ne", except)), nil)
}

// DeleteExpiredTokens implements account.TokenStore.
func (s *Store) DeleteExpiredTokens(ctx context.Context, before core.Instant, limit int) (int, error) {
	expired := doc("expires_at", doc("$lt", before))
	return removeSome(ctx, s.tokens, expired, expired, limit)
}
