package outreach

import (
	"slices"
	"time"

	"duthi/core"
)

// Quiet says when nothing is sent, by the contest's clock.
type Quiet struct {
	From     time.Duration  `json:"from"`               // since midnight: 21:30
	To       time.Duration  `json:"to"`                 // 07:00; before From, the night goes over midnight
	Weekdays []time.Weekday `json:"weekdays,omitempty"` // whole days
	Days     []string       `json:"days,omitempty"`     // whole days: 2023-09-02
}

// DefaultQuiet is 21:30 to 07:00.
func DefaultQuiet() Quiet { return Quiet{From: 21*time.Hour + 30*time.Minute, To: 7 * time.Hour} }

// horizon bounds how far an allowed moment is looked for.
const horizon = 400

// Next gives the first moment from at on when something may be sent; the zero Instant when there is none in more
// than a year.
func (q Quiet) Next(at core.Instant, loc *time.Location) core.Instant {
	from, _ := q.window(at, loc)
	return from
}

// window gives the first span from at on in which something may be sent; zeros when there is none.
func (q Quiet) window(at core.Instant, loc *time.Location) (from, to core.Instant) {
	day := at.Time(loc)
	for range horizon {
		for _, open := range q.open() {
			from, to = clock(day, open[0]), clock(day, open[1])
			if !q.closed(day) && to > at && to > from {
				return max(from, at), to
			}
		}
		day = time.Date(day.Year(), day.Month(), day.Day()+1, 12, 0, 0, 0, loc)
	}
	return 0, 0
}

// open gives the spans of a day, since midnight, that are not quiet.
func (q Quiet) open() [][2]time.Duration {
	const day = 24 * time.Hour
	switch {
	case q.From == q.To:
		return [][2]time.Duration{{0, day}}
	case q.From > q.To:
		return [][2]time.Duration{{q.To, q.From}}
	}
	return [][2]time.Duration{{0, q.From}, {q.To, day}}
}

func (q Quiet) closed(day time.Time) bool {
	return slices.Contains(q.Weekdays, day.Weekday()) || slices.Contains(q.Days, day.Format(time.DateOnly))
}

// clock gives the moment of day at which its clock shows since.
func clock(day time.Time, since time.Duration) core.Instant {
	return core.At(time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, int(since), day.Location()))
}

// Finish says when the last of count messages leaves at rate a minute, if sending begins at start; the zero
// Instant when quiet days leave no room for them.
func (q Quiet) Finish(start core.Instant, count int64, rate int, loc *time.Location) core.Instant {
	left := time.Duration(count) * time.Minute / time.Duration(max(rate, 1))
	at := start
	for range horizon {
		from, to := q.window(at, loc)
		if to == 0 {
			return 0
		}
		if room := to.Sub(from); room >= left {
			return from.Add(left)
		} else {
			left -= room
		}
		at = to
	}
	return 0
}
