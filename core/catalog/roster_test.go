package catalog_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/contestfile"
)

func TestRosterIsSealedAndStable(t *testing.T) {
	t.Parallel()
	w := full(t)
	w.must(t, "roster", rosterFile)
	people := func() map[string]core.RosterPerson {
		t.Helper()
		page, err := w.store.RosterAfter(t.Context(), contestID, w.record(t).RosterSet, "", 100)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]core.RosterPerson{}
		for _, p := range page {
			out[p.FullName] = p
		}
		return out
	}
	first := people()
	an := first["Nguyễn Văn An"]
	if an.NationalID.Hash != w.sealer.Hash(contestID, "national_id", "049090001234") || an.NationalID.Last != "234" || an.NameFolded != "nguyen van an" {
		t.Errorf("%+v", an)
	}
	if id, err := w.sealer.Open(an.NationalID); err != nil || id != "049090001234" || strings.Contains(fmt.Sprint(an), "049090001234") {
		t.Errorf("national id: %q %v", id, err)
	}
	// An moves, Bình gets a staff code, Ánh gets a phone: all stay who they were.
	r := w.must(t, "roster", "Mã đơn vị,Họ và tên,Ngày sinh,CCCD,Mã cán bộ,SĐT\n"+
		"STC,Nguyễn Văn An,31/12/1990,049090001234,cb1,0912345678\nSNV-VP,Trần Thị Bình,,,CB2,\nSTC,Lê Ánh,1985-02-01,049085000001,,0912345679\n")
	if r.Changed != 3 || r.Added+r.Removed != 0 {
		t.Errorf("%+v", r)
	}
	for name, p := range people() {
		if p.Key != first[name].Key {
			t.Errorf("%s had key %s and has %s", name, first[name].Key, p.Key)
		}
	}
	var out bytes.Buffer
	if err := w.Export(t.Context(), &out, contestID, "roster", contestfile.CSV, "command"); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "STC,Nguyễn Văn An,1990-12-31,049090001234,CB1,'+84912345678\n") {
		t.Errorf("exported: %s", out.String())
	}
	if r := w.must(t, "roster", out.String()); !r.Same() {
		t.Errorf("what was exported differs: %+v", r)
	}
}

// TestOldSetsGo: the set before the last stays for readers who haven't noticed the switch, older ones go.
func TestOldSetsGo(t *testing.T) {
	t.Parallel()
	w := full(t)
	for i := range 3 {
		w.must(t, "units", strings.Replace(data(t, "units.csv"), "so-nganh,86", fmt.Sprintf("so-nganh,%d", 87+i), 1))
	}
	for set, want := range map[int64]int{1: 0, 2: 0, 3: 161, 4: 161} {
		if us, err := w.store.Units(t.Context(), contestID, set); err != nil || len(us) != want {
			t.Errorf("set %d has %d units, %v", set, len(us), err)
		}
	}
}

func TestContestRules(t *testing.T) {
	t.Parallel()
	w := full(t)
	for want, x := range map[string]struct{ what, content string }{
		"loại đơn vị không thuộc khối nào":       {"units", "code,name,parent_code,kind,headcount\nA,Một,,phong,5\n"},
		"“SNVV” không có đơn vị nào mang mã này": {"roster", "unit_code,full_name\nSNVV,An\n"},
		"Có phải là SNV?":                        {"roster", "unit_code,full_name\nsở nội vụ,An\n"},
		"Ngân hàng chỉ có 1 câu":                 {"questions", "id,question,option_a,option_b,correct\nq,Hỏi?,A,B,A\n"},
		"Không có loại dữ liệu":                  {"things", "a,b\n"},
	} {
		if _, err := w.file(t, x.what, x.content); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	if _, err := w.tryContest(t, "\nurls:", "\ntopics: [{id: nq76, name: Nghị quyết 76}]\nurls:"); !core.Is(err, core.Invalid) || !strings.Contains(err.Error(), "không có trong topics") {
		t.Errorf("topics that the bank does not keep to: %v", err)
	}
	w.now = time.Date(2023, 10, 5, 0, 0, 0, 0, time.UTC)
	if _, err := w.tryContest(t, "id: dot-1\n", "id: dot-mot\n"); !core.Is(err, core.Invalid) || !strings.Contains(err.Error(), "đã bắt đầu nên không thể bỏ") {
		t.Errorf("a round that has begun was taken away: %v", err)
	}
	if r := w.contest(t, "duration_minutes: 20", "duration_minutes: 25"); len(r.Notes) == 0 || !strings.Contains(r.String(), "Đợt 1 đang mở") {
		t.Errorf("%s", r)
	}
}
