package outreach

import (
	"context"
	"iter"

	"golang.org/x/sync/errgroup"

	"duthi/core"
)

// Outcome is what became of one person's message, with the person as they are now.
type Outcome struct {
	Delivery  core.Delivery
	Recipient Recipient // Person only, when they are gone altogether
	Same      Recipient // who gets the message in their place, of those skipped because they share a number or a Zalo
}

// Outcomes gives up to limit outcomes of a broadcast in a state ("" is any) with Person greater than after, in the
// order of persons.
func (s *Service) Outcomes(ctx context.Context, b core.Broadcast, state, after string, limit int) ([]Outcome, error) {
	ds, err := s.cfg.Deliveries.Deliveries(ctx, b.ID, state, after, limit)
	if err != nil || len(ds) == 0 {
		return nil, err
	}
	out := make([]Outcome, len(ds))
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(outcomeReaders)
	for i, d := range ds {
		work.Go(func() error {
			r, err := s.someone(ctx, b, d.Person)
			if err != nil {
				return err
			}
			out[i] = Outcome{Delivery: d, Recipient: r}
			if d.Same != "" {
				out[i].Same, err = s.someone(ctx, b, d.Same)
			}
			return err
		})
	}
	return out, work.Wait()
}

// someone is Person, with the name only of who is gone altogether.
func (s *Service) someone(ctx context.Context, b core.Broadcast, person string) (Recipient, error) {
	r, err := s.Person(ctx, b, person)
	if core.Is(err, core.NotFound) {
		err = nil
	}
	r.Person = person
	return r, err
}

// outcomeReaders is how many people are looked up at once.
const outcomeReaders = 8

// outcomePage is how many outcomes AllOutcomes holds in memory.
const outcomePage = 500

// AllOutcomes gives every outcome of a broadcast in the order of persons, a page in memory at a time.
func (s *Service) AllOutcomes(ctx context.Context, b core.Broadcast) iter.Seq2[Outcome, error] {
	return func(yield func(Outcome, error) bool) {
		for after := ""; ; {
			page, err := s.Outcomes(ctx, b, "", after, outcomePage)
			if err != nil {
				yield(Outcome{}, err)
				return
			}
			for _, o := range page {
				if !yield(o, nil) {
					return
				}
				after = o.Delivery.Person
			}
			if len(page) < outcomePage {
				return
			}
		}
	}
}

// Exported notes in the audit log that somebody took the outcomes of a broadcast away as a file.
func (s *Service) Exported(ctx context.Context, by string, b core.Broadcast) error {
	return s.audited(ctx, by, "broadcast.export", b, "", func() error { return nil })
}

// NextAt gives when the next message of a broadcast may leave, for those that wait for another hour or day; zero when
// none waits.
func (s *Service) NextAt(ctx context.Context, b core.Broadcast) (core.Instant, error) {
	at, err := s.cfg.Deliveries.NextDelivery(ctx, b.ID)
	if core.Is(err, core.NotFound) {
		return 0, nil
	}
	return at, err
}

// Tally counts the deliveries of a broadcast by state, channel and reason.
func (s *Service) Tally(ctx context.Context, b core.Broadcast) ([]core.DeliveryCount, error) {
	if b.Kept != nil {
		return b.Kept, nil
	}
	return s.cfg.Deliveries.Tally(ctx, b.ID)
}
