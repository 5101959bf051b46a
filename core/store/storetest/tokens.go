package storetest

import (
	"fmt"
	"testing"

	"duthi/core"
	"duthi/core/store"
)

var tokenTests = tests{
	{"put, read, replace, delete", tokenLife},
	{"tries are counted exactly", tokenTries},
	{"a token is used once", tokenUse},
	{"tokens of a subject", tokenSubject},
	{"expired tokens", tokenExpired},
}

func token(id, kind, subject string) core.Token {
	return core.Token{ID: id, Kind: kind, ContestID: "c", Subject: subject, Purpose: "đăng nhập", Secret: "s", Data: `{"a":"b"}`,
		CreatedAt: T0, ExpiresAt: T0 + 10*minute, Revision: 1}
}

func tokenLife(t *testing.T, s store.Store) {
	k := token("k1", core.TokenDraft, "")
	_, err := s.Token(ctx(t), "k1", T0)
	code(t, err, core.NotFound)
	unset := k
	unset.Revision = 0
	ok(t, s.PutToken(ctx(t), unset)) // stored with revision 1
	code(t, s.PutToken(ctx(t), k), core.Conflict)
	same(t, must(s.Token(ctx(t), "k1", T0+10*minute-1))(t), k)
	_, err = s.Token(ctx(t), "k1", T0+10*minute)
	code(t, err, core.NotFound)

	code(t, s.UpdateToken(ctx(t), k), core.Conflict) // revision 0 is not there
	k.Data, k.ExpiresAt, k.Revision = "", T0+20*minute, 2
	ok(t, s.UpdateToken(ctx(t), k))
	code(t, s.UpdateToken(ctx(t), k), core.Conflict)
	same(t, must(s.Token(ctx(t), "k1", T0+15*minute))(t), k)

	ok(t, s.DeleteToken(ctx(t), "k1"))
	ok(t, s.DeleteToken(ctx(t), "k1"))
	_, err = s.Token(ctx(t), "k1", T0)
	code(t, err, core.NotFound)
	k.Revision = 3
	code(t, s.UpdateToken(ctx(t), k), core.Conflict)
}

func tokenTries(t *testing.T, s store.Store) {
	k := token("k1", core.TokenCode, "contestant:1")
	_, err := s.TryToken(ctx(t), "k1", 3, T0)
	code(t, err, core.NotFound)
	ok(t, s.PutToken(ctx(t), k))
	got := must(s.TryToken(ctx(t), "k1", 60, T0))(t)
	k.Tries, k.Revision = 1, 2
	same(t, got, k)
	stale := k // a guarded replace that did not see the try
	stale.Tries, stale.Revision = 0, 2
	code(t, s.UpdateToken(ctx(t), stale), core.Conflict)

	codes := together(50, func(int) core.Code {
		_, err := s.TryToken(t.Context(), "k1", 31, T0+1)
		return core.CodeOf(err)
	})
	if count(codes, "") != 30 || count(codes, core.Limited) != 20 {
		t.Fatalf("want 30 tries and 20 refusals: %v", codes)
	}
	if got := must(s.Token(ctx(t), "k1", T0))(t); got.Tries != 31 {
		t.Fatalf("tries %d", got.Tries)
	}
	_, err = s.TryToken(ctx(t), "k1", 99, T0+10*minute)
	code(t, err, core.NotFound)
	must(s.UseToken(ctx(t), "k1", T0+1))(t)
	_, err = s.TryToken(ctx(t), "k1", 1, T0+1)
	code(t, err, core.NotFound) // used comes before limited
}

func tokenUse(t *testing.T, s store.Store) {
	_, err := s.UseToken(ctx(t), "k1", T0)
	code(t, err, core.NotFound)
	k := token("k1", core.TokenLink, "organizer:lan")
	ok(t, s.PutToken(ctx(t), k))
	_, err = s.UseToken(ctx(t), "k1", T0+10*minute)
	code(t, err, core.NotFound)
	codes := together(50, func(i int) core.Code {
		got, err := s.UseToken(t.Context(), "k1", T0+5)
		if err == nil && (got.UsedAt != T0+5 || got.Subject != k.Subject) {
			t.Errorf("got %+v", got)
		}
		return core.CodeOf(err)
	})
	if count(codes, "") != 1 || count(codes, core.NotFound) != 49 {
		t.Fatalf("want one user: %v", codes)
	}
	k.UsedAt, k.Revision = T0+5, 2
	same(t, must(s.Token(ctx(t), "k1", T0+6))(t), k)
}

func tokenSubject(t *testing.T, s store.Store) {
	for _, k := range []core.Token{
		token("s1", core.TokenSession, "contestant:1"), token("s2", core.TokenSession, "contestant:1"),
		token("s3", core.TokenSession, "contestant:1"), token("s4", core.TokenSession, "contestant:11"),
		token("c1", core.TokenCode, "contestant:1"),
	} {
		ok(t, s.PutToken(ctx(t), k))
	}
	left := func() (out []string) {
		for _, id := range []string{"s1", "s2", "s3", "s4", "c1"} {
			if _, err := s.Token(t.Context(), id, T0); err == nil {
				out = append(out, id)
			}
		}
		return out
	}
	ok(t, s.DeleteTokens(ctx(t), core.TokenSession, "contestant:1", "s2"))
	same(t, left(), []string{"s2", "s4", "c1"})
	ok(t, s.DeleteTokens(ctx(t), core.TokenSession, "contestant:1", ""))
	same(t, left(), []string{"s4", "c1"})
}

func tokenExpired(t *testing.T, s store.Store) {
	for i := range 10 {
		k := token(fmt.Sprintf("k%d", i), core.TokenDraft, "")
		k.ExpiresAt = T0 + core.Instant(i)
		ok(t, s.PutToken(ctx(t), k))
	}
	same(t, must(s.DeleteExpiredTokens(ctx(t), T0+6, 4))(t), 4)
	same(t, must(s.DeleteExpiredTokens(ctx(t), T0+6, 4))(t), 2)
	same(t, must(s.DeleteExpiredTokens(ctx(t), T0+6, 4))(t), 0)
	for i := range 10 {
		_, err := s.Token(ctx(t), fmt.Sprintf("k%d", i), T0-1)
		if (err == nil) != (i >= 6) {
			t.Fatalf("k%d: %v", i, err)
		}
	}
}
