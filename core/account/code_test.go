package account_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/cache"
)

func TestCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.fill(goodForm())
	code := w.sendCode(token)
	m := w.phone.last(t)
	if m.Phone != "+84912345678" || len(code) != 6 || !strings.Contains(m.Text, code) {
		t.Errorf("message %+v", m)
	}
	_, err := w.SendRegistrationCode(t.Context(), token, addr)
	wantCode(t, err, core.Limited)
	_, err = w.FinishRegistration(t.Context(), token, "12345", addr)
	wantCode(t, err, core.Invalid)
	_, err = w.FinishRegistration(t.Context(), token, other(code), addr)
	if msg := fieldOf(err, account.FieldCode); !strings.Contains(msg, "Còn 4 lần") {
		t.Errorf("wrong code: %q, %v", msg, err)
	}
	// Another phone needs another code.
	if _, err = w.SaveStep(t.Context(), token, account.StepContact, map[string]string{account.FieldPhone: "0987654321"}); err != nil {
		t.Fatal(err)
	}
	_, err = w.FinishRegistration(t.Context(), token, code, addr)
	wantCode(t, err, core.Invalid)
	code = w.sendCode(token)
	w.pass(5 * time.Minute)
	_, err = w.FinishRegistration(t.Context(), token, code, addr)
	if !strings.Contains(fieldOf(err, account.FieldCode), "hết hạn") {
		t.Errorf("an old code: %v", err)
	}
	code = w.sendCode(token)
	if _, err = w.FinishRegistration(t.Context(), token, code[:3]+" "+code[3:], addr); err != nil {
		t.Error(err)
	}
}

func other(code string) string {
	if code == "000000" {
		return "000001"
	}
	return "000000"
}

func TestCodeThatCouldNotBeSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.fill(goodForm())
	w.phone.fail = errors.New("gateway is away")
	_, err := w.SendRegistrationCode(t.Context(), token, addr)
	wantCode(t, err, core.Unavailable)
	w.phone.fail = nil
	w.sendCode(token) // at once: nothing was sent, so there is nothing to wait for
}

func TestGuessesInParallelAreCounted(t *testing.T) { eachStore(t, guessesInParallelAreCounted) }

func guessesInParallelAreCounted(t *testing.T) {
	w := newWorld(t)
	token := w.fill(goodForm())
	code := w.sendCode(token)
	var mu sync.Mutex
	checked := 0
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			_, err := w.FinishRegistration(t.Context(), token, other(code), addr)
			mu.Lock()
			defer mu.Unlock()
			switch core.CodeOf(err) {
			case core.Invalid:
				checked++
			case core.Limited:
			default:
				t.Errorf("guess: %v", err)
			}
		})
	}
	wg.Wait()
	if checked != 5 {
		t.Errorf("%d guesses were checked, want 5", checked)
	}
	_, err := w.FinishRegistration(t.Context(), token, code, addr)
	wantCode(t, err, core.Limited)
}

func TestGuessesOverManyCodesEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.register(goodForm())
	whom := w.cfg.Sealer.Hash(contestID, "phone", "+84912345678")
	checked := 0
	for range 8 {
		w.cfg.Cache.Forgive(t.Context(), cache.LimitKey("code-phone", whom)) // as if a quarter of an hour passed
		ticket, _, err := w.SendResetCode(t.Context(), contestID, goodPhone, addr)
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			// Nobody knows whether one of them is right: the outcome is counted, not the code.
			if _, err := w.ResetPassword(t.Context(), ticket, "000000", "mùa thu Hội An vàng", addr); core.Is(err, core.Invalid) {
				checked++
			}
		}
	}
	if checked < 29 || checked > 31 {
		t.Errorf("%d guesses were checked, want 30", checked)
	}
}

func TestMessagesToOnePhoneAreLimited(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var err error
	sent := 0
	for range 6 {
		token := w.fill(goodForm()) // a new draft each time, as somebody who wants to annoy would
		if _, err = w.SendRegistrationCode(t.Context(), token, "198.51.100."+string(rune('1'+sent))); err != nil {
			break
		}
		sent++
	}
	wantCode(t, err, core.Limited)
	if sent != 3 || w.phone.count() != 3 || err.(*core.Error).RetryAfter < 60 {
		t.Errorf("%d sent, then %v; want 3 and a wait", sent, err)
	}
}

func TestWhatCannotBeACodeUsesNoGuessUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token := w.fill(goodForm())
	code := w.sendCode(token)
	for range 40 {
		_, err := w.FinishRegistration(t.Context(), token, "12", addr)
		wantCode(t, err, core.Invalid)
	}
	if _, err := w.FinishRegistration(t.Context(), token, code, addr); err != nil {
		t.Errorf("the right code after slips of the finger: %v", err)
	}
}

func TestOneAddressGuessingCodesOfManyPhonesEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	checked := 0
	for i := range 60 {
		ticket, _, err := w.SendResetCode(t.Context(), contestID, fmt.Sprintf("09876%05d", i), "2001:db8::"+fmt.Sprint(i))
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			if _, err := w.ResetPassword(t.Context(), ticket, "000000", "mùa thu Hội An vàng", "2001:db8::"+fmt.Sprint(i)); core.Is(err, core.Invalid) {
				checked++
			}
		}
	}
	if checked < 145 || checked > 155 {
		t.Errorf("%d guesses from one /64 were checked, want about 150", checked)
	}
}
