package mongostore

import (
	"context"
	"errors"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"duthi/core"
)

// InsertAttempt implements exam.AttemptStore.
func (s *Store) InsertAttempt(ctx context.Context, a core.Attempt) error {
	return insert(ctx, s.attempts, a.ID, a)
}

// own is the filter of one attempt; with the contestant, the shard key, it goes to one shard.
func own(contestantID, id string) bson.D { return doc("_id", id, "contestant_id", contestantID) }

// Attempt implements exam.AttemptStore.
func (s *Store) Attempt(ctx context.Context, contestantID, id string) (core.Attempt, error) {
	return one[core.Attempt](ctx, s.attempts, own(contestantID, id))
}

// AttemptByReceipt implements exam.AttemptStore.
func (s *Store) AttemptByReceipt(ctx context.Context, contestID, receipt string) (core.Attempt, error) {
	if receipt == "" {
		return core.Attempt{}, notFound()
	}
	return one[core.Attempt](ctx, s.attempts, doc("contest_id", contestID, "receipt", receipt))
}

// AttemptsOf implements exam.AttemptStore.
func (s *Store) AttemptsOf(ctx context.Context, contestantID, roundID string) ([]core.Attempt, error) {
	filter := doc("contestant_id", contestantID)
	if roundID != "" {
		filter = append(filter, bson.E{Key: "round_id", Value: roundID})
	}
	return many[core.Attempt](ctx, s.attempts, filter, options.Find().SetSort(doc("started_at", 1, "_id", 1)))
}

// FinishAttempt implements exam.AttemptStore.
func (s *Store) FinishAttempt(ctx context.Context, a core.Attempt) error {
	final := doc("status", a.Status, "submitted_at", a.SubmittedAt, "answered", a.Answered, "correct", a.Correct,
		"points", a.Points, "duration_seconds", a.DurationSeconds)
	if a.Receipt != "" {
		final = append(final, bson.E{Key: "receipt", Value: a.Receipt})
	}
	if a.Answered > 0 {
		final = append(final, bson.E{Key: "valid", Value: true})
	}
	guard := append(own(a.ContestantID, a.ID), bson.E{Key: "status", Value: core.Running}, bson.E{Key: "writes", Value: a.Writes})
	return s.changeAttempt(ctx, a.ContestantID, a.ID, guard, doc("$set", final))
}

// VoidAttempt implements exam.AttemptStore.
func (s *Store) VoidAttempt(ctx context.Context, contestantID, id string, v *core.Void) error {
	guard := append(own(contestantID, id), bson.E{Key: "status", Value: doc("$in", bson.A{core.Submitted, core.Expired})})
	if v != nil {
		return s.changeAttempt(ctx, contestantID, id, guard, doc("$set", doc("void", v), "$unset", doc("valid", "")))
	}
	return s.changeAttempt(ctx, contestantID, id, guard, mongo.Pipeline{
		doc("$set", doc("valid", doc("$gt", bson.A{"$answered", 0}))),
		doc("$unset", "void"),
	})
}

// changeAttempt updates the attempt the guard lets through; Conflict when it is there but does not fit,
// NotFound when it is not there.
func (s *Store) changeAttempt(ctx context.Context, contestantID, id string, guard bson.D, update any) error {
	res, err := s.attempts.UpdateOne(ctx, guard, update)
	if err != nil {
		return translate(err)
	}
	if res.MatchedCount == 1 {
		return nil
	}
	found, err := exists(ctx, s.attempts, own(contestantID, id))
	switch {
	case err != nil:
		return err
	case found:
		return conflict()
	}
	return notFound()
}

// ExpiredAttempts implements exam.AttemptStore.
func (s *Store) ExpiredAttempts(ctx context.Context, now core.Instant, limit int) ([]core.Attempt, error) {
	return many[core.Attempt](ctx, s.attempts, doc("status", core.Running, "deadline", doc("$lte", now)),
		options.Find().SetSort(doc("deadline", 1, "_id", 1)).SetLimit(int64(limit)))
}

// ImportAttempts implements exam.AttemptStore.
func (s *Store) ImportAttempts(ctx context.Context, as []core.Attempt) error {
	for len(as) > 0 {
		n := min(len(as), batchSize)
		if err := s.importSome(ctx, as[:n]); err != nil {
			return err
		}
		as = as[n:]
	}
	return nil
}

func (s *Store) importSome(ctx context.Context, as []core.Attempt) error {
	docs := make([]any, len(as))
	for i, a := range as {
		docs[i] = keyed[core.Attempt]{Key: a.ID, Record: a, Valid: a.Valid()}
	}
	_, err := s.attempts.InsertMany(ctx, docs, options.InsertMany().SetOrdered(false))
	if onlyDuplicates(err) {
		return nil
	}
	return translate(err)
}

// onlyDuplicates reports whether nothing failed but inserts that a unique index refused.
func onlyDuplicates(err error) bool {
	var bulk mongo.BulkWriteException
	if !errors.As(err, &bulk) || bulk.WriteConcernError != nil {
		return false
	}
	return !slices.ContainsFunc(bulk.WriteErrors, func(e mongo.BulkWriteError) bool { return e.Code != duplicateKey })
}
