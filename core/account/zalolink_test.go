package account_test

import (
	"errors"
	"strings"
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
		code, _, err := w.ZaloCode(ctx, p, goodPass, addr)
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
	_, _, err = w.ZaloCode(ctx, one, goodPass, addr)
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

// TestLinkingTakesThePassword: a signed-in browser alone gets no code, what is guessed there counts with what is
// guessed at the other changes, and a code that was made before stays good through wrong passwords.
func TestLinkingTakesThePassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := t.Context()
	one := w.register(goodForm()).Person
	good, _, err := w.ZaloCode(ctx, one, goodPass, addr)
	if err != nil {
		t.Fatal(err)
	}
	for i, wrong := range []string{"", "1", goodPass + " ", strings.ToUpper(goodPass), "khong phai no"} {
		code, _, err := w.ZaloCode(ctx, one, wrong, addr)
		var e *core.Error
		if code != "" || !errors.As(err, &e) || e.Fields[account.FieldPassword] == "" {
			t.Errorf("%d: %q, %v", i, code, err)
		}
	}
	_, _, err = w.ZaloCode(ctx, one, "khong phai no", addr)
	wantCode(t, err, core.Limited)
	_, _, err = w.ZaloCode(ctx, one, goodPass, addr)
	wantCode(t, err, core.Limited) // even the right one
	_, _, err = w.SendPhoneCode(ctx, one, "0987654321", goodPass, addr)
	wantCode(t, err, core.Limited) // one count with the other changes that take the password
	if c, err := w.LinkZalo(ctx, contestID, "zalo-1", good); err != nil || c.ID != one.ContestantID {
		t.Errorf("the code made before: %v", err)
	}
	_, _, err = w.ZaloCode(ctx, account.Person{Kind: account.KindOrganizer, Name: "lan"}, goodPass, addr)
	wantCode(t, err, core.Forbidden)
}
