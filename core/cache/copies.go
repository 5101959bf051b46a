package cache

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"duthi/core"
)

// Get gives a value that was set and has not passed its time. false also when the cache is away: the caller
// then asks the store.
func (c *Cache) Get(ctx context.Context, k Key) ([]byte, bool) {
	if !c.up() {
		return nil, false
	}
	b, err := c.client.Get(ctx, string(k)).Bytes()
	if err != nil {
		if !errors.Is(err, redis.Nil) {
			c.failed(ctx, err)
		}
		return nil, false
	}
	return b, true
}

// Set keeps a value for ttl, if the cache is there.
func (c *Cache) Set(ctx context.Context, k Key, value []byte, ttl time.Duration) {
	if !c.up() {
		return
	}
	if err := c.client.Set(ctx, string(k), value, ttl).Err(); err != nil {
		c.failed(ctx, err)
	}
}

// Delete forgets a value, if the cache is there.
func (c *Cache) Delete(ctx context.Context, k Key) {
	if !c.up() {
		return
	}
	if err := c.client.Del(ctx, string(k)).Err(); err != nil {
		c.failed(ctx, err)
	}
}

// Once reports whether this is the first call with k within ttl, over all processes. Unavailable when the cache
// is away: what must be exact belongs into the store.
func (c *Cache) Once(ctx context.Context, k Key, ttl time.Duration) (bool, error) {
	if !c.up() {
		return false, core.Errorf(core.Unavailable, "Bộ nhớ đệm không trả lời.")
	}
	first, err := c.client.SetNX(ctx, string(k), 1, ttl).Result()
	if err != nil {
		c.failed(ctx, err)
		return false, core.Wrap(core.Unavailable, "Bộ nhớ đệm không trả lời.", err)
	}
	return first, nil
}
