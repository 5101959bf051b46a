package outreach_test

import (
	"context"
	"testing"

	"duthi/core"
	"duthi/core/outreach"
)

// eager is another process on the store that takes a delivery's turn as soon as the delivery is given back.
type eager struct {
	outreach.DeliveryStore
	t *testing.T
}

func (e eager) UpdateDelivery(ctx context.Context, d core.Delivery) error {
	err := e.DeliveryStore.UpdateDelivery(ctx, d)
	if err == nil && d.State == core.DeliveryPlanned {
		have, err := e.TakeTurns(ctx, []string{d.Person}, "2023-10-02", d.BroadcastID, 1)
		if err != nil || len(have) != 1 {
			e.t.Error(have, err)
		}
	}
	return err
}

// TestTurnOfTheNextHolder: a process that gives a delivery back leaves the turn alone that the next one has for it.
func TestTurnOfTheNextHolder(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 3)
	w.start(t, "b")
	cfg := w.config()
	cfg.Deliveries = eager{w.store, t}
	var s *outreach.Service
	cfg.Send = func(ctx context.Context, m outreach.Message) (outreach.Receipt, error) {
		if err := s.Pause(ctx, "organizer:lan", "b", "sai chữ"); err != nil {
			return outreach.Receipt{}, err
		}
		return w.send(ctx, m)
	}
	s = outreach.New(cfg)
	if _, err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	have, err := w.store.TakeTurns(t.Context(), []string{"p00001", "p00002"}, "2023-10-02", "other", 1)
	if err != nil || len(have) > 0 {
		t.Error("another broadcast got the turns of", have, err)
	}
}
