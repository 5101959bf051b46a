package outreach

import (
	"context"
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"duthi/core"
)

const (
	// leaseTime is how long a process may keep deliveries it has not begun to send. It covers waiting for the pace
	// at the slowest rate for a whole batch.
	leaseTime = 5 * time.Minute
	// callTime is what one message may take, a renewed token included.
	callTime = 25 * time.Second
	// markTime is what the store may take to mark a message.
	markTime = 10 * time.Second
	// lostTime is after marking: when no process can be sending it any more.
	lostTime = 2 * time.Minute
	// haltedTime is how long after its halt a broadcast is looked at for lost messages.
	haltedTime = time.Hour
	// receiptsAwaited is how long after its end a broadcast's receipts are looked at.
	receiptsAwaited = 3 * 24 * time.Hour
	// runs is how many broadcasts one Run looks at.
	runs = 100
	// listTime is how long a list of the broadcasts being sent is used: a new one waits that long for its first turn.
	listTime = time.Second
	// sendingMost is how many broadcasts may be under way: every focal point may have one.
	sendingMost = 1000
)

// Run does what is due: plans, then sends and settles, until nothing is due or ctx ends. What is in flight then is
// finished. Of the broadcasts being sent each has a batch in turn, so that a few messages don't wait for a broadcast of
// hours. It says how many deliveries it met. Call it every few seconds, in any number of processes.
func (s *Service) Run(ctx context.Context) (int, error) {
	var errs []error
	planning, err := s.cfg.Broadcasts.BroadcastsIn(ctx, core.BroadcastPlanning, 1<<62, runs)
	errs = append(errs, err)
	for _, b := range planning {
		errs = append(errs, s.plan(ctx, b))
	}
	for _, state := range []string{core.BroadcastPaused, core.BroadcastCancelled} {
		errs = append(errs, s.settleHalted(ctx, state))
	}
	total, rested := 0, map[string]bool{} // broadcasts of which nothing is due, or that failed
	for more := true; more && ctx.Err() == nil; {
		sending, err := s.cfg.Broadcasts.BroadcastsIn(ctx, core.BroadcastSending, s.now(), sendingMost)
		errs = append(errs, err)
		more = err == nil && len(sending) > 0
		for listed := time.Now(); more && time.Since(listed) < listTime; {
			more = false
			for _, b := range sending {
				if rested[b.ID] || ctx.Err() != nil {
					continue
				}
				n, err := s.run(ctx, b.ID)
				total, more = total+n, more || n > 0
				errs = append(errs, err)
				rested[b.ID] = n == 0 || err != nil
			}
		}
	}
	return total, errors.Join(errs...)
}

// job is one broadcast being sent by this process.
type job struct {
	b      core.Broadcast
	values map[string]string
	loc    *time.Location
	day    string                                        // of the turns that the batch has
	look   func(context.Context) (core.Broadcast, error) // reads the broadcast as it is at the call or later
}

func (j job) dayAt(now core.Instant) string { return now.Time(j.loc).Format(time.DateOnly) }

// run sends a batch of what is due of one broadcast, and says how many deliveries it met.
func (s *Service) run(ctx context.Context, id string) (int, error) {
	b, err := s.cfg.Broadcasts.Broadcast(ctx, id)
	if err != nil || b.State != core.BroadcastSending || b.StartAt > s.now() {
		return 0, err
	}
	values, loc, err := s.cfg.Contest(ctx, b)
	if err != nil {
		return 0, err
	}
	j := job{b: b, values: values, loc: loc, look: shared(func(ctx context.Context) (core.Broadcast, error) { return s.cfg.Broadcasts.Broadcast(ctx, b.ID) })}
	if ok, err := s.affordable(ctx, b, loc); !ok || err != nil {
		return 0, err
	}
	if err := s.settleLost(ctx, b.ID); err != nil {
		return 0, err
	}
	now := s.now()
	if s.cfg.Quiet.Next(now, loc) != now && !j.late(now) {
		return 0, nil
	}
	batch, err := s.cfg.Deliveries.LeaseDeliveries(ctx, b.ID, rand.Text(), now, now.Add(leaseTime), s.cfg.Workers*4)
	if err != nil {
		return 0, err
	}
	n := len(batch)
	if n == 0 {
		return 0, s.finish(ctx, b.ID)
	}
	j.day = j.dayAt(now)
	if batch, err = s.takeTurns(ctx, j, batch); err != nil {
		return n, err
	}
	return n, s.deliverAll(ctx, j, batch)
}

// late reports whether what the broadcast is about has passed.
func (j job) late(now core.Instant) bool { return !j.b.StopAt.IsZero() && now >= j.b.StopAt }

// deliverAll works on a batch with the service's workers. After an error of the store, or when ctx ends, nothing
// more is begun; what was not begun is given back.
func (s *Service) deliverAll(ctx context.Context, j job, batch []core.Delivery) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	queue := make(chan core.Delivery, len(batch))
	for _, d := range batch {
		queue <- d
	}
	close(queue)
	var work sync.WaitGroup
	for range min(s.cfg.Workers, len(batch)) {
		work.Go(func() {
			for d := range queue {
				if ctx.Err() != nil {
					s.giveBack(ctx, j, d)
					continue
				}
				if err := s.deliver(ctx, j, d); err != nil {
					stop(err)
				}
			}
		})
	}
	work.Wait()
	if errors.Is(context.Cause(ctx), errHalted) {
		return nil
	}
	return context.Cause(ctx)
}

// giveBack returns the turn of a leased delivery that was not begun, and makes it planned again, in this order: once
// it is planned another process may count on the turn. When that fails its lease will end.
func (s *Service) giveBack(ctx context.Context, j job, d core.Delivery) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), calmTime)
	defer cancel()
	err := s.returnTurn(ctx, j, d)
	if err == nil {
		d.State, d.Lease, d.NotBefore = core.DeliveryPlanned, "", s.now()
		_, err = s.put(ctx, d)
	}
	if err != nil && !core.Is(err, core.Conflict) {
		s.log.Warn("delivery not given back", "broadcast", d.BroadcastID, "err", err)
	}
}

// put stores the next revision of a delivery.
func (s *Service) put(ctx context.Context, d core.Delivery) (core.Delivery, error) {
	d.UpdatedAt = s.now()
	d.Revision++
	return d, s.cfg.Deliveries.UpdateDelivery(ctx, d)
}

// finish marks a broadcast with nothing left as done. Deliveries that wait for another hour, another process or
// the outcome of a send keep it open.
func (s *Service) finish(ctx context.Context, id string) error {
	_, err := s.cfg.Deliveries.NextDelivery(ctx, id)
	if !core.Is(err, core.NotFound) {
		return err
	}
	inFlight, err := s.cfg.Deliveries.Deliveries(ctx, id, core.DeliverySending, "", 1)
	if err != nil || len(inFlight) > 0 {
		return err
	}
	_, err = s.change(ctx, id, func(b *core.Broadcast) error {
		if b.State == core.BroadcastSending {
			b.State, b.FinishedAt = core.BroadcastDone, s.now()
		}
		return nil
	})
	return err
}

// settleHalted does settleLost for broadcasts that were halted while a message was in flight.
func (s *Service) settleHalted(ctx context.Context, state string) error {
	halted, err := s.cfg.Broadcasts.BroadcastsIn(ctx, state, s.now(), runs)
	for _, b := range halted {
		if s.now().Sub(b.UpdatedAt) < haltedTime {
			err = errors.Join(err, s.settleLost(ctx, b.ID))
		}
	}
	return err
}

// settleLost makes deliveries unknown whose process ended between marking them and noting the outcome.
func (s *Service) settleLost(ctx context.Context, id string) error {
	for {
		lost, err := s.cfg.Deliveries.LostDeliveries(ctx, id, s.now(), 100)
		if err != nil || len(lost) == 0 {
			return err
		}
		for _, d := range lost {
			d.State, d.Reason, d.NotBefore = core.DeliveryUnknown, ReasonCrashed, 0
			if _, err := s.put(ctx, d); err != nil && !core.Is(err, core.Conflict) {
				return err
			}
		}
	}
}
