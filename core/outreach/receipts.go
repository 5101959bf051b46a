package outreach

import (
	"context"

	"duthi/core"
)

// Received settles the delivery of a template by phone whose receipt came, if it is not settled: it arrived. It
// says whether the receipt was of an open delivery.
func (s *Service) Received(ctx context.Context, contestID, trackingID, messageID string) (bool, error) {
	if trackingID == "" {
		return false, nil
	}
	all, err := s.cfg.Broadcasts.Broadcasts(ctx, contestID, sendingMost)
	if err != nil {
		return false, err
	}
	for _, b := range all {
		if b.Content.PhoneTemplate == "" || b.PlannedAt.IsZero() || !b.FinishedAt.IsZero() && s.now().Sub(b.FinishedAt) > receiptsAwaited {
			continue
		}
		found, err := s.receivedIn(ctx, b.ID, trackingID, messageID)
		if err != nil || found {
			return found, err
		}
	}
	return false, nil
}

// receivedIn looks through what is being sent and what is unknown of a broadcast. Both are few and have an index: a
// receipt comes for each message, and must not read a broadcast of thousands.
func (s *Service) receivedIn(ctx context.Context, broadcastID, trackingID, messageID string) (bool, error) {
	open, err := s.cfg.Deliveries.LostDeliveries(ctx, broadcastID, 1<<62, 500)
	for after := ""; err == nil; {
		for _, d := range open {
			if tracking(broadcastID, d.Person) == trackingID {
				d.MessageID = messageID
				return true, s.settle(ctx, d, core.DeliverySent, ReasonSeen)
			}
		}
		open, err = s.cfg.Deliveries.Deliveries(ctx, broadcastID, core.DeliveryUnknown, after, 500)
		if len(open) == 0 {
			break
		}
		after = open[len(open)-1].Person
	}
	return false, err
}

// tracking names a delivery to Zalo without saying whose it is.
func tracking(broadcastID, person string) string { return digest(broadcastID + "/" + person)[:40] }
