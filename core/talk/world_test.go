package talk_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/rules"
	"duthi/core/store"
	"duthi/core/store/mongostore"
	"duthi/core/store/sqlitestore"
	"duthi/core/talk"
)

const (
	contestID = "c"
	oa        = "oa-1"
)

var began = time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)

// world is a Service on a real store, as one of several processes; its clock moves when a test moves it.
type world struct {
	*talk.Service
	t     *testing.T
	store store.Store
	by    atomic.Int64 // since began, in nanoseconds
	mu    sync.Mutex
	log   []core.AuditEntry
	index *rules.Index
}

func (w *world) now() time.Time           { return began.Add(time.Duration(w.by.Load())) }
func (w *world) pass(d time.Duration)     { w.by.Add(int64(d)) }
func (w *world) gist(q string) rules.Gist { return w.index.Gist(q) }

// process makes another Service on the store.
func (w *world) process() *talk.Service {
	return talk.New(talk.Config{Inbox: w.store, Followers: w.store, Questions: w.store, Claims: w.store, Clock: w.now, Log: slog.New(slog.DiscardHandler),
		Audit: func(_ context.Context, e core.AuditEntry) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.log = append(w.log, e)
			return nil
		}})
}

// eachStore runs a test on SQLite, and on MongoDB when DUTHI_TEST_MONGODB_URI names one.
func eachStore(t *testing.T, test func(t *testing.T, w *world)) {
	t.Parallel()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		st, err := sqlitestore.Open(context.Background(), t.TempDir(), nil)
		ok(t, err)
		t.Cleanup(func() { st.Close() })
		test(t, newWorld(t, st))
	})
	t.Run("mongodb", func(t *testing.T) {
		t.Parallel()
		uri := os.Getenv("DUTHI_TEST_MONGODB_URI")
		if uri == "" {
			t.Skip("DUTHI_TEST_MONGODB_URI is not set: no MongoDB to test on")
		}
		head, query, _ := strings.Cut(uri, "?")
		scheme, rest, _ := strings.Cut(head, "://")
		hosts, _, _ := strings.Cut(rest, "/")
		st, err := mongostore.Open(t.Context(), scheme+"://"+hosts+"/duthi_test_"+strings.ToLower(rand.Text()[:12])+"?"+query)
		ok(t, err)
		t.Cleanup(func() {
			if err := st.RemoveContest(context.Background(), contestID); err != nil {
				t.Error(err)
			}
			st.Close()
		})
		test(t, newWorld(t, st))
	})
}

func newWorld(t *testing.T, st store.Store) *world {
	w := &world{t: t, store: st, index: rules.New(rules.Source{Contest: &core.Contest{ID: contestID, Rules: []core.Article{
		{ID: "dieu-1", Number: 1, Clauses: []core.Clause{{ID: "dieu-1.1", Text: "Mỗi người được thi hai lượt trong một đợt."}}}}}})}
	w.Service = w.process()
	return w
}

// brings stores an event of a person as the webhook does.
func (w *world) brings(user, key string, at time.Duration) (fresh bool) {
	w.t.Helper()
	fresh, err := w.Receive(w.t.Context(), core.InboxEvent{Key: key, Lane: core.FollowerID(oa, user), OAID: oa, UserID: user, Name: "user_send_text",
		At: core.At(began.Add(at)), Body: "{}"})
	ok(w.t, err)
	return fresh
}

// next gives the key of the event that a lane would go on with, "" for none.
func (w *world) next(user string) string {
	w.t.Helper()
	e, there, err := w.Next(w.t.Context(), core.FollowerID(oa, user))
	ok(w.t, err)
	if !there {
		return ""
	}
	return e.Key
}

func (w *world) event(key string) core.InboxEvent {
	w.t.Helper()
	e, err := w.store.Event(w.t.Context(), key)
	ok(w.t, err)
	return e
}

func (w *world) missed(text, key string, disliked bool) {
	w.t.Helper()
	ok(w.t, w.Missed(w.t.Context(), contestID, text, key, disliked, w.gist))
}

func (w *world) queued(status string) []core.AskedQuestion {
	w.t.Helper()
	all, err := w.Queue(w.t.Context(), contestID, status, 50)
	ok(w.t, err)
	return all
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t *testing.T, err error, code core.Code) {
	t.Helper()
	if core.CodeOf(err) != code {
		t.Errorf("error %v, want code %q", err, code)
	}
}
