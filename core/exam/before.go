package exam

import (
	"context"

	"duthi/core"
)

// BeforeStart is what the page before Start says (decision 14).
type BeforeStart struct {
	Round     core.Round
	Used      int // attempts started in the round, running and void ones included
	Limit     int // attempts allowed in the round
	Left      int
	Next      int // ordinal of the attempt Start would begin; 0 when none is left
	Questions int
	// FullSeconds is what an attempt lasts with extra time; AvailableSeconds what is really there when started
	// now, less near the round's end. Whole seconds, floored.
	FullSeconds      int
	AvailableSeconds int
	ExtraSeconds     int                 // granted to this person, part of FullSeconds
	Deadline         core.Instant        // of an attempt started now
	Prediction       core.PredictionRule // what is asked at the end, when Enabled
	Running          *Summary            // to resume
	Best             *Summary            // the better valid attempt of the round so far
	// Refusal says why Start would be refused (round not open, attempts used up, account not active); nil when
	// it would not, or when Running is there to resume. Its Code is Closed, Limited or Forbidden.
	Refusal *core.Error
}

// Shortened reports whether the round's end leaves less time than an attempt lasts.
func (b BeforeStart) Shortened() bool { return b.AvailableSeconds < b.FullSeconds }

// Before tells what the page before Start shows. NotFound when there is no such round.
func (s *Service) Before(ctx context.Context, ed *Edition, c core.Contestant, roundID string, now core.Instant) (BeforeStart, error) {
	return BeforeStart{}, errUnbuilt
}
