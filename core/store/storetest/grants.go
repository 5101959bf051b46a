package storetest

import (
	"fmt"
	"testing"

	"duthi/core"
	"duthi/core/store"
	"duthi/core/zalo"
)

var grantTests = tests{
	{"revisions in a row", grantLife},
	{"one refreshes", grantLease},
	{"a consent is used once", consentOnce},
}

func grant(oa string) zalo.Grant {
	return zalo.Grant{ID: zalo.GrantID("app", oa), AppID: "app", OAID: oa, State: zalo.GrantActive, AccessToken: "a", RefreshToken: "r",
		AccessExpires: T0 + 9, RefreshExpires: T0 + 99, RefreshAt: T0 + 7, RotatedAt: T0, Revision: 1}
}

func grantLife(t *testing.T, s store.Store) {
	g := grant("2")
	_, err := s.Grant(ctx(t), g.ID)
	code(t, err, core.NotFound)
	late := g
	late.Revision = 2
	code(t, s.SaveGrant(ctx(t), late), core.Conflict)
	ok(t, s.SaveGrant(ctx(t), g))
	code(t, s.SaveGrant(ctx(t), g), core.Conflict)
	g.InFlight, g.Revision = &zalo.InFlight{Since: T0, Fingerprint: "f", By: "p1"}, 2
	ok(t, s.SaveGrant(ctx(t), g))
	code(t, s.SaveGrant(ctx(t), g), core.Conflict)
	same(t, must(s.Grant(ctx(t), g.ID))(t), g)
	first := grant("1")
	ok(t, s.SaveGrant(ctx(t), first))
	same(t, must(s.Grants(ctx(t), "app"))(t), []zalo.Grant{first, g})
	same(t, must(s.Grants(ctx(t), "other"))(t), []zalo.Grant{})
}

func grantLease(t *testing.T, s store.Store) {
	codes := together(50, func(i int) core.Code {
		return core.CodeOf(s.LeaseGrant(t.Context(), "app:1", fmt.Sprint(i), T0, T0+minute)) // the grant need not exist
	})
	if count(codes, "") != 1 || count(codes, core.Conflict) != 49 {
		t.Fatalf("want one winner: %v", codes)
	}
	ok(t, s.LeaseGrant(ctx(t), "app:1", "next", T0+minute, T0+2*minute))
	ok(t, s.LeaseGrant(ctx(t), "app:1", "next", T0+minute, T0+3*minute))
	ok(t, s.ReleaseGrant(ctx(t), "app:1", "stranger"))
	code(t, s.LeaseGrant(ctx(t), "app:1", "other", T0+2*minute, T0+9*minute), core.Conflict)
	ok(t, s.ReleaseGrant(ctx(t), "app:1", "next"))
	ok(t, s.LeaseGrant(ctx(t), "app:1", "other", T0+2*minute, T0+9*minute))
	ok(t, s.SaveGrant(ctx(t), grant("1"))) // leaves the lease alone
	code(t, s.LeaseGrant(ctx(t), "app:1", "next", T0+2*minute, T0+9*minute), core.Conflict)
}

func consentOnce(t *testing.T, s store.Store) {
	c := zalo.Consent{State: "s1", Verifier: "v", OAID: "oa", By: "organizer:lan", ExpiresAt: T0 + minute}
	ok(t, s.SaveConsent(ctx(t), c))
	code(t, s.SaveConsent(ctx(t), c), core.Conflict)
	codes := together(20, func(int) core.Code {
		got, err := s.TakeConsent(t.Context(), "s1", T0)
		if err == nil && got != c {
			t.Errorf("got %+v", got)
		}
		return core.CodeOf(err)
	})
	if count(codes, "") != 1 || count(codes, core.NotFound) != 19 {
		t.Fatalf("want one user: %v", codes)
	}
	c.State = "s2"
	ok(t, s.SaveConsent(ctx(t), c))
	_, err := s.TakeConsent(ctx(t), "s2", T0+minute)
	code(t, err, core.NotFound)
	c.State, c.ExpiresAt = "s3", T0+3*24*60*minute
	ok(t, s.SaveConsent(ctx(t), c))
	same(t, must(s.TakeConsent(ctx(t), "s3", T0))(t), c)
}
