package main

import (
	"context"
	"errors"
	"slices"
	"time"

	"duthi/core"
	"duthi/core/exam"
	"duthi/core/outreach"
	"duthi/core/outreach/audience"
	"duthi/core/qr"
	"duthi/core/zalo"
)

// newOutreach makes the service of reminders and broadcasts over the other services.
func (s *services) newOutreach() *outreach.Service {
	people := audience.New(audience.Config{Store: s.store, Edition: s.catalog.Edition, OAID: s.zalo.oaID, Figures: s.unitFigures, Open: s.sealer.Open,
		Entry: s.cfg.PublicURL + "/", Desk: s.cfg.PublicURL + "/dau-moi"})
	postman := outreach.NewPostman(s.zalo.client, func(link string) ([]byte, error) {
		code, err := qr.Draw(link, qr.Screen)
		if err != nil {
			return nil, err
		}
		return code.PNG(600)
	})
	send := s.cfg.Sending
	return outreach.New(outreach.Config{
		Broadcasts: s.store, Deliveries: s.store, Recipients: people.Recipients, Recipient: people.Recipient, Contest: s.contestValues,
		Send: s.sending(postman.Send), Conversation: s.conversation, Below: s.unitsBelow,
		Pace:   &outreach.Pacer{Cache: s.cache, Key: s.zalo.app.AppID, PerMinute: send.PerMinute, Limits: s.zalo.client.RateLimit, Clock: s.clock},
		Prices: send.Prices, Quiet: send.Quiet, Daily: send.Daily, Budget: send.Budget, Clock: s.clock, Log: s.log, Audit: s.audit.Append,
		Workers: min(8+send.PerMinute/60, 64), // so that a call may take a second and the rate is still met
	})
}

// sending tells of messages that Zalo charged for though they should have been free: its rules have changed then, and
// DUTHI_ZALO_PRICES should say so.
func (s *services) sending(send func(context.Context, outreach.Message) (outreach.Receipt, error)) func(context.Context, outreach.Message) (outreach.Receipt, error) {
	return func(ctx context.Context, m outreach.Message) (outreach.Receipt, error) {
		r, err := send(ctx, m)
		if err == nil && r.Billed && m.Channel == core.ChannelFree {
			s.log.Error("zalo charged for a free message: are the windows of DUTHI_ZALO_PRICES still right?", "message", r.MessageID)
		}
		return r, err
	}
}

func (s *services) contestValues(_ context.Context, b core.Broadcast) (map[string]string, *time.Location, error) {
	e, err := s.catalog.Edition(b.ContestID)
	if err != nil {
		return nil, nil, err
	}
	return outreach.ContestValues(*e.Contest, b.RoundID, e.Loc), e.Loc, nil
}

// conversation lists the last messages with a person; Zalo gives ten at a time.
func (s *services) conversation(ctx context.Context, userID string) ([]zalo.ChatMessage, error) {
	return s.zalo.client.Conversation(ctx, userID, 0, 10)
}

// participation gives the table of a contest, or of one of its rounds.
func (s *services) participation(ctx context.Context, contestID, roundID string) (*exam.Participation, error) {
	ed, err := s.edition(ctx, contestID)
	if err != nil {
		return nil, err
	}
	return s.exam.Participation(ctx, ed, roundID, s.clock.Now())
}

func (s *services) unitFigures(ctx context.Context, contestID string) (map[string]audience.Figures, error) {
	p, err := s.participation(ctx, contestID, "")
	if err != nil {
		return nil, err
	}
	out := map[string]audience.Figures{}
	for _, u := range p.Units {
		if u.Headcount > 0 {
			out[u.Code] = audience.Figures{People: u.People, Headcount: u.Headcount, Percent: u.Percent, Needed: u.Needed, Reached: u.Reached}
		}
	}
	return out, nil
}

// unitsBelow gives the level-1 units below the target in the whole contest, as that is what units are held to; of
// named units those whose level-1 unit is below.
func (s *services) unitsBelow(ctx context.Context, contestID string, named []string) ([]string, error) {
	p, err := s.participation(ctx, contestID, "")
	if err != nil {
		return nil, err
	}
	below := map[string]bool{}
	var out []string
	for _, u := range p.Units {
		if u.Level == 1 && u.Headcount > 0 && !u.Reached {
			below[u.Code] = true
		}
	}
	for _, u := range p.Units {
		if below[u.Top] && (len(named) == 0 && u.Level == 1 || slices.Contains(named, u.Code)) {
			out = append(out, u.Code)
		}
	}
	return out, nil
}

// remind makes the broadcasts of rules that have come due, and of results published since the last look.
func (s *services) remind(ctx context.Context) error {
	now := s.clock.Now()
	var faults []error
	for _, e := range s.catalog.All() {
		if now > e.Contest.Period.End.Add(90*24*time.Hour) {
			continue
		}
		_, err := s.outreach.Remind(ctx, *e.Contest, e.Loc)
		faults = append(faults, err)
		for _, r := range e.Contest.Rounds {
			if d, out := e.Contest.Results(r); out && now >= r.End && news(d, now, e.Loc) {
				_, err := s.outreach.Publish(ctx, *e.Contest, core.RemindResults, r.ID)
				faults = append(faults, err)
			}
		}
	}
	return errors.Join(faults...)
}

// newsTime is how long after its date a publication is worth a message: a rule turned on later says nothing of it.
const newsTime = 3 * 24 * time.Hour

// news reports whether something published is new. What carries no date is taken for new.
func news(d core.Document, now core.Instant, loc *time.Location) bool {
	day, err := time.ParseInLocation(time.DateOnly, d.Date, loc)
	return err != nil || now.Sub(core.At(day)) < newsTime+24*time.Hour
}

// deliver sends what is due, as long as ctx lets it.
func (s *services) deliver(ctx context.Context) error {
	_, err := s.outreach.Run(ctx)
	if ctx.Err() != nil {
		return nil // the rest goes on with the next tick
	}
	return err
}

// resolve looks in conversations for messages whose fate is not known.
func (s *services) resolve(ctx context.Context) error {
	var faults []error
	for _, e := range s.catalog.All() {
		faults = append(faults, s.outreach.ResolveAll(ctx, e.Record.ID))
	}
	return errors.Join(faults...)
}

// forgetTurns removes the daily turns nobody asks for any more.
func (s *services) forgetTurns(ctx context.Context, limit int) (int, error) {
	before := s.clock.Now().Add(-3 * 24 * time.Hour).Time(time.UTC).Format(time.DateOnly)
	return s.store.DeleteTurns(ctx, before, limit)
}
