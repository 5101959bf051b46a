package account

import (
	"context"

	"duthi/core"
)

// matchRoster gives the key of the one roster person the answers fit, or "". It is asked only when somebody has
// proved their phone and finishes, and its outcome is not shown: nobody can learn from it who is on the list.
// Who isn't found registers all the same, as lists are never complete.
// sure is false when only the name in the unit fitted: somebody else may bear it too.
func (s *Service) matchRoster(ctx context.Context, c Contest, a answers) (key string, sure bool, err error) {
	if c.RosterSet == 0 {
		return "", false, nil
	}
	name := core.Fold(a.Name)
	for _, by := range []struct{ field, value string }{
		{"national_id", a.NationalID}, {"staff_code", a.StaffCode}, {"phone", a.Phone},
	} {
		found, err := s.rosterBy(ctx, c, by.field, by.value)
		if err != nil {
			return "", false, err
		}
		if key := onlyOne(found, func(p core.RosterPerson) bool { return p.NameFolded == name }); key != "" {
			return key, true, nil
		}
	}
	units := unitsAround(c.Units, a.UnitCode)
	found, err := s.cfg.People.RosterMatches(ctx, c.File.ID, c.RosterSet, name, units, 20)
	if err != nil {
		return "", false, err
	}
	if a.BirthDate != "" {
		if key := onlyOne(found, func(p core.RosterPerson) bool { return p.BirthDate == a.BirthDate }); key != "" {
			return key, true, nil
		}
	}
	// Lists often lack birth dates: then a name that is alone in its unit will do.
	if len(units) > 0 && len(found) == 1 && (found[0].BirthDate == "" || a.BirthDate == "") {
		return found[0].Key, false, nil
	}
	return "", false, nil
}

func (s *Service) rosterBy(ctx context.Context, c Contest, field, value string) ([]core.RosterPerson, error) {
	if value == "" {
		return nil, nil
	}
	if field == "staff_code" {
		return s.cfg.People.RosterBy(ctx, c.File.ID, c.RosterSet, field, value)
	}
	for _, h := range s.cfg.Sealer.Hashes(c.File.ID, field, value) {
		found, err := s.cfg.People.RosterBy(ctx, c.File.ID, c.RosterSet, field, h)
		if err != nil || len(found) > 0 {
			return found, err
		}
	}
	return nil, nil
}

// onlyOne gives the key of the person that fits when no other does.
func onlyOne(found []core.RosterPerson, fits func(core.RosterPerson) bool) string {
	key := ""
	for _, p := range found {
		if !fits(p) {
			continue
		}
		if key != "" {
			return ""
		}
		key = p.Key
	}
	return key
}

// unitsAround gives the units a list may have the person in: the chosen one, those above and those below.
func unitsAround(t *core.UnitTree, code string) []string {
	top, ok := t.Top(code)
	if !ok {
		return nil // any
	}
	out := []string{code}
	if top.Code != code {
		out = append(out, top.Code)
	}
	for _, u := range t.Children(code) {
		out = append(out, u.Code)
	}
	return out
}
