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
	r := Result{Kind: "units", ContestID: contestID, DryRun: how.DryRun}
	t, err := f.take(ctx, contestID)
	if err != nil {
		return r, err
	}
	defer t.giveBack(ctx)
	rec, err := f.cfg.Store.ContestRecord(ctx, contestID)
	if err != nil {
		return r, err
	}
	units, err := readUnits(&rec.Contest, tab)
	if err != nil {
		return r, err
	}
	if err := f.compareUnits(ctx, rec, units, &r); err != nil {
		return r, err
	}
	if how.DryRun || r.Same() {
		return r, nil
	}
	err = f.replace(ctx, t, rec, unitSet, func(next int64) error {
		for i := range units {
			units[i].ContestID, units[i].Set = rec.ID, next
		}
		for chunk := range slices.Chunk(units, stageChunk) {
			if err := f.cfg.Store.StageUnits(ctx, chunk); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return r, err
	}
	return r, f.imported(ctx, r, how.By, tab.Name())
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
