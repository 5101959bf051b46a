package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"time"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/catalog"
)

const (
	retentionBatch = 200             // people, or deliveries, at a time
	retentionSpan  = 8 * time.Minute // of one run of the job; the next one goes on
)

// anonymised is what went away of a contest in one run.
type anonymised struct {
	People     int `json:"people"`
	Deliveries int `json:"deliveries"`
	Focal      int `json:"focal_points"`
	Roster     int `json:"roster"`
	Asked      int `json:"asked"`
}

// retainer gives the job that anonymises, or nil when it is turned off.
func (s *services) retainer() func(ctx context.Context) error {
	if s.cfg.Retention == "off" {
		return nil
	}
	return s.retention
}

// retention anonymises every contest whose time is over, for as long as a run may take.
func (s *services) retention(ctx context.Context) error {
	end := s.clock.Now().Add(retentionSpan)
	for _, e := range s.catalog.All() {
		if !e.Record.DueForAnonymising(s.clock.Now()) {
			continue
		}
		gone, done, err := s.anonymise(ctx, e.Record, "system", end)
		if err != nil {
			return fmt.Errorf("contest %s: %w", e.Record.ID, err)
		}
		s.log.Info("personal data anonymised", "contest", e.Record.ID, "done", done, "people", gone.People, "deliveries", gone.Deliveries,
			"focal_points", gone.Focal, "roster", gone.Roster, "asked", gone.Asked)
	}
	return nil
}

// anonymise removes the personal data of a contest until end: who took part, to whom messages went, what people asked
// the bot in vain, focal points and the roster. Attempts, units, questions, counts and the audit log stay. done is false when there is more: it is begun
// again then, and passes over what went already. The mark in the contest's record comes last.
func (s *services) anonymise(ctx context.Context, rec core.ContestRecord, by string, end core.Instant) (gone anonymised, done bool, err error) {
	if err := s.note(ctx, rec, by, "retention.begin", gone); err != nil {
		return gone, false, err
	}
	for after, more := "", true; more; more = after != "" {
		var n int
		after, n, err = s.account.ErasePeople(ctx, rec.ID, after, retentionBatch)
		if gone.People += n; err != nil || s.clock.Now() > end {
			return gone, false, err
		}
	}
	if err := s.redraw(ctx, rec); err != nil {
		return gone, false, err
	}
	for n := retentionBatch; n > 0; {
		n, err = s.outreach.Forget(ctx, rec.ID, retentionBatch)
		if gone.Deliveries += n; err != nil || s.clock.Now() > end {
			return gone, false, err
		}
	}
	for n := retentionBatch; n > 0; {
		n, err = s.talk.Forget(ctx, rec.ID, retentionBatch)
		if gone.Asked += n; err != nil || s.clock.Now() > end {
			return gone, false, err
		}
	}
	if gone.Focal, err = s.account.CloseFocalPoints(ctx, rec.ID); err != nil {
		return gone, false, err
	}
	if gone.Roster, err = s.files.RosterSize(ctx, rec); err != nil {
		return gone, false, err
	}
	if err := s.files.Anonymised(ctx, rec.ID); err != nil {
		return gone, false, err
	}
	return gone, true, s.note(ctx, rec, by, "retention.done", gone)
}

// redraw computes the boards of a contest anew: what was stored has masked names. They are asked for as of a minute
// ahead, so that none is taken for fresh enough.
func (s *services) redraw(ctx context.Context, rec core.ContestRecord) error {
	ed, err := s.edition(ctx, rec.ID)
	if err != nil {
		return err
	}
	for _, r := range rec.Contest.Rounds {
		if _, err := s.exam.Board(ctx, ed, r.ID, s.clock.Now().Add(time.Minute)); err != nil {
			return err
		}
	}
	return nil
}

// note writes a line of the audit log.
func (s *services) note(ctx context.Context, rec core.ContestRecord, by, action string, gone anonymised) error {
	until, _ := rec.Contest.KeepUntil()
	data, err := json.Marshal(gone)
	if err != nil {
		return err
	}
	return s.audit.Append(ctx, core.AuditEntry{ContestID: rec.ID, Actor: by, Action: action, Subject: "contest:" + rec.ID, Data: string(data),
		Reason: "Hết thời hạn lưu dữ liệu cá nhân ngày " + until.Time(rec.Contest.Location()).Format("02/01/2006")})
}

// runRetention is the command retention: when each contest's personal data go, and letting go what is due.
func runRetention(ctx context.Context, args []string, io console) error {
	var dry bool
	return withServices(ctx, "retention", args, io, func(fs *flag.FlagSet) {
		fs.BoolVar(&dry, "dry-run", false, "only say what would go and when")
	}, func(s *services, rest []string) error {
		if len(rest) != 0 {
			return usagef("duthi retention [--dry-run]")
		}
		for _, e := range s.catalog.All() {
			line, err := s.retentionOf(ctx, e, dry)
			if err != nil {
				return err
			}
			fmt.Fprintln(io.Out, line)
		}
		return nil
	})
}

// retentionOf is the command's line about a contest, after doing what is due unless dry.
func (s *services) retentionOf(ctx context.Context, e *catalog.Edition, dry bool) (string, error) {
	rec := e.Record
	day := func(i core.Instant) string { return i.Time(e.Loc).Format(time.DateOnly) }
	until, limited := rec.Contest.KeepUntil()
	now := s.clock.Now()
	switch {
	case !limited:
		return rec.ID + "\tno time in data_protection.retention_months_after_summary\tkept", nil
	case rec.DueForAnonymising(now) && !dry:
		gone, _, err := s.anonymise(ctx, rec, commandActor, now.Add(365*24*time.Hour))
		return fmt.Sprintf("%s\t%s\tanonymised now: %s", rec.ID, day(until), gone), err
	case !rec.AnonymisedAt.IsZero() && !rec.DueForAnonymising(now) && rec.AnonymisedAt >= until:
		return fmt.Sprintf("%s\t%s\tanonymised %s", rec.ID, day(until), day(rec.AnonymisedAt)), nil
	}
	held, err := s.held(ctx, rec)
	state := "kept until then"
	if rec.DueForAnonymising(now) {
		state = "due"
	}
	return fmt.Sprintf("%s\t%s\t%s: %s", rec.ID, day(until), state, held), err
}

// held counts what would go.
func (s *services) held(ctx context.Context, rec core.ContestRecord) (h anonymised, err error) {
	for after := ""; ; {
		people, err := s.store.Contestants(ctx, rec.ID, account.PeopleFilter{}, after, 1000)
		if err != nil {
			return h, err
		}
		for _, c := range people {
			if c.Status != core.Erased {
				h.People++
			}
		}
		if len(people) < 1000 {
			break
		}
		after = people[len(people)-1].ID
	}
	all, err := s.store.Organizers(ctx)
	for _, o := range all {
		if o.Role == core.FocalPoint && o.ContestID == rec.ID && !o.Disabled {
			h.Focal++
		}
	}
	if err == nil {
		h.Roster, err = s.files.RosterSize(ctx, rec)
	}
	return h, err
}

func (a anonymised) String() string {
	return fmt.Sprintf("%d people, %d on the roster, %d focal points", a.People, a.Roster, a.Focal)
}
