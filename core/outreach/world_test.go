package outreach_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/outreach"
	"duthi/core/store/sqlitestore"
)

// noon is Monday 2023-10-02 12:00 in Vietnam.
const noon core.Instant = 1_696_222_800_000

var vietnam = time.FixedZone("+07", 7*3600)

// clock is a clock that tests move.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(int64(noon))
	return c
}

func (c *clock) now() time.Time          { return time.UnixMilli(c.at.Load()) }
func (c *clock) advance(d time.Duration) { c.at.Add(d.Milliseconds()) }

func openStore(t testing.TB) *sqlitestore.Store {
	t.Helper()
	s, err := sqlitestore.Open(context.Background(), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// world is an audience and a Zalo that counts what each person got.
type world struct {
	store *sqlitestore.Store
	clock *clock
	quiet outreach.Quiet
	daily int

	mu      sync.Mutex
	people  []outreach.Recipient // in the order of Person
	got     map[string]int       // by Zalo user
	answers map[string][]error   // what Zalo says to a user first; nil takes the message
}

func newWorld(store *sqlitestore.Store, prefix string, n int) *world {
	w := &world{store: store, clock: newClock(), got: map[string]int{}, answers: map[string][]error{}}
	for i := range n {
		id := fmt.Sprintf("%s%05d", prefix, i)
		w.people = append(w.people, outreach.Recipient{Person: id, UserID: "u" + id, Follows: true, LastInteraction: noon.Add(-time.Hour),
			Values: map[string]string{"ho_ten": "Nguyễn Văn " + id}})
	}
	return w
}

func (w *world) config() outreach.Config {
	return outreach.Config{Broadcasts: w.store, Deliveries: w.store, Clock: w.clock.now, Quiet: w.quiet, Daily: w.daily, Workers: 1,
		Recipients: w.recipients, Recipient: w.recipient, Send: w.send,
		Contest: func(context.Context, core.Broadcast) (map[string]string, *time.Location, error) {
			return map[string]string{"cuoc_thi": "Tìm hiểu CCHC"}, vietnam, nil
		}}
}

func (w *world) recipients(_ context.Context, _ core.Broadcast, after string, limit int) ([]outreach.Recipient, error) {
	i, found := slices.BinarySearchFunc(w.people, after, func(r outreach.Recipient, p string) int { return strings.Compare(r.Person, p) })
	if found {
		i++
	}
	return w.people[i:min(i+limit, len(w.people))], nil
}

func (w *world) recipient(_ context.Context, _ core.Broadcast, person string) (outreach.Recipient, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	i, found := slices.BinarySearchFunc(w.people, person, func(r outreach.Recipient, p string) int { return strings.Compare(r.Person, p) })
	if !found {
		return outreach.Recipient{}, core.Errorf(core.NotFound, "Không có.")
	}
	return w.people[i], nil
}

func (w *world) send(_ context.Context, m outreach.Message) (outreach.Receipt, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if a := w.answers[m.UserID]; len(a) > 0 {
		w.answers[m.UserID] = a[1:]
		if a[0] != nil {
			return outreach.Receipt{}, a[0]
		}
	}
	w.got[m.UserID]++
	return outreach.Receipt{MessageID: "m" + m.UserID}, nil
}

// start makes a broadcast that is being planned and then sent.
func (w *world) start(t testing.TB, id string) {
	t.Helper()
	b := core.Broadcast{ID: id, ContestID: "c", RuleID: "rule", State: core.BroadcastPlanning, StartAt: w.clock.nowInstant(),
		Content: core.Content{Text: "{ho_ten} còn lượt thi."}, Audience: core.Audience{Who: core.AudienceAll}}
	if err := w.store.InsertBroadcast(context.Background(), b); err != nil {
		t.Fatal(err)
	}
}

func (c *clock) nowInstant() core.Instant { return core.At(c.now()) }

// tally gives the count of each state, as "sent" or "skipped cap".
func (w *world) tally(t testing.TB, id string) map[string]int64 {
	t.Helper()
	counts, err := w.store.Tally(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]int64{}
	for _, n := range counts {
		out[strings.TrimSpace(n.State+" "+n.Reason)] += n.Count
	}
	return out
}

func (w *world) state(t testing.TB, id string) string {
	t.Helper()
	b, err := w.store.Broadcast(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	return b.State
}

var errDead = errors.New("this process is dead")

// life is a process that ends at a step: what it does to the store or to Zalo at that step happens or not, and its
// outcome is never known to it.
type life struct {
	steps atomic.Int64 // left
	after bool         // the last step happens
}

// step says whether the step happens and whether the process lives on to see it.
func (l *life) step() (happens, lives bool) {
	n := l.steps.Add(-1)
	return n > 0 || n == 0 && l.after, n > 0
}

func (l *life) do(f func() error) error {
	happens, lives := l.step()
	var err error
	if happens {
		err = f()
	}
	if !lives {
		return errDead
	}
	return err
}

// mortal is a store as a process sees it that will die.
type mortal struct {
	*sqlitestore.Store
	life *life
}

func (m mortal) UpdateBroadcast(ctx context.Context, b core.Broadcast) error {
	return m.life.do(func() error { return m.Store.UpdateBroadcast(ctx, b) })
}

func (m mortal) PlanDeliveries(ctx context.Context, ds []core.Delivery) error {
	return m.life.do(func() error { return m.Store.PlanDeliveries(ctx, ds) })
}

func (m mortal) LeaseDeliveries(ctx context.Context, id, lease string, now, until core.Instant, limit int) (ds []core.Delivery, err error) {
	err = m.life.do(func() (err error) {
		ds, err = m.Store.LeaseDeliveries(ctx, id, lease, now, until, limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	return ds, nil
}

func (m mortal) UpdateDelivery(ctx context.Context, d core.Delivery) error {
	return m.life.do(func() error { return m.Store.UpdateDelivery(ctx, d) })
}

func (m mortal) TakeTurns(ctx context.Context, persons []string, day, id string, max int) (have []string, err error) {
	err = m.life.do(func() (err error) {
		have, err = m.Store.TakeTurns(ctx, persons, day, id, max)
		return err
	})
	return have, err
}

func (m mortal) ReturnTurn(ctx context.Context, person, day, id string) error {
	return m.life.do(func() error { return m.Store.ReturnTurn(ctx, person, day, id) })
}

// process is a service that dies after a number of steps.
func (w *world) process(steps int, after bool, workers int) (*outreach.Service, *life) {
	l := &life{after: after}
	l.steps.Store(int64(steps))
	m, cfg := mortal{w.store, l}, w.config()
	cfg.Broadcasts, cfg.Deliveries, cfg.Workers = m, m, workers
	cfg.Send = func(ctx context.Context, msg outreach.Message) (r outreach.Receipt, err error) {
		err = l.do(func() (err error) {
			r, err = w.send(ctx, msg)
			return err
		})
		return r, err
	}
	return outreach.New(cfg), l
}
