package core

import "time"

// concludedAfter is how long after the end of a contest it is taken to be summed up (tổng kết) at the earliest: the
// file names no day for it.
const concludedAfter = 30 // days

// Over gives the end of the contest: of its period, or of its last round when that is later.
func (c *Contest) Over() Instant {
	end := c.Period.End
	for _, r := range c.Rounds {
		end = max(end, r.End)
	}
	return end
}

// Concluded gives the day, at midnight, on which the contest is taken to be summed up: 30 days after its end, or when
// the time to publish results, complain and decide has passed, whichever is later. Only weekends are left out of
// working days: public holidays are not known here.
func (c *Contest) Concluded() Instant {
	end := c.Over().Time(c.Location())
	day := time.Date(end.Year(), end.Month(), end.Day(), 0, 0, 0, 0, end.Location())
	concluded := day.AddDate(0, 0, concludedAfter)
	if p := c.Complaints; p != nil {
		for n := p.PublishWithin + p.Window + p.ResolveWithin; n > 0; {
			day = day.AddDate(0, 0, 1)
			if wd := day.Weekday(); wd != time.Saturday && wd != time.Sunday {
				n--
			}
		}
	}
	if day.After(concluded) {
		concluded = day
	}
	return At(concluded)
}

// KeepUntil gives the moment from which personal data of the contest must not be kept; false when its file names no
// time.
func (c *Contest) KeepUntil() (Instant, bool) {
	if c.DataProtection == nil || c.DataProtection.RetentionMonths <= 0 {
		return 0, false
	}
	return At(c.Concluded().Time(c.Location()).AddDate(0, c.DataProtection.RetentionMonths, 0)), true
}

// DueForAnonymising reports whether personal data of the contest have to go at now and have not gone yet. A contest
// whose dates were moved after that is due again at its new moment.
func (r ContestRecord) DueForAnonymising(now Instant) bool {
	until, ok := r.Contest.KeepUntil()
	return ok && now >= until && r.AnonymisedAt < until
}
