package main

import (
	"sync"
	"testing"
	"time"

	"duthi/core/zalo/zalosim"
)

// TestTwoProcessesRenewZalosTokenOnce: a refresh token works once, and two that use it end the OA's grant. Two processes
// find the same dead access token at the same time, again and again; each time one asks Zalo while the other waits, and both
// go on with what it got.
func TestTwoProcessesRenewZalosTokenOnce(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, env environment) {
		w := newWorld(t, env, nil)
		processes, sim := []*services{w.services, w.beside(t, env, nil)}, w.zalo.sim
		const rounds = 4
		before := sim.Stats()
		for range rounds {
			dead := sim.Tokens().Access
			sim.ExpireToken()
			sim.Inject(zalosim.Fault{Path: "/v4/oa/access_token", Delay: 30 * time.Millisecond}) // long enough for the other to come
			var all sync.WaitGroup
			got := make([]string, 8)
			for i := range got {
				all.Go(func() {
					var err error
					if got[i], err = processes[i%2].zalo.token(t.Context(), dead); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			for i, token := range got {
				if token != sim.Tokens().Access {
					t.Errorf("process %d has a token that Zalo does not take", i%2)
				}
			}
		}
		if now := sim.Stats(); now.Refreshes-before.Refreshes != rounds || now.RefusedTokens != before.RefusedTokens {
			t.Errorf("%d refreshes and %d refused, want %d and 0", now.Refreshes-before.Refreshes, now.RefusedTokens-before.RefusedTokens, rounds)
		}
	})
}
