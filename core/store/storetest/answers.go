package storetest

import (
	"sync/atomic"
	"testing"

	"duthi/core"
	"duthi/core/exam"
	"duthi/core/store"
)

var answerTests = tests{
	{"saves move one answer and nothing else", answerSave},
	{"a retry is saved, another choice is stale", answerRetry},
	{"nothing is written from the deadline on", answerOver},
	{"absent attempts and places", answerAbsent},
	{"the prediction is guarded the same", predictionSave},
	{"50 saves of the same revision: one wins", answerRace},
	{"a finish loses no acknowledged save", answerFinishRace},
}

// save makes a write of choice at place index of a.
func save(a core.Attempt, index int, choice core.OptionSet, seen int, now core.Instant) exam.AnswerWrite {
	return exam.AnswerWrite{AttemptID: a.ID, ContestantID: a.ContestantID, Index: index, Choice: choice, Seen: seen, Now: now}
}

func answerSave(t *testing.T, s store.Store) {
	a, b := attempt("c", "r1", "p1", 1), attempt("c", "r1", "p2", 1)
	ok(t, s.InsertAttempt(ctx(t), a))
	ok(t, s.InsertAttempt(ctx(t), b))
	w := save(a, 3, 5, 0, T0+7)
	w.Marked = true
	a.Answers[3], a.Writes = core.Answer{Choice: 5, Marked: true, Rev: 1, At: T0 + 7}, 1
	same(t, must(s.SaveAnswer(ctx(t), w))(t), exam.AnswerResult{Outcome: exam.Saved, Answer: a.Answers[3]})
	same(t, must(s.Attempt(ctx(t), "p1", a.ID))(t), a)

	a.Answers[3], a.Writes = core.Answer{Rev: 2, At: T0 + 9}, 2 // taken back
	same(t, must(s.SaveAnswer(ctx(t), save(a, 3, 0, 1, T0+9)))(t), exam.AnswerResult{Outcome: exam.Saved, Answer: a.Answers[3]})
	a.Answers[0], a.Writes = core.Answer{Choice: 1, Rev: 1, At: T0 + 15*minute - 1}, 3 // the last moment
	same(t, must(s.SaveAnswer(ctx(t), save(a, 0, 1, 0, T0+15*minute-1)))(t), exam.AnswerResult{Outcome: exam.Saved, Answer: a.Answers[0]})
	same(t, must(s.Attempt(ctx(t), "p1", a.ID))(t), a)
	same(t, must(s.Attempt(ctx(t), "p2", b.ID))(t), b)
}

func answerRetry(t *testing.T, s store.Store) {
	a := attempt("c", "r1", "p1", 1)
	ok(t, s.InsertAttempt(ctx(t), a))
	must(s.SaveAnswer(ctx(t), save(a, 0, 1, 0, T0+1)))(t)
	stored := core.Answer{Choice: 1, Rev: 1, At: T0 + 1}
	same(t, must(s.SaveAnswer(ctx(t), save(a, 0, 1, 0, T0+5)))(t), exam.AnswerResult{Outcome: exam.Saved, Answer: stored})
	same(t, must(s.SaveAnswer(ctx(t), save(a, 0, 2, 0, T0+5)))(t), exam.AnswerResult{Outcome: exam.Stale, Answer: stored})
	marked := save(a, 0, 1, 0, T0+5)
	marked.Marked = true
	same(t, must(s.SaveAnswer(ctx(t), marked))(t), exam.AnswerResult{Outcome: exam.Stale, Answer: stored})
	same(t, must(s.SaveAnswer(ctx(t), save(a, 0, 1, 5, T0+5)))(t), exam.AnswerResult{Outcome: exam.Stale, Answer: stored})
	same(t, must(s.SaveAnswer(ctx(t), save(a, 0, 1, 1, T0+6)))(t), exam.AnswerResult{Outcome: exam.Saved, Answer: core.Answer{Choice: 1, Rev: 2, At: T0 + 6}})
	same(t, must(s.SaveAnswer(ctx(t), save(a, 0, 1, 0, T0+7)))(t).Outcome, exam.Stale) // two revisions on
	if got := must(s.Attempt(ctx(t), "p1", a.ID))(t); got.Writes != 2 {
		t.Fatalf("writes %d", got.Writes)
	}
}

func answerOver(t *testing.T, s store.Store) {
	a := attempt("c", "r1", "p1", 1)
	ok(t, s.InsertAttempt(ctx(t), a))
	must(s.SaveAnswer(ctx(t), save(a, 0, 1, 0, T0+1)))(t)
	before := must(s.Attempt(ctx(t), "p1", a.ID))(t)
	late := T0 + 15*minute
	same(t, must(s.SaveAnswer(ctx(t), save(a, 1, 1, 0, late)))(t), exam.AnswerResult{Outcome: exam.Over})
	same(t, must(s.SaveAnswer(ctx(t), save(a, 0, 2, 1, late)))(t), exam.AnswerResult{Outcome: exam.Over, Answer: before.Answers[0]})
	same(t, must(s.SaveAnswer(ctx(t), save(a, 0, 1, 0, late)))(t).Outcome, exam.Saved) // it was
	same(t, must(s.SavePrediction(ctx(t), save(a, 0, 0, 0, late), nil))(t).Outcome, exam.Over)

	end := finished(before, 2*minute, 1)
	ok(t, s.FinishAttempt(ctx(t), end))
	same(t, must(s.SaveAnswer(ctx(t), save(a, 1, 1, 0, T0+3*minute)))(t), exam.AnswerResult{Outcome: exam.Over})
	same(t, must(s.SaveAnswer(ctx(t), save(a, 0, 1, 0, T0+3*minute)))(t).Outcome, exam.Saved)
	v := int64(1)
	same(t, must(s.SavePrediction(ctx(t), save(a, 0, 0, 0, T0+3*minute), &v))(t), exam.PredictionResult{Outcome: exam.Over})
	same(t, must(s.Attempt(ctx(t), "p1", a.ID))(t), end)
}

func answerAbsent(t *testing.T, s store.Store) {
	a := attempt("c", "r1", "p1", 1)
	_, err := s.SaveAnswer(ctx(t), save(a, 0, 1, 0, T0+1))
	code(t, err, core.NotFound)
	_, err = s.SavePrediction(ctx(t), save(a, 0, 1, 0, T0+1), nil)
	code(t, err, core.NotFound)
	ok(t, s.InsertAttempt(ctx(t), a))
	for _, i := range []int{-1, 5, 6, 1 << 20} {
		_, err = s.SaveAnswer(ctx(t), save(a, i, 1, 0, T0+1))
		code(t, err, core.NotFound)
	}
	w := save(a, 0, 1, 0, T0+1)
	w.ContestantID = "p2"
	_, err = s.SaveAnswer(ctx(t), w)
	code(t, err, core.NotFound)
	_, err = s.SavePrediction(ctx(t), w, nil)
	code(t, err, core.NotFound)
	same(t, must(s.Attempt(ctx(t), "p1", a.ID))(t), a)
}

func predictionSave(t *testing.T, s store.Store) {
	a := attempt("c", "r1", "p1", 1)
	ok(t, s.InsertAttempt(ctx(t), a))
	v, v2 := int64(1234567890123), int64(0)
	first := core.Prediction{Value: &v, Rev: 1}
	put := func(value *int64, seen int) exam.PredictionResult {
		return must(s.SavePrediction(ctx(t), save(a, 0, 0, seen, T0+1), value))(t)
	}
	same(t, put(&v, 0), exam.PredictionResult{Outcome: exam.Saved, Prediction: first})
	same(t, put(&v, 0), exam.PredictionResult{Outcome: exam.Saved, Prediction: first})
	same(t, put(&v2, 0), exam.PredictionResult{Outcome: exam.Stale, Prediction: first})
	same(t, put(nil, 0), exam.PredictionResult{Outcome: exam.Stale, Prediction: first})
	same(t, put(&v2, 1), exam.PredictionResult{Outcome: exam.Saved, Prediction: core.Prediction{Value: &v2, Rev: 2}})
	same(t, put(nil, 2), exam.PredictionResult{Outcome: exam.Saved, Prediction: core.Prediction{Rev: 3}})
	same(t, put(nil, 2), exam.PredictionResult{Outcome: exam.Saved, Prediction: core.Prediction{Rev: 3}})
	a.Prediction, a.Writes = core.Prediction{Rev: 3}, 3
	same(t, must(s.Attempt(ctx(t), "p1", a.ID))(t), a)
}

func answerRace(t *testing.T, s store.Store) {
	a := attempt("c", "r1", "p1", 1)
	ok(t, s.InsertAttempt(ctx(t), a))
	results := together(50, func(i int) exam.AnswerResult {
		r, err := s.SaveAnswer(t.Context(), save(a, 2, core.OptionSet(1+i), 0, T0+1))
		if err != nil {
			t.Error(err)
		}
		return r
	})
	stored := must(s.Attempt(ctx(t), "p1", a.ID))(t)
	saved := 0
	for i, r := range results {
		same(t, r.Answer, stored.Answers[2])
		if r.Outcome == exam.Saved {
			saved++
			same(t, stored.Answers[2].Choice, core.OptionSet(1+i))
		} else {
			same(t, r.Outcome, exam.Stale)
		}
	}
	if saved != 1 || stored.Writes != 1 {
		t.Fatalf("saved %d, writes %d", saved, stored.Writes)
	}
	same(t, together(50, func(int) exam.SaveOutcome { // the same write 50 times is one write
		r, err := s.SaveAnswer(t.Context(), save(a, 1, 1, 0, T0+1))
		if err != nil {
			t.Error(err)
		}
		return r.Outcome
	}), make([]exam.SaveOutcome, 50))
	if got := must(s.Attempt(ctx(t), "p1", a.ID))(t); got.Writes != 2 {
		t.Fatalf("writes %d", got.Writes)
	}
}

// answerFinishRace saves and finishes at once: what was acknowledged before the finish is in the final
// attempt, and nothing is acknowledged after it.
func answerFinishRace(t *testing.T, s store.Store) {
	for round := range 20 {
		a := attempt("c", "r1", "p1", round+1)
		ok(t, s.InsertAttempt(ctx(t), a))
		var acknowledged atomic.Int64
		together(6, func(i int) error {
			if i < 5 {
				for seen := range 5 {
					r, err := s.SaveAnswer(t.Context(), save(a, i, 1, seen, T0+1))
					if err != nil {
						t.Error(err)
					}
					if err != nil || r.Outcome != exam.Saved {
						return nil
					}
					acknowledged.Add(1)
				}
				return nil
			}
			for {
				now, err := s.Attempt(t.Context(), "p1", a.ID)
				if err == nil {
					err = s.FinishAttempt(t.Context(), finished(now, minute, 0))
				}
				if !core.Is(err, core.Conflict) {
					return err
				}
			}
		})
		got := must(s.Attempt(ctx(t), "p1", a.ID))(t)
		revisions := int64(0)
		for _, answer := range got.Answers {
			revisions += int64(answer.Rev)
		}
		if !got.Final() || got.Writes != acknowledged.Load() || revisions != got.Writes {
			t.Fatalf("final %v, acknowledged %d, writes %d, revisions %d", got.Final(), acknowledged.Load(), got.Writes, revisions)
		}
	}
}
