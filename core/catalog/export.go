package catalog

import (
	"context"
	"io"
	"iter"

	"duthi/core"
	"duthi/core/contestfile"
)

// Export writes what of a contest ("contest", "questions", "units" or "roster") as a file that Import reads
// back to the same; format is contestfile.CSV or XLSX and means nothing for a contest. Taking the roster out
// is noted in the log, as it holds personal data.
func (f *Files) Export(ctx context.Context, w io.Writer, contestID, what, format, by string) error {
	rec, err := f.cfg.Store.ContestRecord(ctx, contestID)
	if err != nil {
		return err
	}
	switch what {
	case "contest":
		return contestfile.FormatContest(w, &rec.Contest)
	case "questions":
		bank, err := f.cfg.Store.Questions(ctx, rec.ID, rec.QuestionSet)
		if err != nil {
			return err
		}
		return contestfile.WriteQuestions(w, format, contestfile.Each(bank))
	case "units":
		units, err := f.cfg.Store.Units(ctx, rec.ID, rec.UnitSet)
		if err != nil {
			return err
		}
		return contestfile.WriteUnits(w, format, contestfile.Each(units))
	case "roster":
		if err := f.record(ctx, "export.roster", rec.ID, "", by, nil); err != nil {
			return err
		}
		return contestfile.WriteRoster(w, format, f.rosterRows(ctx, rec))
	}
	return unknownKind(what)
}

func unknownKind(what string) error {
	return core.Errorf(core.Invalid, "Không có loại dữ liệu %q. Dùng contest, questions, units hoặc roster.", what)
}

// rosterRows gives the current list page by page, opened.
func (f *Files) rosterRows(ctx context.Context, rec core.ContestRecord) iter.Seq2[contestfile.RosterRow, error] {
	return func(yield func(contestfile.RosterRow, error) bool) {
		for after := ""; ; {
			page, err := f.cfg.Store.RosterAfter(ctx, rec.ID, rec.RosterSet, after, 500)
			if err != nil {
				yield(contestfile.RosterRow{}, err)
				return
			}
			if len(page) == 0 {
				return
			}
			for _, p := range page {
				if row, err := f.openPerson(p); !yield(row, err) || err != nil {
					return
				}
			}
			after = page[len(page)-1].Key
		}
	}
}

func (f *Files) openPerson(p core.RosterPerson) (contestfile.RosterRow, error) {
	row := contestfile.RosterRow{UnitCode: p.UnitCode, FullName: p.FullName, BirthDate: p.BirthDate, StaffCode: p.StaffCode}
	var err error
	if row.NationalID, err = f.cfg.Sealer.Open(p.NationalID); err != nil {
		return row, err
	}
	row.Phone, err = f.cfg.Sealer.Open(p.Phone)
	return row, err
}
