package exam

import (
	"context"

	"duthi/core"
)

// AnswerInput is an answer as a page sends it.
type AnswerInput struct {
	AttemptID    string
	ContestantID string
	Index        int   // place in the paper, from 0
	Shown        []int // places of the chosen options as shown, from 0; empty clears the answer
	Marked       bool
	Seen         int // the Rev the page last saw for this question
}

// SaveResult is what is stored now. Exactly when Stale is false, what was sent is durable.
type SaveResult struct {
	Stale           bool // another device saved first: show the answer below in place of one's own
	Shown           []int
	Marked          bool
	Rev             int
	At              core.Instant // when it was saved
	RemainingMillis int64
}

// Save stores one answer by one guarded write. Sending the same again is harmless. Errors: Closed (time over or
// submitted; the answer was not saved), Invalid (no such question or option, two options of a single choice),
// NotFound (no such attempt of this contestant), Unavailable (not saved, send again).
func (s *Service) Save(ctx context.Context, ed *Edition, in AnswerInput, now core.Instant) (SaveResult, error) {
	return SaveResult{}, errUnbuilt
}

// PredictionInput is the guess as a page sends it; Value nil clears it. See ParsePrediction.
type PredictionInput struct {
	AttemptID    string
	ContestantID string
	Value        *int64
	Seen         int
}

// PredictionSaved is what is stored now, as in SaveResult.
type PredictionSaved struct {
	Stale bool
	core.Prediction
}

// SavePrediction stores the guess with the same guard and errors as Save; Invalid also when it is outside the
// contest's bounds or the contest asks for none.
func (s *Service) SavePrediction(ctx context.Context, ed *Edition, in PredictionInput, now core.Instant) (PredictionSaved, error) {
	return PredictionSaved{}, errUnbuilt
}

// ParsePrediction reads what people type for a whole number ("4.120", "4 120"); an empty text gives nil. Invalid
// otherwise, with a message for the field "prediction".
func ParsePrediction(text string, rule core.PredictionRule) (*int64, error) {
	return nil, errUnbuilt
}
