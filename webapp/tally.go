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

// liveCounts are the counts that those who watch a broadcast share: a hundred of them ask the database no more often
// than one.
type liveCounts struct {
	mu sync.Mutex
	of map[string]*liveCount
}

type liveCount struct {
	mu     sync.Mutex // held while it is counted
	counts []core.DeliveryCount
	at     time.Time
	took   time.Duration
}

const liveKept = 100

// get counts the deliveries of a broadcast, or gives what was counted a moment ago: counting takes a tenth of the time
// at most.
func (l *liveCounts) get(ctx context.Context, a *App, b core.Broadcast) ([]core.DeliveryCount, error) {
	l.mu.Lock()
	n := l.of[b.ID]
	if n == nil {
		if l.of == nil || len(l.of) >= liveKept {
			l.of = map[string]*liveCount{}
		}
		n = &liveCount{}
		l.of[b.ID] = n
	}
	l.mu.Unlock()
	n.mu.Lock()
	defer n.mu.Unlock()
	if !n.at.IsZero() && time.Since(n.at) < max(progressTick, progressShare*n.took) {
		return n.counts, nil
	}
	began := time.Now()
	counts, err := a.opt.Outreach.Tally(ctx, b)
	if err != nil {
		return nil, err
	}
	n.counts, n.at, n.took = counts, time.Now(), time.Since(began)
	return counts, nil
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
