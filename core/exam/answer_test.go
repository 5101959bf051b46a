package exam_test

import (
	"slices"
	"testing"

	"duthi/core"
	"duthi/core/exam"
)

func TestTwoDevices(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, at := t.Context(), exam.FirstDay
	c := w.contestant("Nguyễn Thị An", "SYT")
	v := w.start(t, c, at)
	single := slices.IndexFunc(v.Items, func(it exam.ItemView) bool { return !it.Multiple })

	phone, err := w.Save(ctx, w.ed, answer(c, v, single, []int{1}, 0), at+1000)
	ok(t, err)
	desk, err := w.Save(ctx, w.ed, answer(c, v, single, []int{2}, 0), at+2000)
	ok(t, err)
	if !desk.Stale || !slices.Equal(desk.Shown, []int{1}) || desk.Rev != 1 || desk.At != at+1000 {
		t.Fatalf("the second device got %+v", desk)
	}
	retry, err := w.Save(ctx, w.ed, answer(c, v, single, []int{1}, 0), at+3000)
	ok(t, err)
	if retry.Stale || retry.Rev != phone.Rev {
		t.Fatalf("a repeated save got %+v", retry)
	}
	desk, err = w.Save(ctx, w.ed, answer(c, v, single, nil, desk.Rev), at+4000)
	ok(t, err)
	if desk.Stale || len(desk.Shown) != 0 || desk.Rev != 2 {
		t.Fatalf("clearing got %+v", desk)
	}

	one, two := int64(1), int64(2)
	guess := func(v0 exam.View, value *int64, seen int) exam.PredictionSaved {
		t.Helper()
		r, err := w.SavePrediction(ctx, w.ed, exam.PredictionInput{AttemptID: v0.ID, ContestantID: c.ID, Value: value, Seen: seen}, at+5000)
		ok(t, err)
		return r
	}
	guess(v, &one, 0)
	if r := guess(v, &two, 0); !r.Stale || *r.Value != 1 || r.Rev != 1 {
		t.Fatalf("a stale guess got %+v", r)
	}
	if r := guess(v, nil, 1); r.Stale || r.Value != nil {
		t.Fatalf("taking the guess back got %+v", r)
	}
}

func TestSaveRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, at := t.Context(), exam.FirstDay
	c := w.contestant("Nguyễn Thị An", "SYT")
	v := w.start(t, c, at)
	single := slices.IndexFunc(v.Items, func(it exam.ItemView) bool { return !it.Multiple })
	several := slices.IndexFunc(v.Items, func(it exam.ItemView) bool { return it.Multiple })
	for name, x := range map[string]struct {
		in   exam.AnswerInput
		at   core.Instant
		want core.Code
	}{
		"question before the first": {answer(c, v, -1, []int{0}, 0), at, core.Invalid},
		"question after the last":   {answer(c, v, 20, []int{0}, 0), at, core.Invalid},
		"option that is not there":  {answer(c, v, several, []int{0, 4}, 0), at, core.Invalid},
		"two of a single choice":    {answer(c, v, single, []int{0, 1}, 0), at, core.Invalid},
		"negative revision":         {answer(c, v, single, []int{0}, -1), at, core.Invalid},
		"at the deadline":           {answer(c, v, single, []int{0}, 0), v.Deadline, core.Closed},
		"after the deadline":        {answer(c, v, single, []int{0}, 0), v.Deadline + 1, core.Closed},
		"in the last millisecond":   {answer(c, v, several, []int{0, 1}, 0), v.Deadline - 1, ""},
	} {
		if _, err := w.Save(ctx, w.ed, x.in, x.at); core.CodeOf(err) != x.want {
			t.Errorf("%s: %v, want %q", name, err, x.want)
		}
	}
	_, err := w.Submit(ctx, w.ed, c.ID, v.ID, v.Deadline-1)
	ok(t, err)
	_, err = w.Save(ctx, w.ed, answer(c, v, single, []int{0}, 0), v.Deadline-1)
	wantCode(t, err, core.Closed)
	_, err = w.SavePrediction(ctx, w.ed, exam.PredictionInput{AttemptID: v.ID, ContestantID: c.ID}, v.Deadline-1)
	wantCode(t, err, core.Closed)

	none := exam.FixtureEdition()
	none.Contest.Quiz.Prediction.Enabled = false
	_, err = w.SavePrediction(ctx, none, exam.PredictionInput{AttemptID: v.ID, ContestantID: c.ID}, at)
	wantCode(t, err, core.Invalid)
	high := int64(1_000_000_000)
	_, err = w.SavePrediction(ctx, w.ed, exam.PredictionInput{AttemptID: v.ID, ContestantID: c.ID, Value: &high}, at)
	wantCode(t, err, core.Invalid)
}

// A save is one write and nothing else; in a process that does not know the attempt yet, one read more, once.
func TestSaveIsOneWrite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at := exam.FirstDay
	c := w.contestant("Nguyễn Thị An", "SYT")
	a, _, err := w.Start(t.Context(), w.ed, c, "dot-1", at)
	ok(t, err)
	v := exam.View{Summary: exam.Summary{ID: a.ID}}
	calls := func(s *exam.Service, index int) (reads, saves int64) {
		t.Helper()
		r0, s0 := w.store.reads.Load(), w.store.saves.Load()
		_, err := s.Save(t.Context(), w.ed, answer(c, v, index, []int{0}, 0), at)
		ok(t, err)
		return w.store.reads.Load() - r0, w.store.saves.Load() - s0
	}
	other := w.another(t)
	for i, x := range []struct {
		s     *exam.Service
		reads int64
	}{{w.Service, 0}, {w.Service, 0}, {other, 1}, {other, 0}} {
		if reads, saves := calls(x.s, i); reads != x.reads || saves != 1 {
			t.Errorf("save %d: %d reads and %d writes, want %d and 1", i, reads, saves, x.reads)
		}
	}
}
