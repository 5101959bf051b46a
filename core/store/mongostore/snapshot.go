package mongostore

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"duthi/core"
)

// Snapshot implements exam.FigureStore.
func (s *Store) Snapshot(ctx context.Context, id string) (core.Snapshot, error) {
	return one[core.Snapshot](ctx, s.snapshots, doc("_id", id))
}

// PutSnapshot implements exam.FigureStore. The upsert's guard lets an older or equal snapshot be replaced;
// where a newer one stands, inserting collides with it. Two first writers may collide too: the second try
// then meets a document and is certain.
func (s *Store) PutSnapshot(ctx context.Context, snap core.Snapshot) error {
	var err error
	for range 2 {
		_, err = s.snapshots.ReplaceOne(ctx, doc("_id", snap.ID, "at", doc("$lte", snap.At)),
			keyed[core.Snapshot]{Key: snap.ID, Record: snap}, options.Replace().SetUpsert(true))
		if !core.Is(translate(err), core.Conflict) {
			return translate(err)
		}
	}
	return nil
}

// LastAudit implements audit.Store.
func (s *Store) LastAudit(ctx context.Context) (core.AuditEntry, error) {
	return one[core.AuditEntry](ctx, s.audit, doc(), options.FindOne().SetSort(doc("_id", -1)))
}

// AppendAudit implements audit.Store.
func (s *Store) AppendAudit(ctx context.Context, e core.AuditEntry) error {
	return insert(ctx, s.audit, e.Seq, e)
}

// AuditAfter implements audit.Store.
func (s *Store) AuditAfter(ctx context.Context, contestID string, after int64, limit int) ([]core.AuditEntry, error) {
	filter := doc("_id", doc("$gt", after))
	if contestID != "" {
		filter = append(filter, bson.E{Key: "contest_id", Value: contestID})
	}
	return many[core.AuditEntry](ctx, s.audit, filter, options.Find().SetSort(doc("_id", 1)).SetLimit(int64(limit)))
}
