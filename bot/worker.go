package bot

import (
	"context"
	"fmt"
	"net/http"
	"runtime/debug"
	"sync"
	"time"

	"duthi/core"
	"duthi/core/zalo"
)

const (
	polledLanes = 500              // pending events looked at in one poll
	eventTime   = 30 * time.Second // what one event may take without its sends
)

// Run works on the inbox until ctx ends, then finishes what is under way.
func (b *Bot) Run(ctx context.Context) {
	var workers sync.WaitGroup
	for range b.opt.Workers {
		workers.Go(func() { b.work(ctx) })
	}
	tick := time.NewTicker(b.opt.Poll)
	defer tick.Stop()
	for {
		b.poll(ctx)
		select {
		case <-ctx.Done():
			workers.Wait()
			return
		case <-tick.C:
		}
	}
}

// poll finds what other processes left: events stored by those that stopped, retries that are due.
func (b *Bot) poll(ctx context.Context) {
	lanes, err := b.opt.Talk.Lanes(ctx, polledLanes)
	if err != nil {
		if ctx.Err() == nil {
			b.log.Warn("inbox not read", "err", err)
		}
		return
	}
	for _, lane := range lanes {
		b.wake(lane)
	}
}

// wake has a lane worked on soon. A lane that is being worked on is looked at once more afterwards; when too many
// wait, the poll finds it later.
func (b *Bot) wake(lane string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, on := b.running[lane]; on {
		b.running[lane] = true
		return
	}
	select {
	case b.lanes <- lane:
		b.running[lane] = false
	default:
	}
}

func (b *Bot) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case lane := <-b.lanes:
			b.runLane(ctx, lane)
		}
	}
}

// runLane works on a lane until nothing is left and nobody asked for more meanwhile.
func (b *Bot) runLane(ctx context.Context, lane string) {
	for {
		b.mu.Lock()
		b.running[lane] = false
		b.mu.Unlock()
		err := b.drain(ctx, lane)
		b.mu.Lock()
		if more := b.running[lane]; err != nil || !more || ctx.Err() != nil {
			delete(b.running, lane)
			b.mu.Unlock()
			if err != nil && ctx.Err() == nil {
				b.log.Warn("lane left with work in it", "err", err)
			}
			return
		}
		b.mu.Unlock()
	}
}

// drain takes a lane, works on its events one after the other and leaves it. Another process on it is no error.
func (b *Bot) drain(ctx context.Context, lane string) error {
	err := b.opt.Talk.TakeLane(ctx, lane)
	if core.Is(err, core.Conflict) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() {
		leave, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if err := b.opt.Talk.LeaveLane(leave, lane); err != nil {
			b.log.Warn("lane not given back", "err", err)
		}
	}()
	for ctx.Err() == nil {
		e, ok, err := b.opt.Talk.Next(ctx, lane)
		if err != nil || !ok {
			return err
		}
		if err := b.handle(context.WithoutCancel(ctx), e); err != nil {
			return err
		}
	}
	return nil
}

// handle works on one event; when it gives nil the event is no longer due. A panic fails the event, not the
// process.
func (b *Bot) handle(ctx context.Context, e core.InboxEvent) (err error) {
	defer func() {
		if p := recover(); p != nil {
			b.log.Error("panic in an event", "event", e.Name, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = b.settle(ctx, e, core.EventFailed, "lỗi khi xử lý")
		}
	}()
	work, cancel := context.WithTimeout(ctx, eventTime)
	defer cancel()
	d, err := b.reader.ParseBody(headerOf(e), []byte(e.Body))
	if err != nil {
		return b.settle(ctx, e, core.EventDropped, "không đọc được nội dung")
	}
	if ours := b.ours(work); ours != "" && e.OAID != "" && e.OAID != ours { // one app may serve several OAs
		return b.settle(work, e, core.EventDropped, "của OA khác")
	}
	switch v := d.Event.(type) {
	case *zalo.UserMessage:
		return b.answer(work, e, v)
	case *zalo.Echo:
		return b.echo(work, e, v)
	case *zalo.Receipt:
		return b.received(work, e, v)
	case *zalo.Follow:
		return b.follow(work, e, v)
	case *zalo.ChatNow:
		return b.opened(work, e)
	case *zalo.Withdrawal:
		return b.withdrawn(work, e)
	case *zalo.Revoked:
		if b.opt.Revoked != nil {
			if err := b.opt.Revoked(work, "permission_revoked"); err != nil && !core.Is(err, core.NotFound) {
				return err
			}
		}
	case *zalo.SubmittedInfo:
		if _, err := b.interacted(work, e); err != nil {
			return err
		}
	}
	return b.settle(work, e, core.EventDropped, "không cần trả lời")
}

func (b *Bot) ours(ctx context.Context) string {
	if b.opt.OAID == nil {
		return ""
	}
	return b.opt.OAID(ctx)
}

func headerOf(e core.InboxEvent) http.Header {
	h := http.Header{}
	if e.ZNS {
		h.Set("X-ZEvent-Server", "ZNS")
	}
	return h
}

func (b *Bot) settle(ctx context.Context, e core.InboxEvent, state, reason string) error {
	err := b.opt.Talk.Settle(ctx, e, state, reason)
	if err == nil {
		b.metrics.answers.WithLabelValues(state).Inc()
	}
	return err
}
