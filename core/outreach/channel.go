package outreach

import (
	"slices"
	"strings"
	"time"

	"duthi/core"
)

// Why somebody gets nothing, or a delivery ended as it did.
const (
	ReasonNoChannel   = "no_channel"   // neither linked with the OA nor a usable phone number
	ReasonNoTemplate  = "no_template"  // outside the window, and the broadcast names no template that would do
	ReasonWindow      = "window"       // the window is only open for money, which the broadcast may not spend
	ReasonOptedOut    = "opted_out"    // said so, unfollowed or withdrew
	ReasonUnlinked    = "unlinked"     // a focal point who did not ask for reminders over Zalo
	ReasonSamePhone   = "same_phone"   // the message to somebody else with this number is the one that is sent
	ReasonSameZalo    = "same_zalo"    // the message to somebody else with this Zalo is the one that is sent
	ReasonNoConsent   = "no_consent"   // a contestant who never agreed to be reminded over Zalo
	ReasonGone        = "gone"         // no longer in the audience: took part meanwhile, was erased
	ReasonCap         = "cap"          // had its reminders of the day, and there is no other day
	ReasonLate        = "late"         // the moment it was about has passed
	ReasonPrice       = "price"        // by now it would cost more than planned
	ReasonText        = "text"         // a placeholder has no value for this person
	ReasonRefused     = "refused"      // Zalo refused it
	ReasonUnreachable = "unreachable"  // Zalo says this person can't be reached this way
	ReasonTries       = "tries"        // Zalo took it on none of several tries
	ReasonNoAnswer    = "no_answer"    // Zalo did not answer in time
	ReasonCrashed     = "crashed"      // the process ended between marking it and noting the outcome
	ReasonSeen        = "seen"         // found in the conversation, or an organizer saw it there
	ReasonNotThere    = "not_received" // an organizer says that it did not arrive
)

// Recipient is a person as they are now.
type Recipient struct {
	Person          string            // as of a delivery
	UserID          string            // Zalo's, when linked
	Follows         bool              // and takes reminders; see core.Follower.MayRemind
	OptedOut        bool              // of reminders altogether, consent withdrawn included
	NoConsent       bool              // never agreed to be reminded
	Gone            bool              // no longer in the audience
	LastInteraction core.Instant      // with the OA
	Phone           string            // any usual way of writing; "" when unknown or not to be used
	PhoneKey        string            // keyed digest of the number
	Shared          bool              // somebody else in the audience may have the same number or Zalo
	Values          map[string]string // of placeholders that differ by person
}

// Prices are Zalo's rules from a date on, in đồng.
type Prices struct {
	From     string        `json:"from"`   // 2026-06-01
	Free     time.Duration `json:"free"`   // since the last interaction: consultation is free
	Window   time.Duration `json:"window"` // since then: consultation is taken at all
	Billed   int64         `json:"billed"` // one consultation message between Free and Window
	Template Fees          `json:"template"`
}

// Fees are the prices of templates; a template has its own, these stand in where it is not known.
type Fees struct {
	User  int64 `json:"user"`
	Phone int64 `json:"phone"`
}

// DefaultPrices are what is known of Zalo's rules: consultation is free without limit in 48 hours, 55 đồng up to 7
// days, and refused after. Prices of templates are Zalo's sample values.
func DefaultPrices() []Prices {
	return []Prices{{From: "2026-01-01", Free: 48 * time.Hour, Window: 7 * 24 * time.Hour, Billed: 55, Template: Fees{User: 560, Phone: 800}}}
}

// PricesAt gives the rules in force on the day of at: those that began last, the first ones before all.
func PricesAt(all []Prices, at time.Time) Prices {
	if len(all) == 0 {
		all = DefaultPrices()
	}
	all = slices.SortedFunc(slices.Values(all), func(a, b Prices) int { return strings.Compare(a.From, b.From) })
	best := all[0]
	for _, p := range all {
		if p.From <= at.Format(time.DateOnly) {
			best = p
		}
	}
	return best
}

// Route is how a person is reached, and at which price.
type Route struct {
	Channel string
	Cost    int64  // đồng
	Reason  string // with ChannelNone
}

// margin is left before a window ends: between choosing and Zalo's own look at its clock time passes.
const margin = 10 * time.Minute

// Choose gives the cheapest lawful way to a person at a moment.
func Choose(b core.Broadcast, r Recipient, p Prices, at core.Instant) Route {
	if r.OptedOut {
		return Route{Channel: core.ChannelNone, Reason: ReasonOptedOut}
	}
	if r.NoConsent {
		return Route{Channel: core.ChannelNone, Reason: ReasonNoConsent}
	}
	reason := ReasonNoChannel
	b.Content = b.ContentFor(r.Person)
	if strings.HasPrefix(r.Person, core.FocalPrefix) && r.UserID == "" {
		reason = ReasonUnlinked
	}
	var ways []Route
	if r.UserID != "" && r.Follows {
		reason = ReasonNoTemplate
		since := at.Sub(r.LastInteraction) + margin
		if known := !r.LastInteraction.IsZero() && b.Content.Text != ""; known && since <= p.Free {
			ways = append(ways, Route{Channel: core.ChannelFree})
		} else if known && since <= p.Window {
			reason = ReasonWindow
			if b.Billed {
				ways = append(ways, Route{Channel: core.ChannelBilled, Cost: p.Billed})
			}
		}
		if b.Content.UserTemplate != "" {
			ways = append(ways, Route{Channel: core.ChannelUserTemplate, Cost: p.Template.User})
		}
	}
	if r.Phone != "" {
		if b.Content.PhoneTemplate != "" {
			ways = append(ways, Route{Channel: core.ChannelPhoneTemplate, Cost: p.Template.Phone})
		} else if reason == ReasonNoChannel {
			reason = ReasonNoTemplate
		}
	}
	if len(ways) == 0 {
		return Route{Channel: core.ChannelNone, Reason: reason}
	}
	best := ways[0]
	for _, w := range ways[1:] {
		if w.Cost < best.Cost {
			best = w
		}
	}
	return best
}
