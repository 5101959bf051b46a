package main

import (
	"sync"
	"testing"
	"time"

	"duthi/core"
)

// TestRoundsTurnOnce passes the end of a round: whoever was inside is finalised at the deadline, and the log has one
// line with how many took part, whichever processes saw the moment and how often.
func TestRoundsTurnOnce(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, env environment) {
		clock := &shifted{}
		w := newWorld(t, env, clock.now)
		people := w.people(2)
		ed, err := w.edition(t.Context(), "")
		must(t, err)
		round := w.openRound(ed)
		clock.by.Store(int64(round.End.Add(-10 * time.Minute).Sub(core.At(time.Now()))))
		a, _, err := w.exam.Start(t.Context(), ed, people[0], round.ID, w.clock.Now())
		must(t, err)
		w.takePart(people[1], round)
		must(t, w.turnRounds(t.Context()))
		if n := len(w.logged(t, "round.close")); n != 0 {
			t.Fatalf("closed %d times before its end", n)
		}
		before, err := w.store.Participation(t.Context(), ed.Contest.ID, round.ID)
		must(t, err)

		clock.by.Add(int64(30 * time.Minute)) // past the deadline, which is the round's end
		second := w.beside(t, env, clock.now)
		var all sync.WaitGroup
		for _, s := range []*services{w.services, second, w.services} {
			all.Go(func() {
				if err := s.turnRounds(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		must(t, w.turnRounds(t.Context()))
		lines := w.logged(t, "round.close")
		if len(lines) != 1 || lines[0].Actor != "system" || lines[0].Subject != "round:"+round.ID || lines[0].Data == "" {
			t.Errorf("in the log: %+v", lines)
		}
		a, err = w.store.Attempt(t.Context(), people[0].ID, a.ID)
		must(t, err)
		if a.Status != core.Expired || a.SubmittedAt != round.End {
			t.Errorf("attempt %s at %v, round ends %v", a.Status, a.SubmittedAt, round.End)
		}
		after, err := w.store.Participation(t.Context(), ed.Contest.ID, round.ID)
		must(t, err)
		if after.Total.People != before.Total.People { // it was empty, so it does not count
			t.Errorf("people %d, then %d", before.Total.People, after.Total.People)
		}
	})
}

// logged gives the lines of the log with an action.
func (w *world) logged(t *testing.T, action string) []core.AuditEntry {
	t.Helper()
	all, err := w.store.AuditAfter(t.Context(), "", 0, 10_000)
	must(t, err)
	var out []core.AuditEntry
	for _, e := range all {
		if e.Action == action {
			out = append(out, e)
		}
	}
	return out
}
