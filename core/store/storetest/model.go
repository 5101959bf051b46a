package storetest

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"duthi/core"
	"duthi/core/exam"
)

// Model is the contract of Subject at its plainest: maps under one lock, figures by looking at everything. It
// is what real stores are compared with, not a store to run on.
type Model struct {
	mu       sync.Mutex
	attempts map[string]core.Attempt
	tokens   map[string]core.Token
	claims   map[string]core.Claim
}

// NewModel gives an empty model.
func NewModel() *Model {
	return &Model{attempts: map[string]core.Attempt{}, tokens: map[string]core.Token{}, claims: map[string]core.Claim{}}
}

func refuse(code core.Code) error { return core.Errorf(code, "model") }

// all gives copies of the attempts that match, in order.
func (m *Model) all(match func(core.Attempt) bool, order func(a, b core.Attempt) int) []core.Attempt {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []core.Attempt
	for _, a := range m.attempts {
		if match(a) {
			a.Answers = slices.Clone(a.Answers)
			out = append(out, a)
		}
	}
	slices.SortFunc(out, func(a, b core.Attempt) int { return cmp.Or(order(a, b), cmp.Compare(a.ID, b.ID)) })
	return out
}

func byStart(a, b core.Attempt) int { return cmp.Compare(a.StartedAt, b.StartedAt) }

func one(as []core.Attempt) (core.Attempt, error) {
	if len(as) == 0 {
		return core.Attempt{}, refuse(core.NotFound)
	}
	return as[0], nil
}

// clashes reports whether a cannot stand beside what is there.
func (m *Model) clashes(a core.Attempt) bool {
	for _, b := range m.attempts {
		sameRound := a.ContestantID == b.ContestantID && a.RoundID == b.RoundID
		if a.ID == b.ID || sameRound && (a.Ordinal == b.Ordinal || a.Status == core.Running && b.Status == core.Running) {
			return true
		}
	}
	return false
}

// change runs f on a contestant's attempt and keeps what it leaves unless it fails.
func (m *Model) change(contestant, id string, f func(a *core.Attempt) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	a, ok := m.attempts[id]
	if !ok || a.ContestantID != contestant {
		return refuse(core.NotFound)
	}
	a.Answers = slices.Clone(a.Answers)
	if err := f(&a); err != nil {
		return err
	}
	m.attempts[id] = a
	return nil
}

// InsertAttempt implements Subject, as do the methods below.
func (m *Model) InsertAttempt(_ context.Context, a core.Attempt) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.clashes(a) {
		return refuse(core.Conflict)
	}
	m.attempts[a.ID] = a
	return nil
}

func (m *Model) ImportAttempts(_ context.Context, as []core.Attempt) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range as {
		if !m.clashes(a) {
			m.attempts[a.ID] = a
		}
	}
	return nil
}

func (m *Model) Attempt(_ context.Context, contestantID, id string) (core.Attempt, error) {
	return one(m.all(func(a core.Attempt) bool { return a.ID == id && a.ContestantID == contestantID }, byStart))
}

func (m *Model) AttemptByReceipt(_ context.Context, contestID, receipt string) (core.Attempt, error) {
	return one(m.all(func(a core.Attempt) bool {
		return a.ContestID == contestID && a.Receipt == receipt && receipt != "" && a.Final()
	}, byStart))
}

func (m *Model) AttemptsOf(_ context.Context, contestantID, roundID string) ([]core.Attempt, error) {
	return m.all(func(a core.Attempt) bool {
		return a.ContestantID == contestantID && (roundID == "" || a.RoundID == roundID)
	}, byStart), nil
}

func (m *Model) ExpiredAttempts(_ context.Context, now core.Instant, limit int) ([]core.Attempt, error) {
	as := m.all(func(a core.Attempt) bool { return a.Status == core.Running && a.Deadline <= now },
		func(a, b core.Attempt) int { return cmp.Compare(a.Deadline, b.Deadline) })
	return as[:min(limit, len(as))], nil
}

func (m *Model) SaveAnswer(_ context.Context, w exam.AnswerWrite) (out exam.AnswerResult, err error) {
	err = m.change(w.ContestantID, w.AttemptID, func(a *core.Attempt) error {
		if w.Index < 0 || w.Index >= len(a.Answers) {
			return refuse(core.NotFound)
		}
		answer := &a.Answers[w.Index]
		switch {
		case answer.Rev == w.Seen+1 && answer.Choice == w.Choice && answer.Marked == w.Marked:
		case a.Status != core.Running || w.Now >= a.Deadline:
			out.Outcome = exam.Over
		case answer.Rev != w.Seen:
			out.Outcome = exam.Stale
		default:
			*answer = core.Answer{Choice: w.Choice, Marked: w.Marked, Rev: w.Seen + 1, At: w.Now}
			a.Writes++
		}
		out.Answer = *answer
		return nil
	})
	return out, err
}

func (m *Model) SavePrediction(_ context.Context, w exam.AnswerWrite, value *int64) (out exam.PredictionResult, err error) {
	err = m.change(w.ContestantID, w.AttemptID, func(a *core.Attempt) error {
		p := &a.Prediction
		equal := p.Value == nil && value == nil || p.Value != nil && value != nil && *p.Value == *value
		switch {
		case p.Rev == w.Seen+1 && equal:
		case a.Status != core.Running || w.Now >= a.Deadline:
			out.Outcome = exam.Over
		case p.Rev != w.Seen:
			out.Outcome = exam.Stale
		default:
			*p = core.Prediction{Value: value, Rev: w.Seen + 1}
			a.Writes++
		}
		out.Prediction = *p
		return nil
	})
	return out, err
}

func (m *Model) FinishAttempt(_ context.Context, f core.Attempt) error {
	return m.change(f.ContestantID, f.ID, func(a *core.Attempt) error {
		if a.Status != core.Running || a.Writes != f.Writes {
			return refuse(core.Conflict)
		}
		a.Status, a.SubmittedAt, a.Answered, a.Correct = f.Status, f.SubmittedAt, f.Answered, f.Correct
		a.Points, a.DurationSeconds, a.Receipt = f.Points, f.DurationSeconds, f.Receipt
		return nil
	})
}

func (m *Model) VoidAttempt(_ context.Context, contestantID, id string, v *core.Void) error {
	return m.change(contestantID, id, func(a *core.Attempt) error {
		if !a.Final() {
			return refuse(core.Conflict)
		}
		a.Void = v
		return nil
	})
}

// valid gives the valid attempts of a contest, by start.
func (m *Model) valid(contestID, roundID string) []core.Attempt {
	return m.all(func(a core.Attempt) bool {
		return a.Valid() && a.ContestID == contestID && (roundID == "" || a.RoundID == roundID)
	}, byStart)
}

func (m *Model) Participation(_ context.Context, contestID, roundID string) (core.Participation, error) {
	p := core.Participation{ByBlock: map[string]core.Count{}, ByTop: map[string]core.Count{}, ByUnit: map[string]core.Count{}}
	met := map[[3]string]bool{}
	add := func(table, key string, c core.Count, a core.Attempt) core.Count {
		if who := [3]string{table, key, a.ContestantID}; !met[who] {
			met[who] = true
			c.People++
		}
		c.Attempts++
		c.Points += int64(a.Points)
		return c
	}
	for _, a := range m.valid(contestID, roundID) {
		p.Total = add("total", "", p.Total, a)
		p.ByUnit[a.UnitCode] = add("unit", a.UnitCode, p.ByUnit[a.UnitCode], a)
		p.ByTop[a.Unit1Code] = add("top", a.Unit1Code, p.ByTop[a.Unit1Code], a)
		if a.BlockID != "" {
			p.ByBlock[a.BlockID] = add("block", a.BlockID, p.ByBlock[a.BlockID], a)
		}
	}
	return p, nil
}

func (m *Model) Leaders(_ context.Context, contestID, roundID string, limit int) ([]core.Attempt, error) {
	as := m.all(func(a core.Attempt) bool { return a.Valid() && a.ContestID == contestID && a.RoundID == roundID },
		func(a, b core.Attempt) int {
			return core.CompareProvisional([]core.RankCriterion{core.ByCorrect, core.ByDuration, core.BySubmitted}, &a, &b)
		})
	var out []core.Attempt
	met := map[string]bool{}
	for _, a := range as {
		if !met[a.ContestantID] && len(out) < limit {
			met[a.ContestantID] = true
			a.Paper, a.Answers, a.Prediction, a.Writes = nil, nil, core.Prediction{}, 0
			out = append(out, a)
		}
	}
	return out, nil
}

func (m *Model) Activity(_ context.Context, contestID string, now core.Instant, minutes int) (core.Activity, error) {
	out := core.Activity{Starts: make([]int64, minutes)}
	for _, a := range m.all(func(a core.Attempt) bool { return a.ContestID == contestID }, byStart) {
		if a.Status == core.Running && a.Deadline > now {
			out.Inside++
		}
		if age := (now - a.StartedAt) / minute; a.StartedAt <= now && int(age) < minutes {
			out.Starts[minutes-1-int(age)]++
		}
	}
	return out, nil
}

func (m *Model) Days(_ context.Context, contestID string, offsetSeconds int) ([]core.Day, error) {
	zone := time.FixedZone("", offsetSeconds)
	days := map[string]core.Day{}
	met := map[string]bool{}
	for _, a := range m.valid(contestID, "") { // by start: the first met of a person is the first
		date := a.StartedAt.Time(zone).Format(time.DateOnly)
		d := days[date]
		d.Date, d.Attempts = date, d.Attempts+1
		if !met[a.ContestantID] {
			met[a.ContestantID] = true
			d.NewPeople++
		}
		days[date] = d
	}
	return slices.SortedFunc(maps.Values(days), func(a, b core.Day) int { return cmp.Compare(a.Date, b.Date) }), nil
}
