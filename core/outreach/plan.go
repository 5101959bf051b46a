package outreach

import (
	"context"
	"errors"
	"fmt"
	"time"

	"duthi/core"
)

// planChunk is how many people are planned at a time: what planning holds in memory, and what a crash repeats.
const planChunk = 1000

// plan goes through the audience of a broadcast from where the last one stopped. Any number may do so at once and
// be cut short: who is planned already stays as they are. The next people are read while these are written.
func (s *Service) plan(ctx context.Context, b core.Broadcast) error {
	_, loc, err := s.cfg.Contest(ctx, b)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	next := s.readAhead(ctx, b, b.PlanAfter)
	for b.State == core.BroadcastPlanning {
		if next.after < b.PlanAfter {
			next = s.readAhead(ctx, b, b.PlanAfter) // another process is further
		}
		page := <-next.page
		if err := errors.Join(ctx.Err(), page.err); err != nil {
			return err
		}
		if n := len(page.people); n == planChunk {
			next = s.readAhead(ctx, b, page.people[n-1].Person)
		}
		if err := s.planAll(ctx, s.deliveries(b, page.people, loc)); err != nil {
			return err
		}
		if b, err = s.planned(ctx, b, page.people); err != nil {
			return err
		}
	}
	return nil
}

// reading is a page of an audience that is on its way.
type reading struct {
	after string
	page  chan peoplePage
}

type peoplePage struct {
	people []Recipient
	err    error
}

// readAhead begins to read the people of a broadcast behind a person.
func (s *Service) readAhead(ctx context.Context, b core.Broadcast, after string) reading {
	r := reading{after, make(chan peoplePage, 1)} // whoever stops waiting leaves nobody behind
	go func() {
		var page peoplePage
		defer func() { r.page <- page }()
		defer func() {
			if p := recover(); p != nil { // the job that waits recovers from its own only
				page = peoplePage{err: fmt.Errorf("panic: %v", p)}
			}
		}()
		page.people, page.err = s.cfg.Recipients(ctx, b, after, planChunk)
	}()
	return r
}

// deliveries makes the planned deliveries of people, at the moment sending is to begin.
func (s *Service) deliveries(b core.Broadcast, people []Recipient, loc *time.Location) []core.Delivery {
	now := s.now()
	at := max(now, b.StartAt)
	prices := PricesAt(s.cfg.Prices, at.Time(loc))
	ds := make([]core.Delivery, 0, len(people))
	for _, p := range people {
		route := routeTo(b, p, prices, at)
		d := core.Delivery{BroadcastID: b.ID, Person: p.Person, State: core.DeliveryPlanned, Channel: route.Channel, Cost: route.Cost,
			NotBefore: b.StartAt, UpdatedAt: now, Revision: 1}
		if route.Channel == core.ChannelNone {
			d.State, d.Reason = core.DeliverySkipped, route.Reason
		} else if p.Shared {
			d.Address = addressOf(b.ID, route.Channel, p)
		}
		ds = append(ds, d)
	}
	return ds
}

// planned moves the cursor behind people; the broadcast is planned when there were fewer than asked for. One that
// a rule or a focal point made is sent without another word.
func (s *Service) planned(ctx context.Context, b core.Broadcast, people []Recipient) (core.Broadcast, error) {
	return s.change(ctx, b.ID, func(now *core.Broadcast) error {
		if now.State != core.BroadcastPlanning {
			return nil // cancelled, or another process was through first
		}
		if n := len(people); n > 0 {
			now.PlanAfter = max(now.PlanAfter, people[n-1].Person)
		}
		if len(people) < planChunk {
			now.State, now.PlannedAt = core.BroadcastPlanned, s.now()
			if now.RuleID != "" || now.Direct {
				now.State = core.BroadcastSending
			}
		}
		return nil
	})
}

// Forecast is what a plan says before anything leaves.
type Forecast struct {
	Counts []core.DeliveryCount
	Reach  int64        // people who will get a message
	Missed int64        // people who can't be reached
	Cost   int64        // đồng, the most that may be spent
	Starts core.Instant // the first message
	Ends   core.Instant // the last one at the configured rate; zero when quiet days leave no room
}

// Forecast sums up the plan of a broadcast; rate is messages a minute.
func (s *Service) Forecast(ctx context.Context, b core.Broadcast, rate int) (Forecast, error) {
	counts, err := s.Tally(ctx, b)
	if err != nil {
		return Forecast{}, err
	}
	_, loc, err := s.cfg.Contest(ctx, b)
	if err != nil {
		return Forecast{}, err
	}
	f := Forecast{Counts: counts, Starts: s.cfg.Quiet.Next(max(b.StartAt, s.now()), loc)}
	for _, n := range counts {
		switch n.State {
		case core.DeliveryPlanned, core.DeliveryLeased:
			f.Reach, f.Cost = f.Reach+n.Count, f.Cost+n.Cost
		case core.DeliverySkipped:
			f.Missed += n.Count
		}
	}
	f.Ends = s.cfg.Quiet.Finish(f.Starts, f.Reach, rate, loc)
	return f, nil
}
