package mongostore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"

	"duthi/core"
)

func TestDatabaseName(t *testing.T) {
	t.Parallel()
	for uri, want := range map[string]string{
		"mongodb://h":                       "duthi",
		"mongodb://h/":                      "duthi",
		"mongodb://h/?replicaSet=rs":        "duthi",
		"mongodb://h:1/thi":                 "thi",
		"mongodb://u:p%2Fw@a:1,b:2/thi?x=/": "thi",
		"mongodb+srv://h.example/hoi%20thi": "hoi thi",
	} {
		if got := databaseName(uri); got != want {
			t.Errorf("%s: %q, want %q", uri, got, want)
		}
	}
}

// TestTranslate: what an error of the driver becomes.
func TestTranslate(t *testing.T) {
	t.Parallel()
	duplicate := mongo.WriteErrors{{Code: duplicateKey}}
	unmet := &mongo.WriteConcernError{Code: 64}
	for _, c := range []struct {
		err  error
		want core.Code
	}{
		{nil, ""},
		{mongo.ErrNoDocuments, core.NotFound},
		{context.Canceled, core.Unavailable},
		{context.DeadlineExceeded, core.Unavailable},
		{mongo.ErrClientDisconnected, core.Unavailable},
		{errors.New("no server"), core.Unavailable},
		{mongo.WriteException{WriteErrors: duplicate}, core.Conflict},
		{mongo.CommandError{Code: duplicateKey}, core.Conflict},
		{mongo.WriteException{WriteErrors: duplicate, WriteConcernError: unmet}, core.Unavailable},
		{mongo.BulkWriteException{WriteConcernError: unmet}, core.Unavailable},
		{mongo.WriteException{WriteConcernError: &mongo.WriteConcernError{Code: 12345}}, core.Unavailable},
		{mongo.CommandError{Code: 10107}, core.Unavailable},
		{mongo.CommandError{Code: 50}, core.Unavailable},
		{mongo.CommandError{Labels: []string{"NetworkError"}}, core.Unavailable},
		{mongo.CommandError{Code: 13}, core.Internal}, // not allowed: trying again does not help
		{mongo.CommandError{Code: 2, Message: "E11000 not primary"}, core.Internal},
		{fmt.Errorf("deep: %w", mongo.CommandError{Code: 91}), core.Unavailable},
		{notFound(), core.NotFound},
	} {
		got := translate(c.err)
		if core.CodeOf(got) != c.want {
			t.Errorf("%v: code %q, want %q", c.err, core.CodeOf(got), c.want)
		}
		if c.err != nil && !errors.Is(got, c.err) && c.want != core.NotFound && !errors.As(got, new(mongo.ServerError)) {
			t.Errorf("%v: the cause is gone", c.err)
		}
	}
}

func TestOpenFailures(t *testing.T) {
	t.Parallel()
	_, err := Open(t.Context(), "mongodb:/nonsense")
	wantCode(t, err, core.Internal)
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	_, err = Open(ctx, fmt.Sprintf("mongodb://127.0.0.1:%d/?directConnection=true", freePort(t)))
	wantCode(t, err, core.Unavailable)
}

// TestManyProcessesMigrate opens a new database many times at once.
func TestManyProcessesMigrate(t *testing.T) {
	t.Parallel()
	uri := testURI(t)
	stores := make([]*Store, 6)
	var wg sync.WaitGroup
	for i := range stores {
		wg.Go(func() {
			var err error
			if stores[i], err = Open(t.Context(), uri); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	t.Cleanup(func() { dropAndClose(t, stores[0]) })
	for _, s := range stores[1:] {
		must(t, s.Close())
	}
	want := len(migrations())
	if n, err := stores[0].mg.CountDocuments(t.Context(), doc()); err != nil || int(n) != want {
		t.Errorf("%d marks (%v), want %d", n, err, want)
	}
	alone := openTest(t) // migrated by one process
	if got, want := countIndexes(t, stores[0]), countIndexes(t, alone); got != want || want < len(firstIndexes()) {
		t.Errorf("%d indexes, want %d", got, want)
	}
}

func countIndexes(t *testing.T, s *Store) int {
	t.Helper()
	n := 0
	for _, list := range indexesOf(t, s) {
		n += len(list) - 1 // but _id
	}
	return n
}

// TestMigrationSteps: a step that was cut short runs again, a step that was done does not, and a database of a
// newer program is refused.
func TestMigrationSteps(t *testing.T) {
	t.Parallel()
	s := openTest(t)
	ran, broken := 0, errors.New("broken")
	next := int64(len(migrations())) + 1
	var fail error = broken
	steps := append(migrations(), migration{next, "one more", func(context.Context, *mongo.Database) error {
		ran++
		return fail
	}})
	if err := s.migrate(t.Context(), steps); !errors.Is(err, broken) {
		t.Fatalf("got %v", err)
	}
	fail = nil
	must(t, s.migrate(t.Context(), steps))
	must(t, s.migrate(t.Context(), steps))
	if ran != 2 {
		t.Errorf("the step ran %d times, want 2: cut short, then done", ran)
	}
	wantCode(t, s.migrate(t.Context(), migrations()), core.Internal)
}
