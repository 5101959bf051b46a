package exam

import (
	"testing"

	"pgregory.net/rapid"

	"duthi/core"
)

func TestRatio(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		people, head := rapid.Int64Range(0, 300).Draw(t, "people"), rapid.Int64Range(0, 250).Draw(t, "headcount")
		target := rapid.IntRange(0, 100).Draw(t, "target")
		r := newRatio(core.Count{People: people, Attempts: people}, people, head, target)
		if head == 0 {
			if r.Percent != 0 || r.Reached || r.Needed != 0 {
				t.Fatalf("without a headcount: %+v", r)
			}
			return
		}
		atTarget := func(p int64) bool { return p*100 >= int64(target)*head }
		if r.Reached != atTarget(people) {
			t.Fatalf("%d of %d, target %d: %+v", people, head, target, r)
		}
		if !atTarget(people+r.Needed) || r.Needed > 0 && atTarget(people+r.Needed-1) {
			t.Fatalf("%d more is not what %d of %d needs for %d %%", r.Needed, people, head, target)
		}
		if shown := r.Percent >= float64(target); shown != r.Reached {
			t.Fatalf("%d of %d is shown as %.1f %%, target %d reached: %v", people, head, r.Percent, target, r.Reached)
		}
	})
}

func testFigures() core.Participation {
	return core.Participation{
		Total:   core.Count{People: 63, Attempts: 80},
		ByBlock: map[string]core.Count{"so": {People: 58, Attempts: 70}, "huyen": {People: 2, Attempts: 5}},
		ByTop: map[string]core.Count{
			"SNV": {People: 8, Attempts: 10}, "SYT": {People: 50, Attempts: 60}, "DL": {People: 2, Attempts: 5},
			core.OtherUnit: {People: 3, Attempts: 4}, "GONE": {People: 1, Attempts: 1},
		},
		ByUnit: map[string]core.Count{
			"SNV": {People: 1, Attempts: 1}, "SNV-VP": {People: 4, Attempts: 5}, "SNV-CC": {People: 1, Attempts: 1},
			"SNV-CC-1": {People: 2, Attempts: 3}, "SYT": {People: 50, Attempts: 60}, "DL-NV": {People: 2, Attempts: 5},
			core.OtherUnit: {People: 3, Attempts: 4}, "GONE": {People: 1, Attempts: 1},
		},
	}
}

func TestParticipationTable(t *testing.T) {
	t.Parallel()
	p := newParticipation(testEdition(), "", testFigures(), firstDay)
	want := map[string]Ratio{
		"SNV":      {8, 10, 10, 80, 0, true}, // with its sub-units, exactly at the target
		"SNV-VP":   {4, 5, 4, 100, 0, true},
		"SNV-CC":   {3, 4, 3, 100, 0, true}, // with the unit below
		"SNV-CC-1": {2, 3, 2, 100, 0, true},
		"SYT":      {50, 60, 100, 50, 30, false},
		"DL":       {2, 5, 0, 0, 0, false}, // headcount not known
		"DL-NV":    {2, 5, 0, 0, 0, false},
	}
	for code, ratio := range want {
		if row, ok := p.Unit(code); !ok || row.Ratio != ratio {
			t.Errorf("%s: %+v, want %+v", code, row.Ratio, ratio)
		}
	}
	if got := (Ratio{63, 80, 110, 53.6, 29, false}); p.Total != got { // 59 listed people of 110
		t.Errorf("total %+v", p.Total)
	}
	if p.Other != (Ratio{People: 4, Attempts: 5}) || p.UnitsTotal != 3 || p.UnitsReached != 1 {
		t.Errorf("other %+v, %d of %d units", p.Other, p.UnitsReached, p.UnitsTotal)
	}
	blocks := []BlockRow{
		{"so", "Sở, ban, ngành", 2, 1, Ratio{58, 70, 110, 52.7, 30, false}},
		{"huyen", "Huyện, thị xã, thành phố", 1, 0, Ratio{People: 2, Attempts: 5}},
		{ID: "trong", Name: "Khối chưa có đơn vị"},
	}
	for i, b := range blocks {
		if p.Blocks[i] != b {
			t.Errorf("block %+v, want %+v", p.Blocks[i], b)
		}
	}
}

func codes(rows []UnitRow) string {
	s := ""
	for _, r := range rows {
		s += r.Code + " "
	}
	return s
}

func TestParticipationSearch(t *testing.T) {
	t.Parallel()
	p := newParticipation(testEdition(), "", testFigures(), firstDay)
	for _, c := range []struct{ query, block, want string }{
		{"", "", "SNV SYT DL "}, // by percentage, without one last
		{"", "huyen", "DL "},
		{"so y te", "", "SYT "},
		{"Y Tế", "", "SYT "},
		{"van phong", "", "SNV-VP "},
		{"noi vu", "", "SNV DL-NV "},
		{"noi vu", "huyen", "DL-NV "},
		{"không có", "", ""},
	} {
		if got := codes(p.Find(c.query, c.block)); got != c.want {
			t.Errorf("%q in %q: %s, want %s", c.query, c.block, got, c.want)
		}
	}
	kids := p.Children("SNV")
	if codes(kids) != "SNV-VP SNV-CC SNV " || kids[2].Name != "Không có trong danh sách" || kids[2].People != 1 || kids[2].Percent != 0 {
		t.Errorf("below Sở Nội vụ: %+v", kids)
	}
	if codes(p.Children("DL")) != "DL-NV " || p.Children("SYT") != nil || p.Children("") != nil {
		t.Error("wrong units below")
	}
	if codes(p.Lowest(5)) != "SYT " || len(p.Lowest(0)) != 0 {
		t.Errorf("lowest: %s", codes(p.Lowest(5)))
	}
	if row, _ := p.Unit("SNV-CC-1"); row.Level != 3 || row.Top != "SNV" || row.Parent != "Chi cục Văn thư, Sở Nội vụ" || row.BlockID != "so" {
		t.Errorf("row %+v", row)
	}
}

func TestParticipationWithoutUnits(t *testing.T) {
	t.Parallel()
	ed := testEdition()
	ed.Units, ed.Contest.Prizes = core.NewUnitTree(nil, nil), nil
	p := newParticipation(ed, "", testFigures(), firstDay)
	if p.Total.People != 63 || p.Total.Percent != 0 || p.UnitsTotal != 0 || len(p.Find("", "")) != 0 {
		t.Errorf("%+v", p)
	}
}
