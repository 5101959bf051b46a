package mongostore

import (
	"context"
	"crypto/rand"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"

	"duthi/core"
)

// testURI gives the address of the test server with a database of its own in it; without a server the test
// is skipped.
func testURI(t testing.TB) string {
	t.Helper()
	uri := os.Getenv("DUTHI_TEST_MONGODB_URI")
	if uri == "" {
		t.Skip("DUTHI_TEST_MONGODB_URI is not set: no MongoDB to test on")
	}
	return withDatabase(uri, "duthi_test_"+strings.ToLower(rand.Text()[:12]))
}

func withDatabase(uri, name string) string {
	head, query, asked := strings.Cut(uri, "?")
	scheme, rest, _ := strings.Cut(head, "://")
	hosts, _, _ := strings.Cut(rest, "/")
	head = scheme + "://" + hosts + "/" + name
	if asked {
		return head + "?" + query
	}
	return head
}

// openTest opens a store on a database of its own, dropped after the test.
func openTest(t testing.TB) *Store {
	s, _ := openWatched(t)
	return s
}

// openWatched is openTest with a record of the commands sent.
func openWatched(t testing.TB) (*Store, *commandLog) {
	t.Helper()
	log := &commandLog{}
	s, err := open(t.Context(), testURI(t), log.monitor())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { dropAndClose(t, s) })
	log.take()
	return s, log
}

func dropAndClose(t testing.TB, s *Store) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.db.Drop(ctx); err != nil {
		t.Errorf("dropping the test's database: %v", err)
	}
	s.Close()
}

// commandLog keeps the commands a client sent.
type commandLog struct {
	mu   sync.Mutex
	sent []bson.Raw
}

func (l *commandLog) monitor() *event.CommandMonitor {
	return &event.CommandMonitor{Started: func(_ context.Context, e *event.CommandStartedEvent) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.sent = append(l.sent, append(bson.Raw(nil), e.Command...))
	}}
}

// take gives the commands since the last take.
func (l *commandLog) take() []bson.Raw {
	l.mu.Lock()
	defer l.mu.Unlock()
	sent := l.sent
	l.sent = nil
	return sent
}

// names gives the name and collection of each command, as "update attempts".
func names(commands []bson.Raw) []string {
	out := make([]string, len(commands))
	for i, c := range commands {
		elems, _ := c.Elements()
		what := elems[0].Value()
		if coll, err := c.LookupErr("collection"); err == nil { // getMore
			what = coll
		}
		name, _ := what.StringValueOK()
		out[i] = elems[0].Key() + " " + name
	}
	return out
}

func wantCode(t *testing.T, err error, want core.Code) {
	t.Helper()
	if core.CodeOf(err) != want {
		t.Fatalf("got %v (code %q), want code %q", err, core.CodeOf(err), want)
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// running makes an attempt of n questions that started at start and lasts half an hour.
func running(id, contestant string, ordinal, n int) core.Attempt {
	a := core.Attempt{ID: id, ContestID: "c", RoundID: "r1", ContestantID: contestant, Ordinal: ordinal, UnitCode: "u1.1", Unit1Code: "u1",
		BlockID: "b", Seed: 42, Status: core.Running, StartedAt: start, Deadline: start.Add(30 * time.Minute)}
	for range n {
		a.Paper = append(a.Paper, core.PaperItem{QuestionRef: core.QuestionRef{ID: "q1", Version: 3}, Order: []int{1, 0, 2}})
		a.Answers = append(a.Answers, core.Answer{})
	}
	return a
}

const start core.Instant = 1_700_000_000_000
