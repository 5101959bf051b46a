package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"duthi/core"
	"duthi/core/catalog"
)

const (
	// roundsLate is how long after its moment the opening or closing of a round is still made up for, after an outage.
	roundsLate = 12 * time.Hour
	// roundsLease is how long one process has for what a round's moment asks for.
	roundsLease = 2 * time.Minute
)

// turn is a moment of a round.
type turn struct {
	action string // of the audit log
	at     core.Instant
}

// turnRounds does what the opening and closing of rounds ask for, once each in all processes: at its end a round's
// attempts are finalised and its tables brought to their last state, and the log keeps how many took part by then.
// Reminders of the moment are the next entry's.
func (s *services) turnRounds(ctx context.Context) error {
	now := s.clock.Now()
	var faults []error
	for _, e := range s.catalog.All() {
		for _, r := range e.Contest.Rounds {
			for _, t := range []turn{{"round.open", r.Start}, {"round.close", r.End}} {
				if t.at <= now && now.Sub(t.at) < roundsLate {
					faults = append(faults, s.turnRound(ctx, e, r, t))
				}
			}
		}
	}
	return errors.Join(faults...)
}

// turnRound does one moment, unless it is done or another process is at it.
func (s *services) turnRound(ctx context.Context, e *catalog.Edition, r core.Round, t turn) error {
	now, holder := s.clock.Now(), core.NewID(s.clock.Now())
	key := fmt.Sprintf("%s:%s:%s:%d", t.action, e.Record.ID, r.ID, t.at)
	if err := s.store.Claim(ctx, key, holder, now, now.Add(roundsLease)); err != nil {
		if core.Is(err, core.Conflict) {
			return nil
		}
		return err
	}
	err := s.atTurn(ctx, e, r, t)
	settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if err != nil {
		return errors.Join(err, s.store.ReleaseClaim(settle, key, holder))
	}
	return s.store.CompleteClaim(settle, key, holder, s.clock.Now())
}

// atTurn is the work of a moment. It can be done again after a crash.
func (s *services) atTurn(ctx context.Context, e *catalog.Edition, r core.Round, t turn) error {
	entry := core.AuditEntry{ContestID: e.Record.ID, Actor: "system", Action: t.action, Subject: "round:" + r.ID}
	if t.action == "round.close" {
		for n := 500; n == 500; {
			var err error
			if n, err = s.exam.Sweep(ctx, s.clock.Now(), 500); err != nil {
				return err
			}
		}
		p, err := s.store.Participation(ctx, e.Record.ID, r.ID)
		if err != nil {
			return err
		}
		data, err := json.Marshal(map[string]int64{"people": p.Total.People, "attempts": p.Total.Attempts})
		if err != nil {
			return err
		}
		entry.Data = string(data)
	}
	ed, err := s.edition(ctx, e.Record.ID)
	if err != nil {
		return err
	}
	if err := s.exam.Warm(ctx, ed, s.clock.Now()); err != nil {
		return err
	}
	return s.audit.Append(ctx, entry)
}
