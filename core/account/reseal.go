package account

import (
	"context"

	"duthi/core"
)

// Reseal seals anew, under the current key, what an older key sealed of a contest's people and their requests,
// and says how many records it wrote. It runs beside everything else; run again it writes nothing. Until it
// has run everything is found under either key.
func (s *Service) Reseal(ctx context.Context, contestID string) (int, error) {
	n, err := s.resealPeople(ctx, contestID)
	if err != nil {
		return n, err
	}
	m, err := s.resealRequests(ctx, contestID)
	return n + m, err
}

// resealPage is how many people are read at a time.
const resealPage = 500

func (s *Service) resealPeople(ctx context.Context, contestID string) (n int, err error) {
	for after := ""; ; {
		page, err := s.cfg.People.Contestants(ctx, contestID, PeopleFilter{}, after, resealPage)
		if err != nil || len(page) == 0 {
			return n, err
		}
		for _, c := range page {
			if s.cfg.Sealer.Current(c.Phone) && s.cfg.Sealer.Current(c.NationalID) {
				continue
			}
			if _, err := s.updateContestant(ctx, c.ID, s.resealOne); err != nil {
				return n, err
			}
			n++
		}
		after = page[len(page)-1].ID
	}
}

func (s *Service) resealOne(c *core.Contestant) (err error) {
	if c.Phone, err = s.cfg.Sealer.Reseal(c.ContestID, "phone", c.Phone); err != nil {
		return err
	}
	c.NationalID, err = s.cfg.Sealer.Reseal(c.ContestID, "national_id", c.NationalID)
	return err
}

// allRequests is more than a contest will have: far fewer people ask for something than take part.
const allRequests = 1_000_000

func (s *Service) resealRequests(ctx context.Context, contestID string) (n int, err error) {
	all, err := s.cfg.People.Requests(ctx, contestID, "", "", allRequests)
	if err != nil {
		return 0, err
	}
	for _, r := range all {
		for {
			changed, err := s.resealRequest(ctx, r)
			if changed {
				n++
			}
			if !core.Is(err, core.Conflict) {
				if err != nil {
					return n, err
				}
				break
			}
			if r, err = s.cfg.People.Request(ctx, r.ID); err != nil { // decided meanwhile: look again
				return n, err
			}
		}
	}
	return n, nil
}

func (s *Service) resealRequest(ctx context.Context, r core.Request) (changed bool, err error) {
	current, err := s.sealedNow(r.Changes)
	if err != nil || current {
		return false, err
	}
	values, err := s.openChanges(r.Changes)
	if err != nil {
		return false, err
	}
	if r.Changes, err = s.sealChanges(r.ContestID, values); err != nil {
		return false, err
	}
	r.Revision++
	err = s.cfg.People.UpdateRequest(ctx, r)
	return err == nil, err
}
