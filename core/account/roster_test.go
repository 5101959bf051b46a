package account_test

import (
	"fmt"
	"testing"

	"duthi/core"
	"duthi/core/account"
)

func (w *world) importRoster(rows ...core.RosterPerson) {
	w.t.Helper()
	w.roster = 1
	for i := range rows {
		rows[i].ContestID, rows[i].Set, rows[i].NameFolded = contestID, 1, core.Fold(rows[i].FullName)
	}
	if err := w.store.StageRoster(w.t.Context(), rows); err != nil {
		w.t.Fatal(err)
	}
}

func TestRosterMatching(t *testing.T) { eachStore(t, rosterMatching) }

func rosterMatching(t *testing.T) {
	w := newWorld(t, func(w *world) { w.contest.Registration.OTP = false })
	seal := w.cfg.Sealer
	w.importRoster(
		core.RosterPerson{Key: "r1", UnitCode: "DL-NV", FullName: "Nguyễn Văn Bình", BirthDate: "1985-12-31"},
		core.RosterPerson{Key: "r2", UnitCode: "DL-NV", FullName: "Nguyễn Văn Bình", BirthDate: "1990-01-01"},
		core.RosterPerson{Key: "r3", UnitCode: "SNV", FullName: "Trần Thị Hà", NationalID: seal.Seal(contestID, "national_id", "049190000333")},
		core.RosterPerson{Key: "r4", UnitCode: "SNV", FullName: "Lê Văn Tám"},
		core.RosterPerson{Key: "r5", UnitCode: "DL", FullName: "Phạm Thị Năm", BirthDate: "1979-05-05"},
	)
	w.importRoster(
		core.RosterPerson{Key: "r6", UnitCode: "SNV", FullName: "Võ Thị Bảy"},
		core.RosterPerson{Key: "r7", UnitCode: "SNV", FullName: "Võ Thị Bảy"},
		core.RosterPerson{Key: "r8", UnitCode: "DL-NV", FullName: "Bùi Văn Chín", BirthDate: "1980-08-08"},
		core.RosterPerson{Key: "r9", UnitCode: "DL", FullName: "Bùi Văn Chín", BirthDate: "1980-08-08"},
	)
	n := 0
	register := func(name, birth, id, one, two string) (core.Contestant, error) {
		n++
		f := goodForm().with(account.FieldName, name).with(account.FieldBirthDate, birth).with(account.FieldUnit1, one).
			with(account.FieldUnit2, two).with(account.FieldUnitOther, "Công ty nước sạch").with(account.FieldPhone, fmt.Sprintf("09123450%02d", n))
		if id == "" {
			id = fmt.Sprintf("0490850000%02d", n)
		}
		in, err := w.FinishRegistration(t.Context(), w.fill(f.with(account.FieldNationalID, id)), "", addr)
		if err != nil {
			return core.Contestant{}, err
		}
		return *in.Person.Contestant, nil
	}
	for _, c := range []struct{ why, name, birth, id, one, two, want string }{
		{"name, birth date and unit, of two with the name", "NGUYEN VAN BINH", "31/12/1985", "", "DL", "DL-NV", "r1"},
		{"identity number, though another unit", "Trần Thị Hà", "02/02/1990", "049190000333", "DL", "DL-TC", "r3"},
		{"alone in the unit, no birth date on the list", "Lê Văn Tám", "03/03/1980", "", "SNV", "", "r4"},
		{"the same name again: somebody else, not refused", "Lê Văn Tám", "04/04/1981", "", "SNV", "", ""},
		{"listed at the unit above", "Phạm Thị Năm", "05/05/1979", "", "DL", "DL-TC", "r5"},
		{"another birth date than on the list", "Nguyễn Văn Bình", "30/12/1985", "", "DL", "DL-NV", ""},
		{"two of the name, no birth dates", "Võ Thị Bảy", "07/07/1987", "", "SNV", "", ""},
		{"twice on the list", "Bùi Văn Chín", "08/08/1980", "", "DL", "DL-NV", ""},
		{"alone with the name, but in no unit of the list", "Lê Văn Tám", "09/09/1989", "", core.OtherUnit, "", ""},
		{"not on the list at all", "Hồ Văn Sáu", "06/06/1986", "", "SNV", "", ""},
	} {
		got, err := register(c.name, c.birth, c.id, c.one, c.two)
		if err != nil || got.RosterKey != c.want {
			t.Errorf("%s: %q, %v; want %q", c.why, got.RosterKey, err, c.want)
		}
	}
	_, err := register("Nguyễn Văn Bình", "31/12/1985", "", "DL", "DL-NV")
	wantCode(t, err, core.Conflict)
}
