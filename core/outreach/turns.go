package outreach

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"

	"duthi/core"
)

// takeTurns takes the day's turns of a batch, and gives the deliveries that have one. The others wait for another
// day.
func (s *Service) takeTurns(ctx context.Context, j job, batch []core.Delivery) ([]core.Delivery, error) {
	if s.cfg.Daily < 0 {
		return batch, nil
	}
	persons := make([]string, len(batch))
	for i, d := range batch {
		persons[i] = d.Person
	}
	have, err := s.cfg.Deliveries.TakeTurns(ctx, persons, j.day, j.b.ID, s.cfg.Daily)
	if err != nil {
		return nil, err // the leases will end; a turn that was taken is the broadcast's own next time
	}
	turn := make(map[string]bool, len(have))
	for _, p := range have {
		turn[p] = true
	}
	out := batch[:0]
	var errs []error
	for _, d := range batch {
		if turn[d.Person] {
			out = append(out, d)
		} else {
			errs = append(errs, s.withoutTurn(ctx, j, d))
		}
	}
	return out, errors.Join(errs...)
}

// withoutTurn settles a delivery to somebody who had their reminders of the day, unless something else keeps it from
// being sent at all.
func (s *Service) withoutTurn(ctx context.Context, j job, d core.Delivery) error {
	now := s.now()
	if j.late(now) {
		return s.settle(ctx, d, core.DeliverySkipped, ReasonLate)
	}
	return s.anotherDay(ctx, j, d, now)
}

// calmTime is what a step may take that goes on when its context has ended.
const calmTime = 5 * time.Second

// returnTurn gives a turn back that was not used. Only who holds the delivery may: a process that holds it by now
// counts on the turn, and without it a person could get another broadcast's reminder on the same day.
func (s *Service) returnTurn(ctx context.Context, j job, d core.Delivery) error {
	if s.cfg.Daily < 0 || s.now().Add(2*calmTime) > d.NotBefore {
		return nil
	}
	return s.cfg.Deliveries.ReturnTurn(ctx, d.Person, j.day, d.BroadcastID)
}

// shared makes one reading serve everybody who waits for one: each gets what was read after they asked.
func shared[T any](read func(context.Context) (T, error)) func(context.Context) (T, error) {
	var asked atomic.Int64
	var mu sync.Mutex
	var served int64
	var last T
	return func(ctx context.Context) (T, error) {
		mine := asked.Add(1)
		mu.Lock()
		defer mu.Unlock()
		if mine <= served {
			return last, nil
		}
		now := asked.Load()
		x, err := read(ctx)
		if err == nil {
			served, last = now, x
		}
		return x, err
	}
}
