package webapp

import (
	"strings"

	"duthi/core"
)

// phase is where a contest stands.
type phase string

const (
	phaseBefore  phase = "before"  // no round has opened yet
	phaseOpen    phase = "open"    // a round is open
	phaseBetween phase = "between" // a round has closed and another will open
	phaseClosed  phase = "closed"  // all rounds are over
	phaseResults phase = "results" // all rounds are over and their results are published
)

// standing is a contest at one moment: its phase, the open round, the last that closed, the next to open.
type standing struct {
	phase         phase
	open          core.Round
	closed, ahead core.Round
	closedAny     bool
}

// stand finds where the contest stands. Rounds are in the order of time: import refuses others.
func stand(ct *core.Contest, now core.Instant) standing {
	s := standing{phase: phaseClosed}
	for _, r := range ct.Rounds {
		switch {
		case r.Open(now):
			s.open = r
		case now >= r.End:
			s.closed, s.closedAny = r, true
		case s.ahead.ID == "":
			s.ahead = r
		}
	}
	switch {
	case s.open.ID != "":
		s.phase = phaseOpen
	case s.ahead.ID != "" && s.closedAny:
		s.phase = phaseBetween
	case s.ahead.ID != "":
		s.phase = phaseBefore
	default:
		if _, ok := ct.Results(s.closed); ok {
			s.phase = phaseResults
		}
	}
	return s
}

// resultsLink gives where a round's results are read, or nil.
func resultsLink(ct *core.Contest, r core.Round, base string) *action {
	d, ok := ct.Results(r)
	if !ok {
		return nil
	}
	if d.URL != "" {
		return &action{"Kết quả " + r.Name, d.URL}
	}
	page := "thong-bao"
	for _, own := range ct.Documents {
		if own.Title == d.Title {
			page = "tai-lieu"
		}
	}
	return &action{"Kết quả " + r.Name, base + page + "#" + anchor(d.Title)}
}

// anchor is the id of a document on its page.
func anchor(title string) string { return strings.ReplaceAll(core.Fold(title), " ", "-") }
