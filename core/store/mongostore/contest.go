package mongostore

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"duthi/core"
)

// ContestHeads implements catalog.Store.
func (s *Store) ContestHeads(ctx context.Context) ([]core.ContestHead, error) {
	type head struct {
		ID          string       `bson:"_id"`
		ActivatedAt core.Instant `bson:"activated_at"`
		Revision    int64        `bson:"revision"`
	}
	fields := doc("_id", 1, "activated_at", 1, "revision", 1) // all in one index: no document is read
	found, err := many[head](ctx, s.contests, doc(), options.Find().SetProjection(fields).SetSort(doc("activated_at", -1, "_id", 1)))
	if err != nil {
		return nil, err
	}
	heads := make([]core.ContestHead, len(found))
	for i, h := range found {
		heads[i] = core.ContestHead(h)
	}
	return heads, nil
}

// ContestRecord implements catalog.Store.
func (s *Store) ContestRecord(ctx context.Context, id string) (core.ContestRecord, error) {
	return one[core.ContestRecord](ctx, s.contests, doc("_id", id))
}

// SaveContest implements catalog.Store.
func (s *Store) SaveContest(ctx context.Context, rec core.ContestRecord) error {
	if rec.Revision == 1 {
		return insert(ctx, s.contests, rec.ID, rec)
	}
	return replace(ctx, s.contests, rec.ID, rec.Revision, rec)
}

// RemoveContest implements catalog.Store. The contest itself goes after its parts, so that a removal that was
// cut short is seen and can be repeated; a second pass takes what was written meanwhile.
func (s *Store) RemoveContest(ctx context.Context, id string) error {
	if err := s.removeParts(ctx, id); err != nil {
		return err
	}
	if _, err := s.contests.DeleteOne(ctx, doc("_id", id)); err != nil {
		return translate(err)
	}
	return s.removeParts(ctx, id)
}

func (s *Store) removeParts(ctx context.Context, id string) error {
	if err := s.removeDeliveries(ctx, id); err != nil {
		return err
	}
	parts := []*mongo.Collection{s.attempts, s.requests, s.tokens, s.contestants, s.organizers, s.links, s.roster, s.units, s.questions, s.snapshots, s.asked, s.taught, s.broadcasts, s.reminders, s.attachments}
	for _, c := range parts {
		if err := removeAll(ctx, c, doc("contest_id", id), nil); err != nil {
			return err
		}
	}
	return nil
}

// StageQuestions implements catalog.Store.
func (s *Store) StageQuestions(ctx context.Context, rows []core.Question) error {
	return stage(ctx, s.questions, rows, func(q core.Question) string { return naturalKey(q.ContestID, q.Set, q.ID, q.Version) })
}

// StageRoster implements catalog.Store.
func (s *Store) StageRoster(ctx context.Context, rows []core.RosterPerson) error {
	return stage(ctx, s.roster, rows, func(p core.RosterPerson) string { return naturalKey(p.ContestID, p.Set, p.Key) })
}

func stage[T any](ctx context.Context, c *mongo.Collection, rows []T, key func(T) string) error {
	writes := make([]mongo.WriteModel, len(rows))
	for i, row := range rows {
		k := key(row)
		writes[i] = mongo.NewReplaceOneModel().SetFilter(doc("_id", k)).SetReplacement(keyed[T]{Key: k, Record: row}).SetUpsert(true)
	}
	return write(ctx, c, writes)
}

// StageUnits implements catalog.Store. A unit staged again keeps its place: the upsert gives one to new ones only.
func (s *Store) StageUnits(ctx context.Context, rows []core.Unit) error {
	if len(rows) == 0 {
		return nil
	}
	last, err := s.lastPosition(ctx, rows[0].ContestID, rows[0].Set)
	if err != nil {
		return err
	}
	writes := make([]mongo.WriteModel, len(rows))
	for i, u := range rows {
		update := doc("$set", u, "$setOnInsert", doc("position", last+1+int64(i)))
		if u.ParentCode == "" { // the one field that is left out when empty
			update = append(update, bson.E{Key: "$unset", Value: doc("parent_code", "")})
		}
		writes[i] = mongo.NewUpdateOneModel().SetFilter(doc("_id", naturalKey(u.ContestID, u.Set, u.Code))).SetUpdate(update).SetUpsert(true)
	}
	return write(ctx, s.units, writes)
}

func (s *Store) lastPosition(ctx context.Context, contestID string, set int64) (int64, error) {
	last, err := one[keyed[bson.M]](ctx, s.units, doc("contest_id", contestID, "set", set),
		options.FindOne().SetSort(doc("position", -1)).SetProjection(doc("position", 1)))
	if core.Is(err, core.NotFound) {
		return 0, nil
	}
	return last.Position, err
}

// write sends the writes in order, some at a time.
func write(ctx context.Context, c *mongo.Collection, writes []mongo.WriteModel) error {
	for len(writes) > 0 {
		n := min(len(writes), batchSize)
		if _, err := c.BulkWrite(ctx, writes[:n]); err != nil {
			return translate(err)
		}
		writes = writes[n:]
	}
	return nil
}

// DropSet implements catalog.Store.
func (s *Store) DropSet(ctx context.Context, contestID, kind string, set int64) error {
	c, ok := map[string]*mongo.Collection{"questions": s.questions, "units": s.units, "roster": s.roster}[kind]
	if !ok {
		return core.Errorf(core.Invalid, "Không có loại danh sách %q.", kind)
	}
	return removeAll(ctx, c, doc("contest_id", contestID, "set", set), nil)
}

// Questions implements catalog.Store.
func (s *Store) Questions(ctx context.Context, contestID string, set int64) ([]core.Question, error) {
	return many[core.Question](ctx, s.questions, doc("contest_id", contestID, "set", set), options.Find().SetSort(doc("id", 1, "version", 1)))
}

// Units implements catalog.Store.
func (s *Store) Units(ctx context.Context, contestID string, set int64) ([]core.Unit, error) {
	return many[core.Unit](ctx, s.units, doc("contest_id", contestID, "set", set), options.Find().SetSort(doc("position", 1)))
}

// QuestionVersion implements catalog.Store; of several sets that hold the version the newest answers.
func (s *Store) QuestionVersion(ctx context.Context, contestID string, ref core.QuestionRef) (core.Question, error) {
	return one[core.Question](ctx, s.questions, doc("contest_id", contestID, "id", ref.ID, "version", ref.Version),
		options.FindOne().SetSort(doc("set", -1)))
}

// RosterAfter implements catalog.Store.
func (s *Store) RosterAfter(ctx context.Context, contestID string, set int64, after string, limit int) ([]core.RosterPerson, error) {
	return many[core.RosterPerson](ctx, s.roster, doc("contest_id", contestID, "set", set, "key", doc("$gt", after)),
		options.Find().SetSort(doc("key", 1)).SetLimit(int64(limit)))
}
