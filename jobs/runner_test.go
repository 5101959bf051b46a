package jobs

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/store/sqlitestore"
)

func store(t *testing.T) *sqlitestore.Store {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func runner(t *testing.T, c Claims, clock core.Clock, e Entry) *Runner {
	t.Helper()
	r, err := New([]Entry{e}, c, time.UTC, clock, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

var noon = time.Date(2023, 11, 11, 12, 0, 7, 0, time.UTC)

func TestOneTickRunsOnceOverManyReplicas(t *testing.T) {
	t.Parallel()
	shared := store(t)
	var runs atomic.Int32
	e := Entry{Name: "x", Schedule: "0 0 * * * *", Lease: time.Minute, Run: func(_ context.Context, due time.Time) error {
		if !due.Equal(noon.Truncate(time.Hour)) {
			t.Errorf("due %v", due)
		}
		runs.Add(1)
		return nil
	}}
	var wg sync.WaitGroup
	for range 20 {
		r := runner(t, shared, func() time.Time { return noon }, e)
		wg.Go(func() { r.lookBack(t.Context()); r.lookBack(t.Context()) })
	}
	wg.Wait()
	if runs.Load() != 1 {
		t.Fatalf("%d runs of one tick", runs.Load())
	}
}

func TestCrashedRunIsTakenOverAfterItsLease(t *testing.T) {
	t.Parallel()
	shared := store(t)
	key := "job:x:2023-11-11T12:00:00Z"
	_ = shared.Claim(t.Context(), key, "crashed", core.At(noon), core.At(noon.Add(time.Minute)))
	runs := 0
	e := Entry{Name: "x", Schedule: "0 0 * * * *", Lease: time.Minute, Run: func(context.Context, time.Time) error { runs++; return nil }}
	now := noon.Add(30 * time.Second)
	r := runner(t, shared, func() time.Time { return now }, e)
	r.lookBack(t.Context())
	if runs != 0 {
		t.Fatal("ran while another's lease was good")
	}
	now = noon.Add(61 * time.Second)
	r.lookBack(t.Context())
	r.lookBack(t.Context())
	if runs != 1 {
		t.Fatalf("%d runs after the lease", runs)
	}
}

func TestFailedAndPanickingRunsAreTriedAgain(t *testing.T) {
	t.Parallel()
	shared := store(t)
	runs := 0
	e := Entry{Name: "x", Schedule: "0 0 * * * *", Lease: time.Minute, Run: func(context.Context, time.Time) error {
		switch runs++; runs {
		case 1:
			return errors.New("không được")
		case 2:
			panic("hỏng")
		}
		return nil
	}}
	r := runner(t, shared, func() time.Time { return noon }, e)
	for range 5 {
		r.lookBack(t.Context())
	}
	if runs != 3 {
		t.Fatalf("%d runs, want two failures and a success", runs)
	}
}

func TestLateTickIsSkippedWhenItsEntrySaysSo(t *testing.T) {
	t.Parallel()
	runs := 0
	e := Entry{Name: "x", Schedule: "0 0 8 * * *", Lease: time.Minute, SkipLate: time.Hour,
		Run: func(context.Context, time.Time) error { runs++; return nil }}
	r := runner(t, store(t), func() time.Time { return noon }, e)
	r.lookBack(t.Context())
	if runs != 0 {
		t.Fatal("ran four hours late")
	}
}

func TestLastDue(t *testing.T) {
	t.Parallel()
	for spec, want := range map[string]string{
		"*/15 * * * * *": "2023-11-11T12:00:00Z", "0 17 * * * *": "2023-11-11T11:17:00Z",
		"0 0 8 * * *": "2023-11-11T08:00:00Z", "0 0 8 1 * *": "2023-11-01T08:00:00Z", "0 0 8 31 12 *": "2022-12-31T08:00:00Z",
	} {
		s, err := parser().Parse(spec)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := lastDue(s, noon)
		if !ok || got.Format(time.RFC3339) != want {
			t.Errorf("%s: %v, want %s", spec, got, want)
		}
	}
	if _, ok := lastDue(mustParse(t, "0 0 0 30 2 *"), noon); ok {
		t.Error("30 February was due")
	}
	if _, err := New([]Entry{{Name: "x", Schedule: "@every 1m"}}, nil, time.UTC, nil, slog.Default()); err == nil {
		t.Log("note: @every is parsed") // descriptors are off in the parser; this must not happen
		t.Fail()
	}
}

func mustParse(t *testing.T, spec string) interface{ Next(time.Time) time.Time } {
	t.Helper()
	s, err := parser().Parse(spec)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
