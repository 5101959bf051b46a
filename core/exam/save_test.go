package exam

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"duthi/core"
)

func TestParsePrediction(t *testing.T) {
	t.Parallel()
	any := core.PredictionRule{Enabled: true}
	for typed, want := range map[string]int64{
		"0": 0, "7": 7, "4120": 4120, "4.120": 4120, "4,120": 4120, "4 120": 4120, "4\u00a0120": 4120, " 12.345.678 ": 12345678,
		"007": 7, "999999999": 999999999,
	} {
		got, err := ParsePrediction(typed, any)
		if err != nil || got == nil || *got != want {
			t.Errorf("%q is read as %v (%v), want %d", typed, got, err, want)
		}
	}
	for _, typed := range []string{"-1", "1.5", "12.34", "4.12.0", "abc", "1e3", "+5", "1000000000", "99999999999999999999999", "٣", "4. 120", "1_000"} {
		got, err := ParsePrediction(typed, any)
		if !core.Is(err, core.Invalid) {
			t.Errorf("%q is read as %v (%v)", typed, got, err)
			continue
		}
		if e := err.(*core.Error); e.Fields["prediction"] == "" {
			t.Errorf("%q: no message for the field", typed)
		}
	}
	if got, err := ParsePrediction(" ", any); got != nil || err != nil {
		t.Errorf("nothing typed is %v, %v", got, err)
	}
	bounded := core.PredictionRule{Enabled: true, Min: 10, Max: 20}
	for typed, ok := range map[string]bool{"9": false, "10": true, "20": true, "21": false} {
		if _, err := ParsePrediction(typed, bounded); (err == nil) != ok {
			t.Errorf("%s within 10..20: %v", typed, err)
		}
	}
}

func TestBoundsOfAGuessAreWrittenAsPeopleReadThem(t *testing.T) {
	t.Parallel()
	_, err := ParsePrediction("60.000", core.PredictionRule{Enabled: true, Max: 50000})
	if err == nil || !strings.Contains(err.Error(), "từ 0 đến 50.000") {
		t.Error(err)
	}
}

func FuzzParsePrediction(f *testing.F) {
	f.Add("4.120")
	f.Add("-5")
	f.Fuzz(func(t *testing.T, typed string) {
		got, err := ParsePrediction(typed, core.PredictionRule{Enabled: true})
		if err != nil || got == nil {
			return
		}
		if again, err := ParsePrediction(fmt.Sprint(*got), core.PredictionRule{}); err != nil || *again != *got {
			t.Fatalf("%q is %d, then %v", typed, *got, err)
		}
	})
}

// What is shown and what is stored are each other's inverse, whatever the order of options.
func TestSheetChoice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(2, core.MaxOptions).Draw(t, "options")
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		order = rapid.Permutation(order).Draw(t, "order")
		multiple := rapid.Bool().Draw(t, "multiple")
		q := core.Question{Kind: core.Single, Options: make([]string, n)}
		if multiple {
			q.Kind = core.Multiple
		}
		sh := newSheet(&core.Attempt{Paper: []core.PaperItem{{Order: order}}}, []core.Question{q})
		it := &sh.items[0]
		places := rapid.SliceOfDistinct(rapid.IntRange(-1, n), rapid.ID[int]).Draw(t, "places")
		set, err := it.choice(places)
		outside := slices.Contains(places, -1) || slices.Contains(places, n)
		if want := outside || !multiple && len(places) > 1; (err != nil) != want {
			t.Fatalf("places %v of %d, several allowed: %v, error: %v", places, n, multiple, err)
		}
		if err != nil {
			return
		}
		for place, own := range order {
			if set.Has(own) != slices.Contains(places, place) {
				t.Fatalf("places %v by order %v are %b", places, order, set)
			}
		}
		slices.Sort(places)
		if got := it.shown(set); !slices.Equal(got, places) {
			t.Fatalf("places %v come back as %v", places, got)
		}
	})
}

func TestSheetCacheIsBounded(t *testing.T) {
	t.Parallel()
	c := newSheetCache(100)
	kept := &sheet{}
	c.put("used", kept)
	for i := range 10_000 {
		c.put(fmt.Sprint(i), &sheet{})
		if got, ok := c.get("used"); !ok || got != kept {
			t.Fatalf("what is used was dropped after %d", i)
		}
		if n := len(c.young) + len(c.old); n > 100 {
			t.Fatalf("%d kept", n)
		}
	}
	if _, ok := c.get("0"); ok {
		t.Fatal("what nobody used is still there")
	}
}
