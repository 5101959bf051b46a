package account

import (
	"context"

	"duthi/core"
)

// NotRegistered looks at up to limit people of the roster in a unit and those below it, in the order of their keys, and
// gives those who never registered, with name and unit only. Go on after next until it is "". Without a roster there is
// nobody. Right: SeePeople; a focal point's own unit.
func (s *Service) NotRegistered(ctx context.Context, by Person, contestID, unitCode, after string, limit int) (people []core.RosterPerson, next string, err error) {
	if err := by.must(SeePeople); err != nil {
		return nil, "", err
	}
	contest, err := s.cfg.Contest(ctx, contestID)
	if err != nil {
		return nil, "", err
	}
	if by.Role == core.FocalPoint && (by.ContestID != contestID || !within(contest.Units, unitCode, by.UnitCode)) {
		return nil, "", errForbidden
	}
	if contest.RosterSet == 0 {
		return nil, "", nil
	}
	units := []string{unitCode}
	for _, u := range contest.Units.All() {
		if u.Code != unitCode && within(contest.Units, u.Code, unitCode) {
			units = append(units, u.Code)
		}
	}
	found, next, err := s.cfg.People.RosterUnregistered(ctx, contestID, contest.RosterSet, units, after, max(1, min(limit, 1000)))
	for _, p := range found {
		people = append(people, core.RosterPerson{Key: p.Key, UnitCode: p.UnitCode, FullName: p.FullName})
	}
	return people, next, err
}
