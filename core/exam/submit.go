package exam

import (
	"context"

	"duthi/core"
)

// Review is the page that asks once before submitting.
type Review struct {
	Summary
	Unanswered      []int // indexes, from 0
	Marked          []int
	RemainingMillis int64
	PredictionRule  core.PredictionRule
	Prediction      core.Prediction
}

// Review tells what a contestant confirms. When the attempt is over Summary.Final is true and the rest empty.
func (s *Service) Review(ctx context.Context, ed *Edition, contestantID, attemptID string, now core.Instant) (Review, error) {
	return Review{}, errUnbuilt
}

// Submit ends an attempt with what is saved and gives its result. Submitting again gives the same result; after
// the deadline the attempt counts as expired at its deadline. Every save acknowledged before is in the score.
func (s *Service) Submit(ctx context.Context, ed *Edition, contestantID, attemptID string, now core.Instant) (Result, error) {
	return Result{}, errUnbuilt
}

// Finalise ends a running attempt whose deadline has passed and gives it as it is stored then; any other attempt
// is given back as it is.
func (s *Service) Finalise(ctx context.Context, ed *Edition, a core.Attempt, now core.Instant) (core.Attempt, error) {
	return a, errUnbuilt
}

// Sweep finalises up to limit overdue attempts of all contests, oldest first, and says how many. It goes on
// after a failure and returns the failures joined.
func (s *Service) Sweep(ctx context.Context, now core.Instant, limit int) (int, error) {
	return 0, errUnbuilt
}
