package sqlitestore

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

// bulkSlice is how long bulk work may hold the writer before answers get their turn.
const bulkSlice = 20 * time.Millisecond

// maxWaiting bounds the operations in the fast lane; beyond it callers are sent away at once, as they would
// give up before their turn.
const maxWaiting = 50_000

// busyPatience is how long another process may keep the writer out before waiting operations are refused.
const busyPatience = 30 * time.Second

// writer is the one goroutine that writes: it begins a transaction, takes everything that waits, commits with
// one fsync and only then answers. Operations of the fast lane (answers, starts, sign-ins) go before bulk work
// (imports, removals), which runs in slices.
type writer struct {
	conn *writeConn
	log  *slog.Logger
	wake chan struct{} // holds one signal at most
	done chan struct{} // closed when the goroutine has ended
	pool sync.Pool

	mu      sync.Mutex
	fast    []*operation
	bulk    []*operation
	closing bool

	batch []*operation // the goroutine's own: what the current transaction answers
	spare []*operation
}

// States of an operation. The one who moves it from waiting decides: the writer takes it or its caller drops it.
const (
	waiting int32 = iota
	taken
	dropped
)

// operation is one caller's work. run is called once for the fast lane, and until it says it is finished for
// the bulk lane; it must not keep the connection.
type operation struct {
	run   func(*writeConn) (finished bool, err error)
	whole bool // several statements: all or none of them
	ctx   context.Context
	state atomic.Int32
	err   error
	done  chan struct{}
}

func newWriter(conn *writeConn, log *slog.Logger) *writer {
	w := &writer{conn: conn, log: log, wake: make(chan struct{}, 1), done: make(chan struct{})}
	w.pool.New = func() any { return &operation{done: make(chan struct{}, 1)} }
	go w.loop()
	return w
}

// one runs a single changing statement in the fast lane.
func (w *writer) one(ctx context.Context, run func(*writeConn) error) error {
	return w.submit(ctx, &w.fast, false, func(c *writeConn) (bool, error) { return true, run(c) })
}

// all runs several statements in the fast lane: when one fails, none of them happened.
func (w *writer) all(ctx context.Context, run func(*writeConn) error) error {
	return w.submit(ctx, &w.fast, true, func(c *writeConn) (bool, error) { return true, run(c) })
}

// slices runs bulk work: run does a little of it, a millisecond or so, and says whether it is finished. What
// was done stays when a later step fails.
func (w *writer) slices(ctx context.Context, run func(*writeConn) (finished bool, err error)) error {
	return w.submit(ctx, &w.bulk, true, run)
}

func (w *writer) submit(ctx context.Context, lane *[]*operation, whole bool, run func(*writeConn) (bool, error)) error {
	if err := ctx.Err(); err != nil {
		return translate(err)
	}
	op := w.pool.Get().(*operation)
	op.run, op.whole, op.ctx, op.err = run, whole, ctx, nil
	op.state.Store(waiting)
	w.mu.Lock()
	if w.closing || len(*lane) >= maxWaiting {
		w.mu.Unlock()
		return unavailable(errRefused)
	}
	*lane = append(*lane, op)
	select { // under the lock, as closing closes the channel
	case w.wake <- struct{}{}:
	default:
	}
	w.mu.Unlock()
	select {
	case <-op.done:
	case <-ctx.Done():
		if op.state.CompareAndSwap(waiting, dropped) {
			return translate(ctx.Err()) // the writer still holds op, so it is not reused
		}
		<-op.done // it is in a transaction: its outcome is milliseconds away
	}
	err := op.err
	op.run, op.ctx = nil, nil
	w.pool.Put(op)
	return translate(err)
}

func (w *writer) close() error {
	w.mu.Lock()
	again := w.closing
	w.closing = true
	if !again {
		close(w.wake)
	}
	w.mu.Unlock()
	<-w.done
	if again {
		return nil
	}
	return w.conn.close()
}

func (w *writer) loop() {
	defer close(w.done)
	for range w.wake {
		w.drain()
	}
	w.drain() // what came before closing
}
