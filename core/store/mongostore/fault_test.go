package mongostore

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"duthi/core"
	"duthi/core/exam"
)

// faulty is a store whose commands the server can be told to fail. A server has one fail point, so the tests
// that use it don't run in parallel.
type faulty struct {
	*Store
	admin *mongo.Client
	app   string
}

func openFaulty(t *testing.T) *faulty {
	t.Helper()
	f := &faulty{app: "duthi-faults-" + strings.ToLower(rand.Text()[:8])}
	uri := testURI(t)
	admin, err := mongo.Connect(options.Client().ApplyURI(uri))
	must(t, err)
	f.admin = admin
	t.Cleanup(func() { admin.Disconnect(context.Background()) })
	s, err := Open(t.Context(), withOption(uri, "appName="+f.app, "heartbeatFrequencyMS=500"))
	must(t, err)
	f.Store = s
	t.Cleanup(func() { dropAndClose(t, s) })
	t.Cleanup(func() { f.heal(t) }) // before dropping
	return f
}

func withOption(uri string, options ...string) string {
	separator := "&"
	if !strings.Contains(uri, "?") {
		separator = "?"
	}
	return uri + separator + strings.Join(options, "&")
}

// fail makes the named commands of this store fail: mode is doc("times", n) or "alwaysOn".
func (f *faulty) fail(t *testing.T, mode any, commands []string, data ...any) {
	t.Helper()
	how := append(doc("failCommands", commands, "appName", f.app), doc(data...)...)
	err := f.admin.Database("admin").RunCommand(t.Context(), doc("configureFailPoint", "failCommand", "mode", mode, "data", how)).Err()
	var refused mongo.CommandError
	if errors.As(err, &refused) {
		t.Skipf("the server takes no fail points: %v", err)
	}
	must(t, err)
}

func (f *faulty) heal(t *testing.T) {
	t.Helper()
	err := f.admin.Database("admin").RunCommand(context.Background(), doc("configureFailPoint", "failCommand", "mode", "off")).Err()
	if err != nil {
		t.Error(err)
	}
}

var retryable = bson.A{"RetryableWriteError"}

// writes are one write of each kind the driver sends; each is told by what it left behind how often it was done.
var writes = []struct {
	name, command string
	do            func(context.Context, *Store) error
	done          func(context.Context, *Store) (int64, error) // times the write took effect
	repeat        core.Code                                    // of the same write once more
}{
	{"save", "update", func(ctx context.Context, s *Store) error {
		r, err := s.SaveAnswer(ctx, exam.AnswerWrite{AttemptID: "a1", ContestantID: "p1", Index: 2, Choice: 3, Now: start + 1})
		if err == nil && r.Outcome != exam.Saved {
			return errors.New("not saved")
		}
		return err
	}, func(ctx context.Context, s *Store) (int64, error) {
		a, err := s.Attempt(ctx, "p1", "a1")
		return a.Writes, err
	}, ""},
	{"start", "insert", func(ctx context.Context, s *Store) error {
		return s.InsertAttempt(ctx, running("a2", "p2", 1, 5))
	}, func(ctx context.Context, s *Store) (int64, error) {
		as, err := s.AttemptsOf(ctx, "p2", "r1")
		return int64(len(as)), err
	}, core.Conflict},
	{"try a code", "findAndModify", func(ctx context.Context, s *Store) error {
		_, err := s.UseToken(ctx, "t1", start)
		return err
	}, func(ctx context.Context, s *Store) (int64, error) {
		k, err := s.Token(ctx, "t1", start)
		return k.Revision - 1, err
	}, core.NotFound},
}

func prepare(t *testing.T, s *Store) {
	must(t, s.InsertAttempt(t.Context(), running("a1", "p1", 1, 5)))
	must(t, s.PutToken(t.Context(), core.Token{ID: "t1", ExpiresAt: start + 100}))
}

// TestFaultsTheDriverRepeats: a connection that drops and a member that is not primary (any more) are met by
// repeating the command, which takes effect once.
func TestFaultsTheDriverRepeats(t *testing.T) {
	faults := map[string][]any{
		"closed connection": {"closeConnection", true},
		"not primary":       {"errorCode", 10107, "errorLabels", retryable},
		"shutting down":     {"errorCode", 91, "errorLabels", retryable},
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			f := openFaulty(t)
			prepare(t, f.Store)
			for _, w := range writes {
				f.fail(t, doc("times", 2), []string{w.command}, fault...)
				must(t, w.do(t.Context(), f.Store))
				f.wantDone(t, w.done, 1)
			}
			f.fail(t, doc("times", 2), []string{"find", "aggregate"}, fault...)
			_, err := f.Attempt(t.Context(), "p1", "a1")
			must(t, err)
		})
	}
}

// TestFaultsToldAsUnavailable: where no answer comes in time, or a majority does not confirm, the caller is
// told Unavailable in time; the same write once more is harmless, whether the first took effect or not.
func TestFaultsToldAsUnavailable(t *testing.T) {
	faults := []struct {
		name string
		data []any
	}{
		{"majority did not confirm", []any{"writeConcernError", doc("code", 64, "errmsg", "waiting for replication timed out")}},
		{"slow command", []any{"blockConnection", true, "blockTimeMS", 2000}},
		{"always closed", []any{"closeConnection", true}},
		{"never a primary", []any{"errorCode", 10107, "errorLabels", retryable}},
	}
	for _, fault := range faults {
		t.Run(fault.name, func(t *testing.T) {
			f := openFaulty(t)
			prepare(t, f.Store)
			for _, w := range writes {
				f.fail(t, "alwaysOn", []string{w.command}, fault.data...)
				ctx, cancel := context.WithTimeout(t.Context(), 700*time.Millisecond)
				began := time.Now()
				wantCode(t, w.do(ctx, f.Store), core.Unavailable)
				cancel()
				if took := time.Since(began); took > 5*time.Second {
					t.Errorf("%s: answered after %v, the deadline was 700 ms", w.name, took)
				}
				f.heal(t)
				before, err := w.done(t.Context(), f.Store)
				must(t, err)
				if err := w.do(t.Context(), f.Store); core.CodeOf(err) != w.repeat && before == 1 || err != nil && before == 0 {
					t.Errorf("%s once more after %d effects: %v", w.name, before, err)
				}
				f.wantDone(t, w.done, 1)
			}
		})
	}
}

func (f *faulty) wantDone(t *testing.T, done func(context.Context, *Store) (int64, error), want int64) {
	t.Helper()
	if n, err := done(t.Context(), f.Store); err != nil || n != want {
		t.Errorf("took effect %d times (%v), want %d", n, err, want)
	}
}
