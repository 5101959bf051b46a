package main

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"testing"

	"duthi/core"
)

// raceWidth is how many requests of one contestant arrive at the same moment.
const raceWidth = 50

// TestRace sends 50 starts, saves and submissions of each contestant at once over HTTP: nobody gets more
// attempts than the contest allows, more than one at a time, or more points than there are.
func TestRace(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, env environment) {
		w := newWorld(t, env, nil)
		racing(t, w, []string{w.base, w.base})
	})
}

// TestRaceOfProcesses is TestRace with two programs on one store.
func TestRaceOfProcesses(t *testing.T) {
	if testing.Short() {
		t.Skip("runs two built programs: left out with -short")
	}
	t.Parallel()
	env := sharedStore(t)
	w := newWorld(t, env, nil)
	racing(t, w, []string{serve(t, env).base, serve(t, env).base})
}

// racers is how many contestants race; each against themselves.
const racers = 3

func racing(t *testing.T, w *world, bases []string) {
	people := w.people(racers)
	ed, err := w.edition(t.Context(), "")
	must(t, err)
	quiz := ed.Contest.Quiz
	var wg sync.WaitGroup
	for i, person := range people {
		r := &racer{w: w, bases: bases, cookie: w.signIn(i), person: person}
		wg.Go(func() {
			for lap := range quiz.AttemptsPerRound + 1 {
				r.lap(t, lap, quiz)
			}
		})
	}
	wg.Wait()
	table, err := w.store.Participation(t.Context(), ed.Contest.ID, w.openRound(ed).ID)
	must(t, err)
	if got := table.ByUnit["SNV-VP"]; got.People < racers || got.Attempts < int64(racers*quiz.AttemptsPerRound) || got.People*int64(quiz.AttemptsPerRound) < got.Attempts {
		t.Errorf("participation counts %+v", got)
	}
}

type racer struct {
	w      *world
	bases  []string
	cookie string
	person core.Contestant
}

// lap starts, answers everything rightly and hands in, everything many times at once.
func (r *racer) lap(t *testing.T, lap int, quiz core.Quiz) {
	r.all(t, func(int) (string, string) { return "/thi", "" })
	all := r.attempts(t)
	if lap == quiz.AttemptsPerRound {
		if len(all) != lap {
			t.Errorf("%d attempts, want no more than %d", len(all), lap)
		}
		return
	}
	if len(all) != lap+1 || all[lap].Final() || all[lap].Ordinal != lap+1 {
		t.Errorf("lap %d: %d attempts after %d parallel starts", lap, len(all), raceWidth)
		return
	}
	a := all[lap]
	right := r.rightAnswers(t, a)
	r.all(t, func(i int) (string, string) {
		q := i % len(right)
		return "/thi/" + a.ID + "/luu", fmt.Sprintf(`{"i":%d,"c":%s,"k":false,"r":0}`, q, right[q])
	})
	r.all(t, func(int) (string, string) { return "/thi/" + a.ID + "/nop", "" })
	done := r.attempts(t)[lap]
	if !done.Final() || done.Correct != len(a.Paper) || done.Points != quiz.MaxPoints {
		t.Errorf("lap %d: %s, %d right, %d points; want all %d right and %d points", lap, done.Status, done.Correct, done.Points, len(a.Paper), quiz.MaxPoints)
	}
	for q, answer := range done.Answers {
		if answer.Rev != 1 {
			t.Errorf("question %d was written %d times", q, answer.Rev)
		}
	}
}

// all sends raceWidth requests at the same moment, over connections opened before.
func (r *racer) all(t *testing.T, request func(i int) (path, body string)) {
	var ready, sent sync.WaitGroup
	ready.Add(raceWidth)
	for i := range raceWidth {
		sent.Go(func() {
			base := r.bases[i%len(r.bases)]
			c, err := dialRaw(base[len("http://"):], r.cookie)
			ready.Done()
			if err != nil {
				t.Error(err)
				return
			}
			defer c.conn.Close()
			ready.Wait()
			path, body := request(i)
			status, answer, err := c.post(path, []byte(body))
			if err != nil || status >= 500 && status != http.StatusServiceUnavailable {
				t.Errorf("%s: %d %s %v", path, status, answer, err)
			}
		})
	}
	sent.Wait()
}

func (r *racer) attempts(t *testing.T) []core.Attempt {
	all, err := r.w.store.AttemptsOf(context.Background(), r.person.ID, "")
	if err != nil {
		t.Error(err)
	}
	return all
}

// rightAnswers gives the places of the right options of each question, as shown, in JSON.
func (r *racer) rightAnswers(t *testing.T, a core.Attempt) []string {
	ed, err := r.w.edition(context.Background(), "")
	if err != nil {
		t.Error(err)
		return nil
	}
	out := make([]string, len(a.Paper))
	for i, item := range a.Paper {
		q, err := ed.Question(context.Background(), item.QuestionRef)
		if err != nil {
			t.Error(err)
		}
		for place, own := range item.Order {
			if q.Correct.Has(own) {
				out[i] += fmt.Sprintf(",%d", place)
			}
		}
		out[i] = "[" + out[i][1:] + "]"
	}
	return out
}
