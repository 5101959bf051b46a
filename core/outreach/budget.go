package outreach

import (
	"context"
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

// OwnCost is what a broadcast costs: what was sent or may have been, and what is still to be sent.
func (s *Service) OwnCost(ctx context.Context, b core.Broadcast) (int64, error) {
	counts, err := s.Tally(ctx, b)
	total := int64(0)
	for _, n := range counts {
		if n.State != core.DeliverySkipped && n.State != core.DeliveryFailed {
			total += n.Cost
		}
	}
	return total, err
}

// withinOwn refuses a broadcast whose plan costs more than its own budget; Invalid says how much.
func (s *Service) withinOwn(ctx context.Context, b core.Broadcast) error {
	if b.Budget <= 0 || b.State != core.BroadcastPlanned {
		return nil
	}
	cost, err := s.OwnCost(ctx, b)
	if err == nil && cost > b.Budget {
		err = core.Errorf(core.Invalid, "Kế hoạch cần %s đ, vượt hạn mức %s đ của thông báo này, nên chưa gửi được. Anh/chị sửa lại thành bản nháp mới để đổi hạn mức, nội dung hoặc người nhận.",
			core.Number(cost), core.Number(b.Budget))
	}
	return err
}

// affordable pauses a broadcast that would cost more than its own budget, or take the month's spending over its, and
// says whether it may go on. Each broadcast is looked at once it is being sent, before its first message: of two begun
// at the same time at least one sees the other, so that together they can't spend more. One that was paused is looked
// at again, as others may have begun meanwhile, and one of which Zalo charged more than was planned.
func (s *Service) affordable(ctx context.Context, b core.Broadcast, loc *time.Location) (bool, error) {
	if at, _ := s.afforded.Load(b.ID); at == b.Revision || s.cfg.Budget <= 0 && b.Budget <= 0 {
		return true, nil
	}
	s.afforded.Store(b.ID, b.Revision) // before counting: what is charged meanwhile is counted again
	over, err := s.overBudget(ctx, b, loc)
	if err != nil || over != "" {
		s.afforded.Delete(b.ID)
	}
	if err != nil || over == "" {
		return err == nil, err
	}
	s.log.Warn("broadcast paused: over the budget", "broadcast", b.ID)
	return false, s.pause(ctx, b.ID, over)
}

// overBudget says in words which budget a broadcast exceeds; "" when none.
func (s *Service) overBudget(ctx context.Context, b core.Broadcast, loc *time.Location) (string, error) {
	words := func(whose string, cost, budget int64) string {
		return "Vượt hạn mức chi " + whose + ": cần " + core.Number(cost) + " đ, hạn mức " + core.Number(budget) + " đ."
	}
	if b.Budget > 0 {
		if own, err := s.OwnCost(ctx, b); err != nil || own > b.Budget {
			return words("của thông báo này", own, b.Budget), err
		}
	}
	if s.cfg.Budget <= 0 {
		return "", nil
	}
	total, err := s.Spending(ctx, b.ContestID, b.StartAt, loc)
	if err != nil || total > s.cfg.Budget {
		return words("tháng này", total, s.cfg.Budget), err
	}
	return "", nil
}

// charged gives what a message cost that went out: Zalo may charge for what should have been free, as its rules change.
func (s *Service) charged(j job, d core.Delivery, r Receipt) int64 {
	if !r.Billed || d.Channel != core.ChannelFree {
		return d.Cost
	}
	return max(d.Cost, PricesAt(s.cfg.Prices, d.SentAt.Time(j.loc)).Billed)
}
