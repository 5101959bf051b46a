package exam

import (
	"context"

	"duthi/core"
)

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
	return nil, errUnbuilt
}

// Warm recomputes the public tables that are due (whole contest, current round, its board), so that no visitor
// waits for them: called by jobs about every 30 seconds.
func (s *Service) Warm(ctx context.Context, ed *Edition, now core.Instant) error { return nil }
