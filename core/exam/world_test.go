package exam_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"duthi/core"
	"duthi/core/exam"
	"duthi/core/store"
	"duthi/core/store/mongostore"
	"duthi/core/store/sqlitestore"
)

// world is a Service on a real store with a contest and people.
type world struct {
	*exam.Service
	store  *countingStore
	ed     *exam.Edition
	config exam.Config
	mu     sync.Mutex
	people map[string]core.Contestant
	slow   bool // a save takes milliseconds: do fewer
}

// countingStore is the real store with its calls counted.
type countingStore struct {
	store.Store
	reads, saves, participations atomic.Int64
}

func (s *countingStore) Attempt(ctx context.Context, contestantID, id string) (core.Attempt, error) {
	s.reads.Add(1)
	return s.Store.Attempt(ctx, contestantID, id)
}

func (s *countingStore) AttemptsOf(ctx context.Context, contestantID, roundID string) ([]core.Attempt, error) {
	s.reads.Add(1)
	return s.Store.AttemptsOf(ctx, contestantID, roundID)
}

func (s *countingStore) SaveAnswer(ctx context.Context, w exam.AnswerWrite) (exam.AnswerResult, error) {
	s.saves.Add(1)
	return s.Store.SaveAnswer(ctx, w)
}

func (s *countingStore) Participation(ctx context.Context, contestID, roundID string) (core.Participation, error) {
	s.participations.Add(1)
	return s.Store.Participation(ctx, contestID, roundID)
}

// eachStore runs a test on SQLite, and on MongoDB when DUTHI_TEST_MONGODB_URI names one.
func eachStore(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, newWorld(t))
	})
	t.Run("mongodb", func(t *testing.T) {
		t.Parallel()
		uri := os.Getenv("DUTHI_TEST_MONGODB_URI")
		if uri == "" {
			t.Skip("DUTHI_TEST_MONGODB_URI is not set: no MongoDB to test on")
		}
		st, err := mongostore.Open(t.Context(), ownDatabase(uri))
		ok(t, err)
		w := newWorldOn(t, st)
		w.slow = true
		t.Cleanup(func() {
			if err := st.RemoveContest(context.Background(), w.ed.Contest.ID); err != nil {
				t.Error(err)
			}
			st.Close()
		})
		test(t, w)
	})
}

// ownDatabase gives the address of a MongoDB deployment with a new database in it.
func ownDatabase(uri string) string {
	head, query, _ := strings.Cut(uri, "?")
	scheme, rest, _ := strings.Cut(head, "://")
	hosts, _, _ := strings.Cut(rest, "/")
	return scheme + "://" + hosts + "/duthi_test_" + strings.ToLower(rand.Text()[:12]) + "?" + query
}

// newWorld makes a world on an SQLite database of its own.
func newWorld(t testing.TB) *world {
	t.Helper()
	st, err := sqlitestore.Open(context.Background(), t.TempDir(), nil)
	ok(t, err)
	t.Cleanup(func() { st.Close() })
	return newWorldOn(t, st)
}

func newWorldOn(t testing.TB, st store.Store) *world {
	t.Helper()
	w := &world{store: &countingStore{Store: st}, ed: exam.FixtureEdition(), people: map[string]core.Contestant{}}
	w.config = exam.Config{
		Attempts: w.store, Figures: w.store, Claims: w.store, Secret: []byte("an unguessable key of 32 bytes.."), Log: slog.New(slog.DiscardHandler),
		Edition: func(_ context.Context, id string) (*exam.Edition, error) {
			if id != w.ed.Contest.ID {
				return nil, core.Errorf(core.NotFound, "no contest %s", id)
			}
			return w.ed, nil
		},
		Person: func(_ context.Context, id string) (core.Contestant, error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			c, ok := w.people[id]
			if !ok {
				return c, core.Errorf(core.NotFound, "no contestant %s", id)
			}
			return c, nil
		},
	}
	w.Service = w.another(t)
	return w
}

// another gives a second process on the same store.
func (w *world) another(t testing.TB) *exam.Service {
	t.Helper()
	s, err := exam.New(w.config)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// contestant makes a person of a unit.
func (w *world) contestant(name, unit string) core.Contestant {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := core.Contestant{
		ID: fmt.Sprintf("nguoi-%03d", len(w.people)), ContestID: w.ed.Contest.ID, Status: core.Active,
		FullName: name, UnitCode: unit, Unit1Code: core.OtherUnit,
	}
	if top, ok := w.ed.Units.Top(unit); ok {
		c.Unit1Code = top.Code
	}
	w.people[c.ID] = c
	return c
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t testing.TB, err error, want core.Code) {
	t.Helper()
	if got := core.CodeOf(err); got != want {
		t.Fatalf("code %q (%v), want %q", got, err, want)
	}
}

// start begins or resumes an attempt and opens it.
func (w *world) start(t testing.TB, c core.Contestant, at core.Instant) exam.View {
	t.Helper()
	a, _, err := w.Start(t.Context(), w.ed, c, "dot-1", at)
	ok(t, err)
	v, err := w.Open(t.Context(), w.ed, c.ID, a.ID, at)
	ok(t, err)
	return v
}

// key gives the places of the right options of a shown question.
func (w *world) key(item exam.ItemView) []int {
	var places []int
	for _, q := range w.ed.Bank {
		if q.Text != item.Text {
			continue
		}
		for place, o := range item.Options {
			for own, text := range q.Options {
				if text == o.Text && q.Correct.Has(own) {
					places = append(places, place)
				}
			}
		}
	}
	return places
}

func answer(c core.Contestant, v exam.View, index int, shown []int, seen int) exam.AnswerInput {
	return exam.AnswerInput{AttemptID: v.ID, ContestantID: c.ID, Index: index, Shown: shown, Seen: seen}
}

// take goes through a whole attempt with the first right questions answered right and the next wrong ones wrong.
func (w *world) take(t testing.TB, c core.Contestant, at, lasting core.Instant, right, wrong int) exam.Result {
	t.Helper()
	v := w.start(t, c, at)
	for i, item := range v.Items[:right+wrong] {
		places := w.key(item)
		if i >= right {
			for o := range item.Options {
				if !slices.Contains(places, o) {
					places = []int{o}
					break
				}
			}
		}
		_, err := w.Save(t.Context(), w.ed, answer(c, v, i, places, 0), at+1)
		ok(t, err)
	}
	r, err := w.Submit(t.Context(), w.ed, c.ID, v.ID, at+lasting)
	ok(t, err)
	return r
}

// together runs n copies of f at the same moment.
func together(n int, f func(i int)) {
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			f(i)
		})
	}
	close(start)
	wg.Wait()
}
