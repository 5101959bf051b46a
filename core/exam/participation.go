package exam

import (
	"cmp"
	"context"
	"slices"
	"strings"

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

// newRatio computes a ratio; counted are the people who count for the percentage.
func newRatio(c core.Count, counted, headcount int64, target int) Ratio {
	r := Ratio{People: c.People, Attempts: c.Attempts, Headcount: headcount}
	if headcount <= 0 {
		r.Headcount = 0
		return r
	}
	r.Percent = float64(counted*1000/headcount) / 10
	r.Needed = max((int64(target)*headcount+99)/100-counted, 0)
	r.Reached = r.Needed == 0
	return r
}

// UnitRow is a unit in a participation table.
type UnitRow struct {
	Code       string     `json:"code"`
	Name       string     `json:"name"`
	Parent     string     `json:"parent,omitempty"` // full name of the unit above
	ParentCode string     `json:"parent_code,omitempty"`
	Folded     string     `json:"folded"`             // for search: the name without accents
	BlockID    string     `json:"block_id,omitempty"` // of its level-1 unit
	Level      int        `json:"level"`              // 1: headcount and figures include sub-units
	Top        string     `json:"top"`                // code of the level-1 unit
	Children   int        `json:"children"`           // number of sub-units right below
	Direct     core.Count `json:"direct"`             // of People and Attempts, those who chose no sub-unit
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

// Participation gives the table of a round, or of the whole contest when roundID is "". It is at most 30 seconds
// old while the database answers; after that, the last one with its At. The value is shared: don't change it.
func (s *Service) Participation(ctx context.Context, ed *Edition, roundID string, now core.Instant) (*Participation, error) {
	if roundID != "" {
		if _, err := ed.round(roundID); err != nil {
			return nil, err
		}
	}
	id := tableID{"participation", ed.Contest.ID, roundID}
	return live(ctx, s, id, now, func(ctx context.Context) (*Participation, error) {
		figures, err := s.figures.Participation(ctx, ed.Contest.ID, roundID)
		if err != nil {
			return nil, err
		}
		return newParticipation(ed, roundID, figures, now), nil
	})
}

// newParticipation lays the counts over the tree of units.
func newParticipation(ed *Edition, roundID string, f core.Participation, now core.Instant) *Participation {
	target := ed.Contest.TargetPercent
	p := &Participation{ContestID: ed.Contest.ID, RoundID: roundID, At: now, Target: target}
	blocks := map[string]*BlockRow{}
	var headcount int64
	for _, u := range ed.Units.All() {
		row := newUnitRow(ed, u, f, target)
		p.Units = append(p.Units, row)
		if row.Level != 1 {
			continue
		}
		headcount += row.Headcount
		p.UnitsTotal++
		b := blocks[row.BlockID]
		if b == nil {
			b = &BlockRow{}
			blocks[row.BlockID] = b
		}
		b.Units++
		b.Headcount += row.Headcount
		if row.Reached {
			p.UnitsReached++
			b.UnitsReached++
		}
	}
	for _, def := range ed.Contest.Blocks() {
		row := BlockRow{ID: def.ID, Name: def.Name}
		if b := blocks[def.ID]; b != nil {
			row = BlockRow{def.ID, def.Name, b.Units, b.UnitsReached, newRatio(f.ByBlock[def.ID], f.ByBlock[def.ID].People, b.Headcount, target)}
		}
		p.Blocks = append(p.Blocks, row)
	}
	var other core.Count
	for code, c := range f.ByTop {
		if u, ok := ed.Units.Unit(code); !ok || u.ParentCode != "" {
			other.People, other.Attempts = other.People+c.People, other.Attempts+c.Attempts
		}
	}
	p.Other = newRatio(other, 0, 0, target)
	// Who was in "Đơn vị khác" once and in a listed unit later is taken off too: better too low than too high.
	p.Total = newRatio(f.Total, max(f.Total.People-other.People, 0), headcount, target)
	return p
}

// newUnitRow gives the row of a unit. Level 1 comes from the store, where a person counts once; a deeper unit
// with sub-units of its own is the sum of them.
func newUnitRow(ed *Edition, u core.Unit, f core.Participation, target int) UnitRow {
	row := UnitRow{Code: u.Code, Name: u.Name, ParentCode: u.ParentCode, Folded: core.Fold(u.Name), Level: 1}
	children := ed.Units.Children(u.Code)
	row.Children = len(children)
	if b, ok := ed.Units.Block(u.Code); ok {
		row.BlockID = b.ID
	}
	top, _ := ed.Units.Top(u.Code)
	row.Top = top.Code
	for up := u; up.ParentCode != "" && row.Level <= ed.Units.Len(); row.Level++ {
		parent, ok := ed.Units.Unit(up.ParentCode)
		if !ok {
			break
		}
		up = parent
	}
	count := f.ByTop[u.Code]
	if row.Level > 1 {
		row.Parent = ed.Units.FullName(u.ParentCode)
		count = below(ed.Units, u.Code, f, 0)
	}
	if row.Children > 0 {
		row.Direct = f.ByUnit[u.Code]
	}
	row.Ratio = newRatio(count, count.People, int64(u.Headcount), target)
	return row
}

// below adds up a unit and all its sub-units.
func below(t *core.UnitTree, code string, f core.Participation, depth int) core.Count {
	sum := f.ByUnit[code]
	if depth > t.Len() { // a cycle, which import refuses, must not hang a reader
		return sum
	}
	for _, child := range t.Children(code) {
		c := below(t, child.Code, f, depth+1)
		sum.People, sum.Attempts, sum.Points = sum.People+c.People, sum.Attempts+c.Attempts, sum.Points+c.Points
	}
	return sum
}

// Find gives the level-1 units of a block ("" all), the highest percentage first, those without one last. A query
// narrows them to units whose name holds every word of it (accents and case don't matter), sub-units included.
func (p *Participation) Find(query, blockID string) []UnitRow {
	words := strings.Fields(core.Fold(query))
	var out []UnitRow
	for _, u := range p.Units {
		if u.Level > 1 && len(words) == 0 || blockID != "" && u.BlockID != blockID || !holdsAll(u.Folded, words) {
			continue
		}
		out = append(out, u)
	}
	slices.SortStableFunc(out, func(a, b UnitRow) int {
		if known := cmp.Compare(min(b.Headcount, 1), min(a.Headcount, 1)); known != 0 {
			return known
		}
		return cmp.Compare(b.Percent, a.Percent)
	})
	return out
}

func holdsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// Children gives the units right below code in file order; when people took part without choosing one, a last
// row named "Không có trong danh sách" holds them (Code is the unit's own, no headcount).
func (p *Participation) Children(code string) []UnitRow {
	var out []UnitRow
	for _, u := range p.Units {
		if u.ParentCode == code && code != "" {
			out = append(out, u)
		}
	}
	if u, ok := p.Unit(code); ok && u.Children > 0 && u.Direct.Attempts > 0 {
		out = append(out, UnitRow{
			Code: u.Code, Name: "Không có trong danh sách", Parent: u.Name, ParentCode: u.Code, BlockID: u.BlockID,
			Level: u.Level + 1, Top: u.Top, Ratio: newRatio(u.Direct, 0, 0, p.Target),
		})
	}
	return out
}

// Unit gives a row by code.
func (p *Participation) Unit(code string) (UnitRow, bool) {
	for _, u := range p.Units {
		if u.Code == code {
			return u, true
		}
	}
	return UnitRow{}, false
}

// Lowest gives up to n level-1 units with a headcount that are below the target, the lowest percentage first.
func (p *Participation) Lowest(n int) []UnitRow {
	var out []UnitRow
	for _, u := range p.Units {
		if u.Level == 1 && u.Headcount > 0 && !u.Reached {
			out = append(out, u)
		}
	}
	slices.SortStableFunc(out, func(a, b UnitRow) int { return cmp.Compare(a.Percent, b.Percent) })
	return out[:min(n, len(out))]
}
