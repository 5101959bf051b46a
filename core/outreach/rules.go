package outreach

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"duthi/core"
)

// Occurrence is one moment at which a rule makes a broadcast.
type Occurrence struct {
	ID      string // of the broadcast: the same however often and by whomever it is computed
	RuleID  string
	RoundID string
	At      core.Instant // when sending begins, quiet hours left aside
	StopAt  core.Instant // when what it says is over
}

// defaultHour is when a rule sends that names no hour.
const defaultHour = 8 * time.Hour

// Occurrences gives the moments of a rule in [from, to), in their order. Rules on results and certificates have
// none: publishing makes their broadcasts.
func Occurrences(c core.Contest, r core.ReminderRule, from, to core.Instant, loc *time.Location) []Occurrence {
	var out []Occurrence
	for _, round := range c.Rounds {
		if r.RoundID != "" && r.RoundID != round.ID {
			continue
		}
		at, stop, ok := when(r, round, loc)
		if !ok || !r.On || at < from || at >= to || at >= stop {
			continue
		}
		out = append(out, Occurrence{ID: OccurrenceID(r.ID, round.ID, at, loc), RuleID: r.ID, RoundID: round.ID, At: at, StopAt: stop})
	}
	slices.SortFunc(out, func(a, b Occurrence) int { return cmp.Compare(a.At, b.At) })
	return out
}

// OccurrenceID names the broadcast of a rule for a round on a day: a rule moved by an hour on the same day does not
// send twice.
func OccurrenceID(ruleID, roundID string, at core.Instant, loc *time.Location) string {
	return fmt.Sprintf("%s.%s.%s", ruleID, roundID, at.Time(loc).Format("20060102"))
}

// when gives the moment of a rule for a round, and when what it says is over.
func when(r core.ReminderRule, round core.Round, loc *time.Location) (at, stop core.Instant, ok bool) {
	opens, closes := round.Start.Time(loc), round.End.Add(-time.Millisecond).Time(loc)
	switch r.Kind {
	case core.RemindBeforeOpen:
		return hour(r, opens, -r.Days, loc), round.Start, true
	case core.RemindOpened:
		if r.At == "" {
			return round.Start, round.End, true
		}
		at = hour(r, opens, 0, loc)
		return max(at, round.Start), round.End, true
	case core.RemindDaysLeft, core.RemindUnused, core.RemindNotTaken, core.RemindUnitBelow:
		at = hour(r, closes, -r.Days, loc)
		return at, round.End, at >= round.Start
	case core.RemindLastDay:
		at = hour(r, closes, 0, loc)
		return at, round.End, at >= round.Start
	}
	return 0, 0, false
}

// hour gives the rule's hour on the day that lies days after t's.
func hour(r core.ReminderRule, t time.Time, days int, loc *time.Location) core.Instant {
	since := defaultHour
	if at, err := time.Parse("15:04", r.At); err == nil {
		since = time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
	}
	return clock(time.Date(t.Year(), t.Month(), t.Day()+days, 0, 0, 0, 0, loc), since)
}

// CheckRule says what is wrong with a rule; Invalid with the fields' names.
func CheckRule(c core.Contest, r core.ReminderRule) error {
	faults := map[string]string{}
	if _, err := time.Parse("15:04", r.At); r.At != "" && err != nil {
		faults["at"] = "Giờ viết như 08:00."
	}
	if r.Days < 0 || r.Days > 60 {
		faults["days"] = "Số ngày từ 0 đến 60."
	}
	if r.RoundID != "" && !slices.ContainsFunc(c.Rounds, func(x core.Round) bool { return x.ID == r.RoundID }) {
		faults["round_id"] = "Không có đợt này."
	}
	if !slices.Contains(ruleKinds, r.Kind) {
		faults["kind"] = "Không có loại nhắc này."
	}
	if len(faults) > 0 {
		return core.FieldErrors(faults)
	}
	return Check(core.Broadcast{RoundID: "any", Content: r.Content, Focal: r.Focal})
}

var ruleKinds = []string{core.RemindBeforeOpen, core.RemindOpened, core.RemindDaysLeft, core.RemindLastDay, core.RemindUnused,
	core.RemindNotTaken, core.RemindUnitBelow, core.RemindResults, core.RemindCertificates}

// late bounds how late a missed occurrence is still made, after an outage.
const late = 12 * time.Hour

// savedGrace is how long before a rule was saved its moment may lie: a change of the text must not cost the reminder that
// is just due.
const savedGrace = 2 * time.Minute

// Remind makes the broadcasts of a contest's rules that have come due, each once whoever calls how often, and says
// how many it made.
func (s *Service) Remind(ctx context.Context, c core.Contest, loc *time.Location) (int, error) {
	rules, err := s.cfg.Broadcasts.Rules(ctx, c.ID)
	if err != nil {
		return 0, err
	}
	now, made := s.now(), 0
	for _, r := range rules {
		// what was due before the rule was saved is not made up for: the calendar did not show it
		for _, o := range Occurrences(c, r, max(now.Add(-late), r.UpdatedAt.Add(-savedGrace)), now+1, loc) {
			b, ok, err := s.fromRule(ctx, r, o, now)
			if err != nil {
				return made, err
			}
			if !ok {
				continue
			}
			err = s.cfg.Broadcasts.InsertBroadcast(ctx, b)
			if err != nil && !core.Is(err, core.Conflict) {
				return made, err
			}
			if err == nil {
				made++
			}
		}
	}
	return made, nil
}

// Publish makes the broadcasts of the rules of a kind, core.RemindResults or core.RemindCertificates, for a round
// whose results or certificates are there now: each once, however often it is called. It says how many it made.
func (s *Service) Publish(ctx context.Context, c core.Contest, kind, roundID string) (int, error) {
	rules, err := s.cfg.Broadcasts.Rules(ctx, c.ID)
	if err != nil {
		return 0, err
	}
	made := 0
	for _, r := range rules {
		if !r.On || r.Kind != kind || r.RoundID != "" && r.RoundID != roundID {
			continue
		}
		b, _, err := s.fromRule(ctx, r, Occurrence{ID: r.ID + "." + roundID, RuleID: r.ID, RoundID: roundID, At: s.now()}, s.now())
		if err == nil {
			err = s.cfg.Broadcasts.InsertBroadcast(ctx, b)
		}
		if core.Is(err, core.Conflict) {
			continue
		}
		if err != nil {
			return made, err
		}
		made++
	}
	return made, nil
}

// fromRule makes the broadcast of an occurrence. It is planned and sent without another word. There is none when
// every unit a rule on units would write to has reached the target.
func (s *Service) fromRule(ctx context.Context, r core.ReminderRule, o Occurrence, now core.Instant) (core.Broadcast, bool, error) {
	a := AudienceOf(r)
	if r.Kind == core.RemindUnitBelow && s.cfg.Below != nil {
		below, err := s.cfg.Below(ctx, r.ContestID, a.Units)
		if err != nil {
			return core.Broadcast{}, false, err
		}
		if a.Units = below; len(below) == 0 {
			return core.Broadcast{}, false, nil
		}
	}
	return broadcastOf(r, o, a, now), true, nil
}

func broadcastOf(r core.ReminderRule, o Occurrence, a core.Audience, now core.Instant) core.Broadcast {
	return core.Broadcast{ID: o.ID, ContestID: r.ContestID, RuleID: r.ID, RoundID: o.RoundID, Title: r.Kind, Audience: a, Content: r.Content, Focal: FocalOf(r),
		Billed: r.Billed, State: core.BroadcastPlanning, StartAt: o.At, StopAt: o.StopAt, CreatedBy: "system", CreatedAt: now, UpdatedAt: now}
}

// AudienceOf narrows a rule's audience to those its kind is about, unless it names them itself.
func AudienceOf(r core.ReminderRule) core.Audience {
	a := r.Audience
	if a.Who == "" || a.Who == core.AudienceAll {
		switch r.Kind {
		case core.RemindUnused:
			a.Who = core.AudienceUnused
		case core.RemindNotTaken, core.RemindUnitBelow:
			a.Who = core.AudienceNotTaken
		case core.RemindResults, core.RemindCertificates:
			a.Who = core.AudienceTaken
		}
	}
	return a
}

// FocalOf gives what the focal points get by a rule; nil when they get nothing.
func FocalOf(r core.ReminderRule) *core.Content {
	switch {
	case r.Kind != core.RemindUnitBelow || r.Focal != nil && r.Focal.Empty():
		return nil
	case r.Focal == nil:
		return focalContent()
	}
	return r.Focal
}
