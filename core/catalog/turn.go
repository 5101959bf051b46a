package catalog

import (
	"context"
	"sync"
	"time"

	"duthi/core"
)

// importLease is how long the turn of an import that was killed stays taken; a running one renews it every
// renewEvery, whatever it is busy with.
const (
	importLease = 30 * time.Second
	renewEvery  = 8 * time.Second
)

// cleanupTime bounds what is put in order after the caller has gone.
const cleanupTime = 30 * time.Second

// turn is the right to import into a contest.
type turn struct {
	files  *Files
	key    string
	holder string
	end    context.CancelCauseFunc // of the work's context
	kept   sync.WaitGroup          // the goroutine that renews

	mu    sync.Mutex
	until core.Instant // when the lease ends
}

// take waits for nobody: Conflict when another import of the contest runs. The work is done under the context
// given back, which ends when the turn is lost.
func (f *Files) take(ctx context.Context, contestID string) (context.Context, *turn, error) {
	now := f.cfg.Clock.Now()
	t := &turn{files: f, key: "import:" + contestID, holder: core.NewID(now)}
	err := t.claim(ctx)
	if core.Is(err, core.Conflict) {
		return ctx, nil, core.Wrap(core.Conflict, "Đang có người khác nhập dữ liệu cho cuộc thi này. Thử lại sau ít phút.", err)
	}
	if err != nil {
		return ctx, nil, err
	}
	ctx, t.end = context.WithCancelCause(ctx)
	t.kept.Go(func() { t.keep(ctx) })
	return ctx, t, nil
}

// claim takes the lease or prolongs it.
func (t *turn) claim(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.files.cfg.Clock.Now()
	err := t.files.cfg.Claims.Claim(ctx, t.key, t.holder, now, now.Add(importLease))
	if err == nil {
		t.until = now.Add(importLease)
	}
	return err
}

// left is how long the lease runs on.
func (t *turn) left() time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.until.Sub(t.files.cfg.Clock.Now())
}

// keep renews the turn until the work ends. A database that does not answer for a moment costs nothing; one that
// is away longer than the lease, or another import in our place, ends the work.
func (t *turn) keep(ctx context.Context) {
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		try, cancel := context.WithTimeout(ctx, renewEvery)
		err := t.claim(try)
		cancel()
		if core.Is(err, core.Conflict) || err != nil && t.left() <= 0 {
			t.end(lostTurn(err))
			return
		}
	}
}

func lostTurn(err error) error {
	return core.Wrap(core.Conflict, "Lượt nhập bị gián đoạn quá lâu nên dừng lại, chưa nhập gì. Hãy nhập lại.", err)
}

// renew makes sure that the turn is still ours, before something is written; an error means that it was lost.
func (t *turn) renew(ctx context.Context) error {
	if lost := context.Cause(ctx); core.Is(lost, core.Conflict) {
		return lost
	}
	if t.left() > importLease/2 {
		return nil
	}
	err := t.claim(ctx)
	if core.Is(err, core.Conflict) {
		return lostTurn(err)
	}
	return err
}

// giveBack ends the turn and gives the error that the work ended with: that the turn was lost, if it was and the work
// failed. Should it fail, the lease ends by itself.
func (t *turn) giveBack(ctx context.Context, err error) error {
	if lost := context.Cause(ctx); err != nil && core.Is(lost, core.Conflict) {
		err = lost
	}
	t.end(context.Canceled)
	t.kept.Wait()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupTime)
	defer cancel()
	_ = t.files.cfg.Claims.ReleaseClaim(ctx, t.key, t.holder)
	return err
}
