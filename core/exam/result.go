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
	Valid       bool   // over, not void, at least one answer
	UnitCode    string // the contestant's unit when it started
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
	a, err := s.attempt(ctx, ed, contestantID, attemptID, now)
	if err != nil {
		return Result{}, err
	}
	if !a.Final() {
		return Result{}, core.Errorf(core.Conflict, "Bài này chưa nộp.")
	}
	return s.result(ctx, ed, a, now)
}

func (s *Service) result(ctx context.Context, ed *Edition, a core.Attempt, now core.Instant) (Result, error) {
	taken, err := s.attempts.AttemptsOf(ctx, a.ContestantID, a.RoundID)
	if err != nil {
		return Result{}, err
	}
	quiz, round := ed.Contest.Quiz, ed.roundOf(&a)
	r := Result{
		Summary: ed.summary(&a, now), Prediction: a.Prediction, Certificate: ed.certifies(&a),
		MaxPoints: len(a.Paper) * quiz.PointsPerAnswer,
	}
	if quiz.MaxPoints > 0 {
		r.MaxPoints = min(r.MaxPoints, quiz.MaxPoints)
	}
	if round.Open(now) {
		r.Left = max(quiz.AttemptsPerRound-len(taken), 0)
	}
	if quiz.RevealAnswers == revealAfterRound {
		r.RevealAt = round.End
	}
	if top := best(quiz.Ranking, taken); top != nil {
		r.Best = top.ID == a.ID
	}
	return r, nil
}

// Mine is a contestant's own page.
type Mine struct {
	Attempts    []Summary // newest first
	Running     *Summary
	Certificate *Summary // the best valid attempt of all that reaches the certificate's points; nil when none does
}

// Mine gives all attempts of a contestant in this contest.
func (s *Service) Mine(ctx context.Context, ed *Edition, contestantID string, now core.Instant) (Mine, error) {
	all, err := s.taken(ctx, ed, contestantID, "", now)
	if err != nil {
		return Mine{}, err
	}
	rounds := map[string][]core.Attempt{}
	for _, a := range all {
		rounds[a.RoundID] = append(rounds[a.RoundID], a)
	}
	order := ed.Contest.Quiz.Ranking
	m := Mine{Attempts: make([]Summary, 0, len(all)), Running: ed.summaryOf(running(all), now)}
	for i := len(all) - 1; i >= 0; i-- {
		sum := ed.summary(&all[i], now)
		top := best(order, rounds[all[i].RoundID])
		sum.Best = top != nil && top.ID == sum.ID
		m.Attempts = append(m.Attempts, sum)
	}
	if top := best(order, all); top != nil && ed.certifies(top) {
		m.Certificate = ed.summaryOf(top, now)
	}
	return m, nil
}

// certifies reports whether an attempt reaches the certificate's points.
func (ed *Edition) certifies(a *core.Attempt) bool {
	least := ed.Contest.Quiz.CertificateMin
	return least > 0 && a.Valid() && a.Points >= least
}

// summary gives the line about an attempt.
func (ed *Edition) summary(a *core.Attempt, now core.Instant) Summary {
	s := Summary{
		ID: a.ID, Round: ed.roundOf(a), Ordinal: a.Ordinal, Status: a.Status, Final: a.Final(), Valid: a.Valid(),
		UnitCode: a.UnitCode, StartedAt: a.StartedAt, Deadline: a.Deadline, SubmittedAt: a.SubmittedAt, Questions: len(a.Paper), Void: a.Void,
	}
	if !s.Final {
		for _, ans := range a.Answers {
			if ans.Choice != 0 {
				s.Answered++
			}
		}
		return s
	}
	s.Answered, s.Correct, s.Points, s.DurationSeconds = a.Answered, a.Correct, a.Points, a.DurationSeconds
	s.Receipt, s.Revealed = FormatReceipt(a.Receipt), ed.revealed(s.Round, now)
	return s
}

func (ed *Edition) summaryOf(a *core.Attempt, now core.Instant) *Summary {
	if a == nil {
		return nil
	}
	s := ed.summary(a, now)
	return &s
}
