package core

import (
	"time"
)

// Instant is a moment in whole milliseconds since 1970-01-01 UTC. It is a number in both databases, so that
// guards compare it natively. The zero Instant means "not set".
type Instant int64

// At gives the Instant of t, cut to the millisecond.
func At(t time.Time) Instant { return Instant(t.UnixMilli()) }

// Time gives the Instant in loc.
func (i Instant) Time(loc *time.Location) time.Time { return time.UnixMilli(int64(i)).In(loc) }

// Add gives i moved by d.
func (i Instant) Add(d time.Duration) Instant { return i + Instant(d.Milliseconds()) }

// Sub gives the time from j to i.
func (i Instant) Sub(j Instant) time.Duration { return time.Duration(i-j) * time.Millisecond }

// IsZero reports whether the Instant is not set.
func (i Instant) IsZero() bool { return i == 0 }

// Clock tells the time. The program uses time.Now; tests pass their own.
type Clock func() time.Time

// Now gives the clock's time as an Instant; a nil Clock is the machine's.
func (c Clock) Now() Instant {
	if c == nil {
		return At(time.Now())
	}
	return At(c())
}
