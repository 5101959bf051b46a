package catalog_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"duthi/core"
	"duthi/core/audit"
	"duthi/core/catalog"
	"duthi/core/contestfile"
	"duthi/core/store/sqlitestore"
)

// slowFile is a roster whose reading takes its time before it is done: an hour, or as long as a test says.
type slowFile struct {
	*bytes.Reader
	wait func()
}

func (f slowFile) ReadAt(p []byte, off int64) (int, error) {
	if off == 0 {
		f.wait()
	}
	return f.Reader.ReadAt(p, off)
}

// inBubble gives Files over a real store whose clock is the bubble's.
func inBubble(t *testing.T) (*catalog.Files, *sqlitestore.Store) {
	t.Helper()
	db, err := sqlitestore.Open(t.Context(), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	sealer, err := core.NewSealer(bytes.Repeat([]byte{7}, core.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	clock := core.Clock(time.Now)
	f := catalog.NewFiles(catalog.FilesConfig{Store: db, Claims: db, Sealer: sealer, Clock: clock, Audit: audit.New(db, clock).Append})
	c, err := contestfile.ParseContest(strings.NewReader(data(t, "contest.yaml")), "c.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.ImportContest(t.Context(), c, by); err != nil {
		t.Fatal(err)
	}
	return f, db
}

func importUnits(ctx context.Context, f *catalog.Files, wait func()) error {
	text := "code,name,parent_code,kind,headcount\nA,Sở A,,so-nganh,10\n"
	var tab *contestfile.Table
	tab, err := contestfile.OpenTable(slowFile{bytes.NewReader([]byte(text)), func() {
		if tab != nil { // opened: this is the import
			wait()
		}
	}}, int64(len(text)), "u.csv")
	if err != nil {
		return err
	}
	_, err = f.ImportTable(ctx, "units", contestID, tab, by)
	return err
}

// TestTurnIsKept: an import that is busy for an hour keeps its turn, and gives it back at its end.
func TestTurnIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, db := inBubble(t)
		defer db.Close()
		first := make(chan error, 1)
		go func() { first <- importUnits(t.Context(), f, func() { time.Sleep(time.Hour) }) }()
		for range 10 {
			time.Sleep(5 * time.Minute)
			if err := importUnits(t.Context(), f, func() {}); !core.Is(err, core.Conflict) {
				t.Errorf("beside a running import: %v", err)
			}
		}
		if err := <-first; err != nil {
			t.Error(err)
		}
		if err := importUnits(t.Context(), f, func() {}); err != nil {
			t.Errorf("after it: %v", err)
		}
	})
}

// TestTurnIsLost: an import whose turn another took writes nothing more.
func TestTurnIsLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f, db := inBubble(t)
		defer db.Close()
		err := importUnits(t.Context(), f, func() {
			key, now := "import:"+contestID, core.At(time.Now())
			if err := db.DeleteClaims(t.Context(), now.Add(time.Hour)); err != nil { // as if the lease had ended while we stood still
				t.Error(err)
			}
			if err := db.Claim(t.Context(), key, "another", now, now.Add(time.Hour)); err != nil {
				t.Error(err)
			}
			time.Sleep(time.Minute)
		})
		if !core.Is(err, core.Conflict) || !strings.Contains(err.Error(), "chưa nhập gì") {
			t.Errorf("%v", err)
		}
		rec, err := db.ContestRecord(t.Context(), contestID)
		if err != nil || rec.UnitSet != 0 {
			t.Errorf("set %d, %v", rec.UnitSet, err)
		}
	})
}
