// Package audience finds the people of a broadcast: contestants, people of the roster who never registered, and
// followers of the OA whom nobody knows, each once and in the order of persons.
package audience

import (
	"context"
	"slices"
	"strings"

	"duthi/core"
	"duthi/core/catalog"
	"duthi/core/outreach"
)

// Config is what a Service is made of. All fields are needed.
type Config struct {
	Store Store
	// Edition gives a contest by id, or NotFound; a Catalog's method.
	Edition func(id string) (*catalog.Edition, error)
	// OAID gives the OA spoken for, "" when there is none.
	OAID func(ctx context.Context) string
	// Figures gives the participation of units by code, those without headcount left out.
	Figures func(ctx context.Context, contestID string) (map[string]Figures, error)
	// Open gives a sealed phone.
	Open func(v core.Sealed) (string, error)
	// Entry is where a person enters the contest: the address of its page; Desk is where a focal point sees their unit.
	Entry, Desk string
}

// Figures are how far a unit is in the whole contest.
type Figures struct {
	People, Headcount int64
	Percent           float64 // 0 to 100
	Needed            int64   // people missing for the target
	Reached           bool
}

// Service finds people. It is safe for concurrent use.
type Service struct{ cfg Config }

// New makes a Service.
func New(cfg Config) *Service { return &Service{cfg} }

// look is how many rows are looked at in one reading.
const look = 1000

// Recipients gives up to limit people of a broadcast's audience with Person greater than after, in that order. Phones
// are not opened: Phone only says that there is one. Fewer than limit means that nobody is left.
func (s *Service) Recipients(ctx context.Context, b core.Broadcast, after string, limit int) ([]outreach.Recipient, error) {
	if len(b.Audience.People) > 0 {
		return s.named(ctx, b, after, limit)
	}
	t, err := s.target(ctx, b)
	if err != nil {
		return nil, err
	}
	var out []outreach.Recipient
	for _, from := range s.sources(t) {
		if from.over(after) {
			continue
		}
		cursor, _ := strings.CutPrefix(after, from.prefix)
		if !from.holds(after) {
			cursor = ""
		}
		for more := true; more; more = cursor != "" {
			var lines []core.AudienceLine
			if lines, cursor, err = from.read(ctx, t.query, cursor, look); err != nil {
				return nil, err
			}
			for _, l := range lines {
				if !t.takes(from.prefix, l) {
					continue
				}
				if out = append(out, t.recipient(from.prefix, l)); len(out) == limit {
					return out, nil
				}
			}
		}
	}
	return out, nil
}

// source is one kind of people; their persons are a prefix and a key.
type source struct {
	prefix string
	read   func(ctx context.Context, q core.AudienceQuery, after string, limit int) ([]core.AudienceLine, string, error)
}

// sources gives the kinds of people an audience may hold, in the order of their persons.
func (s *Service) sources(t *target) []source {
	var out []source
	if t.contestants() {
		out = append(out, source{"", s.cfg.Store.AudienceContestants})
	}
	if b := t.b; b.Focal != nil {
		out = append(out, source{core.FocalPrefix, s.cfg.Store.AudienceFocalPoints})
	}
	if t.roster() {
		out = append(out, source{core.RosterPrefix, s.cfg.Store.AudienceRoster})
	}
	if t.followers() {
		out = append(out, source{core.FollowerPrefix, s.cfg.Store.AudienceFollowers})
	}
	return out
}

// kind gives the prefix of a person.
func kind(person string) string {
	for _, p := range []string{core.FocalPrefix, core.RosterPrefix, core.FollowerPrefix} {
		if strings.HasPrefix(person, p) {
			return p
		}
	}
	return ""
}

func (f source) holds(person string) bool { return kind(person) == f.prefix }

// over reports whether a cursor lies behind everybody of the source.
func (f source) over(after string) bool { return after != "" && kind(after) > f.prefix }

// named gives people who are named one by one, whatever they did.
func (s *Service) named(ctx context.Context, b core.Broadcast, after string, limit int) ([]outreach.Recipient, error) {
	people := slices.Compact(slices.Sorted(slices.Values(b.Audience.People)))
	var out []outreach.Recipient
	for _, p := range people {
		if p <= after || len(out) == limit {
			continue
		}
		r, err := s.Recipient(ctx, b, p)
		if core.Is(err, core.NotFound) || err == nil && r.Gone {
			continue
		}
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// recipient is a line as planning takes it. Contestants share nothing with each other: the store sees to that. Two
// lines of the roster may, and a focal point with a contestant.
func (t *target) recipient(prefix string, l core.AudienceLine) outreach.Recipient {
	r := outreach.Recipient{Person: prefix + l.Key, UserID: l.UserID, Follows: l.Follower.MayRemind(), LastInteraction: l.Follower.LastInteraction,
		PhoneKey: l.Phone, Shared: prefix != "" || t.b.Focal != nil}
	if l.HasPhone {
		r.Phone = "sealed"
	}
	f := l.Follower
	r.OptedOut = !f.UnfollowedAt.IsZero() || !f.WithdrawnAt.IsZero() || f.NoReminders
	if prefix == "" {
		agreed, refused := zaloConsent(l.Consents)
		r.OptedOut = r.OptedOut || refused || l.Status == core.Withdrawn
		r.NoConsent = !agreed
	}
	return r
}

// zaloConsent says whether somebody agreed to be reminded, and whether they took it back.
func zaloConsent(all []core.Consent) (agreed, refused bool) {
	for _, c := range all {
		if c.Kind != "zalo" {
			continue
		}
		agreed = agreed || c.WithdrawnAt.IsZero()
		refused = true
	}
	return agreed, refused && !agreed
}
