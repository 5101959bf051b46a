package outreach

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"
	"unicode/utf8"

	"duthi/core"
)

// errHalted ends a batch early without being a failure: the broadcast was paused, or quiet hours began.
var errHalted = errors.New("halted")

// tries is how often a message is given to Zalo that says nothing happened.
const tries = 5

// freshTime is how old what is known of a person may be when their message goes: who says no while it waits for the
// pace gets none.
const freshTime = time.Second

// deliver takes one leased delivery, whose person's turn the batch has, to its outcome. An error means that the batch
// should end; the delivery is then leased, and taken again when the lease ends, or sending, and becomes unknown.
func (s *Service) deliver(ctx context.Context, j job, d core.Delivery) error {
	m, goes, err := s.message(ctx, j, d)
	if err != nil || !goes {
		return err
	}
	if s.cfg.Pace != nil {
		read := s.now()
		if err := s.cfg.Pace.Wait(ctx); err != nil {
			s.giveBack(ctx, j, d)
			return err
		}
		if s.now().Sub(read) > freshTime {
			if m, goes, err = s.message(ctx, j, d); err != nil || !goes {
				return err
			}
		}
	}
	if err := s.mayGo(ctx, j); err != nil {
		s.giveBack(ctx, j, d)
		return err
	}
	d.Channel = m.Channel
	return s.send(ctx, j, d, m)
}

// message makes a delivery's message for the person as they are now; goes is false when there is none, and the delivery
// is settled.
func (s *Service) message(ctx context.Context, j job, d core.Delivery) (m Message, goes bool, err error) {
	r, err := s.cfg.Recipient(ctx, j.b, d.Person)
	if core.Is(err, core.NotFound) {
		r, err = Recipient{Person: d.Person, Gone: true}, nil
	}
	if err != nil {
		return m, false, err
	}
	m, reason := s.compose(j, d, r, s.now())
	if reason == "" {
		return m, true, nil
	}
	return m, false, errors.Join(s.returnTurn(ctx, j, d), s.settle(ctx, d, core.DeliverySkipped, reason))
}

// compose makes the message as the person is now, or says why there is none.
func (s *Service) compose(j job, d core.Delivery, r Recipient, now core.Instant) (Message, string) {
	switch {
	case r.Gone:
		return Message{}, ReasonGone
	case j.late(now):
		return Message{}, ReasonLate
	}
	route := Choose(j.b, r, PricesAt(s.cfg.Prices, now.Time(j.loc)), now)
	if route.Channel == core.ChannelNone {
		return Message{}, route.Reason
	}
	if route.Cost > d.Cost {
		return Message{}, ReasonPrice // the plan named the most that is spent
	}
	m, err := compose(j.b, r, route.Channel, j.values)
	if err != nil {
		return m, ReasonText
	}
	m.address = addressOf(j.b.ID, route.Channel, r)
	content := j.b.ContentFor(r.Person)
	if fee := PricesAt(s.cfg.Prices, now.Time(j.loc)).Template.Phone; route.Channel == core.ChannelUserTemplate && content.PhoneTemplate != "" && r.Phone != "" && fee <= d.Cost {
		if by, err := compose(j.b, r, core.ChannelPhoneTemplate, j.values); err == nil {
			m.Fallback = &by
		}
	}
	return m, ""
}

// compose writes the message of a channel.
func compose(b core.Broadcast, r Recipient, channel string, values map[string]string) (Message, error) {
	m := Message{Channel: channel, UserID: r.UserID}
	b.Content = b.ContentFor(r.Person)
	var errs []error
	write := func(text string) string {
		out, err := Render(text, r.Values, values)
		errs = append(errs, err)
		return out
	}
	switch channel {
	case core.ChannelFree, core.ChannelBilled:
		m.Text, m.ButtonTitle, m.ButtonURL, m.QR = write(b.Content.Text), write(b.Content.ButtonTitle), write(b.Content.ButtonURL), b.Content.QR
		if m.QR {
			m.Text = caption(m.Text, m.ButtonTitle, m.ButtonURL)
		}
		if n := utf8.RuneCountInString(m.Text); n > TextMost {
			errs = append(errs, core.Errorf(core.Invalid, "Tin cho người này dài %s chữ, Zalo nhận đến %s chữ.", core.Number(int64(n)), core.Number(TextMost)))
		}
		return m, errors.Join(errs...)
	case core.ChannelPhoneTemplate:
		m.UserID, m.Phone, m.Template = "", r.Phone, b.Content.PhoneTemplate
		m.TrackingID = tracking(b.ID, r.Person)
	default:
		m.Template = b.Content.UserTemplate
	}
	m.Parameters = map[string]string{}
	for name, text := range b.Content.Parameters {
		m.Parameters[name] = write(text)
	}
	return m, errors.Join(errs...)
}

// Compose gives the message a person would get now, for a preview.
func (s *Service) Compose(ctx context.Context, b core.Broadcast, r Recipient) (Message, Route, error) {
	values, loc, err := s.cfg.Contest(ctx, b)
	if err != nil {
		return Message{}, Route{}, err
	}
	at := max(s.now(), b.StartAt)
	route := Choose(b, r, PricesAt(s.cfg.Prices, at.Time(loc)), at)
	if route.Channel == core.ChannelNone {
		return Message{}, route, nil
	}
	m, err := compose(b, r, route.Channel, values)
	return m, route, err
}

// mayGo is the last look before a message is marked: errHalted when the broadcast was paused or cancelled, or the
// hour became quiet, or another day began, since the batch was taken.
func (s *Service) mayGo(ctx context.Context, j job) error {
	b, err := j.look(ctx)
	if err != nil {
		return err
	}
	now := s.now()
	if b.State != core.BroadcastSending || s.cfg.Quiet.Next(now, j.loc) != now || j.late(now) || j.dayAt(now) != j.day {
		return errHalted
	}
	if ok, err := s.affordable(ctx, b, j.loc); !ok || err != nil { // Zalo may have charged more than planned meanwhile
		return cmp.Or(err, errHalted)
	}
	return nil
}

// send marks a delivery as sending, durably, then gives it to Zalo, then notes the outcome. Both go on when ctx
// ends: a message in flight is finished.
func (s *Service) send(ctx context.Context, j job, d core.Delivery, m Message) error {
	now, held := s.now(), d
	d.Address = m.address
	d.State, d.Lease, d.SentAt, d.NotBefore, d.UserID = core.DeliverySending, "", now, now.Add(lostTime), m.UserID
	d.Digest, d.Tries = "", d.Tries+1
	if m.Text != "" {
		d.Digest = digest(m.Text)
	}
	calm := context.WithoutCancel(ctx) // a mark cut short may be there or not: what it was for would be unknown
	mark, done := context.WithTimeout(calm, markTime)
	d, err := s.put(mark, d)
	done()
	if addressTaken(err) {
		return s.sameAddress(calm, j, held, m.address)
	}
	if core.Is(err, core.Conflict) {
		return nil // the lease ended and somebody else has it
	}
	if err != nil {
		return err // it may be marked: never sent then, and unknown in a while
	}
	call, cancel := context.WithTimeout(calm, callTime)
	receipt, err := s.cfg.Send(call, m)
	cancel()
	if err != nil {
		return s.refused(calm, j, d, err)
	}
	s.refusals.Delete(d.BroadcastID)
	d.MessageID, d.Channel = receipt.MessageID, cmp.Or(receipt.Channel, d.Channel)
	before := d.Cost
	if d.Cost = s.charged(j, d, receipt); d.Cost > before {
		defer s.afforded.Delete(d.BroadcastID) // once it is stored
	}
	return s.settle(calm, d, core.DeliverySent, "")
}

// tomorrow gives the first moment of the next day that allows sending; zero when there is none.
func (s *Service) tomorrow(j job, now core.Instant) core.Instant {
	t := now.Time(j.loc)
	midnight := core.At(time.Date(t.Year(), t.Month(), t.Day()+1, 0, 0, 0, 0, j.loc))
	return s.cfg.Quiet.Next(midnight, j.loc)
}

// anotherDay plans a delivery for the next day that allows it; skipped when the broadcast is over by then.
func (s *Service) anotherDay(ctx context.Context, j job, d core.Delivery, now core.Instant) error {
	next := s.tomorrow(j, now)
	if next == 0 || j.late(next) {
		return s.settle(ctx, d, core.DeliverySkipped, ReasonCap)
	}
	return s.later(ctx, d, next)
}

// later makes a delivery planned again, not before a moment.
func (s *Service) later(ctx context.Context, d core.Delivery, at core.Instant) error {
	d.State, d.Lease, d.NotBefore, d.UserID, d.Digest, d.SentAt = core.DeliveryPlanned, "", at, "", "", 0
	return s.note(ctx, d)
}

// settle gives a delivery its outcome. Whose it was at Zalo is kept only while that is not known.
func (s *Service) settle(ctx context.Context, d core.Delivery, state, reason string) error {
	d.State, d.Reason, d.Lease, d.NotBefore = state, reason, "", 0
	if state == core.DeliverySkipped {
		d.Address = "" // nothing went there
	}
	if state != core.DeliveryUnknown {
		d.UserID, d.Digest = "", ""
	}
	return s.note(ctx, d)
}

// note stores an outcome, three times if need be: losing it makes the delivery unknown. Somebody who settled it
// meanwhile (an echo) knows as much, unless they only gave up waiting for a message that did arrive.
func (s *Service) note(ctx context.Context, d core.Delivery) error {
	for try := 1; ; try++ {
		_, err := s.put(ctx, d)
		if core.Is(err, core.Conflict) && d.State == core.DeliverySent {
			var now core.Delivery
			if now, err = s.cfg.Deliveries.Delivery(ctx, d.BroadcastID, d.Person); err == nil && now.State == core.DeliveryUnknown {
				d.Revision = now.Revision
				_, err = s.put(ctx, d)
			}
		}
		if err == nil || core.Is(err, core.Conflict) {
			return nil
		}
		if try == 3 || ctx.Err() != nil {
			return err
		}
	}
}

// digest names a text without keeping it.
func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
