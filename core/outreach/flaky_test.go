package outreach_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"duthi/core"
	"duthi/core/outreach"
)

// flaky is a store that fails every so often: the write happened or not, and the process lives on.
type flaky struct {
	outreach.DeliveryStore
	writes, every, failed *atomic.Int64
	happens               bool
}

func (f flaky) UpdateDelivery(ctx context.Context, d core.Delivery) error {
	if f.writes.Add(1)%f.every.Load() != 0 {
		return f.DeliveryStore.UpdateDelivery(ctx, d)
	}
	f.failed.Add(1)
	if f.happens {
		if err := f.DeliveryStore.UpdateDelivery(ctx, d); err != nil {
			return err
		}
	}
	return core.Errorf(core.Unavailable, "Hệ thống đang bận.")
}

// TestFlakyStore: what could not be marked is not sent, and no outcome is guessed.
func TestFlakyStore(t *testing.T) {
	t.Parallel()
	store := openStore(t)
	for every := int64(2); every < 8; every++ {
		for _, happens := range []bool{false, true} {
			id := fmt.Sprintf("b%d%v", every, happens)
			w := newWorld(store, id+"-", 12)
			w.start(t, id)
			f := flaky{store, new(atomic.Int64), new(atomic.Int64), new(atomic.Int64), happens}
			f.every.Store(every)
			cfg := w.config()
			cfg.Deliveries = f
			s := outreach.New(cfg)
			for range 20 {
				_, _ = s.Run(t.Context()) // its errors are the store's
				w.clock.advance(afterCrash)
			}
			w.bury(t, id, int(f.failed.Load()))
		}
	}
}
