package exam

import (
	"context"

	"duthi/core"
)

// Summary is one line about an attempt: in "bài thi của tôi", above a paper, in a result.
type Summary struct {
	ID          string
	Round       core.Round
	Ordinal     int // lượt 1, 2 …
	Status      core.AttemptStatus
	Final       bool
	Valid       bool // over, not void, at least one answer
	StartedAt   core.Instant
	Deadline    core.Instant
	SubmittedAt core.Instant
	Questions   int // length of the paper
	Answered    int
	// Set when Final.
	Correct         int
	Points          int
	DurationSeconds int
	Receipt         string // grouped for display: 7KQ2-M9XD-4HTA
	Void            *core.Void
	Best            bool // the better valid attempt of its round so far (provisional); set by Mine and Result only
	Revealed        bool // Reveal shows its answers now
}

// Result is the page after submitting.
type Result struct {
	Summary
	MaxPoints   int
	Prediction  core.Prediction
	Left        int          // attempts left in the round, 0 when it is over
	Certificate bool         // this attempt reaches the certificate's points
	RevealAt    core.Instant // when answers open; 0: never
}

// Result gives a finished attempt. Conflict while it is running, NotFound as in Open.
func (s *Service) Result(ctx context.Context, ed *Edition, contestantID, attemptID string, now core.Instant) (Result, error) {
	return Result{}, errUnbuilt
}

// Mine is a contestant's own page.
type Mine struct {
	Attempts    []Summary // newest first
	Running     *Summary
	Certificate *Summary // the best valid attempt of all that reaches the certificate's points; nil when none does
}

// Mine gives all attempts of a contestant in this contest.
func (s *Service) Mine(ctx context.Context, ed *Edition, contestantID string, now core.Instant) (Mine, error) {
	return Mine{}, errUnbuilt
}

// RevealedOption is an option with what was chosen and what is right.
type RevealedOption struct {
	Letter  string
	Text    string
	Chosen  bool
	Correct bool
}

// RevealedItem is a question of a finished attempt with its answer.
type RevealedItem struct {
	Index       int
	Text        string
	Multiple    bool
	Options     []RevealedOption // in the order the contestant saw
	Answered    bool
	Right       bool
	Explanation string
	Source      string
}

// Revealed is an attempt with its answers.
type Revealed struct {
	Summary
	Items []RevealedItem
}

// Reveal gives the answers of a finished attempt: Closed before its round has ended or when the contest never
// reveals them, whatever the attempt's own state.
func (s *Service) Reveal(ctx context.Context, ed *Edition, contestantID, attemptID string, now core.Instant) (Revealed, error) {
	return Revealed{}, errUnbuilt
}
