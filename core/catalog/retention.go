package catalog

import (
	"context"

	"duthi/core"
)

// Anonymised ends the keeping of a contest's personal data: its roster goes, and the record says that it has. It can
// be done again. Conflict while somebody imports.
func (f *Files) Anonymised(ctx context.Context, contestID string) (err error) {
	ctx, t, err := f.take(ctx, contestID)
	if err != nil {
		return err
	}
	defer func() { err = t.giveBack(ctx, err) }()
	rec, err := f.cfg.Store.ContestRecord(ctx, contestID)
	if err != nil {
		return err
	}
	for set := max(rec.RosterSet-1, 1); set <= rec.RosterSet+1; set++ { // what an import left that was killed stands beside it
		if err := f.cfg.Store.DropSet(ctx, contestID, "roster", set); err != nil {
			return err
		}
	}
	rec.RosterSet, rec.AnonymisedAt = 0, f.cfg.Clock.Now()
	rec.Revision++
	return f.cfg.Store.SaveContest(ctx, rec)
}

// RosterSize counts the people of a contest's roster.
func (f *Files) RosterSize(ctx context.Context, rec core.ContestRecord) (n int, err error) {
	for after := ""; rec.RosterSet != 0; {
		page, err := f.cfg.Store.RosterAfter(ctx, rec.ID, rec.RosterSet, after, stageChunk)
		if err != nil || len(page) == 0 {
			return n, err
		}
		n, after = n+len(page), page[len(page)-1].Key
	}
	return n, nil
}
