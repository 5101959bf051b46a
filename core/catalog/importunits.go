package catalog

import (
	"context"
	"slices"
	"strings"

	"duthi/core"
	"duthi/core/contestfile"
)

// ImportUnits replaces a contest's organisation by that of a table.
func (f *Files) ImportUnits(ctx context.Context, contestID string, tab *contestfile.Table, how How) (Result, error) {
	return f.importSet(ctx, unitSet, contestID, tab, how, func(rec core.ContestRecord, r *Result) (plan, error) {
		return &unitPlan{files: f, rec: rec, result: r}, nil
	})
}

// unitPlan is what the first reading found out: organisations are small enough to be held.
type unitPlan struct {
	files  *Files
	rec    core.ContestRecord
	result *Result
	units  []core.Unit
}

func (p *unitPlan) look(ctx context.Context, tab *contestfile.Table) (err error) {
	if p.units, err = readUnits(&p.rec.Contest, tab); err != nil {
		return err
	}
	return p.files.compareUnits(ctx, p.rec, p.units, p.result)
}

func (p *unitPlan) stage(ctx context.Context, t *turn, _ *contestfile.Table, next int64) error {
	for i := range p.units {
		p.units[i].ContestID, p.units[i].Set = p.rec.ID, next
	}
	for chunk := range slices.Chunk(p.units, stageChunk) {
		if err := t.renew(ctx); err != nil {
			return err
		}
		if err := p.files.cfg.Store.StageUnits(ctx, chunk); err != nil {
			return err
		}
	}
	return nil
}

// readUnits gives the units of a table when they fit the contest: the kind of a level-1 unit is in a block.
func readUnits(c *core.Contest, tab *contestfile.Table) ([]core.Unit, error) {
	var kinds []string
	for _, b := range c.Blocks() {
		kinds = append(kinds, b.Kinds...)
	}
	var faults contestfile.FaultList
	var units []core.Unit
	for row, err := range tab.Units(&faults) {
		if err != nil {
			return nil, err
		}
		u := row.Value
		if u.ParentCode == "" && u.Kind != "" && len(kinds) > 0 && !slices.Contains(kinds, u.Kind) {
			faults.Add(row.Fault("kind", u.Kind, "loại đơn vị không thuộc khối nào của cuộc thi", "Dùng một trong: "+strings.Join(kinds, ", ")+"; hoặc thêm loại này vào một khối trong tệp cuộc thi"))
		}
		units = append(units, u)
	}
	return units, faults.Err()
}

// compareUnits counts the differences. The order counts too: it is the order of lists.
func (f *Files) compareUnits(ctx context.Context, rec core.ContestRecord, units []core.Unit, r *Result) error {
	var old []core.Unit
	if rec.UnitSet != 0 {
		var err error
		if old, err = f.cfg.Store.Units(ctx, rec.ID, rec.UnitSet); err != nil {
			return err
		}
	}
	before := make(map[string]core.Unit, len(old))
	for _, u := range old {
		u.Set, u.ContestID = 0, ""
		before[u.Code] = u
	}
	var gone []string
	for i, u := range units {
		b, ok := before[u.Code]
		delete(before, u.Code)
		switch {
		case !ok:
			r.Added++
		case b == u:
			r.Unchanged++
		default:
			r.Changed++
		}
		r.Moved = r.Moved || i >= len(old) || old[i].Code != u.Code
	}
	for _, u := range old {
		if _, ok := before[u.Code]; ok {
			gone = append(gone, u.Code)
		}
	}
	r.Removed = len(gone)
	if len(gone) > 0 {
		if len(gone) > 10 {
			gone = append(gone[:10], "…")
		}
		r.note("Lưu ý: các đơn vị bị bỏ: %s. Người đã đăng ký ở đó vẫn được tính vào tổng số của cuộc thi.", strings.Join(gone, ", "))
	}
	return nil
}
