package exam_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"duthi/core"
	"duthi/core/exam"
)

// 50 parallel starts give one attempt; 50 parallel submits one result; however often they come, no more attempts
// than allowed.
func TestParallelStartsAndSubmits(t *testing.T) { eachStore(t, parallelStartsAndSubmits) }

func parallelStartsAndSubmits(t *testing.T, w *world) {
	c := w.contestant("Nguyễn Thị An", "SYT")
	other := w.another(t)
	at := exam.FirstDay
	for ordinal := 1; ordinal <= 2; ordinal++ {
		ids, begun := make([]string, 50), make([]bool, 50)
		together(50, func(i int) {
			s := []*exam.Service{w.Service, other}[i%2]
			a, resumed, err := s.Start(t.Context(), w.ed, c, "dot-1", at)
			if err != nil || a.Ordinal != ordinal {
				t.Errorf("start %d: ordinal %d, %v", i, a.Ordinal, err)
			}
			ids[i], begun[i] = a.ID, !resumed
		})
		first := 0
		for i := range ids {
			if ids[i] != ids[0] {
				t.Fatalf("two attempts at once: %s, %s", ids[i], ids[0])
			}
			if begun[i] {
				first++
			}
		}
		if first != 1 {
			t.Fatalf("%d starts say they began it", first)
		}
		v := w.start(t, c, at)
		for i, item := range v.Items {
			_, err := w.Save(t.Context(), w.ed, answer(c, v, i, w.key(item), 0), at)
			ok(t, err)
		}
		results := make([]exam.Result, 50)
		together(50, func(i int) {
			var err error
			s := []*exam.Service{w.Service, other}[i%2]
			if results[i], err = s.Submit(t.Context(), w.ed, c.ID, v.ID, at+core.Instant(i)*1000); err != nil {
				t.Errorf("submit %d: %v", i, err)
			}
		})
		for _, r := range results {
			if r.Points != 100 || r.Correct != 20 || r.Receipt != results[0].Receipt || r.SubmittedAt != results[0].SubmittedAt {
				t.Fatalf("two results: %+v, %+v", r.Summary, results[0].Summary)
			}
		}
		at += 10 * exam.Minute
	}
	together(50, func(i int) {
		if _, _, err := w.Start(t.Context(), w.ed, c, "dot-1", at); !core.Is(err, core.Limited) {
			t.Errorf("a third attempt: %v", err)
		}
	})
}

// Starts and submits of one person mixed without order never make more attempts than allowed.
func TestMixedStartsAndSubmits(t *testing.T) { eachStore(t, mixedStartsAndSubmits) }

func mixedStartsAndSubmits(t *testing.T, w *world) {
	c := w.contestant("Nguyễn Thị An", "SYT")
	together(50, func(int) {
		for { // everybody goes on until told that no attempt is left
			a, _, err := w.Start(t.Context(), w.ed, c, "dot-1", exam.FirstDay)
			if core.Is(err, core.Limited) {
				return
			}
			if err == nil {
				_, err = w.Submit(t.Context(), w.ed, c.ID, a.ID, exam.FirstDay+1000)
			}
			if err != nil {
				t.Error(err)
				return
			}
		}
	})
	all, err := w.store.AttemptsOf(t.Context(), c.ID, "dot-1")
	ok(t, err)
	if len(all) != 2 || all[0].Ordinal == all[1].Ordinal || !all[0].Final() || !all[1].Final() {
		t.Fatalf("%d attempts", len(all))
	}
}

// Whatever a save says while the attempt is being submitted, what it acknowledged is in the final score and what
// it refused is not.
func TestSavesRacingWithSubmit(t *testing.T) { eachStore(t, savesRacingWithSubmit) }

func savesRacingWithSubmit(t *testing.T, w *world) {
	rounds := 10
	if w.slow {
		rounds = 2
	}
	for round := range rounds {
		c := w.contestant(fmt.Sprint("Người ", round), "SYT")
		v := w.start(t, c, exam.FirstDay)
		var mu sync.Mutex
		acked := map[int][]int{}
		var result exam.Result
		together(21, func(i int) {
			if i == 20 {
				// In the middle of it: the first answers are through, the last are not.
				var err error
				if result, err = w.Submit(t.Context(), w.ed, c.ID, v.ID, exam.FirstDay+1000); err != nil {
					t.Errorf("submit: %v", err)
				}
				return
			}
			var shown []int
			for seen := range 4 { // changes of mind, the last one right
				if seen < 3 {
					shown = []int{seen}
				} else {
					shown = w.key(v.Items[i])
				}
				r, err := w.Save(t.Context(), w.ed, answer(c, v, i, shown, seen), exam.FirstDay+1000)
				switch {
				case core.Is(err, core.Closed):
					return
				case err != nil || r.Stale:
					t.Errorf("save: %+v, %v", r, err)
					return
				}
				mu.Lock()
				acked[i] = shown
				mu.Unlock()
			}
		})
		stored, err := w.store.Attempt(t.Context(), c.ID, v.ID)
		ok(t, err)
		right := 0
		for i, item := range v.Items {
			var shown []int
			for place, own := range stored.Paper[i].Order {
				if stored.Answers[i].Choice.Has(own) {
					shown = append(shown, place)
				}
			}
			if !slices.Equal(shown, acked[i]) {
				t.Fatalf("question %d: %v is stored, %v was acknowledged", i, shown, acked[i])
			}
			if slices.Equal(shown, w.key(item)) {
				right++
			}
		}
		if right != stored.Correct || right != result.Correct || len(acked) != stored.Answered {
			t.Fatalf("%d right and %d answered, scored %d and %d, told %d", right, len(acked), stored.Correct, stored.Answered, result.Correct)
		}
		check, err := w.CheckReceipt(t.Context(), w.ed, result.Receipt)
		ok(t, err)
		if !check.StillValid() || check.Correct != right {
			t.Fatalf("receipt %+v", check)
		}
	}
}

// An overdue attempt met by many at once is finalised once, at its deadline, with what was saved.
func TestOverdueAttemptMetByMany(t *testing.T) { eachStore(t, overdueAttemptMetByMany) }

func overdueAttemptMetByMany(t *testing.T, w *world) {
	other := w.another(t)
	ctx := t.Context()
	c := w.contestant("Nguyễn Thị An", "SYT")
	v := w.start(t, c, exam.FirstDay)
	for i, item := range v.Items[:7] {
		_, err := w.Save(ctx, w.ed, answer(c, v, i, w.key(item), 0), exam.FirstDay+exam.Minute)
		ok(t, err)
	}
	receipts := make([]string, 50)
	together(50, func(i int) {
		s := []*exam.Service{w.Service, other}[i/5%2]
		now := v.Deadline + core.Instant(i)*exam.Minute
		var sum exam.Summary
		var err error
		switch i % 5 {
		case 0:
			var r exam.View
			r, err = s.Open(ctx, w.ed, c.ID, v.ID, now)
			sum = r.Summary
		case 1:
			var r exam.Result
			r, err = s.Submit(ctx, w.ed, c.ID, v.ID, now)
			sum = r.Summary
		case 2:
			var r exam.Mine
			if r, err = s.Mine(ctx, w.ed, c.ID, now); err == nil {
				sum = r.Attempts[0]
			}
		case 3:
			if _, err = s.Sweep(ctx, now, 10); err == nil {
				var r exam.Result
				r, err = s.Result(ctx, w.ed, c.ID, v.ID, now)
				sum = r.Summary
			}
		case 4:
			if _, _, err = s.Start(ctx, w.ed, c, "dot-2", now); core.Is(err, core.Closed) {
				var r exam.Review
				r, err = s.Review(ctx, w.ed, c.ID, v.ID, now)
				sum = r.Summary
			}
		}
		if err != nil || sum.Status != core.Expired || sum.SubmittedAt != v.Deadline || sum.DurationSeconds != 1200 || sum.Correct != 7 {
			t.Errorf("%d: %+v, %v", i, sum, err)
		}
		receipts[i] = sum.Receipt
	})
	for _, r := range receipts {
		if r != receipts[0] || len(r) != 14 {
			t.Fatalf("receipts %q and %q", r, receipts[0])
		}
	}
}

func TestSweep(t *testing.T) { eachStore(t, sweep) }

func sweep(t *testing.T, w *world) {
	ctx := t.Context()
	for i := range 5 {
		w.start(t, w.contestant(fmt.Sprint("Người ", i), "SYT"), exam.FirstDay+core.Instant(i)*exam.Minute)
	}
	foreign := core.Attempt{
		ID: "la", ContestID: "da-xoa", RoundID: "dot-1", ContestantID: "ai-do", Ordinal: 1, Status: core.Running,
		StartedAt: exam.FirstDay, Deadline: exam.FirstDay + exam.Minute,
	}
	ok(t, w.store.InsertAttempt(ctx, foreign))
	if n, err := w.Sweep(ctx, exam.FirstDay, 100); n != 0 || err != nil {
		t.Fatalf("nothing is due: %d, %v", n, err)
	}
	n, err := w.Sweep(ctx, exam.FirstDay+22*exam.Minute, 100) // three are due, and one of a contest that is gone
	if n != 3 || !core.Is(err, core.NotFound) {
		t.Fatalf("%d finalised, %v", n, err)
	}
	if n, err = w.Sweep(ctx, exam.FirstDay+exam.Day, 2); n != 1 || err == nil {
		t.Fatalf("%d finalised, %v", n, err)
	}
}
