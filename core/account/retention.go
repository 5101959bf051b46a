package account

import (
	"context"

	"duthi/core"
)

// ErasePeople erases up to limit people of a contest whose id is greater than after, as erase does, and says how many
// it wrote and where to go on; next is "" when nobody is left. Who is erased already is passed over: it can be begun
// again from the start.
func (s *Service) ErasePeople(ctx context.Context, contestID, after string, limit int) (next string, n int, err error) {
	people, err := s.cfg.People.Contestants(ctx, contestID, PeopleFilter{}, after, limit)
	for _, c := range people {
		if c.Status == core.Erased && c.FullName == "" && c.Phone.IsZero() {
			continue
		}
		if err := s.erase(ctx, c.ID); err != nil {
			return "", n, err
		}
		n++
	}
	if err != nil || len(people) < limit {
		return "", n, err
	}
	return people[len(people)-1].ID, n, nil
}

// CloseFocalPoints ends the accounts of a contest's focal points and forgets whose they were; it says how many.
func (s *Service) CloseFocalPoints(ctx context.Context, contestID string) (n int, err error) {
	all, err := s.cfg.Organizers.Organizers(ctx)
	if err != nil {
		return 0, err
	}
	for _, o := range all {
		if o.Role != core.FocalPoint || o.ContestID != contestID || o.Disabled && o.FullName == "" && o.PasswordHash == "" && o.ZaloUserID == "" {
			continue
		}
		_, err := s.updateOrganizer(ctx, o.Name, func(o *core.Organizer) error {
			o.FullName, o.PasswordHash, o.Disabled = "", "", true
			o.ZaloUserID, o.ZaloAt = "", 0
			return nil
		})
		if err != nil {
			return n, err
		}
		if err := s.cfg.Tokens.DeleteTokens(ctx, core.TokenLink, "organizer:"+o.Name, ""); err != nil {
			return n, err
		}
		if err := s.endSessions(ctx, "organizer:"+o.Name, ""); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
