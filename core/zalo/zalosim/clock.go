package zalosim

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Clock is the simulator's time. The zero Clock is the machine's; one of NewClock stands still until Advance.
// Redeliveries, windows, token lives and slow answers all follow it.
type Clock struct {
	mu     sync.Mutex
	frozen bool
	now    time.Time
	timers []*timer
}

type timer struct {
	at time.Time
	f  func()
}

// NewClock makes a Clock that stands at t.
func NewClock(t time.Time) *Clock { return &Clock{frozen: true, now: t} }

// Now tells the time. It fits core.Clock, so that the program under test can share it.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.frozen {
		return c.now
	}
	return time.Now()
}

// Advance moves a standing clock and runs what came due, in order of time, before it returns. A clock of the
// machine can't be moved.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	if !c.frozen {
		c.mu.Unlock()
		panic("zalosim: Advance of the machine's clock")
	}
	end := c.now.Add(d)
	for {
		slices.SortStableFunc(c.timers, func(a, b *timer) int { return a.at.Compare(b.at) })
		if len(c.timers) == 0 || c.timers[0].at.After(end) {
			break
		}
		t := c.timers[0]
		c.timers = c.timers[1:]
		if t.at.After(c.now) {
			c.now = t.at
		}
		c.mu.Unlock()
		t.f()
		c.mu.Lock()
	}
	c.now = end
	c.mu.Unlock()
}

// after runs f in d from now and gives a function that calls it off.
func (c *Clock) after(d time.Duration, f func()) (stop func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.frozen {
		t := time.AfterFunc(d, f)
		return func() { t.Stop() }
	}
	t := &timer{at: c.now.Add(d), f: f}
	c.timers = append(c.timers, t)
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.timers = slices.DeleteFunc(c.timers, func(x *timer) bool { return x == t })
	}
}

// wait returns after d, or sooner when ctx ends.
func (c *Clock) wait(ctx context.Context, d time.Duration) {
	done := make(chan struct{})
	defer c.after(d, func() { close(done) })()
	select {
	case <-done:
	case <-ctx.Done():
	}
}
