package exam

import (
	"context"

	"duthi/core"
)

// TookPart gives the ids of the people of a unit, its sub-units included, who have a valid attempt. NotFound
// when the contest has no such unit.
func (s *Service) TookPart(ctx context.Context, ed *Edition, unitCode string) (map[string]bool, error) {
	u, ok := ed.Units.Unit(unitCode)
	if !ok {
		return nil, core.Errorf(core.NotFound, "Không có đơn vị này.")
	}
	return s.figures.TookPart(ctx, ed.Contest.ID, unitCode, u.ParentCode != "")
}
