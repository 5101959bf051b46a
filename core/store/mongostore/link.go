package mongostore

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"duthi/core"
)

// PutLink implements qr.Store.
func (s *Store) PutLink(ctx context.Context, l core.Link) error {
	return insert(ctx, s.links, l.Code, l)
}

// Link implements qr.Store.
func (s *Store) Link(ctx context.Context, code string) (core.Link, error) {
	return one[core.Link](ctx, s.links, doc("_id", code))
}

// LinkOf implements qr.Store.
func (s *Store) LinkOf(ctx context.Context, contestID, kind, ref string) (core.Link, error) {
	var want any = ref
	if ref == "" {
		want = nil // left out of the document
	}
	return one[core.Link](ctx, s.links, doc("contest_id", contestID, "kind", kind, "ref", want))
}

// Links implements qr.Store.
func (s *Store) Links(ctx context.Context, contestID string) ([]core.Link, error) {
	return many[core.Link](ctx, s.links, doc("contest_id", contestID), options.Find().SetSort(doc("kind", 1, "ref", 1)))
}

// AddScans implements qr.Store.
func (s *Store) AddScans(ctx context.Context, code string, n int64, at core.Instant) error {
	res, err := s.links.UpdateOne(ctx, doc("_id", code), doc("$inc", doc("scans", n), "$max", doc("last_scan", at)))
	if err != nil {
		return translate(err)
	}
	if res.MatchedCount == 0 {
		return notFound()
	}
	return nil
}
