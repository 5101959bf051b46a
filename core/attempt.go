package core

import "time"

// AttemptStatus is where an attempt stands.
type AttemptStatus string

const (
	Running   AttemptStatus = "running"
	Submitted AttemptStatus = "submitted" // by the contestant
	Expired   AttemptStatus = "expired"   // finalised at its deadline with what was saved
)

// PaperItem is one question of a paper: which version, and the order its options are shown in (Order[i] is
// the index of the option shown at place i).
type PaperItem struct {
	QuestionRef `json:",inline"`
	Order       []int `json:"o"`
}

// Answer is what is saved for one question. Rev counts the writes: a write must name the Rev it saw.
type Answer struct {
	Choice OptionSet `json:"c"`
	Marked bool      `json:"m,omitempty"` // "xem lại"
	Rev    int       `json:"r"`
	At     Instant   `json:"t,omitempty"`
}

// Prediction is the guess that breaks ties; Value nil means none was given.
type Prediction struct {
	Value *int64 `json:"value,omitempty"`
	Rev   int    `json:"r"`
}

// Void takes an attempt out of the result.
type Void struct {
	By     string  `json:"by"`
	At     Instant `json:"at"`
	Reason string  `json:"reason"`
}

// Attempt is one run of one contestant through a paper (lượt thi). Its invariants live in the stores:
// (contestant_id, round_id, ordinal) is unique, and so is (contestant_id, round_id) among running ones.
type Attempt struct {
	ID           string        `json:"id"`
	ContestID    string        `json:"contest_id"`
	RoundID      string        `json:"round_id"`
	ContestantID string        `json:"contestant_id"`
	Ordinal      int           `json:"ordinal"`   // 1 .. attempts per round
	UnitCode     string        `json:"unit_code"` // the contestant's unit when it started
	Unit1Code    string        `json:"unit1_code"`
	BlockID      string        `json:"block_id,omitempty"`
	Seed         int64         `json:"seed"` // 0 <= seed < 2^53
	Paper        []PaperItem   `json:"paper"`
	Answers      []Answer      `json:"answers"` // one per paper item, zero value when unanswered
	Prediction   Prediction    `json:"prediction"`
	Status       AttemptStatus `json:"status"`
	StartedAt    Instant       `json:"started_at"`
	Deadline     Instant       `json:"deadline"`
	SubmittedAt  Instant       `json:"submitted_at,omitempty"`
	Writes       int64         `json:"writes"` // grows with every save; finishing is guarded by it

	// Set when finalised.
	Answered        int    `json:"answered"`
	Correct         int    `json:"correct"`
	Points          int    `json:"points"`
	DurationSeconds int    `json:"duration_seconds"` // whole seconds, floored
	Receipt         string `json:"receipt,omitempty"`

	Void   *Void `json:"void,omitempty"`
	Sample bool  `json:"sample,omitempty"`
}

// Final reports whether the attempt is over.
func (a *Attempt) Final() bool { return a.Status == Submitted || a.Status == Expired }

// Valid reports whether the attempt counts: over, not void, at least one answer.
func (a *Attempt) Valid() bool { return a.Final() && a.Void == nil && a.Answered > 0 }

// Deadline gives the moment an attempt started at start must end: duration plus extra time, but never after
// the round.
func Deadline(start Instant, duration time.Duration, extraSeconds int, roundEnd Instant) Instant {
	end := start.Add(duration + time.Duration(extraSeconds)*time.Second)
	return min(end, roundEnd)
}

// Score is what an attempt is worth.
type Score struct {
	Answered, Correct, Points int
}

// ScoreAnswers counts the right answers. A question is right when exactly its correct options are chosen;
// wrong and empty ones cost nothing. Each right answer gives points, up to max (0: no limit).
func ScoreAnswers(answers []Answer, correct []OptionSet, points, max int) Score {
	var s Score
	for i, a := range answers {
		if a.Choice == 0 {
			continue
		}
		s.Answered++
		if a.Choice == correct[i] {
			s.Correct++
		}
	}
	s.Points = s.Correct * points
	if max > 0 && s.Points > max {
		s.Points = max
	}
	return s
}

// Finish gives the fields a finalised attempt gets. An expired attempt counts as submitted at its deadline,
// whenever it was met.
func (a *Attempt) Finish(status AttemptStatus, now Instant, s Score) {
	if status == Expired || now > a.Deadline {
		now = a.Deadline
	}
	a.Status, a.SubmittedAt = status, now
	a.Answered, a.Correct, a.Points = s.Answered, s.Correct, s.Points
	a.DurationSeconds = int(now.Sub(a.StartedAt) / time.Second)
}

// CompareProvisional orders two attempts by the contest's criteria without the prediction and the lot: below
// 0 when a stands before b. It is what live views and "lượt tốt hơn" before the freeze use.
func CompareProvisional(order []RankCriterion, a, b *Attempt) int {
	for _, c := range order {
		var d int64
		switch c {
		case ByCorrect:
			d = int64(b.Correct - a.Correct)
		case ByPoints:
			d = int64(b.Points - a.Points)
		case ByDuration:
			d = int64(a.DurationSeconds - b.DurationSeconds)
		case BySubmitted:
			d = int64(a.SubmittedAt - b.SubmittedAt)
		}
		switch {
		case d < 0:
			return -1
		case d > 0:
			return 1
		}
	}
	return 0
}
