// Package storetest holds every store to one behaviour. Run is the conformance suite; Compare runs random
// sequences of operations on two stores and wants the same answers from both.
package storetest

import (
	"context"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"duthi/core"
	"duthi/core/store"
)

// Open gives an empty store of its own to one test and closes it when the test ends.
type Open func(t *testing.T) store.Store

// Run runs the whole suite; every test opens a store of its own.
func Run(t *testing.T, open Open) {
	groups := map[string]tests{
		"Attempts":      attemptTests,
		"Answers":       answerTests,
		"Figures":       figureTests,
		"Tokens":        tokenTests,
		"Claims":        claimTests,
		"Contests":      contestTests,
		"Sets":          setTests,
		"People":        peopleTests,
		"Requests":      requestTests,
		"Organizers":    organizerTests,
		"Links":         linkTests,
		"Audit":         auditTests,
		"Inbox":         inboxTests,
		"Followers":     followerTests,
		"Questions":     askedTests,
		"Grants":        grantTests,
		"Audience":      audienceTests,
		"Broadcasts":    broadcastTests,
		"Deliveries":    deliveryTests,
		"Removal":       removalTests,
		"Cancellations": cancelTests,
	}
	for group, tests := range groups {
		t.Run(group, func(t *testing.T) {
			t.Parallel()
			for _, test := range tests {
				t.Run(test.name, func(t *testing.T) {
					t.Parallel()
					test.run(t, open(t))
				})
			}
		})
	}
}

// tests is one group of the suite.
type tests = []struct {
	name string
	run  func(*testing.T, store.Store)
}

// T0 is the moment the suite's stories begin.
const T0 core.Instant = 1_696_118_400_000 // 2023-10-01T00:00:00Z

const minute core.Instant = 60_000

// same fails when got is not want; nil and empty are the same.
func same(t *testing.T, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateEmpty()); d != "" {
		t.Fatalf("want -, got +:\n%s", d)
	}
}

// ok fails on an error.
func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("unexpected error: %v", err)
	}
}

// must gives v, failing on an error.
func must[V any](v V, err error) func(t *testing.T) V {
	return func(t *testing.T) V {
		t.Helper()
		ok(t, err)
		return v
	}
}

// code fails when err does not carry want.
func code(t *testing.T, err error, want core.Code) {
	t.Helper()
	if got := core.CodeOf(err); got != want {
		t.Fatalf("want code %q, got %q (%v)", want, got, err)
	}
}

// ctx is the context of a test.
func ctx(t *testing.T) context.Context { return t.Context() }

// together runs n copies of f at the same time and gives their results.
func together[V any](n int, f func(i int) V) []V {
	out := make([]V, n)
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			out[i] = f(i)
		})
	}
	close(start)
	wg.Wait()
	return out
}

// count says how many of vs are v.
func count[V comparable](vs []V, v V) int {
	n := 0
	for _, x := range vs {
		if x == v {
			n++
		}
	}
	return n
}
