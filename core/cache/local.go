package cache

import (
	"hash/maphash"
	"sync"
	"time"

	"duthi/core"
)

// localShards keeps 8,000 look-ups a second on several cores from meeting at one lock.
const localShards = 32

// Local is a bounded map in this process whose values live for a short time: the layer before Redis and the
// store. It is safe for concurrent use.
type Local[V any] struct {
	shards [localShards]localShard[V]
	seed   maphash.Seed
	size   int // per shard
	ttl    time.Duration
	clock  core.Clock
}

type localShard[V any] struct {
	mu    sync.RWMutex
	items map[string]localItem[V]
	turn  uint64 // grows with every removal: a value loaded before it must not be put after it
}

type localItem[V any] struct {
	value V
	until core.Instant
}

// NewLocal makes a map of at most size values, each kept for ttl.
func NewLocal[V any](size int, ttl time.Duration, clock core.Clock) *Local[V] {
	l := &Local[V]{seed: maphash.MakeSeed(), size: max(size/localShards, 1), ttl: ttl, clock: clock}
	for i := range l.shards {
		l.shards[i].items = map[string]localItem[V]{}
	}
	return l
}

func (l *Local[V]) shard(key string) *localShard[V] {
	return &l.shards[maphash.String(l.seed, key)%localShards]
}

// Get gives a value that is not older than the map's ttl.
func (l *Local[V]) Get(key string) (V, bool) {
	s := l.shard(key)
	s.mu.RLock()
	it, ok := s.items[key]
	s.mu.RUnlock()
	if !ok || l.clock.Now() >= it.until {
		var none V
		return none, false
	}
	return it.value, true
}

// Load gives the value at key, asking load when there is none. A value that was deleted while load ran is
// returned but not kept. Errors are not kept.
func (l *Local[V]) Load(key string, load func() (V, error)) (V, error) {
	if v, ok := l.Get(key); ok {
		return v, nil
	}
	s := l.shard(key)
	s.mu.RLock()
	turn := s.turn
	s.mu.RUnlock()
	v, err := load()
	if err != nil {
		return v, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.turn == turn {
		s.makeRoom(l.size, l.clock.Now())
		s.items[key] = localItem[V]{v, l.clock.Now().Add(l.ttl)}
	}
	return v, nil
}

// makeRoom removes what is over, and when that is not enough any tenth: everything here can be loaded again.
func (s *localShard[V]) makeRoom(size int, now core.Instant) {
	if len(s.items) < size {
		return
	}
	for k, it := range s.items {
		if now >= it.until {
			delete(s.items, k)
		}
	}
	for k := range s.items {
		if len(s.items) <= size*9/10 {
			return
		}
		delete(s.items, k)
	}
}

// Delete forgets the value at key.
func (l *Local[V]) Delete(key string) {
	s := l.shard(key)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn++
	delete(s.items, key)
}

// DeleteFunc forgets every value drop says yes to. It visits them all.
func (l *Local[V]) DeleteFunc(drop func(key string, v V) bool) {
	for i := range l.shards {
		s := &l.shards[i]
		s.mu.Lock()
		s.turn++
		for k, it := range s.items {
			if drop(k, it.value) {
				delete(s.items, k)
			}
		}
		s.mu.Unlock()
	}
}

// Clear forgets everything.
func (l *Local[V]) Clear() { l.DeleteFunc(func(string, V) bool { return true }) }

// Len counts the values held, those that are over included.
func (l *Local[V]) Len() int {
	n := 0
	for i := range l.shards {
		l.shards[i].mu.RLock()
		n += len(l.shards[i].items)
		l.shards[i].mu.RUnlock()
	}
	return n
}
