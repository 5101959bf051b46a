package outreach

import (
	"context"
	"strconv"
	"time"

	"duthi/core"
	"duthi/core/cache"
	"duthi/core/zalo"
)

// Pacer is a token bucket that all processes share through the cache. In no 60 seconds do more than PerMinute
// messages pass: its burst, a second's worth, is taken off the rate.
type Pacer struct {
	Cache     *cache.Cache
	Key       string // the OA
	PerMinute int    // the package's limit without what the bot's answers need; at least 1
	// Limits gives what Zalo's last answer said of the limit; nil when that is not known.
	Limits func() zalo.RateLimit
	Clock  core.Clock
}

// longestSleep bounds one sleep, so that a changed limit is noticed.
const longestSleep = 5 * time.Second

// bucket gives the size of the bucket and the time in which it fills.
func bucket(perMinute int) (burst int, window time.Duration) {
	perMinute = max(perMinute, 1)
	burst = min((perMinute+59)/60, max(perMinute/2, 1))
	interval := time.Minute / time.Duration(max(perMinute-burst, 1))
	return burst, interval * time.Duration(burst)
}

// Wait returns when one message may go out.
func (p *Pacer) Wait(ctx context.Context) error {
	for {
		wait := p.held(ctx)
		if wait <= 0 {
			burst, window := bucket(p.perMinute())
			ok, after := p.Cache.Allow(ctx, cache.LimitKey("zalo-send", p.Key), burst, window)
			if ok {
				return ctx.Err()
			}
			wait = max(after, time.Millisecond)
		}
		timer := time.NewTimer(min(wait, longestSleep))
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
		}
	}
}

// perMinute is the configured rate, or Zalo's own limit when that is lower.
func (p *Pacer) perMinute() int {
	rate := p.PerMinute
	if p.Limits != nil {
		if l := p.Limits(); l.Limit > 0 {
			rate = min(rate, l.Limit)
		}
	}
	return rate
}

// held is how long every message is held back: somebody met the limit, or Zalo's last answer said that no call is
// left in its minute.
func (p *Pacer) held(ctx context.Context) time.Duration {
	now := p.Clock.Now()
	var until core.Instant
	if b, ok := p.Cache.Get(ctx, p.holdKey()); ok {
		n, _ := strconv.ParseInt(string(b), 10, 64) // ours; zero holds nothing
		until = core.Instant(n)
	}
	if p.Limits != nil {
		if l := p.Limits(); l.Limit > 0 && l.Remain <= 0 {
			until = max(until, l.At.Add(time.Minute))
		}
	}
	return until.Sub(now)
}

// Slow holds every message of every process back for at least d.
func (p *Pacer) Slow(ctx context.Context, d time.Duration) {
	until := p.Clock.Now().Add(d)
	p.Cache.Set(ctx, p.holdKey(), strconv.AppendInt(nil, int64(until), 10), d)
}

func (p *Pacer) holdKey() cache.Key { return cache.OnceKey("zalo-hold", p.Key) }
