package cache

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

// allowScript is a token bucket kept as one number: the moment at which the bucket would be full again ("theoretical
// arrival time").
// KEYS[1]: the bucket. ARGV: microseconds a token takes to come back, microseconds of a full bucket, 1 to take
// a token or 0 to look.
// Returns 0 when there was a token, else the milliseconds until there is one.
var allowScript = redis.NewScript(`
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local interval, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local full = tonumber(redis.call('GET', KEYS[1]) or '0')
if full < now then full = now end
local over = full + interval - now - window
if over > 0 then return math.ceil(over / 1000) end
if ARGV[3] == '0' then return 0 end
full = full + interval
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', math.ceil((full - now) / 1000))
return 0`)

// attemptScript counts attempts that grow slower.
// KEYS[1]: hash of n (attempts) and till (milliseconds, when the next may come). ARGV: free attempts, first
// wait, longest wait, milliseconds until all is forgotten.
// Returns 0 when the attempt may go on, else the milliseconds to wait.
var attemptScript = redis.NewScript(`
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local free, first, longest, window = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local v = redis.call('HMGET', KEYS[1], 'n', 'till', 'gone')
local n, till, gone = tonumber(v[1] or '0'), tonumber(v[2] or '0'), tonumber(v[3] or '0')
if gone > 0 and gone <= now then n, till = 0, 0 end
if till > now then return till - now end
n = n + 1
if n >= free then
  local wait = first * 2 ^ (n - free)
  if wait > longest then wait = longest end
  till = now + wait
end
redis.call('HSET', KEYS[1], 'n', n, 'till', string.format('%.0f', till), 'gone', string.format('%.0f', now + window))
redis.call('PEXPIRE', KEYS[1], window)
return 0`)

// Allow takes one token of the bucket named k, which holds limit tokens and fills up within window. When it is
// empty, retryAfter says when the next token comes. While Redis is away each process counts for itself, as the
// only process with an embedded cache always does.
func (c *Cache) Allow(ctx context.Context, k Key, limit int, window time.Duration) (ok bool, retryAfter time.Duration) {
	return c.bucket(ctx, k, limit, window, 1)
}

// Peek is Allow without taking the token: for counts of failures, which are taken after the fact.
func (c *Cache) Peek(ctx context.Context, k Key, limit int, window time.Duration) (ok bool, retryAfter time.Duration) {
	return c.bucket(ctx, k, limit, window, 0)
}

func (c *Cache) bucket(ctx context.Context, k Key, limit int, window time.Duration, take int) (bool, time.Duration) {
	limit = max(limit, 1)
	if c.countsTogether() {
		interval := window.Microseconds() / int64(limit)
		wait, err := allowScript.Run(ctx, c.client, []string{string(k)}, interval, window.Microseconds(), take).Int64()
		if err == nil {
			return wait == 0, time.Duration(wait) * time.Millisecond
		}
		c.failed(ctx, err)
	}
	wait := c.local.allow(string(k), limit, window, take)
	return wait == 0, wait
}

// Backoff slows attempts down: the first Free may follow at will, from then on each must wait First, twice
// that, and so on up to Longest. Window without an attempt forgets all.
type Backoff struct {
	Free    int
	First   time.Duration
	Longest time.Duration
	Window  time.Duration
}

// Attempt counts an attempt before its outcome is known, so that parallel guesses can't slip through together;
// a success should Forgive. An attempt that must wait is not counted.
func (c *Cache) Attempt(ctx context.Context, k Key, b Backoff) (ok bool, retryAfter time.Duration) {
	if c.countsTogether() {
		wait, err := attemptScript.Run(ctx, c.client, []string{string(k)},
			b.Free, b.First.Milliseconds(), b.Longest.Milliseconds(), b.Window.Milliseconds()).Int64()
		if err == nil {
			return wait == 0, time.Duration(wait) * time.Millisecond
		}
		c.failed(ctx, err)
	}
	wait := c.local.attempt(string(k), b)
	return wait == 0, wait
}

// Forgive forgets what Allow or Attempt counted for k.
func (c *Cache) Forgive(ctx context.Context, k Key) {
	c.local.forget(string(k))
	c.Delete(ctx, k)
}

// countsTogether reports whether counts must be shared with other processes and can be. Without other
// processes this one's own count is exact, and 100 times cheaper than a script in the embedded Redis.
func (c *Cache) countsTogether() bool { return c.Shared() && c.up() }
