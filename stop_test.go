package main

import (
	"sync/atomic"
	"syscall"
	"testing"
)

// TestGracefulStop asks the built program to stop while answers are being saved: it ends well, and everything
// it acknowledged is there, the answers of the last moment included.
func TestGracefulStop(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a built program: left out with -short")
	}
	t.Parallel()
	eachStore(t, func(t *testing.T, env environment) {
		seats := seatPeople(t, env, killSeats+1)
		p := serve(t, env)
		for i := range seats {
			seats[i].rejoin(t, p.base)
		}
		n := &atomic.Int64{}
		load(t, seats[:killSeats], seats[killSeats], n, 300, func() {
			must(t, p.cmd.Process.Signal(syscall.SIGTERM))
			if err := p.cmd.Wait(); err != nil {
				t.Errorf("stopped with %v:\n%s", err, p.said)
			}
		})
		p = serve(t, env)
		for i := range seats {
			seats[i].rejoin(t, p.base)
			seats[i].submit(t, p.base)
		}
		p.kill()
		besideStore(t, env, func(tb testing.TB, s *services) { checkSeats(tb, s, seats) })
		t.Logf("%d answers acknowledged before the stop, all there", n.Load())
	})
}
