package catalog

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"duthi/core"
)

// pollEvery is how often the store is asked whether a contest changed: a change by the command line or another
// process is seen within two seconds.
const pollEvery = time.Second

// Catalog holds the editions. Reading it never touches the store, so pages stay up while the database is down.
type Catalog struct {
	store Store
	clock core.Clock
	log   *slog.Logger

	mu  sync.Mutex // one reload at a time
	now atomic.Pointer[shelf]
}

// shelf is everything at one moment.
type shelf struct {
	byID   map[string]*Edition
	order  []*Edition // the active one first
	failed error      // why the last reload failed; the editions are the last good ones
}

// New makes a Catalog. It is empty until Reload or Run.
func New(store Store, clock core.Clock, log *slog.Logger) *Catalog {
	c := &Catalog{store: store, clock: clock, log: log}
	c.now.Store(&shelf{byID: map[string]*Edition{}})
	return c
}

// Run keeps the editions current until ctx ends.
func (c *Catalog) Run(ctx context.Context) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		look, cancel := context.WithTimeout(ctx, 10*time.Second)
		if err := c.Reload(look); err != nil && ctx.Err() == nil {
			c.log.Warn("contests not reloaded", "err", err)
		}
		cancel()
	}
}

// Reload looks at the store now. On an error the last good editions stay.
func (c *Catalog) Reload(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	old := c.now.Load()
	next, err := c.reload(ctx, old)
	if err != nil {
		kept := *old
		kept.failed = err
		c.now.Store(&kept)
		return err
	}
	c.now.Store(next)
	return nil
}

func (c *Catalog) reload(ctx context.Context, old *shelf) (*shelf, error) {
	heads, err := c.store.ContestHeads(ctx)
	if err != nil {
		return nil, err
	}
	next := &shelf{byID: make(map[string]*Edition, len(heads))}
	for _, h := range heads {
		e := old.byID[h.ID]
		if e == nil || e.Record.Revision != h.Revision || e.Record.ActivatedAt != h.ActivatedAt {
			if e, err = c.loadWhole(ctx, h.ID, e); core.Is(err, core.NotFound) {
				continue // removed since
			}
			if err != nil {
				return nil, err
			}
		}
		next.byID[h.ID] = e
		next.order = append(next.order, e)
	}
	return next, nil
}

// loadWhole reads a contest until nothing changed under it: an import that switches sets meanwhile may drop the
// rows being read. What has not changed since the edition before (nil: none) is taken from it.
func (c *Catalog) loadWhole(ctx context.Context, id string, before *Edition) (*Edition, error) {
	for {
		rec, err := c.store.ContestRecord(ctx, id)
		if err != nil {
			return nil, err
		}
		e, err := load(ctx, c.store, rec, before)
		if err != nil {
			return nil, err
		}
		after, err := c.store.ContestRecord(ctx, id)
		if err != nil || after.Revision == rec.Revision {
			return e, err
		}
	}
}

// Edition gives a contest by id; "" gives the active one. NotFound when there is none; Unavailable when the
// store has not answered since the start.
func (c *Catalog) Edition(id string) (*Edition, error) {
	s := c.now.Load()
	if id == "" && len(s.order) > 0 {
		return s.order[0], nil
	}
	if e, ok := s.byID[id]; ok {
		return e, nil
	}
	if s.failed != nil && len(s.order) == 0 {
		return nil, core.Wrap(core.Unavailable, "Hệ thống đang khởi động lại. Vui lòng thử lại sau ít giây.", s.failed)
	}
	if id == "" {
		return nil, core.Errorf(core.NotFound, "Chưa có cuộc thi nào.")
	}
	return nil, core.Errorf(core.NotFound, "Không có cuộc thi %q.", id)
}

// All gives every contest, the active one first.
func (c *Catalog) All() []*Edition { return c.now.Load().order }

// Failed gives why the last look at the store failed, nil when it did not.
func (c *Catalog) Failed() error { return c.now.Load().failed }
