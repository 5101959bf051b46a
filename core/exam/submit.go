package exam

import (
	"context"
	"errors"
	"fmt"

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
	a, err := s.attempt(ctx, ed, contestantID, attemptID, now)
	if err != nil {
		return Review{}, err
	}
	r := Review{Summary: ed.summary(&a, now)}
	if a.Final() {
		return r, nil
	}
	r.RemainingMillis, r.PredictionRule, r.Prediction = remaining(a.Deadline, now), ed.Contest.Quiz.Prediction, a.Prediction
	for i, ans := range a.Answers {
		if ans.Choice == 0 {
			r.Unanswered = append(r.Unanswered, i)
		}
		if ans.Marked {
			r.Marked = append(r.Marked, i)
		}
	}
	return r, nil
}

// Submit ends an attempt with what is saved and gives its result. Submitting again gives the same result; after
// the deadline the attempt counts as expired at its deadline. Every save acknowledged before is in the score.
func (s *Service) Submit(ctx context.Context, ed *Edition, contestantID, attemptID string, now core.Instant) (Result, error) {
	a, err := s.attempts.Attempt(ctx, contestantID, attemptID)
	if err != nil {
		return Result{}, absent(err)
	}
	if a.ContestID != ed.Contest.ID {
		return Result{}, absent(nil)
	}
	if a, err = s.finish(ctx, ed, a, now); err != nil {
		return Result{}, err
	}
	return s.result(ctx, ed, a, now)
}

// Finalise ends a running attempt whose deadline has passed and gives it as it is stored then; any other attempt
// is given back as it is.
func (s *Service) Finalise(ctx context.Context, ed *Edition, a core.Attempt, now core.Instant) (core.Attempt, error) {
	if a.Final() || now < a.Deadline {
		return a, nil
	}
	return s.finish(ctx, ed, a, now)
}

// finish scores an attempt and stores it as over, unless it is. The store refuses when a save came between or
// somebody finished first; then what is stored now is taken, so that no acknowledged save is left out and all
// who finish at once give the same result.
func (s *Service) finish(ctx context.Context, ed *Edition, a core.Attempt, now core.Instant) (core.Attempt, error) {
	for try := range contendTries {
		if a.Final() {
			return a, nil
		}
		done, err := s.finished(ctx, ed, a, now)
		if err != nil {
			return core.Attempt{}, err
		}
		err = s.attempts.FinishAttempt(ctx, done)
		if err == nil {
			return done, nil
		}
		if !core.Is(err, core.Conflict) {
			return core.Attempt{}, absent(err)
		}
		if err := contend(ctx, try); err != nil {
			return core.Attempt{}, err
		}
		if a, err = s.attempts.Attempt(ctx, a.ContestantID, a.ID); err != nil {
			return core.Attempt{}, absent(err)
		}
	}
	return core.Attempt{}, &core.Error{Code: core.Unavailable, Msg: "Chưa nộp được vì câu trả lời đang được lưu. Thử lại sau ít giây.", RetryAfter: 2}
}

// finished gives a as it is when it ends now.
func (s *Service) finished(ctx context.Context, ed *Edition, a core.Attempt, now core.Instant) (core.Attempt, error) {
	questions, err := ed.questions(ctx, a.Paper)
	if err != nil {
		return core.Attempt{}, err
	}
	correct := make([]core.OptionSet, len(questions))
	for i, q := range questions {
		correct[i] = q.Correct
	}
	status := core.Submitted
	if now >= a.Deadline {
		status = core.Expired
	}
	quiz := ed.Contest.Quiz
	// A clock behind that of the process which started the attempt must not make a negative duration.
	a.Finish(status, max(now, a.StartedAt), core.ScoreAnswers(a.Answers, correct, quiz.PointsPerAnswer, quiz.MaxPoints))
	a.Receipt = s.Receipt(&a)
	return a, nil
}

// Sweep finalises up to limit overdue attempts of all contests, oldest first, and says how many. It goes on
// after a failure and returns the failures joined.
func (s *Service) Sweep(ctx context.Context, now core.Instant, limit int) (int, error) {
	overdue, err := s.attempts.ExpiredAttempts(ctx, now, limit)
	if err != nil {
		return 0, err
	}
	done := 0
	var failures []error
	for _, a := range overdue {
		ed, err := s.edition(ctx, a.ContestID)
		if err == nil {
			_, err = s.Finalise(ctx, ed, a, now)
		}
		if err != nil {
			failures = append(failures, fmt.Errorf("finalising attempt %s: %w", a.ID, err))
			continue
		}
		done++
	}
	return done, errors.Join(failures...)
}
