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
