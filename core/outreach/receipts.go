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
	all, err := s.cfg.Broadcasts.Broadcasts(ctx, contestID, runs)
	if err != nil {
		return false, err
	}
	for _, b := range all {
		if b.Content.PhoneTemplate == "" || b.PlannedAt.IsZero() || !b.FinishedAt.IsZero() && s.now().Sub(b.FinishedAt) > receiptsAwaited {
			continue
		}
		for _, state := range []string{core.DeliverySending, core.DeliveryUnknown} {
			found, err := s.receivedIn(ctx, b.ID, state, trackingID, messageID)
			if err != nil || found {
				return found, err
			}
		}
	}
	return false, nil
}

func (s *Service) receivedIn(ctx context.Context, broadcastID, state, trackingID, messageID string) (bool, error) {
	for after := ""; ; {
		open, err := s.cfg.Deliveries.Deliveries(ctx, broadcastID, state, after, 500)
		if err != nil || len(open) == 0 {
			return false, err
		}
		for _, d := range open {
			if after = d.Person; tracking(broadcastID, d.Person) != trackingID {
				continue
			}
			d.MessageID = messageID
			return true, s.settle(ctx, d, core.DeliverySent, ReasonSeen)
		}
	}
}

// tracking names a delivery to Zalo without saying whose it is.
func tracking(broadcastID, person string) string { return digest(broadcastID + "/" + person)[:40] }
