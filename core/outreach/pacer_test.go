package outreach_test

import (
	"context"
	"log/slog"
	"net"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"duthi/core/cache"
	"duthi/core/outreach"
	"duthi/core/zalo"
)

// pass lets senders wait for the pacer for a while and gives the moments at which they passed.
func pass(t *testing.T, p *outreach.Pacer, senders int, during time.Duration) []time.Time {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), during)
	defer cancel()
	var mu sync.Mutex
	var passed []time.Time
	var all sync.WaitGroup
	for range senders {
		all.Go(func() {
			for p.Wait(ctx) == nil {
				mu.Lock()
				passed = append(passed, time.Now())
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return passed
}

// most gives the largest number of moments within any span.
func most(passed []time.Time, span time.Duration) int {
	best, from := 0, 0
	for i, at := range passed {
		for !passed[from].After(at.Add(-span)) {
			from++
		}
		best = max(best, i-from+1)
	}
	return best
}

// resolve has the resolver make its lock before any bubble does: the cache's driver looks a name up.
func resolve(t *testing.T) {
	if _, err := net.DefaultResolver.LookupHost(t.Context(), "localhost"); err != nil {
		t.Log(err)
	}
}

func openCache(t *testing.T) *cache.Cache {
	c, err := cache.Open(t.Context(), "", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestPace(t *testing.T) {
	resolve(t)
	for _, perMinute := range []int{100, 2000} {
		synctest.Test(t, func(t *testing.T) {
			c := openCache(t)
			defer c.Close()
			passed := pass(t, &outreach.Pacer{Cache: c, Key: "oa", PerMinute: perMinute}, 8, 5*time.Minute)
			minute, second := most(passed, time.Minute), most(passed, time.Second)
			t.Logf("%d a minute: %d in 5 minutes (error %.1f%%), at most %d in any minute and %d in any second", perMinute, len(passed),
				100*float64(len(passed)-5*perMinute)/float64(5*perMinute), minute, second)
			if minute > perMinute {
				t.Errorf("%d in a minute, want at most %d", minute, perMinute)
			}
			if want := 5 * perMinute; len(passed) < want*97/100 || len(passed) > want {
				t.Errorf("%d in 5 minutes, want %d less what the burst costs", len(passed), want)
			}
			if limit := 2*(perMinute+59)/60 + 1; second > limit {
				t.Errorf("%d in a second, want at most %d", second, limit)
			}
		})
	}
}

// TestPaceHeld: after error -32 nothing passes for its minute, in any process; after Zalo's header said that no
// call is left, neither.
func TestPaceHeld(t *testing.T) {
	resolve(t)
	synctest.Test(t, func(t *testing.T) {
		c := openCache(t)
		defer c.Close()
		a, b := &outreach.Pacer{Cache: c, Key: "oa", PerMinute: 100}, &outreach.Pacer{Cache: c, Key: "oa", PerMinute: 100}
		other := &outreach.Pacer{Cache: c, Key: "oa2", PerMinute: 100}
		a.Slow(t.Context(), time.Minute)
		if n := len(pass(t, b, 2, 59*time.Second)); n != 0 {
			t.Errorf("%d passed while held", n)
		}
		if n := len(pass(t, other, 2, time.Second)); n == 0 {
			t.Error("another OA was held too")
		}
		if n := len(pass(t, b, 2, 10*time.Second)); n < 10 {
			t.Errorf("%d passed afterwards", n)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		c := openCache(t)
		defer c.Close()
		clock := newClock()
		limits := zalo.RateLimit{Limit: 60, Remain: 0, At: clock.nowInstant()}
		p := &outreach.Pacer{Cache: c, Key: "oa", PerMinute: 2000, Clock: clock.now, Limits: func() zalo.RateLimit { return limits }}
		if n := len(pass(t, p, 2, 30*time.Second)); n != 0 {
			t.Errorf("%d passed with no call left", n)
		}
		clock.advance(time.Minute)
		if n := len(pass(t, p, 2, time.Minute)); n < 55 || n > 60 {
			t.Errorf("%d passed in a minute of 60", n)
		}
	})
}
