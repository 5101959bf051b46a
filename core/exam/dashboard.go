package exam

import (
	"context"
	"errors"
	"slices"
	"time"

	"duthi/core"
)

// activityMinutes is how far back the dashboard shows starts a minute.
const activityMinutes = 30

// Dashboard is the console's first page.
type Dashboard struct {
	ContestID  string        `json:"contest_id"`
	At         core.Instant  `json:"at"`
	Activity   core.Activity `json:"activity"`   // the last 30 minutes
	Registered int64         `json:"registered"` // active accounts
	Days       []core.Day    `json:"days"`       // from the first day with an attempt to today, without gaps
	Today      core.Day      `json:"today"`

	Participation *Participation `json:"-"` // of the whole contest, with its own At
}

// Dashboard gives the figures of the console's first page, at most 30 seconds old (see Participation).
func (s *Service) Dashboard(ctx context.Context, ed *Edition, now core.Instant) (*Dashboard, error) {
	p, err := s.Participation(ctx, ed, "", now)
	if err != nil {
		return nil, err
	}
	shared, err := live(ctx, s, tableID{"dashboard", ed.Contest.ID, ""}, now, func(ctx context.Context) (*Dashboard, error) {
		return s.dashboard(ctx, ed, now)
	})
	if err != nil {
		return nil, err
	}
	d := *shared
	d.Participation = p
	return &d, nil
}

func (s *Service) dashboard(ctx context.Context, ed *Edition, now core.Instant) (*Dashboard, error) {
	d := &Dashboard{ContestID: ed.Contest.ID, At: now}
	var err error
	if d.Activity, err = s.figures.Activity(ctx, ed.Contest.ID, now, activityMinutes); err != nil {
		return nil, err
	}
	byTop, _, err := s.figures.Registered(ctx, ed.Contest.ID)
	if err != nil {
		return nil, err
	}
	for _, n := range byTop {
		d.Registered += n
	}
	local := now.Time(ed.Loc)
	_, offset := local.Zone()
	days, err := s.figures.Days(ctx, ed.Contest.ID, offset)
	if err != nil {
		return nil, err
	}
	d.Days = withoutGaps(days, local.Format(time.DateOnly))
	d.Today = d.Days[len(d.Days)-1]
	return d, nil
}

// withoutGaps gives every day from the first to today, those without an attempt as zeros. It never is empty.
func withoutGaps(days []core.Day, today string) []core.Day {
	end, err := time.Parse(time.DateOnly, today)
	if err != nil || len(days) == 0 {
		return []core.Day{{Date: today}}
	}
	known := make(map[string]core.Day, len(days))
	for _, d := range days {
		known[d.Date] = d
	}
	const longest = 1100 // three years: a wrong date in the data must not fill the memory
	var out []core.Day
	for at := end; len(out) < longest; at = at.AddDate(0, 0, -1) {
		date := at.Format(time.DateOnly)
		if date < days[0].Date && len(out) > 0 {
			break
		}
		d := known[date]
		d.Date = date
		out = append(out, d)
	}
	slices.Reverse(out)
	return out
}

// Warm recomputes the public tables that are due (whole contest, current round, its board), so that no visitor
// waits for them: called by jobs about every 30 seconds.
func (s *Service) Warm(ctx context.Context, ed *Edition, now core.Instant) error {
	_, err := s.Participation(ctx, ed, "", now)
	failures := []error{err}
	for _, r := range ed.Contest.Rounds {
		if r.Open(now) {
			_, err := s.Board(ctx, ed, r.ID, now) // takes the round's participation with it
			failures = append(failures, err)
		}
	}
	return errors.Join(failures...)
}
