package storetest

import (
	"fmt"
	"testing"

	"duthi/core"
	"duthi/core/store"
)

var claimTests = tests{
	{"a lease runs, ends, is taken over", claimLease},
	{"50 claims at once: one winner", claimRace},
	{"an ended lease: one takes over", claimTakeover},
	{"release and clean-up", claimRelease},
}

func claimLease(t *testing.T, s store.Store) {
	claim := func(holder string, now core.Instant) error {
		return s.Claim(t.Context(), "tick:1", holder, now, now+minute)
	}
	code(t, s.CompleteClaim(ctx(t), "tick:1", "a", T0), core.Conflict)
	ok(t, claim("a", T0))
	code(t, claim("b", T0+minute-1), core.Conflict)
	ok(t, claim("a", T0+1)) // prolongs to T0+1+minute
	code(t, claim("b", T0+minute), core.Conflict)
	ok(t, claim("b", T0+1+minute))
	code(t, claim("a", T0+1+minute), core.Conflict)
	code(t, s.CompleteClaim(ctx(t), "tick:1", "a", T0), core.Conflict)
	ok(t, s.CompleteClaim(ctx(t), "tick:1", "b", T0+5*minute)) // overran, but nobody took over
	ok(t, s.CompleteClaim(ctx(t), "tick:1", "b", T0+6*minute))
	code(t, claim("b", T0+99*minute), core.Conflict) // done stays done
	code(t, claim("a", T0+99*minute), core.Conflict)
	ok(t, s.Claim(ctx(t), "tick:2", "a", T0, T0+minute))
}

func claimRace(t *testing.T, s store.Store) {
	for round := range 5 {
		codes := together(50, func(i int) core.Code {
			return core.CodeOf(s.Claim(t.Context(), fmt.Sprint(round), fmt.Sprint(i), T0, T0+minute))
		})
		if count(codes, "") != 1 || count(codes, core.Conflict) != 49 {
			t.Fatalf("want one winner: %v", codes)
		}
	}
}

func claimTakeover(t *testing.T, s store.Store) {
	ok(t, s.Claim(ctx(t), "k", "dead", T0, T0+minute))
	codes := together(50, func(i int) core.Code {
		return core.CodeOf(s.Claim(t.Context(), "k", fmt.Sprint(i), T0+minute, T0+2*minute))
	})
	if count(codes, "") != 1 || count(codes, core.Conflict) != 49 {
		t.Fatalf("want one winner: %v", codes)
	}
	code(t, s.CompleteClaim(ctx(t), "k", "dead", T0+minute), core.Conflict)
}

func claimRelease(t *testing.T, s store.Store) {
	ok(t, s.ReleaseClaim(ctx(t), "k", "a"))
	ok(t, s.Claim(ctx(t), "k", "a", T0, T0+minute))
	ok(t, s.ReleaseClaim(ctx(t), "k", "b"))
	code(t, s.Claim(ctx(t), "k", "b", T0, T0+minute), core.Conflict)
	ok(t, s.ReleaseClaim(ctx(t), "k", "a"))
	ok(t, s.Claim(ctx(t), "k", "b", T0, T0+minute))
	ok(t, s.CompleteClaim(ctx(t), "k", "b", T0+2))
	ok(t, s.ReleaseClaim(ctx(t), "k", "b")) // done work stays done
	code(t, s.Claim(ctx(t), "k", "c", T0, T0+minute), core.Conflict)

	ok(t, s.Claim(ctx(t), "left", "a", T0, T0+minute))
	ok(t, s.DeleteClaims(ctx(t), T0+2))
	code(t, s.Claim(ctx(t), "k", "c", T0, T0+minute), core.Conflict)
	ok(t, s.DeleteClaims(ctx(t), T0+3))
	ok(t, s.Claim(ctx(t), "k", "c", T0+9, T0+2*minute))
	code(t, s.Claim(ctx(t), "left", "c", T0, T0+minute), core.Conflict)
	ok(t, s.DeleteClaims(ctx(t), T0+minute+1))
	ok(t, s.Claim(ctx(t), "left", "c", T0, T0+minute))
	code(t, s.Claim(ctx(t), "k", "d", T0, T0+minute), core.Conflict)
}
