package main

import (
	"context"
	"sync"
	"time"

	"duthi/core"
	"duthi/core/web"
)

// readiness is what /readyz answers: degraded while cached pages are served, down only when nothing useful can
// be.
func (p *program) readiness() web.Readiness {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	r := web.Readiness{Status: web.Ready}
	degraded := func(reason string) { r.Status, r.Reasons = web.Degraded, append(r.Reasons, reason) }
	if err := p.store.Ping(ctx); err != nil {
		degraded("database does not answer")
		if len(p.catalog.All()) == 0 {
			r.Status = web.Down
		}
	} else if err := p.writes.try(ctx, p.services); err != nil {
		degraded("database takes no writes")
	}
	if err := p.cache.Ping(ctx); err != nil {
		down := r.Status == web.Down
		if degraded("cache does not answer"); down {
			r.Status = web.Down
		}
	}
	return r
}

// writes knows whether the database takes writes: a full disk answers every reading.
type writes struct {
	mu  sync.Mutex
	at  core.Instant
	err error
}

// writesFor is how long one try stands for the probes that follow, so that they cost next to nothing.
const writesFor = 10 * time.Second

// try writes one small record, always the same.
func (w *writes) try(ctx context.Context, s *services) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := s.clock.Now()
	if now.Sub(w.at) < writesFor {
		return w.err
	}
	w.err = s.store.Claim(ctx, "readyz", "readyz", now, now.Add(time.Minute))
	w.at = now
	return w.err
}
