package catalog

import (
	"context"
	"slices"

	"duthi/core"
)

// ResealRoster seals anew, under the current key, what an older key sealed of a contest's roster, and says how
// many people it wrote. Keys stay as they are: contestants hold them.
func (f *Files) ResealRoster(ctx context.Context, contestID string) (n int, err error) {
	ctx, t, err := f.take(ctx, contestID)
	if err != nil {
		return 0, err
	}
	defer func() { err = t.giveBack(ctx, err) }()
	rec, err := f.cfg.Store.ContestRecord(ctx, contestID)
	if err != nil || rec.RosterSet == 0 {
		return 0, err
	}
	for after := ""; ; {
		page, err := f.cfg.Store.RosterAfter(ctx, contestID, rec.RosterSet, after, stageChunk)
		if err != nil || len(page) == 0 {
			return n, err
		}
		after = page[len(page)-1].Key
		stale := slices.DeleteFunc(page, func(x core.RosterPerson) bool {
			return f.cfg.Sealer.Current(x.Phone) && f.cfg.Sealer.Current(x.NationalID)
		})
		for i := range stale {
			x := &stale[i]
			if x.Phone, err = f.cfg.Sealer.Reseal(contestID, "phone", x.Phone); err != nil {
				return n, err
			}
			if x.NationalID, err = f.cfg.Sealer.Reseal(contestID, "national_id", x.NationalID); err != nil {
				return n, err
			}
		}
		if len(stale) > 0 {
			if err := t.renew(ctx); err != nil {
				return n, err
			}
			if err := f.cfg.Store.StageRoster(ctx, stale); err != nil {
				return n, err
			}
		}
		n += len(stale)
	}
}
