package outreach

import (
	"cmp"
	"context"
	"slices"

	"duthi/core"
)

// Survey is whom a broadcast would reach if it were planned now.
type Survey struct {
	People int64                // in the audience
	Reach  int64                // who would get a message
	Cost   int64                // đồng
	Counts []core.DeliveryCount // by channel and reason, as Tally would give them
	More   bool                 // the audience is larger than was looked at
}

// Survey goes through up to most people of an audience without planning anything.
func (s *Service) Survey(ctx context.Context, b core.Broadcast, most int) (Survey, error) {
	_, loc, err := s.cfg.Contest(ctx, b)
	if err != nil {
		return Survey{}, err
	}
	var out Survey
	counts, met := map[core.DeliveryCount]core.DeliveryCount{}, map[string]bool{}
	for after := ""; ; {
		people, err := s.cfg.Recipients(ctx, b, after, planChunk)
		if err != nil {
			return out, err
		}
		for _, d := range s.deliveries(b, people, loc) {
			if d.Address != "" && met[d.Address] {
				d.State, d.Reason, d.Channel, d.Cost = core.DeliverySkipped, sameReason(d.Channel), core.ChannelNone, 0
			} else if d.Address != "" {
				met[d.Address] = true
			}
			out.People, out.Cost, after = out.People+1, out.Cost+d.Cost, d.Person
			if d.State == core.DeliveryPlanned {
				out.Reach++
			}
			key := core.DeliveryCount{State: d.State, Channel: d.Channel, Reason: d.Reason}
			n := counts[key]
			n.Count, n.Cost = n.Count+1, n.Cost+d.Cost
			counts[key] = n
		}
		if out.More = len(people) == planChunk; !out.More || out.People >= int64(most) {
			break
		}
	}
	for key, n := range counts {
		key.Count, key.Cost = n.Count, n.Cost
		out.Counts = append(out.Counts, key)
	}
	slices.SortFunc(out.Counts, func(a, b core.DeliveryCount) int {
		return cmp.Or(cmp.Compare(a.State, b.State), cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Reason, b.Reason))
	})
	return out, nil
}

// samples is how many people are looked at for one who can be reached.
const samples = 200

// Sample gives the next person of an audience after another, in a circle: somebody who can be reached if there is
// one near. NotFound when the audience is empty.
func (s *Service) Sample(ctx context.Context, b core.Broadcast, after string) (Recipient, error) {
	_, loc, err := s.cfg.Contest(ctx, b)
	if err != nil {
		return Recipient{}, err
	}
	at := max(s.now(), b.StartAt)
	prices := PricesAt(s.cfg.Prices, at.Time(loc))
	for _, from := range slices.Compact([]string{after, ""}) {
		people, err := s.cfg.Recipients(ctx, b, from, samples)
		if err != nil {
			return Recipient{}, err
		}
		if len(people) > 0 {
			return s.Person(ctx, b, reachable(b, people, prices, at).Person)
		}
	}
	return Recipient{}, core.Errorf(core.NotFound, "Chưa có ai thuộc nhóm người nhận này.")
}

// reachable gives the first of people who can be reached, or the first.
func reachable(b core.Broadcast, people []Recipient, prices Prices, at core.Instant) Recipient {
	for _, r := range people {
		if routeTo(b, r, prices, at).Channel != core.ChannelNone {
			return r
		}
	}
	return people[0]
}

// Person gives one person as they are now, named for a broadcast whatever they did; NotFound when there is none any
// more.
func (s *Service) Person(ctx context.Context, b core.Broadcast, person string) (Recipient, error) {
	b.Audience = core.Audience{Who: core.AudienceAll, People: []string{person}}
	return s.cfg.Recipient(ctx, b, person)
}

// Preview is the message of one channel for one person.
type Preview struct {
	Channel string
	Message Message
	Fault   error // why this person can't get it: a placeholder without a value
}

// Previews writes the message for every channel the content has, whatever channel the person would get, and says
// how they would be reached.
func (s *Service) Previews(ctx context.Context, b core.Broadcast, r Recipient) ([]Preview, Route, error) {
	values, loc, err := s.cfg.Contest(ctx, b)
	if err != nil {
		return nil, Route{}, err
	}
	at := max(s.now(), b.StartAt)
	route := routeTo(b, r, PricesAt(s.cfg.Prices, at.Time(loc)), at)
	b.Content = b.ContentFor(r.Person)
	var out []Preview
	for _, c := range []struct {
		channel string
		has     bool
	}{{core.ChannelFree, b.Content.Text != ""}, {core.ChannelUserTemplate, b.Content.UserTemplate != ""}, {core.ChannelPhoneTemplate, b.Content.PhoneTemplate != ""}} {
		if !c.has {
			continue
		}
		p := Preview{Channel: c.channel}
		p.Message, p.Fault = compose(b, r, c.channel, values)
		out = append(out, p)
	}
	return out, route, nil
}

// Test sends a broadcast's message to one person at once, as they would get it: no delivery, no turn of the day, no
// quiet hour, as the person asks for it themselves. Invalid when they can't be reached.
func (s *Service) Test(ctx context.Context, by string, b core.Broadcast, person string) (Route, error) {
	r, err := s.Person(ctx, b, person)
	if err != nil {
		return Route{}, err
	}
	m, route, err := s.Compose(ctx, b, r)
	if err != nil || route.Channel == core.ChannelNone {
		return route, err
	}
	if m.TrackingID != "" {
		m.TrackingID = tracking(b.ID, person+"/test") // its receipt is no delivery's
	}
	return route, s.audited(ctx, by, "broadcast.test", b, "gửi thử cho "+person, func() error {
		if s.cfg.Pace != nil {
			if err := s.cfg.Pace.Wait(ctx); err != nil {
				return err
			}
		}
		call, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTime)
		defer cancel()
		if _, err := s.cfg.Send(call, m); err != nil {
			return core.Wrap(core.Unavailable, "Zalo chưa nhận tin gửi thử.", err)
		}
		return nil
	})
}
