package cache

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

// Event is a message on a channel. Reset says that messages may have been missed (the subscription began, or
// began again): what was learnt from the channel must be thrown away. Data is empty then.
type Event struct {
	Reset bool
	Data  string
}

// Publish tells every process that subscribed, this one included. Messages are lost while the cache is away;
// subscribers then get a Reset.
func (c *Cache) Publish(ctx context.Context, ch Channel, data string) {
	if !c.up() {
		return
	}
	if err := c.client.Publish(ctx, string(ch), data).Err(); err != nil {
		c.failed(ctx, err)
	}
}

// Subscribe calls f for every event until the cache is closed, one at a time, connecting again by itself. f
// must be quick.
func (c *Cache) Subscribe(ch Channel, f func(Event)) {
	sub := c.client.Subscribe(c.stopped, string(ch))
	events := sub.ChannelWithSubscriptions(redis.WithChannelHealthCheckInterval(2 * time.Second))
	c.spawn(func() {
		defer sub.Close()
		for {
			select {
			case <-c.stopped.Done():
				return
			case e, ok := <-events:
				if !ok {
					return
				}
				switch e := e.(type) {
				case *redis.Message:
					f(Event{Data: e.Payload})
				case *redis.Subscription:
					f(Event{Reset: true})
				}
			}
		}
	})
}
