package account_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/account"
)

func byChat(w *world) { w.cfg.Channel, w.cfg.ByChat = nil, true }

// chatCode gives the code that the page of a registration under way shows.
func (w *world) chatCode(token string) string {
	w.t.Helper()
	d, err := w.SendRegistrationCode(w.t.Context(), token, addr)
	if err != nil || d.Code.Chat != account.ChatWaiting || account.ParseZaloCode(d.Code.Code) == "" {
		w.t.Fatalf("%+v, %v", d.Code, err)
	}
	w.secret(d.Code.Code, strings.ReplaceAll(d.Code.Code, "-", ""))
	return d.Code.Code
}

// registerByChat goes the whole way as the Zalo user.
func (w *world) registerByChat(f form, user string) account.SignedIn {
	w.t.Helper()
	token := w.fill(f)
	if _, err := w.ProveChatCode(w.t.Context(), contestID, user, w.chatCode(token)); err != nil {
		w.t.Fatal(err)
	}
	in, err := w.FinishRegistration(w.t.Context(), token, "", addr)
	if err != nil {
		w.t.Fatal(err)
	}
	return in
}

func TestRegistrationByChat(t *testing.T) {
	eachStore(t, func(t *testing.T) {
		w, ctx := newWorld(t, byChat), t.Context()
		token := w.fill(goodForm())
		_, err := w.FinishRegistration(ctx, token, "", addr)
		wantCode(t, err, core.Invalid) // no code was taken
		first := w.chatCode(token)
		code := w.chatCode(token)
		if first == code {
			t.Fatal("a second code is the first")
		}
		_, err = w.FinishRegistration(ctx, token, code, addr)
		wantCode(t, err, core.Invalid) // typed on the page it proves nothing
		_, err = w.ProveChatCode(ctx, contestID, "zalo-1", first)
		wantCode(t, err, core.NotFound) // the newer one ended it
		_, err = w.ProveChatCode(ctx, "another", "zalo-1", code)
		wantCode(t, err, core.NotFound)
		c, err := w.ReadChatCode(ctx, contestID, "zalo-1", "lk "+strings.ToLower(code))
		if err != nil || c.For != account.ChatRegister || !strings.HasSuffix(c.Shown, "678") || strings.Contains(c.Shown, "12 345") {
			t.Fatalf("%+v, %v", c, err)
		}
		if d, err := w.RegistrationDraft(ctx, token); err != nil || d.Code.Chat != account.ChatWaiting {
			t.Fatalf("reading had an effect: %+v, %v", d.Code, err)
		}
		for range 2 { // sent twice is fine
			if _, err := w.ProveChatCode(ctx, contestID, "zalo-1", code); err != nil {
				t.Fatal(err)
			}
		}
		_, err = w.ProveChatCode(ctx, contestID, "zalo-2", code)
		wantCode(t, err, core.NotFound) // it is somebody's already
		if d, err := w.RegistrationDraft(ctx, token); err != nil || d.Code.Chat != account.ChatProven {
			t.Fatalf("%+v, %v", d.Code, err)
		}
		in, err := w.FinishRegistration(ctx, token, "", addr)
		if err != nil {
			t.Fatal(err)
		}
		if who, err := w.ZaloContestant(ctx, contestID, "zalo-1"); err != nil || who.ID != in.Person.ContestantID {
			t.Fatalf("not linked: %+v, %v", who, err)
		}
		other := goodForm().with(account.FieldPhone, "0987654321").with(account.FieldNationalID, "049090000002")
		token = w.fill(other)
		code = w.chatCode(token)
		_, err = w.ProveChatCode(ctx, contestID, "zalo-1", code)
		wantCode(t, err, core.Conflict) // one contestant for each Zalo
		if _, err := w.ProveChatCode(ctx, contestID, "zalo-2", code); err != nil {
			t.Fatal(err)
		}
		if _, err := w.SaveStep(ctx, token, account.StepContact, map[string]string{account.FieldPhone: "0987654322"}); err != nil {
			t.Fatal(err)
		}
		_, err = w.FinishRegistration(ctx, token, "", addr)
		wantCode(t, err, core.Invalid) // a code of another number
	})
}

func TestCodeOfAnotherIsRefusedInChat(t *testing.T) {
	t.Parallel()
	w := newWorld(t, byChat)
	ctx := t.Context()
	token := w.fill(goodForm())
	code := w.chatCode(token)
	if _, err := w.ProveChatCode(ctx, contestID, "victim", code); err != nil {
		t.Fatal(err)
	}
	wantCode(t, w.RefuseChatCode(ctx, contestID, "stranger", code), core.NotFound)
	in, err := w.FinishRegistration(ctx, token, "", addr)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.RefuseChatCode(ctx, contestID, "victim", code); err != nil {
		t.Fatal(err)
	}
	_, err = w.ZaloContestant(ctx, contestID, "victim")
	wantCode(t, err, core.NotFound)
	c, err := w.store.Contestant(ctx, in.Person.ContestantID)
	if err != nil || c.ZaloUserID != "" {
		t.Errorf("still linked: %+v, %v", c.ZaloUserID, err)
	}
	other := w.fill(goodForm().with(account.FieldPhone, "0987654321").with(account.FieldNationalID, "049090000002"))
	code = w.chatCode(other)
	if err := w.RefuseChatCode(ctx, contestID, "victim", code); err != nil {
		t.Fatal(err)
	}
	_, err = w.ProveChatCode(ctx, contestID, "victim", code)
	wantCode(t, err, core.NotFound)
	_, err = w.FinishRegistration(ctx, other, "", addr)
	wantCode(t, err, core.Invalid)
}

// TestResetByChatIsForTheLinkedZaloOnly: who knows a number and holds any Zalo must not get at its account.
func TestResetByChatIsForTheLinkedZaloOnly(t *testing.T) {
	eachStore(t, func(t *testing.T) {
		w, ctx := newWorld(t, byChat), t.Context()
		in := w.registerByChat(goodForm(), "owner")
		w.registerByChat(goodForm().with(account.FieldPhone, "0987654321").with(account.FieldNationalID, "049090000002"), "neighbour")
		take := func(phone string) (ticket, code string) {
			t.Helper()
			ticket, st, err := w.SendResetCode(ctx, contestID, phone, addr)
			if err != nil || st.Chat != account.ChatWaiting {
				t.Fatalf("%+v, %v", st, err)
			}
			return ticket, st.Code
		}
		ticket, code := take(goodPhone)
		_, unknown := take("0900000009") // looks the same
		_, err := w.ProveChatCode(ctx, contestID, "attacker", code)
		_, err2 := w.ProveChatCode(ctx, contestID, "attacker", unknown)
		_, err3 := w.ProveChatCode(ctx, contestID, "neighbour", code) // linked, with another account
		wantCode(t, err3, core.Forbidden)
		wantCode(t, err, core.Forbidden)
		if err2 == nil || err.Error() != err2.Error() {
			t.Errorf("an account shows: %v / %v", err, err2)
		}
		_, err = w.ResetPassword(ctx, ticket, code, "nắng hạ vàng rực rỡ", addr)
		wantCode(t, err, core.Invalid)
		c, err := w.ProveChatCode(ctx, contestID, "owner", code)
		if err != nil || c.For != account.ChatReset || c.Who.ID != in.Person.ContestantID {
			t.Fatalf("%+v, %v", c, err)
		}
		_, err = w.ResetPassword(ctx, strings.Repeat("A", len(ticket)), code, "nắng hạ vàng rực rỡ", addr)
		wantCode(t, err, core.NotFound) // the code alone is not the page's ticket
		_, err = w.ResetPassword(ctx, ticket, "", "ngắn", addr)
		wantCode(t, err, core.Invalid) // does not use it up
		if _, err = w.ResetPassword(ctx, ticket, "", "nắng hạ vàng rực rỡ", addr); err != nil {
			t.Fatal(err)
		}
		_, err = w.ResetPassword(ctx, ticket, "", "gió thu mát lành quá", addr)
		wantCode(t, err, core.Invalid) // once
		if _, err := w.SignIn(ctx, contestID, goodPhone, "nắng hạ vàng rực rỡ", addr); err != nil {
			t.Fatal(err)
		}

		ticket, code = take(goodPhone) // proven, then unlinked: over
		if _, err := w.ProveChatCode(ctx, contestID, "owner", code); err != nil {
			t.Fatal(err)
		}
		if err := w.UnlinkZalo(ctx, in.Person.ContestantID); err != nil {
			t.Fatal(err)
		}
		_, err = w.ResetPassword(ctx, ticket, "", "gió thu mát lành quá", addr)
		wantCode(t, err, core.NotFound)

		ticket, code = take(goodPhone)
		w.pass(11 * time.Minute)
		_, err = w.ProveChatCode(ctx, contestID, "owner", code)
		wantCode(t, err, core.NotFound)
		if st, err := w.ResetCode(ctx, ticket); err != nil || st.Chat != account.ChatOver || st.Code != "" {
			t.Errorf("%+v, %v", st, err)
		}
	})
}

func TestPhoneChangeByChat(t *testing.T) {
	t.Parallel()
	w := newWorld(t, byChat)
	ctx := t.Context()
	p := w.registerByChat(goodForm(), "owner").Person
	ticket, st, err := w.SendPhoneCode(ctx, p, "0987654321", goodPass, addr)
	if err != nil || st.Chat != account.ChatWaiting {
		t.Fatalf("%+v, %v", st, err)
	}
	_, err = w.ProveChatCode(ctx, contestID, "attacker", st.Code)
	wantCode(t, err, core.Forbidden)
	_, err = w.ConfirmPhone(ctx, p, ticket, st.Code, "", addr)
	wantCode(t, err, core.Invalid)
	if _, err = w.ProveChatCode(ctx, contestID, "owner", st.Code); err != nil {
		t.Fatal(err)
	}
	if done, err := w.ConfirmPhone(ctx, p, ticket, "", "", addr); err != nil || !done.Applied {
		t.Fatalf("%+v, %v", done, err)
	}
	if err := w.UnlinkZalo(ctx, p.ContestantID); err != nil {
		t.Fatal(err)
	}
	_, _, err = w.SendPhoneCode(ctx, p, "0987654329", goodPass, addr)
	wantCode(t, err, core.Conflict) // nobody could confirm it
}

// TestGuessesOfChatCodes: wrong codes of one Zalo user are few; other people go on.
func TestGuessesOfChatCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, byChat)
	ctx := t.Context()
	code := w.chatCode(w.fill(goodForm()))
	for _, wrong := range []string{"AAAA-AAA3", "AAAA-AAA4", "AAAA-AAA6", "AAAA-AAA7", "AAAA-AAA8", "AAAA-AAA9"} {
		_, err := w.ReadChatCode(ctx, contestID, "guesser", wrong)
		wantCode(t, err, core.NotFound)
	}
	for _, f := range []func(context.Context, string, string, string) (account.ChatCode, error){w.ReadChatCode, w.ProveChatCode} {
		_, err := f(ctx, contestID, "guesser", code)
		wantCode(t, err, core.Limited)
	}
	_, err := w.LinkZalo(ctx, contestID, "guesser", code)
	wantCode(t, err, core.Limited)
	if _, err := w.ProveChatCode(ctx, contestID, "honest", code); err != nil {
		t.Fatal(err)
	}
}

// TestOneZaloProvesACodeAmongMany: whoever is first has it, however many processes hear of it.
func TestOneZaloProvesACodeAmongMany(t *testing.T) {
	eachStore(t, func(t *testing.T) {
		w, ctx := newWorld(t, byChat), t.Context()
		code := w.chatCode(w.fill(goodForm()))
		other := account.New(w.cfg)
		t.Cleanup(func() { other.Close() })
		var got sync.Map
		var all sync.WaitGroup
		for i, user := range []string{"a", "b", "c", "d", "e", "f"} {
			all.Go(func() {
				s := w.Service
				if i%2 == 1 {
					s = other
				}
				if _, err := s.ProveChatCode(ctx, contestID, user, code); err == nil {
					got.Store(user, true)
				}
			})
		}
		all.Wait()
		n := 0
		got.Range(func(any, any) bool { n++; return true })
		if n != 1 {
			t.Errorf("%d users proved one code", n)
		}
	})
}
