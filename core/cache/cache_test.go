package cache

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"duthi/core"
)

// onEach runs f on the embedded Redis, on one behind a socket (whose limits are scripts), and on the one at DUTHI_TEST_REDIS_URL where that is given.
func onEach(t *testing.T, f func(t *testing.T, c *Cache)) {
	t.Run("embedded", func(t *testing.T) {
		t.Parallel()
		f(t, open(t, ""))
	})
	t.Run("miniredis", func(t *testing.T) {
		t.Parallel()
		f(t, open(t, "redis://"+miniredis.RunT(t).Addr()))
	})
	t.Run("redis", func(t *testing.T) {
		url := os.Getenv("DUTHI_TEST_REDIS_URL")
		if url == "" {
			t.Skip("DUTHI_TEST_REDIS_URL is not set")
		}
		t.Parallel()
		f(t, open(t, url))
	})
}

func open(t *testing.T, url string) *Cache {
	t.Helper()
	c, err := Open(t.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// unique keeps tests on a shared Redis apart.
func unique(name string) string { return name + "-" + core.NewID(core.At(time.Now())) }

func TestAllowNeverGivesMoreThanTheBucketHolds(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *Cache) {
		k := LimitKey("test", unique("parallel"))
		var given atomic.Int64
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				if ok, retry := c.Allow(t.Context(), k, 7, time.Hour); ok {
					given.Add(1)
				} else if retry <= 0 || retry > time.Hour/7+time.Second {
					t.Errorf("retry after %v, want at most one token's time", retry)
				}
			})
		}
		wg.Wait()
		if given.Load() != 7 {
			t.Errorf("gave %d tokens, want 7", given.Load())
		}
		if ok, _ := c.Peek(t.Context(), k, 7, time.Hour); ok {
			t.Error("Peek sees a token in an empty bucket")
		}
		c.Forgive(t.Context(), k)
		for range 9 {
			c.Peek(t.Context(), k, 7, time.Hour)
		}
		if ok, _ := c.Allow(t.Context(), k, 7, time.Hour); !ok {
			t.Error("refused after Forgive")
		}
	})
}

func TestAttemptsSlowDown(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *Cache) {
		k, b := LimitKey("test", unique("attempts")), Backoff{Free: 3, First: time.Minute, Longest: time.Hour, Window: time.Hour}
		for i := range 3 {
			if ok, _ := c.Attempt(t.Context(), k, b); !ok {
				t.Fatalf("attempt %d refused", i+1)
			}
		}
		ok, retry := c.Attempt(t.Context(), k, b)
		if ok || retry <= 50*time.Second || retry > time.Minute {
			t.Errorf("4th attempt: %v, %v; want a wait of a minute", ok, retry)
		}
		c.Forgive(t.Context(), k)
		if ok, _ := c.Attempt(t.Context(), k, b); !ok {
			t.Error("refused after Forgive")
		}
	})
}

// The scripts and their stand-in for a Redis that is away must agree: one sequence of calls, one clock.
func TestScriptsAgreeWithLocalLimits(t *testing.T) {
	t.Parallel()
	srv := miniredis.RunT(t)
	c := open(t, "redis://"+srv.Addr())
	now := time.Date(2023, 11, 12, 8, 0, 0, 0, time.UTC)
	local := newLocalLimits(func() time.Time { return now })
	b := Backoff{Free: 4, First: time.Second, Longest: 30 * time.Second, Window: 10 * time.Minute}
	steps := []time.Duration{0, 0, 0, 0, 0, time.Second, time.Second, 2 * time.Second, 3 * time.Second, time.Minute, 0, 30 * time.Second,
		time.Minute, 29 * time.Second, time.Second, 11 * time.Minute, 0, 0, 0, 0, 0}
	for i, d := range steps {
		now = now.Add(d)
		srv.SetTime(now)
		srv.FastForward(d)
		ok1, w1 := c.Attempt(t.Context(), LimitKey("test", "a"), b)
		w2 := local.attempt("a", b)
		if ok1 != (w2 == 0) || w1 != w2 {
			t.Errorf("step %d: attempt script says %v, local %v", i, w1, w2)
		}
		_, w1 = c.Allow(t.Context(), LimitKey("test", "b"), 5, time.Minute)
		if w2 = local.allow("b", 5, time.Minute, 1); w1 != w2 {
			t.Errorf("step %d: allow script says %v, local %v", i, w1, w2)
		}
		_, w1 = c.Peek(t.Context(), LimitKey("test", "b"), 5, time.Minute)
		if w2 = local.allow("b", 5, time.Minute, 0); w1 != w2 {
			t.Errorf("step %d: peek script says %v, local %v", i, w1, w2)
		}
	}
}

func TestCopiesAndOnce(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *Cache) {
		ctx, k := t.Context(), SessionKey(unique("s"))
		if _, ok := c.Get(ctx, k); ok {
			t.Error("got a value that was never set")
		}
		c.Set(ctx, k, []byte("v"), time.Minute)
		if b, ok := c.Get(ctx, k); !ok || string(b) != "v" {
			t.Errorf("got %q, %v", b, ok)
		}
		c.Delete(ctx, k)
		if _, ok := c.Get(ctx, k); ok {
			t.Error("got a deleted value")
		}
		var firsts atomic.Int64
		var wg sync.WaitGroup
		once := OnceKey("test", unique("o"))
		for range 20 {
			wg.Go(func() {
				if first, err := c.Once(ctx, once, time.Minute); err != nil {
					t.Error(err)
				} else if first {
					firsts.Add(1)
				}
			})
		}
		wg.Wait()
		if firsts.Load() != 1 {
			t.Errorf("%d were first", firsts.Load())
		}
	})
}

func TestEmbeddedKeysExpire(t *testing.T) {
	t.Parallel()
	c := open(t, "")
	c.Set(t.Context(), OnceKey("test", "x"), []byte("v"), time.Minute)
	c.embedded.server.FastForward(time.Minute + time.Millisecond) // what the ticker does
	if _, ok := c.Get(t.Context(), OnceKey("test", "x")); ok {
		t.Error("the key is still there after its time")
	}
}

func TestMessagesReachEverySubscriber(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, c *Cache) {
		events := make(chan Event, 16)
		c.Subscribe(ChannelPeople, func(e Event) { events <- e })
		if e := <-events; !e.Reset {
			t.Fatalf("first event %+v, want a Reset", e)
		}
		want := unique("subject")
		c.Publish(t.Context(), ChannelPeople, want)
		for e := range events { // a shared Redis may carry other tests' messages
			if e.Data == want {
				return
			}
		}
	})
}

// A Redis that goes away and comes back: limits go on, copies are misses, subscribers hear a Reset.
func TestOutage(t *testing.T) {
	t.Parallel()
	srv := miniredis.NewMiniRedis()
	if err := srv.Start(); err != nil {
		t.Fatal(err)
	}
	defer srv.Close()
	c := open(t, "redis://"+srv.Addr())
	resets := make(chan Event, 16)
	c.Subscribe(ChannelCatalog, func(e Event) { resets <- e })
	<-resets
	c.Set(t.Context(), SessionKey("a"), []byte("v"), time.Hour)

	srv.Close()
	k := LimitKey("test", "outage")
	allowed := 0
	for range 10 {
		if ok, _ := c.Allow(t.Context(), k, 3, time.Hour); ok {
			allowed++
		}
	}
	if allowed != 3 {
		t.Errorf("%d allowed while Redis is away, want the process's own count of 3", allowed)
	}
	if _, ok := c.Get(t.Context(), SessionKey("a")); ok {
		t.Error("got a copy from a Redis that is away")
	}
	if _, err := c.Once(t.Context(), OnceKey("test", "b"), time.Hour); !core.Is(err, core.Unavailable) {
		t.Errorf("Once: %v, want Unavailable", err)
	}
	if err := c.Ping(t.Context()); !core.Is(err, core.Unavailable) {
		t.Errorf("Ping: %v, want Unavailable", err)
	}

	if err := srv.Restart(); err != nil {
		t.Fatal(err)
	}
	for c.Ping(t.Context()) != nil && t.Context().Err() == nil {
	}
	if _, ok := c.Get(t.Context(), SessionKey("a")); !ok {
		t.Error("no copy after Redis came back")
	}
	if e := <-resets; !e.Reset {
		t.Errorf("event after the outage: %+v, want a Reset", e)
	}
}

func TestOpenRefusesWrongSettings(t *testing.T) {
	t.Parallel()
	log := slog.New(slog.DiscardHandler)
	if _, err := Open(t.Context(), "http://x", log); !core.Is(err, core.Invalid) {
		t.Errorf("wrong scheme: %v", err)
	}
	if _, err := Open(t.Context(), "redis://127.0.0.1:1/0", log); !core.Is(err, core.Unavailable) {
		t.Errorf("nothing there: %v", err)
	}
}

func TestCallersWhoLeaveDontTakeTheCacheDown(t *testing.T) {
	t.Parallel()
	c := open(t, "")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	c.Get(ctx, SessionKey("a"))
	if !c.up() {
		t.Error("a cancelled request took the cache down")
	}
}

func BenchmarkAllow(b *testing.B) {
	c, err := Open(b.Context(), "", slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			c.Allow(b.Context(), LimitKey("bench", fmt.Sprint(i%1000)), 100, time.Second)
		}
	})
}
