package exam

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"time"

	"duthi/core"
)

const (
	// liveFor is how long a live table is shown before it is computed again.
	liveFor = 30 * time.Second
	// liveLease is how long a process may take to compute a table before another may.
	liveLease = 20 * time.Second
	// liveRetry is how long to leave the database alone after a table could not be computed.
	liveRetry = 5 * time.Second
)

// tables keeps the live tables of this process. Each is computed at most every liveFor by one process for all;
// the others read what it stored. What was computed last is shown for as long as nothing newer can be had, so
// that the pages outlive an outage of the database.
type tables struct {
	mu    sync.Mutex
	cells map[string]*cell
}

// cell is one table.
type cell struct {
	kept    atomic.Pointer[keptTable]
	working chan struct{} // holds one value while somebody of this process computes
	retryAt atomic.Int64  // core.Instant before which it is not tried again
}

type keptTable struct {
	at    core.Instant
	value any // *T, never changed
}

func newTables() *tables { return &tables{cells: map[string]*cell{}} }

func (t *tables) cell(id string) *cell {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := t.cells[id]
	if c == nil {
		c = &cell{working: make(chan struct{}, 1)}
		t.cells[id] = c
	}
	return c
}

// tableID names a live table: kind, contest, round ("" when it is of the whole contest).
type tableID struct{ kind, contestID, roundID string }

func (t tableID) String() string { return t.kind + ":" + t.contestID + ":" + t.roundID }

// live gives the table named id, computed at now or less than liveFor before, else the last one there is.
// compute makes it; T is stored as JSON and its content must carry the moment it was computed.
func live[T any](ctx context.Context, s *Service, id tableID, now core.Instant, compute func(ctx context.Context) (*T, error)) (*T, error) {
	c := s.tables.cell(id.String())
	kept := c.kept.Load()
	if kept != nil && (now.Sub(kept.at) < liveFor || int64(now) < c.retryAt.Load()) {
		return kept.value.(*T), nil
	}
	select {
	case c.working <- struct{}{}:
	default:
		if kept != nil { // another request is at it: nobody else waits
			return kept.value.(*T), nil
		}
		select {
		case c.working <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	defer func() { <-c.working }()
	fresh, err := refresh(ctx, s, c, id, now, compute)
	if err == nil {
		return fresh, nil
	}
	c.retryAt.Store(int64(now.Add(liveRetry)))
	if kept = c.kept.Load(); kept != nil {
		s.log.WarnContext(ctx, "a live table could not be renewed", "table", id, "computed_at", kept.at, "err", err)
		return kept.value.(*T), nil
	}
	return nil, err
}

// refresh takes the shared table when it is young enough, and computes it otherwise, unless another process does.
// It keeps the best it has seen also when it fails.
func refresh[T any](ctx context.Context, s *Service, c *cell, id tableID, now core.Instant, compute func(ctx context.Context) (*T, error)) (*T, error) {
	if kept := c.kept.Load(); kept != nil && now.Sub(kept.at) < liveFor { // somebody was just before us
		return kept.value.(*T), nil
	}
	// A visitor who leaves must not stop what others wait for.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), liveLease)
	defer cancel()
	if err := takeShared[T](ctx, s, c, id); err != nil {
		return nil, err
	}
	kept := c.kept.Load()
	if kept != nil && now.Sub(kept.at) < liveFor {
		return kept.value.(*T), nil
	}
	claim := "table:" + id.String()
	switch err := s.claims.Claim(ctx, claim, s.holder, now, now.Add(liveLease)); {
	case err == nil:
		defer s.release(context.WithoutCancel(ctx), claim)
	case !core.Is(err, core.Conflict):
		return nil, err
	case kept != nil: // another process is at it
		return kept.value.(*T), nil
	}
	value, err := compute(ctx)
	if err != nil {
		return nil, err
	}
	c.kept.Store(&keptTable{now, value})
	data, err := json.Marshal(value)
	if err != nil {
		return nil, core.Wrap(core.Internal, "Không lập được bảng số liệu.", err)
	}
	if err := s.figures.PutSnapshot(ctx, core.Snapshot{ID: id.String(), ContestID: id.contestID, At: now, Data: string(data)}); err != nil {
		s.log.WarnContext(ctx, "a live table could not be shared", "table", id, "err", err)
	}
	return value, nil
}

// takeShared keeps the stored table when it is newer than what is kept.
func takeShared[T any](ctx context.Context, s *Service, c *cell, id tableID) error {
	snap, err := s.figures.Snapshot(ctx, id.String())
	if core.Is(err, core.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	kept := c.kept.Load()
	if kept != nil && kept.at >= snap.At {
		return nil
	}
	value := new(T)
	if err := json.Unmarshal([]byte(snap.Data), value); err != nil {
		s.log.WarnContext(ctx, "a stored live table is not readable", "table", id, "err", err)
		return nil // of another version of the program: computed anew
	}
	c.kept.Store(&keptTable{snap.At, value})
	return nil
}

func (s *Service) release(ctx context.Context, claim string) {
	if err := s.claims.ReleaseClaim(ctx, claim, s.holder); err != nil {
		s.log.WarnContext(ctx, "a claim could not be released; it ends by itself", "claim", claim, "err", err)
	}
}
