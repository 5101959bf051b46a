package audit_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/audit"
	"duthi/core/store/sqlitestore"
)

func open(t *testing.T) *sqlitestore.Store {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func clock() time.Time { return time.Date(2023, 11, 11, 20, 14, 37, 0, time.UTC) }

func TestParallelAppendsMakeOneChain(t *testing.T) {
	t.Parallel()
	s := open(t)
	logs := []*audit.Log{audit.New(s, clock), audit.New(s, clock)} // as two processes
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			if err := logs[i%2].Append(t.Context(), core.AuditEntry{Actor: "command", Action: "test", Subject: fmt.Sprint(i)}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	n, head, err := logs[0].Verify(t.Context())
	if err != nil || n != 60 || len(head) != 64 {
		t.Fatalf("%d %q %v", n, head, err)
	}
	seen := map[string]bool{}
	rows, err := logs[0].Page(t.Context(), 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range rows {
		if e.Seq != int64(i+1) || seen[e.Subject] {
			t.Errorf("entry %d: %+v", i, e)
		}
		seen[e.Subject] = true
	}
}

// changed shows a log with one entry replaced, as somebody with the database would.
type changed struct {
	audit.Store
	edit func(e *core.AuditEntry) (keep bool)
}

func (c changed) AuditAfter(ctx context.Context, contestID string, after int64, limit int) ([]core.AuditEntry, error) {
	rows, err := c.Store.AuditAfter(ctx, contestID, after, limit)
	var out []core.AuditEntry
	for _, e := range rows {
		if c.edit(&e) {
			out = append(out, e)
		}
	}
	return out, err
}

func TestVerifyFindsEveryKindOfTampering(t *testing.T) {
	t.Parallel()
	s := open(t)
	log := audit.New(s, clock)
	for i := range 5 {
		e := core.AuditEntry{Actor: "organizer:thu-ky", Action: "void", Subject: fmt.Sprint(i), Reason: "thi hộ", Data: `{"a":1}`, ContestID: "c"}
		if err := log.Append(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	for name, edit := range map[string]func(e *core.AuditEntry) bool{
		"reason":        func(e *core.AuditEntry) bool { e.Reason += "x"; return true },
		"time":          func(e *core.AuditEntry) bool { e.At++; return true },
		"actor, rehash": func(e *core.AuditEntry) bool { e.Actor = "system"; e.Hash = audit.Hash(*e); return true },
		"removed":       func(e *core.AuditEntry) bool { return false },
	} {
		tampered := audit.New(changed{s, func(e *core.AuditEntry) bool { return e.Seq != 3 || edit(e) }}, clock)
		if n, _, err := tampered.Verify(t.Context()); !core.Is(err, core.Conflict) || n < 2 || n > 3 {
			t.Errorf("%s: %d entries, %v", name, n, err)
		}
	}
	if n, _, err := log.Verify(t.Context()); n != 5 || err != nil {
		t.Errorf("untouched: %d %v", n, err)
	}
}
