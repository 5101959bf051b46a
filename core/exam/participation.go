package exam

import (
	"context"

	"duthi/core"
)

// Ratio is people against a headcount.
type Ratio struct {
	People    int64   `json:"people"`    // distinct people with a valid attempt
	Attempts  int64   `json:"attempts"`  // valid attempts
	Headcount int64   `json:"headcount"` // 0: not known, then there is no percentage
	Percent   float64 `json:"percent"`   // one decimal, floored, so that 80.0 is never shown below the target; may pass 100
	Needed    int64   `json:"needed"`    // people still needed to reach the target
	Reached   bool    `json:"reached"`
}

// UnitRow is a unit in a participation table.
type UnitRow struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Parent   string `json:"parent,omitempty"`   // name of the unit above
	Folded   string `json:"folded"`             // for search
	BlockID  string `json:"block_id,omitempty"` // of level 1
	Level    int    `json:"level"`              // 1: headcount and figures include sub-units
	Top      string `json:"top"`                // code of the level-1 unit
	Children int    `json:"children"`           // number of sub-units right below
	Ratio
}

// BlockRow is a block in a participation table.
type BlockRow struct {
	ID           string `json:"id"`
	Name         string `json:"name"`
	Units        int    `json:"units"`         // level-1 units
	UnitsReached int    `json:"units_reached"` // of those, at or above the target
	Ratio
}

// Participation is who took part, in a round or the whole contest.
type Participation struct {
	ContestID    string       `json:"contest_id"`
	RoundID      string       `json:"round_id,omitempty"` // "": the whole contest
	At           core.Instant `json:"at"`                 // when it was computed
	Target       int          `json:"target"`             // percent
	Total        Ratio        `json:"total"`              // People are distinct over all units, "Đơn vị khác" included; Percent is without it
	UnitsReached int          `json:"units_reached"`      // level-1 units
	UnitsTotal   int          `json:"units_total"`
	Blocks       []BlockRow   `json:"blocks"`
	Units        []UnitRow    `json:"units"` // every unit, in file order
	Other        Ratio        `json:"other"` // "Đơn vị khác" and units no longer listed: no headcount, no percentage
}

// Find gives the level-1 units of a block ("" all) whose name holds every word of query (accents and case don't
// matter; a query also finds sub-units), the highest percentage first.
func (p *Participation) Find(query, blockID string) []UnitRow { return nil }

// Children gives the units right below code in file order; when people took part without choosing one, a last
// row named "Không có trong danh sách" holds them (Code is the unit's own, no headcount).
func (p *Participation) Children(code string) []UnitRow { return nil }

// Unit gives a row by code.
func (p *Participation) Unit(code string) (UnitRow, bool) { return UnitRow{}, false }

// Lowest gives up to n level-1 units with a headcount that are below the target, the lowest percentage first.
func (p *Participation) Lowest(n int) []UnitRow { return nil }

// Participation gives the table of a round, or of the whole contest when roundID is "". It is at most 30 seconds
// old while the database answers; after that, the last one with its At. The value is shared: don't change it.
func (s *Service) Participation(ctx context.Context, ed *Edition, roundID string, now core.Instant) (*Participation, error) {
	return nil, errUnbuilt
}
