package mongostore

import (
	"context"
	"fmt"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"duthi/core"
	"duthi/core/exam"
)

// SaveAnswer implements exam.AttemptStore: one guarded update; only a write that was not let through costs a
// read to say why. The server holds that answer back until a majority has what the guard saw, so "saved
// before" is as durable as "saved".
func (s *Store) SaveAnswer(ctx context.Context, w exam.AnswerWrite) (exam.AnswerResult, error) {
	if w.Index < 0 { // $slice would count from the end
		return exam.AnswerResult{}, notFound()
	}
	next := core.Answer{Choice: w.Choice, Marked: w.Marked, Rev: w.Seen + 1, At: w.Now}
	saved, err := s.guardedSave(ctx, w, fmt.Sprintf("answers.%d", w.Index), next)
	if err != nil || saved {
		return exam.AnswerResult{Outcome: exam.Saved, Answer: next}, err
	}
	a, err := s.savedState(ctx, w, doc("answers", doc("$slice", bson.A{w.Index, 1})))
	if err != nil {
		return exam.AnswerResult{}, err
	}
	if len(a.Answers) == 0 {
		return exam.AnswerResult{}, notFound()
	}
	had := a.Answers[0]
	before := had.Rev == next.Rev && had.Choice == next.Choice && had.Marked == next.Marked
	return exam.AnswerResult{Outcome: refusal(a, w.Now, before), Answer: had}, nil
}

// SavePrediction implements exam.AttemptStore.
func (s *Store) SavePrediction(ctx context.Context, w exam.AnswerWrite, value *int64) (exam.PredictionResult, error) {
	next := core.Prediction{Value: value, Rev: w.Seen + 1}
	saved, err := s.guardedSave(ctx, w, "prediction", next)
	if err != nil || saved {
		return exam.PredictionResult{Outcome: exam.Saved, Prediction: next}, err
	}
	a, err := s.savedState(ctx, w, doc("prediction", 1))
	if err != nil {
		return exam.PredictionResult{}, err
	}
	had := a.Prediction
	before := had.Rev == next.Rev && (had.Value == nil) == (value == nil) && (value == nil || *value == *had.Value)
	return exam.PredictionResult{Outcome: refusal(a, w.Now, before), Prediction: had}, nil
}

// guardedSave sets the field at path when the attempt is running, in time, and at the revision that was seen.
func (s *Store) guardedSave(ctx context.Context, w exam.AnswerWrite, path string, next any) (bool, error) {
	guard := append(own(w.ContestantID, w.AttemptID),
		bson.E{Key: "status", Value: core.Running},
		bson.E{Key: "deadline", Value: doc("$gt", w.Now)},
		bson.E{Key: path + ".r", Value: w.Seen})
	res, err := s.attempts.UpdateOne(ctx, guard, doc("$set", doc(path, next), "$inc", doc("writes", 1)))
	if err != nil {
		return false, translate(err)
	}
	return res.MatchedCount == 1, nil
}

// savedState reads what is needed to say why a save was not let through.
func (s *Store) savedState(ctx context.Context, w exam.AnswerWrite, fields bson.D) (core.Attempt, error) {
	fields = append(fields, bson.E{Key: "status", Value: 1}, bson.E{Key: "deadline", Value: 1})
	return one[core.Attempt](ctx, s.attempts, own(w.ContestantID, w.AttemptID), options.FindOne().SetProjection(fields))
}

// refusal says why a guard did not let a save through; before tells that the same save was done already.
func refusal(a core.Attempt, now core.Instant, before bool) exam.SaveOutcome {
	switch {
	case before:
		return exam.Saved
	case a.Status != core.Running || now >= a.Deadline:
		return exam.Over
	}
	return exam.Stale
}
