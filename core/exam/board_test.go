package exam

import (
	"fmt"
	"slices"
	"testing"

	"duthi/core"
)

func TestMaskName(t *testing.T) {
	t.Parallel()
	for full, want := range map[string]string{
		"Nguyễn Thị An": "Nguyễn T. A.", "Lê Ánh": "Lê Á.", "An": "A.", "": "", "  đỗ   đức ": "đỗ Đ.", "H'Hen Niê": "H'Hen N.",
	} {
		if got := MaskName(full); got != want {
			t.Errorf("%q is masked as %q, want %q", full, got, want)
		}
	}
}

// Inside a band the order says nothing about the rank: whatever the ranking of the same people, it looks the same.
func TestBands(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 9, 10, 11, 50, 73, 100} {
		ranked := make([]BoardEntry, n)
		for i := range ranked {
			ranked[i] = BoardEntry{Name: fmt.Sprintf("Người %c.", 'A'+(n-i)%26), ContestantID: fmt.Sprint(i)}
		}
		got := bands(ranked)
		total := 0
		for i, b := range got {
			if b.To != bandEnds[i] || len(b.Entries) == 0 || len(b.Entries) > b.To-b.From+1 || b.From != total+1 {
				t.Errorf("%d people: band %d-%d holds %d", n, b.From, b.To, len(b.Entries))
			}
			for _, e := range b.Entries {
				if !slices.Contains(ranked[b.From-1:min(b.To, n)], e) {
					t.Errorf("%d people: %s is in the wrong band", n, e.ContestantID)
				}
			}
			total += len(b.Entries)
		}
		if total != n {
			t.Errorf("%d of %d people are shown", total, n)
		}
		if n > 10 {
			slices.Reverse(ranked[:10])
			if again := bands(ranked); !slices.Equal(again[0].Entries, got[0].Entries) {
				t.Error("the order inside a band follows the rank")
			}
		}
	}
}

func TestDaysWithoutGaps(t *testing.T) {
	t.Parallel()
	got := withoutGaps([]core.Day{{Date: "2023-10-30", Attempts: 3}, {Date: "2023-11-02", NewPeople: 1, Attempts: 2}}, "2023-11-03")
	want := []core.Day{{Date: "2023-10-30", Attempts: 3}, {Date: "2023-10-31"}, {Date: "2023-11-01"}, {Date: "2023-11-02", NewPeople: 1, Attempts: 2}, {Date: "2023-11-03"}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
	if got := withoutGaps(nil, "2023-11-03"); !slices.Equal(got, []core.Day{{Date: "2023-11-03"}}) {
		t.Errorf("%+v", got)
	}
	if got := withoutGaps([]core.Day{{Date: "0001-01-01", Attempts: 1}}, "2023-11-03"); len(got) > 1100 {
		t.Errorf("%d days", len(got))
	}
}
