package main

import (
	"math/rand/v2"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"duthi/core/outreach"
	"duthi/core/zalo/zalosim"
)

// senderRounds is how often two senders are killed: 50 times (100 kills) in the long suite, else 3 times.
func senderRounds() int {
	if os.Getenv("DUTHI_TEST_LONG") != "" {
		return 50
	}
	return 3
}

// endTwo has two senders on a new broadcast, round by round, and ends each at a random moment.
func (p *post) endTwo(t *testing.T, rng *rand.Rand, sig syscall.Signal) {
	t.Helper()
	for range senderRounds() {
		p.broadcast(t)
		var both sync.WaitGroup
		for range 2 {
			moment := time.Duration(rng.IntN(p.within())) * time.Millisecond
			s := startSender(t, p.senders)
			both.Go(func() {
				<-time.After(moment)
				if ended := s.end(sig); ended != (sig == syscall.SIGTERM) {
					t.Errorf("%v: %v\n%s", sig, s.cmd.ProcessState, s.said)
				}
			})
		}
		both.Wait()
		p.passLeases(t)
		p.consentAgain(t)
		_ = p.resolve(t.Context()) // as its job does every two minutes; Zalo misbehaves, and the next round looks again
	}
}

// TestSendersKilled kills two processes on one store at random moments (kill -9) while Zalo misbehaves, and counts at
// Zalo: nobody gets a message twice, everybody gets it, and what can't be known is no more than what was in flight,
// each with its person.
func TestSendersKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("kills processes: left out with -short")
	}
	eachStore(t, func(t *testing.T, env environment) {
		seed := uint64(time.Now().UnixNano())
		t.Logf("seed %d", seed)
		p := newPost(t, env, 150)
		p.sim.SetChaos(zalosim.Chaos{Seed: seed, Duplicate: 0.05, Reorder: 0.05, Slow: 0.2, SlowFor: 100 * time.Millisecond, ErrorPage: 0.01, LoseAnswer: 0.01,
			EchoFirst: 0.3, ExpireNow: 0.005})
		p.endTwo(t, rand.New(rand.NewPCG(seed, 0)), syscall.SIGKILL)
		p.sim.SetChaos(zalosim.Chaos{EchoFirst: 0.3})
		p.finish(t)
		_, _, unknown := p.account(t, 2*senderRounds())
		if unknown[outreach.ReasonCrashed] > len(p.inFlight) {
			t.Errorf("%d unknown, %d were in flight", unknown[outreach.ReasonCrashed], len(p.inFlight))
		}
	})
}

// TestSendersStopped stops them with SIGTERM, as a deploy does, while answers are slow and echoes come first: every
// outcome is known.
func TestSendersStopped(t *testing.T) {
	if testing.Short() {
		t.Skip("stops processes: left out with -short")
	}
	eachStore(t, func(t *testing.T, env environment) {
		p := newPost(t, env, 150)
		seed := uint64(time.Now().UnixNano())
		p.sim.SetChaos(zalosim.Chaos{Seed: seed, Duplicate: 0.1, Slow: 0.2, SlowFor: 100 * time.Millisecond, EchoFirst: 0.5, ExpireNow: 0.005})
		p.endTwo(t, rand.New(rand.NewPCG(seed, 0)), syscall.SIGTERM)
		if len(p.inFlight) > 0 {
			t.Errorf("%d were left in flight", len(p.inFlight))
		}
		p.finish(t)
		if _, _, unknown := p.account(t, 2*senderRounds()); len(unknown) > 0 {
			t.Errorf("unknown: %v", unknown)
		}
	})
}

// TestPeersScenarioOfProcesses is what the best-known sender fails at, with a process: 5,000 recipients, killed at
// 1,900, started again.
func TestPeersScenarioOfProcesses(t *testing.T) {
	if os.Getenv("DUTHI_TEST_LONG") == "" {
		t.Skip("DUTHI_TEST_LONG is not set")
	}
	eachStore(t, func(t *testing.T, env environment) {
		p := newPost(t, env, 5000)
		p.broadcast(t)
		s := startSender(t, p.senders)
		_, err := p.sim.AwaitSent(t.Context(), "", 1900)
		must(t, err)
		s.end(syscall.SIGKILL)
		p.passLeases(t)
		p.finish(t)
		if _, _, unknown := p.account(t, 1); unknown[outreach.ReasonCrashed] > len(p.inFlight) {
			t.Errorf("unknown %v, %d were in flight", unknown, len(p.inFlight))
		}
	})
}
