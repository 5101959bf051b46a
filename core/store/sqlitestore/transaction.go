package sqlitestore

import (
	"errors"
	"fmt"
	"time"
)

// drain runs transactions until nothing waits.
func (w *writer) drain() {
	for w.hasWork() {
		err := w.begin()
		if err == nil {
			err = w.fill()
		} else {
			w.lose(w.take()) // another process kept us out for too long
		}
		if err == nil {
			_, err = w.conn.exec("COMMIT")
		}
		if err != nil {
			w.log.Error("write transaction failed", "error", err, "operations", len(w.batch))
			w.conn.exec("ROLLBACK") // fails when SQLite has rolled back already
		}
		w.reply(err)
	}
}

func (w *writer) hasWork() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.fast)+len(w.bulk) > 0
}

// begin takes the file's write lock, waiting for other processes. Nothing was taken from the lanes yet, so
// callers may still leave.
func (w *writer) begin() error {
	for since := time.Now(); ; {
		_, err := w.conn.exec("BEGIN IMMEDIATE") // waits busy_timeout by itself
		if !isBusy(err) || time.Since(since) > busyPatience {
			return err
		}
	}
}

// fill runs what waits in the current transaction: the fast lane, a slice of bulk work, and the fast
// operations that came meanwhile. It fails when the transaction is lost.
func (w *writer) fill() error {
	bulk := w.take()
	if err := w.runAll(w.batch); err != nil || bulk == nil {
		w.lose(bulk)
		return err
	}
	if err := w.runSlice(bulk); err != nil {
		return err
	}
	ran := len(w.batch)
	w.takeFast()
	return w.runAll(w.batch[ran:])
}

// lose puts bulk work that has not run among those who learn that the transaction is lost.
func (w *writer) lose(bulk *operation) {
	if bulk != nil {
		w.batch = append(w.batch, bulk)
	}
}

// take moves the fast lane and the first of the bulk lane to the batch; the latter is given separately.
func (w *writer) take() (bulk *operation) {
	w.takeFast()
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.bulk) > 0 && bulk == nil {
		op := w.bulk[0]
		w.bulk = append(w.bulk[:0], w.bulk[1:]...)
		if op.state.CompareAndSwap(waiting, taken) {
			bulk = op
		}
	}
	return bulk
}

func (w *writer) takeFast() {
	w.mu.Lock()
	lane := w.fast
	w.fast = w.spare[:0]
	w.mu.Unlock()
	for i, op := range lane {
		if op.state.CompareAndSwap(waiting, taken) {
			w.batch = append(w.batch, op)
		}
		lane[i] = nil
	}
	w.spare = lane
}

func (w *writer) runAll(ops []*operation) error {
	for _, op := range ops {
		if _, err := w.step(op); err != nil {
			return err
		}
	}
	return nil
}

// runSlice runs bulk work for its slice of time, then puts it back behind the others or into the batch.
func (w *writer) runSlice(op *operation) error {
	for until := time.Now().Add(bulkSlice); ; {
		finished, err := w.step(op)
		if err != nil || finished || op.err != nil {
			w.batch = append(w.batch, op)
			return err
		}
		if op.ctx.Err() != nil {
			op.err = op.ctx.Err()
			w.batch = append(w.batch, op)
			return nil
		}
		if time.Now().After(until) {
			break
		}
	}
	// Not finished. It becomes visible to the lane again only after this commit, so a failed commit must reach
	// it: it waits in the batch as unfinished.
	op.state.Store(waiting)
	w.batch = append(w.batch, op)
	return nil
}

// step runs an operation once, keeping its failure from its neighbours: a failed statement undoes itself, a
// failed row of statements is undone to its savepoint. The error is that of a lost transaction.
func (w *writer) step(op *operation) (finished bool, err error) {
	if op.whole {
		if _, err := w.conn.exec("SAVEPOINT op"); err != nil {
			return false, err
		}
	}
	finished, op.err = w.guarded(op)
	if op.err != nil && (breaks(op.err) || errors.As(op.err, new(panicked))) {
		return false, op.err
	}
	if op.whole {
		if op.err != nil {
			if _, err := w.conn.exec("ROLLBACK TO op"); err != nil {
				return false, err
			}
		}
		if _, err := w.conn.exec("RELEASE op"); err != nil {
			return false, err
		}
	}
	return finished, nil
}

// panicked is a panic of an operation: it loses its transaction, not the process.
type panicked struct{ value any }

func (p panicked) Error() string { return fmt.Sprintf("panic in a write: %v", p.value) }

func (w *writer) guarded(op *operation) (finished bool, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = panicked{v}
		}
	}()
	return op.run(w.conn)
}

// reply answers the batch after its transaction: with err when that was lost.
func (w *writer) reply(err error) {
	for i, op := range w.batch {
		w.batch[i] = nil
		if err == nil && op.state.Load() == waiting { // bulk work with more to do
			if w.again(op) {
				continue
			}
			op.err = errRefused
		}
		if err != nil {
			op.err = err
		}
		op.done <- struct{}{}
	}
	w.batch = w.batch[:0]
}

// again puts unfinished bulk work back behind the others; not when the store is closing.
func (w *writer) again(op *operation) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.closing {
		w.bulk = append(w.bulk, op)
	}
	return !w.closing
}
