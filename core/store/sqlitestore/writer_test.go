package sqlitestore

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"

	"duthi/core"
)

func openHere(t *testing.T, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// hold keeps the writer busy in a transaction until the given function is called: what is submitted meanwhile
// waits for the next one.
func hold(t *testing.T, s *Store) (release func()) {
	t.Helper()
	began, end := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		s.writer.one(context.Background(), func(*writeConn) error {
			close(began)
			<-end
			return nil
		})
	})
	<-began
	return func() { close(end); wg.Wait() }
}

// queued waits until n operations wait in the lanes.
func queued(s *Store, n int) {
	for {
		s.writer.mu.Lock()
		have := len(s.writer.fast) + len(s.writer.bulk)
		s.writer.mu.Unlock()
		if have >= n {
			return
		}
		runtime.Gosched()
	}
}

const insertClaim = `INSERT INTO claims (key, doc) VALUES (?, '{"key":"x"}')`

func insertRow(key string) func(*writeConn) error {
	return func(c *writeConn) error {
		_, err := c.exec(insertClaim, key)
		return err
	}
}

func keys(t *testing.T, s *Store) []string {
	t.Helper()
	var out []string
	p, err := s.readers.Query("SELECT key FROM claims ORDER BY key")
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for p.Next() {
		var k string
		if err := p.Scan(&k); err != nil {
			t.Fatal(err)
		}
		out = append(out, k)
	}
	return out
}

func TestFailuresStayWithTheirOperation(t *testing.T) {
	t.Parallel()
	s := openHere(t, t.TempDir())
	oops := errors.New("oops")
	ops := map[string]func() error{
		"fine":  func() error { return s.writer.one(t.Context(), insertRow("a")) },
		"twice": func() error { return s.writer.one(t.Context(), insertRow("a")) },
		"half": func() error {
			return s.writer.all(t.Context(), func(c *writeConn) error {
				if err := insertRow("half")(c); err != nil {
					return err
				}
				return oops
			})
		},
		"wrong SQL": func() error {
			return s.writer.all(t.Context(), func(c *writeConn) error { _, err := c.exec("NONSENSE"); return err })
		},
		"also fine": func() error { return s.writer.all(t.Context(), insertRow("b")) },
	}
	release := hold(t, s)
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := map[string]core.Code{}
	for name, op := range ops {
		wg.Go(func() {
			err := op()
			mu.Lock()
			defer mu.Unlock()
			got[name] = core.CodeOf(err)
		})
	}
	queued(s, len(ops))
	release()
	wg.Wait()
	if got["fine"] != "" && got["twice"] != "" || got["fine"] != core.Conflict && got["twice"] != core.Conflict ||
		got["half"] != core.Internal || got["wrong SQL"] != core.Internal || got["also fine"] != "" {
		t.Errorf("%v", got)
	}
	if k := keys(t, s); !slices.Equal(k, []string{"a", "b"}) {
		t.Errorf("stored %v", k)
	}
}

func TestPanicLosesItsTransactionOnly(t *testing.T) {
	t.Parallel()
	s := openHere(t, t.TempDir())
	release := hold(t, s)
	var wg sync.WaitGroup
	var first, second error
	wg.Go(func() { first = s.writer.one(t.Context(), insertRow("a")) })
	wg.Go(func() {
		second = s.writer.one(t.Context(), func(c *writeConn) error { panic("oops") })
	})
	queued(s, 2)
	release()
	wg.Wait()
	if core.CodeOf(second) != core.Internal {
		t.Errorf("panic gave %v", second)
	}
	// The neighbour was told the truth, whichever it is.
	if stored := slices.Contains(keys(t, s), "a"); stored != (first == nil) {
		t.Errorf("stored %v, told %v", stored, first)
	}
	if err := s.writer.one(t.Context(), insertRow("after")); err != nil {
		t.Error(err)
	}
}

func TestCancelledWhileWaiting(t *testing.T) {
	t.Parallel()
	s := openHere(t, t.TempDir())
	release := hold(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- s.writer.one(ctx, insertRow("dropped")) }()
	queued(s, 1)
	cancel()
	if err := <-done; !core.Is(err, core.Unavailable) || !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	release()
	if err := s.writer.one(t.Context(), insertRow("next")); err != nil {
		t.Error(err)
	}
	if k := keys(t, s); !slices.Equal(k, []string{"next"}) {
		t.Errorf("stored %v", k)
	}
}

func TestCancelledWhileRunningCompletes(t *testing.T) {
	t.Parallel()
	s := openHere(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	err := s.writer.one(ctx, func(c *writeConn) error {
		cancel()
		return insertRow("a")(c)
	})
	if err != nil || len(keys(t, s)) != 1 {
		t.Errorf("%v, stored %v", err, keys(t, s))
	}
}

func TestBulkGivesWayToAnswers(t *testing.T) {
	t.Parallel()
	s := openHere(t, t.TempDir())
	stop := make(chan struct{})
	steps := 0
	var wg sync.WaitGroup
	wg.Go(func() { // bulk work that goes on until answers got through
		err := s.writer.slices(t.Context(), func(c *writeConn) (bool, error) {
			steps++
			if err := insertRow(fmt.Sprint("bulk", steps))(c); err != nil {
				return false, err
			}
			select {
			case <-stop:
				return true, nil
			default:
				return false, nil
			}
		})
		if err != nil {
			t.Error(err)
		}
	})
	for i := range 5 {
		if err := s.writer.one(t.Context(), insertRow(fmt.Sprint("fast", i))); err != nil {
			t.Error(err)
		}
	}
	close(stop)
	wg.Wait()
	if k := keys(t, s); len(k) != steps+5 {
		t.Errorf("%d rows, want %d", len(k), steps+5)
	}
}

func TestCloseFinishesWhatWaits(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openHere(t, dir)
	release := hold(t, s)
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			if err := s.writer.one(t.Context(), insertRow(fmt.Sprint(i))); err != nil {
				t.Error(err)
			}
		})
	}
	queued(s, 20)
	wg.Go(func() { s.Close() })
	release()
	wg.Wait()
	if err := s.writer.one(t.Context(), insertRow("late")); !core.Is(err, core.Unavailable) {
		t.Errorf("after closing: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Errorf("closing again: %v", err)
	}
	if k := keys(t, openHere(t, dir)); len(k) != 20 {
		t.Errorf("stored %d of 20", len(k))
	}
}

func TestCloseInterruptsBulk(t *testing.T) {
	t.Parallel()
	s := openHere(t, t.TempDir())
	began := make(chan struct{})
	done := make(chan error)
	var once sync.Once
	go func() {
		done <- s.writer.slices(context.Background(), func(*writeConn) (bool, error) {
			once.Do(func() { close(began) })
			return false, nil
		})
	}()
	<-began
	s.Close()
	if err := <-done; !core.Is(err, core.Unavailable) {
		t.Error(err)
	}
}

// TestDurableSettings guards what a killed process can't show: that a commit waits for the disk.
func TestDurableSettings(t *testing.T) {
	t.Parallel()
	c := openHere(t, t.TempDir()).writer.conn
	for pragma, want := range map[string]any{"PRAGMA synchronous": int64(2), "PRAGMA journal_mode": "wal"} {
		if row, err := c.row(pragma); err != nil || row[0] != want {
			t.Errorf("%s: %v, %v", pragma, row, err)
		}
	}
}
