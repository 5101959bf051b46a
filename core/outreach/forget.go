package outreach

import (
	"context"

	"duthi/core"
)

// broadcastsForgotten bounds the broadcasts of a contest that Forget looks at: a contest has some hundreds.
const broadcastsForgotten = 10_000

// Forget removes up to limit deliveries of a contest's broadcasts, which say to whom they went; what became of them
// stays with each broadcast as counts. What is not over is cancelled. n is 0 when nothing is left to remove.
func (s *Service) Forget(ctx context.Context, contestID string, limit int) (n int, err error) {
	all, err := s.cfg.Broadcasts.Broadcasts(ctx, contestID, broadcastsForgotten)
	if err != nil {
		return 0, err
	}
	for _, b := range all {
		if n == limit {
			return n, nil
		}
		if err := s.keepCounts(ctx, b); err != nil {
			return n, err
		}
		removed, err := s.cfg.Deliveries.DeleteDeliveries(ctx, b.ID, limit-n)
		if n += removed; err != nil {
			return n, err
		}
	}
	return n, nil
}

// keepCounts ends a broadcast and writes its counts into it, once: a second run after a crash must not count what is
// left only.
func (s *Service) keepCounts(ctx context.Context, b core.Broadcast) error {
	if b.Kept != nil && b.Over() {
		return nil
	}
	if !b.Over() {
		err := s.Cancel(ctx, "system", b.ID, "Đã hết thời hạn lưu dữ liệu cá nhân của cuộc thi.")
		if err != nil && !core.Is(err, core.Closed) {
			return err
		}
	}
	counts, err := s.Tally(ctx, b)
	if err != nil || len(counts) == 0 {
		return err
	}
	_, err = s.change(ctx, b.ID, func(b *core.Broadcast) error {
		b.Kept, b.PlanAfter, b.Audience.People = counts, "", nil
		return nil
	})
	return err
}
