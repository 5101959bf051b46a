package sqlitestore

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"

	"duthi/core"
)

// TestTwoWriters has two stores on one file, as a command beside the running server.
func TestTwoWriters(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	both := []*Store{openHere(t, dir), openHere(t, dir)}
	var wg sync.WaitGroup
	won := make([]int, 2)
	for i, s := range both {
		wg.Go(func() {
			for n := range 300 {
				err := s.writer.one(t.Context(), insertRow(fmt.Sprint(n)))
				if err == nil {
					won[i]++
				} else if !core.Is(err, core.Conflict) {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if k := keys(t, both[0]); won[0]+won[1] != 300 || len(k) != 300 {
		t.Errorf("won %v, stored %d", won, len(k))
	}
}

// TestWaitsForAnotherWriter holds the lock as another process would, for longer than SQLite waits by itself.
func TestWaitsForAnotherWriter(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, other := openHere(t, dir), openHere(t, dir)
	if _, err := s.writer.conn.exec("PRAGMA busy_timeout = 1"); err != nil { // before anything is written
		t.Fatal(err)
	}
	release := hold(t, other)
	done := make(chan error)
	go func() { done <- s.writer.one(t.Context(), insertRow("a")) }()
	queued(s, 1)
	ctx, cancel := context.WithCancel(t.Context())
	left := make(chan error)
	go func() { left <- s.writer.one(ctx, insertRow("b")) }()
	queued(s, 2)
	openHere(t, dir) // a command is not kept out
	cancel()         // who waits for the lock may leave
	if err := <-left; !core.Is(err, core.Unavailable) {
		t.Error(err)
	}
	release()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if k := keys(t, s); !slices.Equal(k, []string{"a"}) {
		t.Errorf("stored %v", k)
	}
}
