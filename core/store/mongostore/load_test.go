package mongostore

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/exam"
)

// load is a number of contestants answering at once; it remembers what they were told was saved.
type load struct {
	people, questions int
	mu                sync.Mutex
	told              map[string]core.Answer // by "person/question": the last acknowledged
	acknowledged      int
	refused           int
	every             chan struct{} // gets a value now and then while answers are acknowledged
}

func person(i int) string { return fmt.Sprintf("p%d", i) }

func newLoad(t testing.TB, s *Store, people, questions int) *load {
	for i := range people {
		must(t, s.InsertAttempt(t.Context(), running("a"+person(i), person(i), 1, questions)))
	}
	return &load{people: people, questions: questions, told: map[string]core.Answer{}, every: make(chan struct{}, 1)}
}

// run lets everyone answer every question rounds times, and again until told that it is saved; stop ends it.
func (l *load) run(ctx context.Context, s *Store, rounds int) {
	var wg sync.WaitGroup
	for i := range l.people {
		wg.Go(func() {
			for n := range rounds * l.questions {
				if !l.answer(ctx, s, person(i), n%l.questions, n/l.questions) {
					return
				}
			}
		})
	}
	wg.Wait()
}

// answer saves until it is told "saved"; false when ctx ended first.
func (l *load) answer(ctx context.Context, s *Store, who string, index, seen int) bool {
	w := exam.AnswerWrite{AttemptID: "a" + who, ContestantID: who, Index: index, Choice: core.OptionSet(1 + (seen+index)%63), Seen: seen, Now: start + 1}
	for ctx.Err() == nil {
		try, cancel := context.WithTimeout(ctx, 3*time.Second)
		r, err := s.SaveAnswer(try, w)
		cancel()
		l.mu.Lock()
		if err == nil && r.Outcome == exam.Saved {
			l.told[fmt.Sprint(who, "/", index)] = r.Answer
			l.acknowledged++
			if l.acknowledged%20 == 0 {
				select {
				case l.every <- struct{}{}:
				default:
				}
			}
			l.mu.Unlock()
			return true
		}
		l.refused++
		l.mu.Unlock()
		if err == nil { // nobody else writes: nothing may be stale
			panic(fmt.Sprintf("%s question %d: %+v", who, index, r))
		}
	}
	return false
}

// check fails when an acknowledged answer is lost or one was counted twice.
func (l *load) check(t *testing.T, s *Store) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for i := range l.people {
		a, err := s.Attempt(t.Context(), person(i), "a"+person(i))
		must(t, err)
		revisions := int64(0)
		for j, got := range a.Answers {
			revisions += int64(got.Rev)
			told := l.told[fmt.Sprint(person(i), "/", j)]
			if got.Rev < told.Rev || got.Rev == told.Rev && got != told {
				t.Errorf("%s question %d: told %+v, stored %+v", person(i), j, told, got)
			}
		}
		if revisions != a.Writes {
			t.Errorf("%s: %d revisions but %d writes", person(i), revisions, a.Writes)
		}
	}
}

// TestFaultsUnderLoad breaks commands in turn while people answer.
func TestFaultsUnderLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	f := openFaulty(t)
	const rounds = 8
	l := newLoad(t, f.Store, 8, 5)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.run(ctx, f.Store, rounds)
	}()
	kinds := [][]any{
		{"closeConnection", true},
		{"writeConcernError", doc("code", 64, "errmsg", "waiting for replication timed out")},
		{"errorCode", 91, "errorLabels", retryable},
		{"blockConnection", true, "blockTimeMS", 20},
	}
	faults := 0
	for running := true; running; {
		select {
		case <-l.every:
			f.fail(t, doc("times", 3), []string{"update", "find"}, kinds[faults%len(kinds)]...)
			faults++
		case <-done:
			running = false
		}
	}
	f.heal(t)
	l.check(t, f.Store)
	if l.acknowledged != 8*5*rounds || faults < len(kinds) {
		t.Errorf("%d answers acknowledged, want %d; %d faults set", l.acknowledged, 8*5*rounds, faults)
	}
	t.Logf("%d answers acknowledged, %d tries refused, %d faults set", l.acknowledged, l.refused, faults)
}
