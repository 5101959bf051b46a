package storetest

import (
	"fmt"
	"testing"

	"duthi/core"
	"duthi/core/store"
)

var attemptTests = tests{
	{"an inserted attempt comes back as it was", attemptRoundTrip},
	{"one running attempt a round, ordinals once", attemptUnique},
	{"50 starts at once: one wins", attemptRace},
	{"an attempt is its contestant's only", attemptOwner},
	{"attempts of a contestant, oldest first", attemptList},
	{"finish is guarded by running and writes", attemptFinish},
	{"50 finishes at once: one wins", finishRace},
	{"receipts", attemptReceipt},
	{"void and back", attemptVoid},
	{"expired attempts by deadline", attemptExpired},
	{"import skips what is there", attemptImport},
}

// attempt makes a running attempt of contestant p in round r with five questions; n tells attempts apart.
func attempt(contest, round, person string, ordinal int) core.Attempt {
	a := core.Attempt{
		ID: fmt.Sprintf("a-%s-%s-%s-%d", contest, person, round, ordinal), ContestID: contest, RoundID: round,
		ContestantID: person, Ordinal: ordinal, UnitCode: "so-noi-vu-vp", Unit1Code: "so-noi-vu", BlockID: "so",
		Seed: core.SeedLimit - 1, Status: core.Running,
		StartedAt: T0, Deadline: T0 + 15*minute,
	}
	for i := range 5 {
		a.Paper = append(a.Paper, core.PaperItem{QuestionRef: core.QuestionRef{ID: fmt.Sprintf("câu %d \"'", i), Version: i + 1}, Order: []int{3, 1, 0, 2}})
		a.Answers = append(a.Answers, core.Answer{})
	}
	return a
}

// finished gives a as submitted after d with a score.
func finished(a core.Attempt, d core.Instant, correct int) core.Attempt {
	a.Finish(core.Submitted, a.StartedAt+d, core.Score{Answered: len(a.Answers), Correct: correct, Points: correct * 2})
	a.Receipt = "R" + a.ID
	return a
}

func attemptRoundTrip(t *testing.T, s store.Store) {
	a := attempt("c", "r1", "p1", 1)
	v := int64(1) << 52
	a.Answers[2] = core.Answer{Choice: 63, Marked: true, Rev: 3, At: T0 + 1}
	a.Prediction = core.Prediction{Value: &v, Rev: 2}
	a.Writes, a.Sample = 5, true
	ok(t, s.InsertAttempt(ctx(t), a))
	same(t, must(s.Attempt(ctx(t), "p1", a.ID))(t), a)

	bare := core.Attempt{ID: "bare", ContestID: "c", RoundID: "r2", ContestantID: "p1", Ordinal: 1, Status: core.Running, StartedAt: T0 + 1, Deadline: T0 + 2}
	ok(t, s.InsertAttempt(ctx(t), bare))
	same(t, must(s.Attempt(ctx(t), "p1", "bare"))(t), bare)
}

func attemptUnique(t *testing.T, s store.Store) {
	a := attempt("c", "r1", "p1", 1)
	ok(t, s.InsertAttempt(ctx(t), a))
	code(t, s.InsertAttempt(ctx(t), a), core.Conflict)
	code(t, s.InsertAttempt(ctx(t), attempt("c", "r1", "p1", 2)), core.Conflict) // the first still runs
	ok(t, s.InsertAttempt(ctx(t), attempt("c", "r2", "p1", 1)))
	ok(t, s.InsertAttempt(ctx(t), attempt("c", "r1", "p2", 1)))

	ok(t, s.FinishAttempt(ctx(t), finished(a, minute, 1)))
	again := attempt("c", "r1", "p1", 1)
	again.ID = "other-id"
	code(t, s.InsertAttempt(ctx(t), again), core.Conflict) // ordinal 1 is used up
	ok(t, s.InsertAttempt(ctx(t), attempt("c", "r1", "p1", 2)))
}

func attemptRace(t *testing.T, s store.Store) {
	codes := together(50, func(i int) core.Code {
		a := attempt("c", "r1", "p1", 1+i%3)
		a.ID = fmt.Sprintf("race-%d", i)
		return core.CodeOf(s.InsertAttempt(t.Context(), a))
	})
	if count(codes, "") != 1 || count(codes, core.Conflict) != 49 {
		t.Fatalf("want one winner and 49 conflicts: %v", codes)
	}
	if got := must(s.AttemptsOf(ctx(t), "p1", "r1"))(t); len(got) != 1 {
		t.Fatalf("%d attempts", len(got))
	}
}

func attemptOwner(t *testing.T, s store.Store) {
	a := attempt("c", "r1", "p1", 1)
	ok(t, s.InsertAttempt(ctx(t), a))
	_, err := s.Attempt(ctx(t), "p2", a.ID)
	code(t, err, core.NotFound)
	_, err = s.Attempt(ctx(t), "p1", "none")
	code(t, err, core.NotFound)
	w := finished(a, minute, 1)
	w.ContestantID = "p2"
	code(t, s.FinishAttempt(ctx(t), w), core.NotFound)
	code(t, s.VoidAttempt(ctx(t), "p2", a.ID, nil), core.NotFound)
	same(t, must(s.Attempt(ctx(t), "p1", a.ID))(t), a)
}

func attemptList(t *testing.T, s store.Store) {
	var want []core.Attempt
	for i := range 3 {
		a := attempt("c", "r1", "p1", i+1)
		a.StartedAt = T0 + core.Instant(i)*minute
		ok(t, s.InsertAttempt(ctx(t), a))
		a = finished(a, minute, i)
		ok(t, s.FinishAttempt(ctx(t), a))
		want = append(want, a)
	}
	early := attempt("c", "r0", "p1", 1)
	early.StartedAt = T0 - minute
	ok(t, s.InsertAttempt(ctx(t), early))
	ok(t, s.InsertAttempt(ctx(t), attempt("c", "r1", "p2", 1)))

	same(t, must(s.AttemptsOf(ctx(t), "p1", "r1"))(t), want)
	same(t, must(s.AttemptsOf(ctx(t), "p1", ""))(t), append([]core.Attempt{early}, want...))
	same(t, must(s.AttemptsOf(ctx(t), "nobody", ""))(t), []core.Attempt(nil))
}

func attemptFinish(t *testing.T, s store.Store) {
	a := attempt("c", "r1", "p1", 1)
	code(t, s.FinishAttempt(ctx(t), finished(a, minute, 1)), core.NotFound)
	ok(t, s.InsertAttempt(ctx(t), a))
	must(s.SaveAnswer(ctx(t), save(a, 0, 1, 0, T0+1)))(t)
	code(t, s.FinishAttempt(ctx(t), finished(a, minute, 1)), core.Conflict) // a save came between

	a = must(s.Attempt(ctx(t), "p1", a.ID))(t)
	end := finished(a, minute, 4)
	changed := end // only the final fields are stored
	changed.UnitCode, changed.Seed, changed.Answers, changed.Deadline = "x", 1, nil, 1
	ok(t, s.FinishAttempt(ctx(t), changed))
	same(t, must(s.Attempt(ctx(t), "p1", a.ID))(t), end)

	code(t, s.FinishAttempt(ctx(t), finished(a, 2*minute, 5)), core.Conflict) // somebody finished first
	same(t, must(s.Attempt(ctx(t), "p1", a.ID))(t), end)
}

func finishRace(t *testing.T, s store.Store) {
	a := attempt("c", "r1", "p1", 1)
	ok(t, s.InsertAttempt(ctx(t), a))
	codes := together(50, func(i int) core.Code {
		return core.CodeOf(s.FinishAttempt(t.Context(), finished(a, core.Instant(i), i%6)))
	})
	if count(codes, "") != 1 || count(codes, core.Conflict) != 49 {
		t.Fatalf("want one winner and 49 conflicts: %v", codes)
	}
}

func attemptReceipt(t *testing.T, s store.Store) {
	a := attempt("c", "r1", "p1", 1)
	ok(t, s.InsertAttempt(ctx(t), a))
	a = finished(a, minute, 3)
	a.Receipt = "ABCDEFGHJKLM"
	ok(t, s.FinishAttempt(ctx(t), a))
	same(t, must(s.AttemptByReceipt(ctx(t), "c", "ABCDEFGHJKLM"))(t), a)
	_, err := s.AttemptByReceipt(ctx(t), "other", "ABCDEFGHJKLM")
	code(t, err, core.NotFound)
	_, err = s.AttemptByReceipt(ctx(t), "c", "abcdefghjklm")
	code(t, err, core.NotFound)

	ok(t, s.InsertAttempt(ctx(t), attempt("c", "r1", "p2", 1)))
	_, err = s.AttemptByReceipt(ctx(t), "c", "") // running ones have none
	code(t, err, core.NotFound)
}

func attemptVoid(t *testing.T, s store.Store) {
	a := attempt("c", "r1", "p1", 1)
	v := &core.Void{By: "organizer:lan", At: T0 + 20*minute, Reason: "Thi hộ"}
	code(t, s.VoidAttempt(ctx(t), "p1", a.ID, v), core.NotFound)
	ok(t, s.InsertAttempt(ctx(t), a))
	code(t, s.VoidAttempt(ctx(t), "p1", a.ID, v), core.Conflict)
	a = finished(a, minute, 3)
	ok(t, s.FinishAttempt(ctx(t), a))
	ok(t, s.VoidAttempt(ctx(t), "p1", a.ID, v))
	got := must(s.Attempt(ctx(t), "p1", a.ID))(t)
	same(t, got.Void, v)
	if p := must(s.Participation(ctx(t), "c", ""))(t); p.Total.Attempts != 0 {
		t.Fatalf("a void attempt counts: %+v", p.Total)
	}
	ok(t, s.VoidAttempt(ctx(t), "p1", a.ID, nil))
	same(t, must(s.Attempt(ctx(t), "p1", a.ID))(t), a)
	if p := must(s.Participation(ctx(t), "c", ""))(t); p.Total.Attempts != 1 {
		t.Fatalf("an attempt that is no longer void does not count: %+v", p.Total)
	}
}

func attemptExpired(t *testing.T, s store.Store) {
	var want []core.Attempt
	for i := range 4 { // deadlines 4, 3, 2, 1 minutes after T0
		a := attempt("c", "r1", fmt.Sprintf("p%d", i), 1)
		a.Deadline = T0 + core.Instant(4-i)*minute
		ok(t, s.InsertAttempt(ctx(t), a))
		want = append([]core.Attempt{a}, want...)
	}
	done := attempt("c", "r1", "p9", 1)
	done.Deadline = T0 + 1
	ok(t, s.InsertAttempt(ctx(t), done))
	ok(t, s.FinishAttempt(ctx(t), finished(done, 1, 0)))

	same(t, must(s.ExpiredAttempts(ctx(t), T0+minute-1, 10))(t), []core.Attempt{})
	same(t, must(s.ExpiredAttempts(ctx(t), T0+3*minute, 10))(t), want[:3])
	same(t, must(s.ExpiredAttempts(ctx(t), T0+9*minute, 2))(t), want[:2])
}

func attemptImport(t *testing.T, s store.Store) {
	running := attempt("c", "r1", "p0", 1)
	ok(t, s.InsertAttempt(ctx(t), running))
	var as []core.Attempt
	for i := range 1500 {
		a := finished(attempt("c", "r1", fmt.Sprintf("p%04d", i), 1), minute, i%6)
		a.Answers[0] = core.Answer{Choice: 1, Rev: 1, At: T0}
		a.Writes = 1
		as = append(as, a)
	}
	ok(t, s.ImportAttempts(ctx(t), as))
	same(t, must(s.Attempt(ctx(t), "p1499", as[1499].ID))(t), as[1499])
	changed := as[7]
	changed.Correct = 99
	clash := as[8]
	clash.ID = "same-ordinal-other-id"
	late := finished(attempt("c", "r2", "p0008", 1), minute, 2)
	ok(t, s.ImportAttempts(ctx(t), []core.Attempt{changed, clash, late}))
	same(t, must(s.Attempt(ctx(t), "p0007", as[7].ID))(t), as[7])
	same(t, must(s.AttemptsOf(ctx(t), "p0008", ""))(t), []core.Attempt{as[8], late})
	ok(t, s.ImportAttempts(ctx(t), nil))
}
