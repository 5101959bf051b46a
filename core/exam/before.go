package exam

import (
	"context"
	"time"

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
	// Refusal says why Start would be refused (account not active, round not open, attempts used up); nil when
	// Start would begin an attempt or give Running. Its Code is Forbidden, Closed or Limited.
	Refusal *core.Error
}

// Shortened reports whether the round's end leaves less time than an attempt lasts.
func (b BeforeStart) Shortened() bool { return b.AvailableSeconds < b.FullSeconds }

// Minutes gives the whole minutes that are there for somebody who reads the page before pressing Start: all of
// them, and near the round's end those left a second later (23:55 gives 4).
func (b BeforeStart) Minutes() int {
	if !b.Shortened() {
		return b.FullSeconds / 60
	}
	return max(b.AvailableSeconds-1, 0) / 60
}

// Before tells what the page before Start shows. NotFound when there is no such round.
func (s *Service) Before(ctx context.Context, ed *Edition, c core.Contestant, roundID string, now core.Instant) (BeforeStart, error) {
	round, err := ed.round(roundID)
	if err != nil {
		return BeforeStart{}, err
	}
	taken, err := s.taken(ctx, ed, c.ID, roundID, now)
	if err != nil {
		return BeforeStart{}, err
	}
	quiz := ed.Contest.Quiz
	full := quiz.Duration() + time.Duration(c.ExtraSeconds)*time.Second
	b := BeforeStart{
		Round: round, Used: len(taken), Limit: quiz.AttemptsPerRound, Left: max(quiz.AttemptsPerRound-len(taken), 0),
		Questions: quiz.Questions, FullSeconds: int(full / time.Second), ExtraSeconds: c.ExtraSeconds,
		Deadline: core.Deadline(now, quiz.Duration(), c.ExtraSeconds, round.End), Prediction: quiz.Prediction,
		Running: ed.summaryOf(running(taken), now), Best: ed.summaryOf(best(quiz.Ranking, taken), now),
	}
	b.AvailableSeconds = int(max(b.Deadline.Sub(max(now, round.Start)), 0) / time.Second)
	if b.Left > 0 {
		b.Next = nextOrdinal(taken)
	}
	b.Refusal = ed.refusal(c, round, taken, now)
	return b, nil
}

// taken gives the attempts of a contestant in a round, oldest first, overdue ones finalised.
func (s *Service) taken(ctx context.Context, ed *Edition, contestantID, roundID string, now core.Instant) ([]core.Attempt, error) {
	all, err := s.attempts.AttemptsOf(ctx, contestantID, roundID)
	if err != nil {
		return nil, err
	}
	out := all[:0]
	for _, a := range all {
		if a.ContestID != ed.Contest.ID {
			continue
		}
		if a, err = s.Finalise(ctx, ed, a, now); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, nil
}

// refusal says why no attempt can be begun or resumed, or nil.
func (ed *Edition) refusal(c core.Contestant, r core.Round, taken []core.Attempt, now core.Instant) *core.Error {
	switch {
	case c.ContestID != ed.Contest.ID:
		return core.Errorf(core.Forbidden, "Tài khoản này thuộc cuộc thi khác.")
	case c.Status == core.Withdrawn:
		return core.Errorf(core.Forbidden, "Tài khoản đã rút lại đồng ý xử lý dữ liệu nên không thể dự thi.")
	case c.Status != core.Active:
		return core.Errorf(core.Forbidden, "Tài khoản đang bị khóa nên không thể dự thi. Điện thoại hỗ trợ: %s.", ed.Contest.Contacts.Hotline)
	case running(taken) != nil:
		return nil
	case now < r.Start:
		return core.Errorf(core.Closed, "%s chưa mở. Thời gian mở: %s.", r.Name, ed.opening(r.Start))
	case now >= r.End:
		return core.Errorf(core.Closed, "%s đã kết thúc lúc %s.", r.Name, ed.closing(r.End))
	case len(taken) >= ed.Contest.Quiz.AttemptsPerRound:
		return core.Errorf(core.Limited, "Đã dùng hết %d lượt thi của %s.", ed.Contest.Quiz.AttemptsPerRound, r.Name)
	}
	return nil
}

// running gives the attempt still going on, or nil.
func running(taken []core.Attempt) *core.Attempt {
	for i := range taken {
		if !taken[i].Final() {
			return &taken[i]
		}
	}
	return nil
}

// best gives the better valid attempt by the contest's criteria without the prediction, the earlier when equal,
// or nil.
func best(order []core.RankCriterion, taken []core.Attempt) *core.Attempt {
	var top *core.Attempt
	for i := range taken {
		if a := &taken[i]; a.Valid() && (top == nil || core.CompareProvisional(order, a, top) < 0) {
			top = a
		}
	}
	return top
}

func nextOrdinal(taken []core.Attempt) int {
	last := 0
	for _, a := range taken {
		last = max(last, a.Ordinal)
	}
	return last + 1
}
