package account

import (
	"context"
	"math"
	mathrand "math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"duthi/core"
)

const (
	// longestQueue is how long a password may have to wait for its turn: well below the ten seconds of a request. On
	// a machine that does other things too a queue that is only counted grows until everybody's time is over when
	// their turn comes, and then nobody gets in at all.
	longestQueue = 3 * time.Second
	// soonest and latest bound, in seconds, when people who were sent away are asked to come back.
	soonest, latest = 3, 30
	// recently is over how long those who were sent away are counted.
	recently = 5 * time.Second
)

// hasher makes and checks password hashes in a bounded queue, so that a thousand people signing in at the bell
// can take neither the memory nor the cores that those inside need.
type hasher struct {
	cost  Hashing
	queue chan *hashJob
	stop  chan struct{}
	done  sync.WaitGroup
	dummy string       // checked for people who don't exist, so that they take as long
	took  atomic.Int64 // nanoseconds that a password takes just now: an average of the last ones
	away  sentAway
}

type hashJob struct {
	ctx   context.Context
	work  func()
	ended chan struct{}
	done  bool // work was done; to be read when ended is closed
}

func newHasher(cost Hashing) *hasher {
	cost = cost.withDefaults()
	h := &hasher{cost: cost, queue: make(chan *hashJob, cost.Queue), stop: make(chan struct{})}
	begun := time.Now()
	h.dummy = h.encode("không ai có mật khẩu này", make([]byte, 16))
	h.took.Store(int64(time.Since(begun)))
	for range cost.Workers {
		h.done.Go(h.run)
	}
	return h
}

func (h *hasher) run() {
	for {
		select {
		case <-h.stop:
			return
		case j := <-h.queue:
			if h.inTime(j.ctx) { // whoever left needs no answer
				begun := time.Now()
				j.work()
				j.done = true
				h.took.Store((7*h.took.Load() + int64(time.Since(begun))) / 8)
			}
			close(j.ended)
		}
	}
}

// inTime reports whether work that begins now ends before ctx does.
func (h *hasher) inTime(ctx context.Context) bool {
	end, limited := ctx.Deadline()
	return ctx.Err() == nil && (!limited || time.Until(end) > time.Duration(h.took.Load()))
}

// wait gives how long the work of n people takes.
func (h *hasher) wait(n float64) time.Duration {
	return time.Duration(n * float64(h.took.Load()) / float64(h.cost.Workers))
}

func (h *hasher) close() {
	close(h.stop)
	h.done.Wait()
}

// do runs work in the queue. Unavailable with RetryAfter when the queue is full or too long, or when the caller
// leaves.
func (h *hasher) do(ctx context.Context, work func()) error {
	if h.wait(float64(len(h.queue))) > longestQueue {
		return h.busy()
	}
	j := &hashJob{ctx: ctx, work: work, ended: make(chan struct{})}
	select {
	case h.queue <- j:
	default:
		return h.busy()
	}
	select {
	case <-j.ended:
		if j.done && ctx.Err() == nil {
			return nil
		}
	case <-ctx.Done():
	case <-h.stop:
	}
	e := h.busy()
	e.Err = ctx.Err()
	return e
}

// busy asks people to come back at different moments, spread over the time that those who were sent away will
// take: so they find a queue that is neither full nor empty.
func (h *hasher) busy() *core.Error {
	spread := min(max(h.wait(h.away.count(time.Now())).Seconds(), 5), latest-soonest)
	wait := soonest + int(mathrand.Float64()*spread)
	return busy(wait)
}

// sentAway counts the people sent away recently; older ones fade.
type sentAway struct {
	mu sync.Mutex
	n  float64
	at time.Time
}

// count adds one and gives how many there are.
func (s *sentAway) count(now time.Time) float64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n = s.n*math.Exp(-now.Sub(s.at).Seconds()/recently.Seconds()) + 1
	s.at = now
	return s.n
}
