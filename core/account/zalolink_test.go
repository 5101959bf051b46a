package account_test

import (
	"testing"
	"time"

	"duthi/core"
	"duthi/core/account"
)

// TestLinkingByCode: one account each, once, for minutes; few wrong codes.
func TestLinkingByCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	one := w.register(goodForm()).Person
	other := w.register(goodForm().with(account.FieldPhone, "0987654321").with(account.FieldNationalID, "049090000002")).Person
	take := func(p account.Person) string {
		t.Helper()
		code, _, err := w.ZaloCode(ctx, p)
		if err != nil {
			t.Fatal(err)
		}
		return code
	}
	old := take(one)
	code := take(one)
	_, err := w.LinkZalo(ctx, contestID, "zalo-1", old)
	wantCode(t, err, core.NotFound) // the newer one ended it
	for range 2 {                   // sent twice is fine
		if c, err := w.LinkZalo(ctx, contestID, "zalo-1", code); err != nil || c.ID != one.ContestantID || c.PasswordHash != "" {
			t.Fatalf("%+v, %v", c.ID, err)
		}
	}
	_, err = w.LinkZalo(ctx, contestID, "zalo-2", code)
	if err == nil {
		t.Error("a used code linked a second Zalo")
	}
	_, _, err = w.ZaloCode(ctx, one)
	wantCode(t, err, core.Conflict)
	_, err = w.LinkZalo(ctx, contestID, "zalo-1", take(other))
	wantCode(t, err, core.Conflict) // one account for each Zalo

	code = take(other)
	for range 6 {
		_, err = w.LinkZalo(ctx, contestID, "guesser", "AAAA-AAA3")
		wantCode(t, err, core.NotFound)
	}
	_, err = w.LinkZalo(ctx, contestID, "guesser", code)
	wantCode(t, err, core.Limited) // even the right one
	w.pass(11 * time.Minute)
	_, err = w.LinkZalo(ctx, contestID, "zalo-2", code)
	wantCode(t, err, core.NotFound) // too old
}
