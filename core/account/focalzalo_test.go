package account_test

import (
	"errors"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/account"
)

// focalPoint makes the account of a unit and signs it in.
func (w *world) focalPoint(t *testing.T, unit string) account.Person {
	t.Helper()
	_, link, err := w.AddFocalPoint(t.Context(), account.CommandLine(), contestID, unit, "Lê Thị Đầu Mối")
	if err != nil {
		t.Fatal(err)
	}
	in, err := w.ActivateFocalPoint(t.Context(), link, goodPass, addr)
	if err != nil {
		t.Fatal(err)
	}
	return in.Person
}

// TestFocalPointAsksForReminders: with the password only, one Zalo for each unit and one unit for each Zalo, undone at
// will, and ended with the account's being somebody else's.
func TestFocalPointAsksForReminders(t *testing.T) { eachStore(t, focalZalo) }

func focalZalo(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	one, other := w.focalPoint(t, "DL"), w.focalPoint(t, "SNV")
	take := func(p account.Person) string {
		t.Helper()
		code, until, err := w.FocalZaloCode(ctx, p, goodPass, addr)
		if err != nil || until <= core.At(w.clock()) {
			t.Fatal(err)
		}
		return code
	}
	_, _, err := w.FocalZaloCode(ctx, one, "khong phai no", addr)
	var e *core.Error
	if !errors.As(err, &e) || e.Fields[account.FieldPassword] == "" {
		t.Errorf("a code without the password: %v", err)
	}
	_, _, err = w.FocalZaloCode(ctx, account.Person{Kind: account.KindOrganizer, Name: "lan", Role: core.Owner}, goodPass, addr)
	wantCode(t, err, core.Forbidden)

	old := take(one)
	code := take(one)
	_, err = w.LinkFocalZalo(ctx, contestID, "zalo-1", old)
	wantCode(t, err, core.NotFound) // a new code ends the one before
	if asked, err := w.ReadChatCode(ctx, contestID, "zalo-1", code); err != nil || asked.For != account.ChatFocal {
		t.Errorf("%+v, %v", asked, err)
	}
	_, err = w.LinkZalo(ctx, contestID, "zalo-1", code)
	wantCode(t, err, core.NotFound) // is no contestant's code
	for range 2 {                   // sent twice
		o, err := w.LinkFocalZalo(ctx, contestID, "zalo-1", "LK "+code)
		if err != nil || o.UnitCode != "DL" || o.PasswordHash != "" {
			t.Fatalf("%+v, %v", o, err)
		}
	}
	if z, err := w.FocalZaloOf(ctx, one); err != nil || z.UserID != "zalo-1" || z.Since.IsZero() {
		t.Errorf("%+v, %v", z, err)
	}
	_, err = w.LinkFocalZalo(ctx, contestID, "zalo-2", code)
	wantCode(t, err, core.NotFound) // used
	_, _, err = w.FocalZaloCode(ctx, one, goodPass, addr)
	wantCode(t, err, core.Conflict)
	_, err = w.LinkFocalZalo(ctx, contestID, "zalo-1", take(other))
	wantCode(t, err, core.Conflict)
	if o, err := w.ZaloFocal(ctx, contestID, "zalo-1"); err != nil || o.Name != one.Name {
		t.Errorf("%+v, %v", o, err)
	}

	for range 2 {
		if err := w.UnlinkFocalZalo(ctx, one.Name); err != nil {
			t.Fatal(err)
		}
	}
	_, err = w.ZaloFocal(ctx, contestID, "zalo-1")
	wantCode(t, err, core.NotFound)
	if _, err := w.LinkFocalZalo(ctx, contestID, "zalo-1", take(other)); err != nil {
		t.Error("the Zalo is free again:", err)
	}
	late := take(one)
	w.pass(10 * time.Minute)
	_, err = w.LinkFocalZalo(ctx, contestID, "zalo-2", late)
	wantCode(t, err, core.NotFound)

	if _, _, err := w.AddFocalPoint(ctx, account.CommandLine(), contestID, "SNV", "Người mới"); err != nil { // for another person
		t.Fatal(err)
	}
	_, err = w.ZaloFocal(ctx, contestID, "zalo-1")
	wantCode(t, err, core.NotFound)
	if _, err := w.LinkFocalZalo(ctx, contestID, "zalo-2", take(one)); err != nil {
		t.Fatal(err)
	}
	if err := w.DisableOrganizer(ctx, account.CommandLine(), one.Name); err != nil {
		t.Fatal(err)
	}
	_, err = w.ZaloFocal(ctx, contestID, "zalo-2")
	wantCode(t, err, core.NotFound)
	last := w.focalPoint(t, "SNV")
	if _, err := w.LinkFocalZalo(ctx, contestID, "zalo-3", take(last)); err != nil {
		t.Fatal(err)
	}
	if n, err := w.CloseFocalPoints(ctx, contestID); err != nil || n == 0 { // the time to keep personal data is over
		t.Fatal(n, err)
	}
	_, err = w.ZaloFocal(ctx, contestID, "zalo-3")
	wantCode(t, err, core.NotFound)
	all, err := w.Organizers(ctx, account.CommandLine(), contestID)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range all {
		if o.ZaloUserID != "" || !o.ZaloAt.IsZero() {
			t.Errorf("%s keeps whose Zalo it was", o.Name)
		}
	}
}
