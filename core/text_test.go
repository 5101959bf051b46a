package core_test

import (
	"testing"

	"pgregory.net/rapid"

	"duthi/core"
)

// TestCleanTextSettles: cleaning what is clean changes nothing, also when what is taken out stood between a
// letter and its mark.
func TestCleanTextSettles(t *testing.T) {
	t.Parallel()
	if got := core.CleanText(" A\ufeff\u0300\r\n b\u200b "); got != "À b" {
		t.Errorf("%q", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		once := core.CleanText(rapid.String().Draw(t, "s"))
		if twice := core.CleanText(once); twice != once {
			t.Fatalf("%q becomes %q", once, twice)
		}
	})
}

func TestCleanLines(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" Chào\r\n\nanh/chị\t{ho_ten} \n": "Chào\n\nanh/chị {ho_ten}",
		"a\x00b\u202ec\u200b\ufeff":       "abc",
		"\xff\xfex":                       "x",
		"e\u0302\u0301":                   "ế",
		"👩\u200d👧":                        "👩\u200d👧",
	} {
		if got := core.CleanLines(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
