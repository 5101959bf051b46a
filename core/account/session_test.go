package account_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/cache"
)

func TestSessionsSurviveARestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := w.register(goodForm())
	s := restarted(w)
	p, err := s.Authenticate(t.Context(), in.Token)
	if err != nil || p.ContestantID != in.Person.ContestantID {
		t.Errorf("%+v, %v", p, err)
	}
	for _, bad := range []string{"", "x", in.Token[:42] + "-", strings.Repeat("a", 43), p.SessionID} {
		_, err := s.Authenticate(t.Context(), bad)
		wantCode(t, err, core.Unauthenticated)
	}
}

func TestSessionsSlide(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := w.register(goodForm())
	for range 5 {
		w.pass(20 * 24 * time.Hour)
		if _, err := w.Authenticate(t.Context(), in.Token); err != nil {
			t.Fatalf("a visit within 30 days: %v", err)
		}
	}
	w.pass(30*24*time.Hour + time.Second)
	_, err := w.Authenticate(t.Context(), in.Token)
	wantCode(t, err, core.Unauthenticated)
}

func TestSessionsEnd(t *testing.T) { eachStore(t, sessionsEnd) }

func sessionsEnd(t *testing.T) {
	w := newWorld(t)
	a := w.register(goodForm())
	b, _ := w.SignIn(t.Context(), contestID, goodPhone, goodPass, addr)
	c, _ := w.SignIn(t.Context(), contestID, goodPhone, goodPass, addr)
	inside := func(want ...bool) {
		t.Helper()
		for i, token := range []string{a.Token, b.Token, c.Token} {
			if _, err := w.Authenticate(t.Context(), token); (err == nil) != want[i] {
				t.Errorf("session %d: %v, want inside %v", i, err, want[i])
			}
		}
	}
	inside(true, true, true)
	if err := w.SignOut(t.Context(), a.Token); err != nil {
		t.Error(err)
	}
	inside(false, true, true)
	if err := w.SignOut(t.Context(), a.Token); err != nil {
		t.Errorf("a second time: %v", err)
	}
	if err := w.SignOutEverywhere(t.Context(), b.Person, true); err != nil {
		t.Error(err)
	}
	inside(false, true, false)
	if err := w.SignOutEverywhere(t.Context(), b.Person, false); err != nil {
		t.Error(err)
	}
	inside(false, false, false)
}

func TestSignOutReachesOtherProcesses(t *testing.T) {
	t.Parallel()
	srv := miniredis.RunT(t)
	w := newWorld(t)
	services := make([]*account.Service, 2)
	for i := range services {
		mem, err := cache.Open(t.Context(), "redis://"+srv.Addr(), slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		cfg := w.cfg
		cfg.Cache = mem
		services[i] = account.New(cfg)
		t.Cleanup(func() { services[i].Close(); mem.Close() })
	}
	w.register(goodForm())
	for name, end := range map[string]func(in account.SignedIn) error{
		"sign-out":   func(in account.SignedIn) error { return services[0].SignOut(t.Context(), in.Token) },
		"everywhere": func(in account.SignedIn) error { return services[0].SignOutEverywhere(t.Context(), in.Person, false) },
	} {
		in, err := services[0].SignIn(t.Context(), contestID, goodPhone, goodPass, addr)
		if err != nil {
			t.Fatal(err)
		}
		w.pass(10 * time.Second) // an earlier change no longer casts doubt on copies
		for _, s := range services {
			if _, err := s.Authenticate(t.Context(), in.Token); err != nil {
				t.Fatal(err)
			}
		}
		if !srv.Exists("duthi:session:{" + in.Person.SessionID + "}") {
			t.Fatal("the session is not shared: the test shows nothing")
		}
		w.pass(time.Second)
		if err := end(in); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		for err = nil; err == nil && ctx.Err() == nil; { // until the message has arrived
			_, err = services[1].Authenticate(t.Context(), in.Token)
		}
		cancel()
		if !core.Is(err, core.Unauthenticated) {
			t.Errorf("%s: the other process still lets in: %v", name, err)
		}
	}
	keys := strings.Join(srv.Keys(), " ")
	for _, k := range srv.Keys() {
		if v, err := srv.Get(k); err == nil && (strings.Contains(v, "argon2id") || strings.Contains(v, "912345678")) {
			t.Errorf("%s holds a password's hash or a phone", k)
		}
	}
	if strings.Contains(keys, "912345678") {
		t.Error("a phone is part of a key")
	}
}

func TestRedisGoesAwayNobodyIsSignedOut(t *testing.T) {
	t.Parallel()
	srv := miniredis.RunT(t)
	w := newWorld(t, func(w *world) {
		mem, err := cache.Open(t.Context(), "redis://"+srv.Addr(), slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		w.cfg.Cache = mem
	})
	in := w.register(goodForm())
	srv.Close()
	w.pass(time.Minute)
	if _, err := w.Authenticate(t.Context(), in.Token); err != nil {
		t.Error(err)
	}
	if _, err := w.SignIn(t.Context(), contestID, goodPhone, goodPass, addr); err != nil {
		t.Error(err)
	}
	if err := w.SignOut(t.Context(), in.Token); err != nil {
		t.Error(err)
	}
	_, err := w.Authenticate(t.Context(), in.Token)
	wantCode(t, err, core.Unauthenticated)
}
