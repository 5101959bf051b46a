package account

import (
	"context"

	"duthi/core"
)

// Erase blanks a contestant's personal data and ends their sessions; attempts stay as numbers, and the phone
// and identity number may register again. Right: EditPeople.
func (s *Service) Erase(ctx context.Context, by Person, contestantID, reason string) error {
	return s.editPerson(ctx, by, contestantID, "contestant.erase", reason, func() error { return s.erase(ctx, contestantID) })
}

// erase does the same twice. The record goes first: it is what is shown; requests and sessions follow, and a
// second call finishes what a crash left.
func (s *Service) erase(ctx context.Context, id string) error {
	c, err := s.updateContestant(ctx, id, func(c *core.Contestant) error {
		*c = core.Contestant{ID: c.ID, ContestID: c.ContestID, Status: core.Erased, UnitCode: c.UnitCode, Unit1Code: c.Unit1Code,
			Consents: c.Consents, // the proof that there was one; it names nobody
			Sample:   c.Sample, CreatedAt: c.CreatedAt, Revision: c.Revision}
		return nil
	})
	if err != nil {
		return err
	}
	if err := s.endSessions(ctx, "contestant:"+id, ""); err != nil {
		return err
	}
	rs, err := s.cfg.People.Requests(ctx, c.ContestID, "", id, 1000)
	if err != nil {
		return err
	}
	for _, r := range rs {
		if len(r.Changes) == 0 && r.Note == "" && r.Status != core.RequestOpen {
			continue
		}
		r.Changes, r.Note = nil, ""
		if r.Status == core.RequestOpen {
			r.Status = core.RequestAccepted
			if r.DecidedAt == 0 {
				r.DecidedBy, r.DecidedAt, r.Reason = "system", s.cfg.Clock.Now(), "Dữ liệu đã được xóa."
			}
			if r.Kind != RequestErase {
				r.Status = core.RequestRefused
			}
		}
		r.Revision++
		if err := s.cfg.People.UpdateRequest(ctx, r); err != nil && !core.Is(err, core.Conflict) {
			return err
		}
	}
	return nil
}
