package outreach

import (
	"context"
	"fmt"
	"time"

	"duthi/core"
)

// monthMost bounds the broadcasts of a contest that a month's spending is summed over.
const monthMost = 1000

// Spending is what a month's broadcasts of a contest cost: what was sent or may have been, and what those being sent
// may still cost. Planned costs are upper bounds, so it never says less than is spent.
func (s *Service) Spending(ctx context.Context, contestID string, at core.Instant, loc *time.Location) (int64, error) {
	all, err := s.cfg.Broadcasts.Broadcasts(ctx, contestID, monthMost)
	if err != nil {
		return 0, err
	}
	month, total := at.Time(loc).Format("2006-01"), int64(0)
	for _, b := range all {
		if b.StartAt.Time(loc).Format("2006-01") != month {
			continue
		}
		counts, err := s.cfg.Deliveries.Tally(ctx, b.ID)
		if err != nil {
			return 0, err
		}
		for _, n := range counts {
			switch n.State {
			case core.DeliverySent, core.DeliveryUnknown, core.DeliverySending:
				total += n.Cost
			case core.DeliveryPlanned, core.DeliveryLeased:
				if b.State == core.BroadcastSending {
					total += n.Cost
				}
			}
		}
	}
	return total, nil
}

// affordable pauses a broadcast that would take the month's spending over the budget, and says whether it may go on.
// Each broadcast is looked at once it is being sent, before its first message: of two begun at the same time at
// least one sees the other, so that together they can't spend more. One that was paused is looked at again, as
// others may have begun meanwhile.
func (s *Service) affordable(ctx context.Context, b core.Broadcast, loc *time.Location) (bool, error) {
	if at, _ := s.afforded.Load(b.ID); at == b.Revision || s.cfg.Budget <= 0 {
		return true, nil
	}
	total, err := s.Spending(ctx, b.ContestID, b.StartAt, loc)
	if err != nil {
		return false, err
	}
	if total <= s.cfg.Budget {
		s.afforded.Store(b.ID, b.Revision)
		return true, nil
	}
	s.log.Warn("broadcast paused: over the budget", "broadcast", b.ID, "month", total, "budget", s.cfg.Budget)
	_, err = s.change(ctx, b.ID, func(b *core.Broadcast) error {
		if b.State == core.BroadcastSending {
			b.State = core.BroadcastPaused
			b.Reason = fmt.Sprintf("Vượt hạn mức chi tháng này: cần %d đ, hạn mức %d đ.", total, s.cfg.Budget)
		}
		return nil
	})
	return false, err
}
