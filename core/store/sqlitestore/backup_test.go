package sqlitestore_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/store/sqlitestore"
)

// claim n is a small write whose presence can be asked for.
func claim(t *testing.T, s *sqlitestore.Store, n int) {
	t.Helper()
	if err := s.Claim(t.Context(), fmt.Sprint(n), "test", 0, 1<<50); err != nil {
		t.Fatal(err)
	}
}

func has(t *testing.T, s *sqlitestore.Store, n int) bool {
	t.Helper()
	err := s.CompleteClaim(t.Context(), fmt.Sprint(n), "test", 1)
	if err != nil && !core.Is(err, core.Conflict) {
		t.Fatal(err)
	}
	return err == nil
}

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func TestBackupWhileWritingAndRestore(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "bản sao?.db")
	s := openIn(t, filepath.Join(dir, "a"))
	for i := range 100 {
		claim(t, s, i)
	}
	var wg sync.WaitGroup
	stop := make(chan struct{})
	written := 100
	wg.Go(func() { // writing goes on meanwhile
		for {
			select {
			case <-stop:
				return
			default:
				claim(t, s, written)
				written++
			}
		}
	})
	err := s.Backup(t.Context(), file)
	close(stop)
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Backup(t.Context(), file); !os.IsExist(err) {
		t.Errorf("a backup was overwritten: %v", err)
	}

	to := filepath.Join(dir, "b")
	kept, err := sqlitestore.Restore(t.Context(), to, file, noon)
	if err != nil || kept != "" {
		t.Fatal(kept, err)
	}
	r := openIn(t, to)
	last := 0
	for i := range written { // a prefix of what was written, with all from before
		if !has(t, r, i) {
			break
		}
		last = i
	}
	for i := last + 1; i < written; i++ {
		if has(t, r, i) {
			t.Fatalf("%d is in the backup, %d is not", i, last+1)
		}
	}
	if last < 99 {
		t.Fatalf("only %d of the first 100 are in the backup", last+1)
	}
}

func TestRestoreKeepsTheOldAndRefusesWhileOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := sqlitestore.Open(t.Context(), dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	claim(t, s, 1)
	file := filepath.Join(t.TempDir(), "one.db")
	if err := s.Backup(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	claim(t, s, 2)
	if _, err := sqlitestore.Restore(t.Context(), dir, file, noon); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Fatalf("restored under an open database: %v", err)
	}
	claim(t, s, 3) // which goes on undisturbed
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	kept, err := sqlitestore.Restore(t.Context(), dir, file, noon)
	if err != nil {
		t.Fatal(err)
	}
	r := openIn(t, dir)
	if !has(t, r, 1) || has(t, r, 2) || has(t, r, 3) {
		t.Error("not the backup's content")
	}
	old := t.TempDir()
	if err := os.Rename(kept, filepath.Join(old, sqlitestore.FileName)); err != nil {
		t.Fatal(err)
	}
	o := openIn(t, old)
	if !has(t, o, 1) || !has(t, o, 2) || !has(t, o, 3) {
		t.Error("the old database is not complete")
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*restor*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestRestoreRefusesBadFiles(t *testing.T) {
	t.Parallel()
	s := open(t)
	for i := range 2000 {
		claim(t, s, i)
	}
	good := filepath.Join(t.TempDir(), "good.db")
	if err := s.Backup(t.Context(), good); err != nil {
		t.Fatal(err)
	}
	bytesOf, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Clone(bytesOf)
	for i := len(damaged) / 2; i < len(damaged)/2+8192; i++ {
		damaged[i] ^= 0x55
	}
	for name, content := range map[string][]byte{
		"damaged": damaged, "cut": bytesOf[:len(bytesOf)/2], "empty": {}, "text": []byte("not a database at all, but long enough to be looked at"),
	} {
		file := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(file, content, 0o600); err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		mine := openIn(t, dir)
		claim(t, mine, 7)
		mine.Close()
		if _, err := sqlitestore.Restore(t.Context(), dir, file, noon); err == nil {
			t.Errorf("%s: restored", name)
		}
		if again := openIn(t, dir); !has(t, again, 7) {
			t.Errorf("%s: the database changed", name)
		}
	}
	if _, err := sqlitestore.Restore(t.Context(), t.TempDir(), filepath.Join(t.TempDir(), "none"), noon); !os.IsNotExist(err) {
		t.Errorf("absent file: %v", err)
	}
}
