package core_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"pgregory.net/rapid"

	"duthi/core"
)

// drawInstant gives any millisecond of the years around a contest.
func drawInstant(t *rapid.T, label string) core.Instant {
	return core.Instant(rapid.Int64Range(1_600_000_000_000, 1_900_000_000_000).Draw(t, label))
}

func TestDeadline(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := drawInstant(t, "start")
		duration := time.Duration(rapid.IntRange(1, 300).Draw(t, "minutes")) * time.Minute
		extra := rapid.IntRange(0, 7200).Draw(t, "extra")
		end := start + core.Instant(rapid.Int64Range(1, 5*3_600_000).Draw(t, "left"))
		got := core.Deadline(start, duration, extra, end)

		full := start + core.Instant(duration.Milliseconds()) + core.Instant(extra)*1000
		switch {
		case got > end:
			t.Fatalf("ends %v after the round", got.Sub(end))
		case got > full:
			t.Fatalf("lasts %v, allowed %v", got.Sub(start), full.Sub(start))
		case got != end && got != full:
			t.Fatalf("ends early: %v of %v, round has %v", got.Sub(start), full.Sub(start), end.Sub(start))
		}
		if more := core.Deadline(start, duration, extra+1, end); more < got {
			t.Fatalf("more extra time ends earlier")
		}
	})
}

// The zone has no summer time: an attempt's wall clock moves exactly with its duration, also over midnight and
// the new year.
func TestDeadlineWallClock(t *testing.T) {
	t.Parallel()
	loc, err := time.LoadLocation("Asia/Ho_Chi_Minh")
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		start := drawInstant(t, "start")
		d := time.Duration(rapid.IntRange(1, 300).Draw(t, "minutes")) * time.Minute
		got := core.Deadline(start, d, 0, start.Add(1000*time.Hour)).Time(loc)
		at := start.Time(loc)
		wall := time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute()+int(d/time.Minute), at.Second(), at.Nanosecond(), loc)
		if !got.Equal(wall) {
			t.Fatalf("deadline %v, clock on the wall %v", got, wall)
		}
	})
}

func TestFinish(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		start := drawInstant(t, "start")
		lasts := rapid.Int64Range(1, 3_600_000).Draw(t, "lasts")
		met := rapid.Int64Range(0, 5_000_000).Draw(t, "met")
		a := core.Attempt{Status: core.Running, StartedAt: start, Deadline: start + core.Instant(lasts)}
		now := start + core.Instant(met)
		status := core.Submitted
		if now >= a.Deadline {
			status = core.Expired
		}
		a.Finish(status, now, core.Score{Answered: 3, Correct: 2, Points: 10})

		if want := min(met, lasts); int64(a.SubmittedAt-start) != want {
			t.Fatalf("submitted %d ms after the start, want %d", a.SubmittedAt-start, want)
		}
		seconds := int64(a.DurationSeconds) * 1000
		if used := int64(a.SubmittedAt - start); seconds > used || used-seconds >= 1000 {
			t.Fatalf("%d ms are told as %d s", used, a.DurationSeconds)
		}
		if !a.Final() || !a.Valid() || a.Correct != 2 || a.Points != 10 {
			t.Fatalf("not final as scored: %+v", a)
		}
	})
}

// Who submits by a clock that is past the deadline counts as of the deadline.
func TestFinishAfterTheDeadline(t *testing.T) {
	t.Parallel()
	a := core.Attempt{Status: core.Running, StartedAt: 1_000_000, Deadline: 1_060_500}
	a.Finish(core.Submitted, a.Deadline+1, core.Score{})
	if a.SubmittedAt != a.Deadline || a.DurationSeconds != 60 {
		t.Fatalf("submitted at %d after %d s", a.SubmittedAt, a.DurationSeconds)
	}
}

func TestScoreAnswers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 40).Draw(t, "n")
		points, max := rapid.IntRange(1, 10).Draw(t, "points"), rapid.IntRange(0, 150).Draw(t, "max")
		answers, correct := make([]core.Answer, n), make([]core.OptionSet, n)
		var want core.Score
		for i := range n {
			correct[i] = core.OptionSet(rapid.IntRange(1, 63).Draw(t, "correct"))
			answers[i].Choice = core.OptionSet(rapid.OneOf(rapid.Just(0), rapid.Just(int(correct[i])), rapid.IntRange(0, 63)).Draw(t, "choice"))
			answers[i].Marked = rapid.Bool().Draw(t, "marked")
			right := answers[i].Choice != 0
			for o := range core.MaxOptions {
				right = right && answers[i].Choice.Has(o) == correct[i].Has(o)
			}
			if answers[i].Choice.Count() > 0 {
				want.Answered++
			}
			if right {
				want.Correct++
				want.Points += points
			}
		}
		if max > 0 && want.Points > max {
			want.Points = max
		}
		if got := core.ScoreAnswers(answers, correct, points, max); got != want {
			t.Fatalf("got %+v, want %+v", got, want)
		}
	})
}

func TestValidAttempt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		a    core.Attempt
		want bool
	}{
		"submitted":        {core.Attempt{Status: core.Submitted, Answered: 1}, true},
		"expired":          {core.Attempt{Status: core.Expired, Answered: 1}, true},
		"running":          {core.Attempt{Status: core.Running, Answered: 1}, false},
		"without answers":  {core.Attempt{Status: core.Submitted}, false},
		"void":             {core.Attempt{Status: core.Submitted, Answered: 1, Void: &core.Void{}}, false},
		"nothing at all":   {core.Attempt{}, false},
		"full, all points": {core.Attempt{Status: core.Submitted, Answered: 20, Correct: 20, Points: 100}, true},
	} {
		if got := c.a.Valid(); got != c.want {
			t.Errorf("%s: valid %v", name, got)
		}
	}
}
