package webapp

import (
	"context"
	"sync"
	"time"

	"duthi/core"
)

const (
	totalsKept = 500 // broadcasts whose totals are remembered
	totalsLife = 10 * time.Minute
)

// totals remembers what became of broadcasts that are over: counting a large one again for each look at the list
// would take the database's time for nothing. An organizer's word on an unknown message shows there a while later.
type totals struct {
	mu    sync.Mutex
	known map[string]knownTotal
}

type knownTotal struct {
	total
	until core.Instant
}

// of gives the total of a broadcast.
func (k *totals) of(ctx context.Context, a *App, b core.Broadcast) (total, error) {
	now := a.clock.Now()
	k.mu.Lock()
	t, ok := k.known[b.ID]
	k.mu.Unlock()
	if ok && b.Over() && now < t.until {
		return t.total, nil
	}
	counts, err := a.opt.Outreach.Tally(ctx, b)
	if err != nil {
		return total{}, err
	}
	sum := sums(counts)
	if b.Over() {
		k.mu.Lock()
		if k.known == nil || len(k.known) >= totalsKept {
			k.known = map[string]knownTotal{}
		}
		k.known[b.ID] = knownTotal{sum, now.Add(totalsLife)}
		k.mu.Unlock()
	}
	return sum, nil
}
