package exam

import (
	"context"

	"duthi/core"
)

// OptionView is an option as shown: Letter is A for the first.
type OptionView struct {
	Letter string
	Text   string
	Chosen bool
}

// ItemView is a question as shown. Nothing in it tells which option is right.
type ItemView struct {
	Index    int // place in the paper, from 0
	Text     string
	Multiple bool // several options may be chosen
	Options  []OptionView
	Answered bool
	Marked   bool // "xem lại"
	Rev      int  // to be sent back as Seen with the next save
}

// View is an attempt to be worked on, or over: see Summary.Final.
type View struct {
	Summary
	Items []ItemView // empty when the attempt is over: its page is Result
	// RemainingMillis is the time to the deadline; the page's countdown starts from it, not from the device's
	// clock.
	RemainingMillis int64
	PredictionRule  core.PredictionRule
	Prediction      core.Prediction
}

// Open gives an attempt with its questions in shown order. NotFound when it is not this contestant's, or not of
// this contest.
func (s *Service) Open(ctx context.Context, ed *Edition, contestantID, attemptID string, now core.Instant) (View, error) {
	return View{}, errUnbuilt
}
