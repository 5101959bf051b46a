package bot

import (
	"sync"
	"time"

	"duthi/core"
)

// burstsKept bounds the memory of bursts: beyond it everybody begins anew.
const burstsKept = 50_000

// bursts counts each person's messages in the minute of the last one, by when they were written: a backlog is not
// taken for a flood. It is this process's alone, so that with n processes a person may get n times as many.
type bursts struct {
	mu   sync.Mutex
	seen map[string]burst
}

type burst struct {
	minute int64
	n      int
}

// add counts a message and says the how manieth of its minute it is.
func (b *bursts) add(lane string, at core.Instant) int {
	minute := int64(at) / time.Minute.Milliseconds()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.seen == nil || len(b.seen) >= burstsKept {
		b.seen = map[string]burst{}
	}
	s := b.seen[lane]
	if s.minute != minute {
		s = burst{minute: minute}
	}
	s.n++
	b.seen[lane] = s
	return s.n
}
