package exam

import (
	"context"

	"duthi/core"
)

// AnswerWrite is one answer on its way to the store. Seen is the Rev the page last saw for this question.
type AnswerWrite struct {
	AttemptID    string
	ContestantID string
	Index        int // place in the paper, from 0
	Choice       core.OptionSet
	Marked       bool
	Seen         int
	Now          core.Instant
}

// SaveOutcome says what became of a write.
type SaveOutcome int

const (
	Saved SaveOutcome = iota // durable; also when the same choice was saved before under the next revision
	Stale                    // another device saved first; Answer is what is stored
	Over                     // the attempt is not running or its deadline has come; nothing was written
)

// AnswerResult is the outcome and what is stored now for the question.
type AnswerResult struct {
	Outcome SaveOutcome
	Answer  core.Answer
}

// PredictionResult is the same for the prediction.
type PredictionResult struct {
	Outcome    SaveOutcome
	Prediction core.Prediction
}

// AttemptStore is the storage of attempts. It keeps every invariant by unique indexes and guarded
// single-document writes.
type AttemptStore interface {
	// InsertAttempt adds a running attempt. Conflict when the contestant has a running one in this round or the
	// ordinal is taken.
	InsertAttempt(ctx context.Context, a core.Attempt) error
	// Attempt gives an attempt of a contestant, or NotFound, also when it is somebody else's.
	Attempt(ctx context.Context, contestantID, id string) (core.Attempt, error)
	// AttemptByReceipt finds a finalised attempt of a contest, void or not, by its receipt code, or NotFound.
	AttemptByReceipt(ctx context.Context, contestID, receipt string) (core.Attempt, error)
	// AttemptsOf gives the attempts of a contestant, oldest first (by started_at, then id); roundID "" gives all rounds.
	AttemptsOf(ctx context.Context, contestantID, roundID string) ([]core.Attempt, error)

	// SaveAnswer is one guarded write: the attempt is the contestant's, running, w.Now is before its deadline
	// and the question's Rev is w.Seen. Then the answer gets Rev w.Seen+1 and At w.Now, and Writes grows. When
	// the guard fails but Rev is w.Seen+1 with the same choice and mark, the outcome is still Saved, also when
	// the attempt is over by now: a retry of what is durable. Else an attempt that is over gives Over, any other
	// Rev Stale. NotFound when the contestant has no such attempt or Index is outside the paper.
	SaveAnswer(ctx context.Context, w AnswerWrite) (AnswerResult, error)
	// SavePrediction is the same for the prediction and its Rev (w.Index, w.Choice and w.Marked are not used);
	// nil takes the guess back.
	SavePrediction(ctx context.Context, w AnswerWrite, value *int64) (PredictionResult, error)
	// FinishAttempt stores the final fields of a (status, submitted_at, answered, correct, points,
	// duration_seconds, receipt), guarded by status running and writes a.Writes: Conflict when a save came
	// between or somebody finished first, NotFound when absent.
	FinishAttempt(ctx context.Context, a core.Attempt) error
	// VoidAttempt sets or (v nil) clears Void of a final attempt; Conflict when it is running, NotFound.
	VoidAttempt(ctx context.Context, contestantID, id string, v *core.Void) error
	// ExpiredAttempts gives up to limit running attempts whose deadline is at or before now, by
	// deadline, then id.
	ExpiredAttempts(ctx context.Context, now core.Instant, limit int) ([]core.Attempt, error)
	// ImportAttempts inserts finished attempts as they are, skipping those whose id, or whose contestant, round
	// and ordinal exist: sample and restored data. Not all or nothing: after an error it can be run again.
	ImportAttempts(ctx context.Context, as []core.Attempt) error
}

// FigureStore computes what live tables show and keeps the computed tables.
type FigureStore interface {
	// Participation counts valid attempts of a round, or of the whole contest when roundID is "".
	Participation(ctx context.Context, contestID, roundID string) (core.Participation, error)
	// Leaders gives each contestant's best valid attempt of a round by correct answers, then duration, then
	// submission, then id; the first limit people. Paper, Answers, Prediction and Writes are left out (zero).
	Leaders(ctx context.Context, contestID, roundID string, limit int) ([]core.Attempt, error)
	// Activity counts the running attempts whose deadline is after now, and the starts of each of the last
	// minutes: Starts has that many counts, oldest first, the last one for starts in (now-60 s, now].
	Activity(ctx context.Context, contestID string, now core.Instant, minutes int) (core.Activity, error)
	// Days gives the daily figures, oldest first, days without any left out; offsetSeconds is the zone's offset
	// from UTC.
	Days(ctx context.Context, contestID string, offsetSeconds int) ([]core.Day, error)
	// Registered counts active contestants by level-1 unit code and by deepest unit code.
	Registered(ctx context.Context, contestID string) (byTop, byUnit map[string]int64, err error)
	// TookPart gives the ids of the contestants who are in a deepest unit now (or in a level-1 unit when deep is
	// false) and have a valid attempt, wherever it was started.
	TookPart(ctx context.Context, contestID, unitCode string, deep bool) (map[string]bool, error)

	// Snapshot gives a stored table, or NotFound.
	Snapshot(ctx context.Context, id string) (core.Snapshot, error)
	// PutSnapshot stores s as it is unless a newer one (greater At) is there; then it does nothing.
	PutSnapshot(ctx context.Context, s core.Snapshot) error
}
