// Package cache is the shared, forgetful memory of duthi's processes: rate limits, once-keys, short-lived
// copies and messages between processes. It holds nothing that can't be rebuilt, and the program works,
// somewhat slower, while it is away. It is the only home of go-redis and miniredis.
package cache

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"duthi/core"
)

const (
	// answerTimeout is how long one command may take: a cache that needs longer is of no use to a page that
	// has to be there in 20 ms, and everything in it can be had elsewhere.
	answerTimeout = 500 * time.Millisecond
	// retryEvery is how often a cache that went away is asked whether it is back.
	retryEvery = 500 * time.Millisecond
)

// Cache is a connection to Redis, or to one inside this process. It is safe for concurrent use.
type Cache struct {
	client   *redis.Client
	embedded *embedded // nil with a Redis of its own
	log      *slog.Logger
	local    *localLimits
	down     atomic.Bool
	stop     context.CancelFunc
	stopped  context.Context
	work     sync.WaitGroup
	closing  sync.Mutex // no work is added once stopped is done
}

// Open connects to the Redis at redisURL (redis:// or rediss://), or starts one in this process when it is
// empty. Invalid when the address can't be read, Unavailable when nothing answers there: a wrong setting should
// be seen at the start, though later the program does without.
func Open(ctx context.Context, redisURL string, log *slog.Logger) (*Cache, error) {
	quietDriver(log)
	opt := &redis.Options{}
	var emb *embedded
	if redisURL == "" {
		emb = startEmbedded()
		opt.Dialer = emb.dial
	} else {
		var err error
		if opt, err = redis.ParseURL(redisURL); err != nil {
			return nil, core.Errorf(core.Invalid, "Địa chỉ Redis chưa đúng; ví dụ: redis://127.0.0.1:6379/0.")
		}
	}
	tune(opt)
	c := &Cache{client: redis.NewClient(opt), embedded: emb, log: log, local: newLocalLimits(nil)}
	c.stopped, c.stop = context.WithCancel(context.Background())
	if err := c.Ping(ctx); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func tune(opt *redis.Options) {
	opt.DialTimeout, opt.ReadTimeout, opt.WriteTimeout = answerTimeout, answerTimeout, answerTimeout
	opt.PoolTimeout = answerTimeout
	opt.ContextTimeoutEnabled = true
	opt.MaxRetries = 1 // a connection the other side closed while idle
	opt.DialerRetries = 1
	opt.DisableIdentity = true
	opt.Protocol = 2 // pushes of version 3 are not used, and old Redis and miniredis know it best
}

// Shared reports whether other processes can see this cache: copies of what the store holds are worth keeping
// only then, since the embedded store answers as fast as an embedded cache.
func (c *Cache) Shared() bool { return c.embedded == nil }

// Ping says whether the cache answers now; Unavailable when not.
func (c *Cache) Ping(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	if err := c.client.Ping(ctx).Err(); err != nil {
		c.failed(ctx, err)
		return core.Wrap(core.Unavailable, "Bộ nhớ đệm không trả lời.", err)
	}
	if c.down.CompareAndSwap(true, false) {
		c.log.Info("cache answers again")
	}
	return nil
}

// Close ends every connection and subscription. A second call does nothing.
func (c *Cache) Close() error {
	c.closing.Lock()
	over := c.stopped.Err() != nil
	c.stop()
	c.closing.Unlock()
	if over {
		return nil
	}
	err := c.client.Close()
	c.work.Wait()
	if c.embedded != nil {
		c.embedded.close()
	}
	return err
}

// failed notes that a command failed. From the first failure on no request waits for the cache any more until
// the background check finds it answering.
func (c *Cache) failed(ctx context.Context, err error) {
	if errors.Is(err, redis.ErrClosed) || errors.Is(ctx.Err(), context.Canceled) {
		return // ours, or the caller's, not the cache's
	}
	if !c.down.CompareAndSwap(false, true) {
		return
	}
	c.log.Warn("cache does not answer; going on without it", "error", err)
	c.spawn(c.awaitReturn)
}

func (c *Cache) awaitReturn() {
	tick := time.NewTicker(retryEvery)
	defer tick.Stop()
	for c.down.Load() {
		select {
		case <-c.stopped.Done():
			return
		case <-tick.C:
			_ = c.Ping(c.stopped) // clears down when it succeeds; a failure is known already
		}
	}
}

func (c *Cache) spawn(f func()) {
	c.closing.Lock()
	defer c.closing.Unlock()
	if c.stopped.Err() == nil {
		c.work.Go(f)
	}
}

// up reports whether it is worth asking the cache.
func (c *Cache) up() bool { return !c.down.Load() }

// driverLog guards the driver's one process-wide logger.
var driverLog sync.Once

// quietDriver sends what the driver says to log instead of standard error, once per process, before the first
// client exists.
func quietDriver(log *slog.Logger) {
	driverLog.Do(func() { redis.SetLogger(slogDriver{log}) })
}

type slogDriver struct{ log *slog.Logger }

func (d slogDriver) Printf(ctx context.Context, format string, v ...any) {
	d.log.DebugContext(ctx, "redis driver", "format", format)
}
