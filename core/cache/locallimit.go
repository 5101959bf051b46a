package cache

import (
	"sync"
	"time"

	"duthi/core"
)

// localLimitSize bounds the keys one process counts while Redis is away, about 5 MB; beyond it the oldest
// state is forgotten, which lets people in rather than keeping them out.
const localLimitSize = 50_000

// localLimits does what the scripts do, for this process alone.
type localLimits struct {
	mu    sync.Mutex
	clock core.Clock
	state map[string]localState
}

type localState struct {
	full time.Time // of a bucket: when it is full again
	n    int       // of attempts
	till time.Time
	gone time.Time // when the entry may be forgotten
}

func newLocalLimits(clock core.Clock) *localLimits {
	if clock == nil {
		clock = time.Now
	}
	return &localLimits{clock: clock, state: map[string]localState{}}
}

func (l *localLimits) allow(k string, limit int, window time.Duration, take int) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, interval := l.clock(), window/time.Duration(limit)
	full := l.state[k].full
	if full.Before(now) {
		full = now
	}
	if over := full.Add(interval).Sub(now) - window; over > 0 {
		return over
	}
	if take == 0 {
		return 0
	}
	full = full.Add(interval)
	l.put(k, localState{full: full, gone: full}, now)
	return 0
}

func (l *localLimits) attempt(k string, b Backoff) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now, s := l.clock(), l.state[k]
	if !s.gone.After(now) {
		s = localState{}
	}
	if s.till.After(now) {
		return s.till.Sub(now)
	}
	s.n++
	if s.n >= b.Free {
		wait := b.Longest
		if shift := s.n - b.Free; shift < 30 {
			wait = min(b.First<<shift, b.Longest)
		}
		s.till = now.Add(wait)
	}
	s.gone = now.Add(b.Window)
	l.put(k, s, now)
	return 0
}

func (l *localLimits) forget(k string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.state, k)
}

// put keeps s, making room first: entries that are over go, and when that frees too little, any.
func (l *localLimits) put(k string, s localState, now time.Time) {
	if _, there := l.state[k]; !there && len(l.state) >= localLimitSize {
		for old, v := range l.state {
			if !v.gone.After(now) {
				delete(l.state, old)
			}
		}
		for old := range l.state {
			if len(l.state) < localLimitSize*9/10 {
				break
			}
			delete(l.state, old)
		}
	}
	l.state[k] = s
}
