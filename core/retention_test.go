package core

import (
	"testing"
	"time"
)

func TestKeepUntil(t *testing.T) {
	t.Parallel()
	loc := Location("Asia/Ho_Chi_Minh")
	on := func(y int, m time.Month, d int) Instant { return At(time.Date(y, m, d, 0, 0, 0, 0, loc)) }
	c := Contest{Timezone: "Asia/Ho_Chi_Minh", Period: Period{End: on(2023, 12, 16)}, DataProtection: &Protection{RetentionMonths: 6}}
	for name, x := range map[string]struct {
		change func(*Contest)
		want   Instant
	}{
		"thirty days and six months":   {func(*Contest) {}, on(2024, 7, 15)},
		"the last round ends later":    {func(c *Contest) { c.Rounds = []Round{{End: on(2023, 12, 20)}} }, on(2024, 7, 19)},
		"short complaints":             {func(c *Contest) { c.Complaints = &Complaints{PublishWithin: 7, Window: 5, ResolveWithin: 5} }, on(2024, 7, 15)},
		"complaints of nine weeks":     {func(c *Contest) { c.Complaints = &Complaints{PublishWithin: 15, Window: 15, ResolveWithin: 15} }, on(2024, 8, 16)},
		"the end of a short month":     {func(c *Contest) { c.Period.End, c.DataProtection = on(2023, 12, 1), &Protection{RetentionMonths: 2} }, on(2024, 3, 2)}, // 31/12 and two months
		"an hour of the day is no day": {func(c *Contest) { c.Period.End += Instant(17 * 3600 * 1000) }, on(2024, 7, 15)},
	} {
		t.Run(name, func(t *testing.T) {
			c := c
			x.change(&c)
			if got, ok := c.KeepUntil(); !ok || got != x.want {
				t.Errorf("%v, want %v", got.Time(loc), x.want.Time(loc))
			}
		})
	}
	for _, p := range []*Protection{nil, {}} {
		c := Contest{DataProtection: p}
		if _, ok := c.KeepUntil(); ok {
			t.Error("a file that names no time")
		}
	}
}

func TestDueForAnonymising(t *testing.T) {
	t.Parallel()
	r := ContestRecord{Contest: Contest{Period: Period{End: At(time.Date(2023, 12, 16, 0, 0, 0, 0, time.UTC))}, DataProtection: &Protection{RetentionMonths: 6}}}
	until, _ := r.Contest.KeepUntil()
	if r.DueForAnonymising(until-1) || !r.DueForAnonymising(until) {
		t.Error("the moment itself")
	}
	r.AnonymisedAt = until + 5
	if r.DueForAnonymising(until + 9) {
		t.Error("done already")
	}
	r.Contest.Period.End = r.Contest.Period.End.Add(366 * 24 * time.Hour)
	later, _ := r.Contest.KeepUntil()
	if r.DueForAnonymising(later-1) || !r.DueForAnonymising(later) {
		t.Error("the contest was held again")
	}
}
