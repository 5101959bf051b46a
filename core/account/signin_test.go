package account_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"duthi/core"
	"duthi/core/account"
)

func TestSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.register(goodForm())
	in, err := w.SignIn(t.Context(), contestID, "+84 912.345.678", goodPass, addr)
	if err != nil || in.Person.Contestant.FullName != "Nguyễn Văn Bình" {
		t.Fatalf("%+v, %v", in.Person, err)
	}
	_, wrong := w.SignIn(t.Context(), contestID, goodPhone, "sai mật khẩu", addr)
	_, nobody := w.SignIn(t.Context(), contestID, "0987654321", goodPass, addr)
	wantCode(t, wrong, core.Unauthenticated)
	if wrong.Error() != nobody.Error() {
		t.Errorf("the words tell who has an account: %v / %v", wrong, nobody)
	}
	_, err = w.SignIn(t.Context(), contestID, "abc", goodPass, addr)
	if fieldOf(err, account.FieldPhone) == "" {
		t.Errorf("no phone at all: %v", err)
	}
	// The same keys on a telephone that decomposes what is typed.
	if _, err = w.SignIn(t.Context(), contestID, goodPhone, strings.ReplaceAll(goodPass, "ờ", "o\u031b\u0300"), addr); err != nil {
		t.Errorf("the same password in another form: %v", err)
	}
}

// People who don't exist cost the same check: with a full queue they are put off like everybody else.
func TestFullQueue(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) { w.cfg.Hashing = account.Hashing{MemoryKiB: 64, Passes: 1, Workers: 1, Queue: 2} })
	w.register(goodForm())
	release := w.HoldHasher(t.Context())
	w.FillHasher(t.Context(), 2)
	for _, phone := range []string{goodPhone, "0987654321"} {
		_, err := w.SignIn(t.Context(), contestID, phone, goodPass, addr)
		wantCode(t, err, core.Unavailable)
		if e := err.(*core.Error); e.RetryAfter < 3 || e.RetryAfter > 8 || !strings.Contains(e.Msg, fmt.Sprintf("Đang đông, thử lại sau %d giây", e.RetryAfter)) {
			t.Errorf("full queue: %+v", e)
		}
	}
	release()
	for { // the two before us may still be waiting
		_, err := w.SignIn(t.Context(), contestID, goodPhone, goodPass, addr)
		if err == nil {
			break
		}
		wantCode(t, err, core.Unavailable)
	}
}

func TestFailuresSlowOneAccountDownNotTheOffice(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.register(goodForm())
	const colleague = "0912345600"
	w.register(goodForm().with(account.FieldPhone, colleague).with(account.FieldNationalID, "049085000001"))
	limited := 0
	for range 10 {
		_, err := w.SignIn(t.Context(), contestID, goodPhone, "sai mật khẩu", addr)
		if core.Is(err, core.Limited) {
			limited++
			if e := err.(*core.Error); e.RetryAfter < 1 || e.RetryAfter > 5 {
				t.Errorf("first wait %d s, want at most 5", e.RetryAfter)
			}
		}
	}
	if limited != 5 {
		t.Errorf("%d of 10 attempts were put off, want 5", limited)
	}
	if _, err := w.SignIn(t.Context(), contestID, colleague, goodPass, addr); err != nil {
		t.Errorf("a colleague behind the same address: %v", err)
	}
	if _, err := w.SignIn(t.Context(), contestID, goodPhone, goodPass, "198.51.100.9"); err != nil {
		t.Errorf("the person from their own telephone: %v", err)
	}
}

func TestGuessesOnOneAccountFromManyAddressesEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.register(goodForm())
	checked := 0
	for i := range 100 {
		_, err := w.SignIn(t.Context(), contestID, goodPhone, "sai mật khẩu", fmt.Sprintf("198.51.100.%d", i))
		if core.Is(err, core.Unauthenticated) {
			checked++
		}
	}
	if checked < 55 || checked > 65 {
		t.Errorf("%d guesses were checked, want about 60", checked)
	}
}

func TestOneAddressSprayingManyAccountsEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	checked := 0
	for i := range 400 {
		_, err := w.SignIn(t.Context(), contestID, fmt.Sprintf("09876%05d", i), "Quangnam2024", "2001:db8::"+fmt.Sprint(i))
		if core.Is(err, core.Unauthenticated) {
			checked++
		}
	}
	if checked < 295 || checked > 310 {
		t.Errorf("%d guesses from one /64 were checked, want about 300", checked)
	}
}

func TestChangingThePassword(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	here := w.register(goodForm())
	there, _ := w.SignIn(t.Context(), contestID, goodPhone, goodPass, addr)
	const next = "mùa thu Hội An vàng"
	for name, c := range map[string]struct{ old, new, field string }{
		"wrong old":       {"không phải", next, account.FieldOldPassword},
		"short":           {goodPass, "ngắn", account.FieldPassword},
		"the phone":       {goodPass, "0912345678", account.FieldPassword},
		"the name":        {goodPass, "nguyenvanbinh", account.FieldPassword},
		"birth date":      {goodPass, "31121985", account.FieldPassword},
		"identity number": {goodPass, "049085001234", account.FieldPassword},
		"common":          {goodPass, "Mật khẩu 123", account.FieldPassword},
		"the same":        {goodPass, goodPass, account.FieldPassword},
	} {
		err := w.ChangePassword(t.Context(), here.Person, c.old, c.new, addr)
		if fieldOf(err, c.field) == "" {
			t.Errorf("%s: %v, want an error at %s", name, err, c.field)
		}
	}
	if err := w.ChangePassword(t.Context(), here.Person, goodPass, next, addr); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Authenticate(t.Context(), here.Token); err != nil {
		t.Errorf("signed out here: %v", err)
	}
	_, err := w.Authenticate(t.Context(), there.Token)
	wantCode(t, err, core.Unauthenticated)
	_, err = w.SignIn(t.Context(), contestID, goodPhone, goodPass, addr)
	wantCode(t, err, core.Unauthenticated)
	if _, err = w.SignIn(t.Context(), contestID, goodPhone, next, addr); err != nil {
		t.Error(err)
	}
}

func TestReset(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	old := w.register(goodForm())
	const next = "mùa thu Hội An vàng"
	w.secret(next)
	ticket, st, err := w.SendResetCode(t.Context(), contestID, goodPhone, addr)
	if err != nil || st.Shown != "091 ••• •678" {
		t.Fatalf("%+v, %v", st, err)
	}
	<-w.phone.came // the registration's
	code := (<-w.phone.came).Code
	none, st2, err := w.SendResetCode(t.Context(), contestID, "0987654321", addr)
	if err != nil || st2.Channel != st.Channel || !st2.Sent || len(none) != len(ticket) {
		t.Errorf("a phone without account: %+v, %v", st2, err)
	}
	_, err = w.ResetPassword(t.Context(), none, code, next, addr)
	_, errWrong := w.ResetPassword(t.Context(), ticket, other(code), next, addr)
	if err == nil || err.Error() != errWrong.Error() || fieldOf(err, account.FieldCode) != fieldOf(errWrong, account.FieldCode) {
		t.Errorf("the words tell who has an account: %v / %v", err, errWrong)
	}
	_, err = w.ResetPassword(t.Context(), ticket, code, "0912345678", addr)
	if fieldOf(err, account.FieldPassword) == "" {
		t.Errorf("the phone as password: %v", err)
	}
	in, err := w.ResetPassword(t.Context(), ticket, code, next, addr)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.ResetPassword(t.Context(), ticket, code, "một mật khẩu khác nữa", addr)
	wantCode(t, err, core.NotFound)
	if _, err = w.Authenticate(t.Context(), in.Token); err != nil {
		t.Error(err)
	}
	_, err = w.Authenticate(t.Context(), old.Token)
	wantCode(t, err, core.Unauthenticated)
	if _, err = w.SignIn(t.Context(), contestID, goodPhone, next, addr); err != nil {
		t.Error(err)
	}
	if w.phone.count() != 2 {
		t.Errorf("%d messages, want one for the registration and one for the reset", w.phone.count())
	}
}

func TestResetCodeIsUsedOnce(t *testing.T) { eachStore(t, resetCodeIsUsedOnce) }

func resetCodeIsUsedOnce(t *testing.T) {
	w := newWorld(t)
	w.register(goodForm())
	ticket, _, err := w.SendResetCode(t.Context(), contestID, goodPhone, addr)
	if err != nil {
		t.Fatal(err)
	}
	<-w.phone.came
	code := (<-w.phone.came).Code
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for i := range 20 {
		wg.Go(func() {
			if _, err := w.ResetPassword(t.Context(), ticket, code, fmt.Sprintf("mật khẩu mới số %d", i), addr); err == nil {
				mu.Lock()
				won++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if won != 1 {
		t.Errorf("%d resets with one code", won)
	}
}

// Two processes on one Redis: what one ends, the other forgets, and a copy kept in Redis does not bring back.
