package sqlitestore

import (
	"database/sql/driver"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// steps are the real ones and two more, as a later program would have.
func steps(oldest int) []migration {
	n := len(migrations)
	return append(slices.Clone(migrations),
		migration{n + 1, "a column more", 1, "ALTER TABLE claims ADD COLUMN note TEXT"},
		migration{n + 2, "another way", oldest, "CREATE TABLE later (id INTEGER PRIMARY KEY)"})
}

// withConn runs f on a writing connection of the database in dir.
func withConn(t *testing.T, dir string, f func(c *writeConn)) {
	t.Helper()
	path, err := prepareFile(dir)
	if err != nil {
		t.Fatal(err)
	}
	c, err := openWriter(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	f(c)
	if err := c.close(); err != nil {
		t.Fatal(err)
	}
}

func TestMigrateOnwardAndAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := openHere(t, dir)
	if err := s.writer.one(t.Context(), insertRow("kept")); err != nil {
		t.Fatal(err)
	}
	s.Close()
	for range 2 {
		withConn(t, dir, func(c *writeConn) {
			if err := migrate(c, steps(1), time.Now); err != nil {
				t.Fatal(err)
			}
			if row, err := c.row("SELECT count(*), (SELECT count(note) FROM claims), (SELECT count(*) FROM claims) FROM migrations"); err != nil || !slices.Equal(row, []driver.Value{int64(len(migrations) + 2), int64(0), int64(1)}) {
				t.Fatal(row, err)
			}
		})
	}
	openHere(t, dir) // this program is old, but the newer ones said it may work
}

func TestMigrateRefusesNewer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	n := len(migrations)
	withConn(t, dir, func(c *writeConn) {
		if err := migrate(c, steps(n+2), time.Now); err != nil {
			t.Fatal(err)
		}
	})
	_, err := Open(t.Context(), dir, nil)
	if !errors.As(err, new(errNewer)) || !strings.Contains(err.Error(), "use a newer duthi") {
		t.Fatal(err)
	}
}

func TestMigrateInterrupted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broken := steps(1)
	broken[len(broken)-1].script = "CREATE TABLE half (id); NONSENSE"
	withConn(t, dir, func(c *writeConn) {
		if err := migrate(c, broken, time.Now); err == nil {
			t.Fatal("nonsense was applied")
		}
		if row, err := c.row("SELECT count(*) FROM sqlite_schema WHERE name = 'half'"); err != nil || row[0] != int64(0) {
			t.Fatal(row, err)
		}
		if err := migrate(c, steps(1), time.Now); err != nil {
			t.Fatal(err)
		}
	})
}

func TestOpenAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			s, err := Open(t.Context(), dir, nil)
			if err != nil {
				t.Error(err)
				return
			}
			s.Close()
		})
	}
	wg.Wait()
}
