package core

import "strings"

// States of a broadcast.
const (
	BroadcastDraft     = "draft"     // being written
	BroadcastPlanning  = "planning"  // its audience is being gone through
	BroadcastPlanned   = "planned"   // the plan is complete; waits for an organizer's word, or for StartAt
	BroadcastSending   = "sending"   // messages go out from StartAt on
	BroadcastPaused    = "paused"    // by an organizer, or because the OA needs one
	BroadcastCancelled = "cancelled" // what was not sent stays unsent
	BroadcastDone      = "done"      // nothing is left to send
)

// Broadcast is one run of messages to an audience (chiến dịch nhắc): an organizer's own, or one made by a
// ReminderRule.
type Broadcast struct {
	ID         string          `json:"id"` // of a rule's run it names the rule, the round and the moment, so that each is made once
	ContestID  string          `json:"contest_id"`
	RuleID     string          `json:"rule_id,omitempty"`
	RoundID    string          `json:"round_id,omitempty"` // what {dot}, {dong_luc} and {con_luot} are about
	Title      string          `json:"title"`              // for organizers
	Audience   Audience        `json:"audience"`
	Content    Content         `json:"content"`
	Focal      *Content        `json:"focal,omitempty"`  // what the focal points of the audience's units below the target get; nil: they get nothing
	Billed     bool            `json:"billed,omitempty"` // may use consultation messages that cost money
	Budget     int64           `json:"budget,omitempty"` // đồng that it may cost; 0: no bound of its own
	Direct     bool            `json:"direct,omitempty"` // sent as soon as it is planned: by a focal point
	State      string          `json:"state"`
	Reason     string          `json:"reason,omitempty"`     // of paused and cancelled, and of sending that waits for StartAt, for organizers
	StartAt    Instant         `json:"start_at"`             // not before
	StopAt     Instant         `json:"stop_at,omitempty"`    // what is not sent by then is skipped: a closing moment has passed
	PlanAfter  string          `json:"plan_after,omitempty"` // the person planned last
	PlannedAt  Instant         `json:"planned_at,omitempty"`
	FinishedAt Instant         `json:"finished_at,omitempty"`
	Kept       []DeliveryCount `json:"kept,omitempty"` // what became of its deliveries, once they were removed with the contest's personal data
	CreatedBy  string          `json:"created_by"`     // organizer:NAME or system
	CreatedAt  Instant         `json:"created_at"`
	UpdatedAt  Instant         `json:"updated_at"`
	Revision   int64           `json:"revision"`
}

// Over reports whether nothing will be sent any more.
func (b Broadcast) Over() bool { return b.State == BroadcastCancelled || b.State == BroadcastDone }

// ContentFor gives what a person of the broadcast gets; nothing for a focal point when they get nothing.
func (b Broadcast) ContentFor(person string) Content {
	switch {
	case !strings.HasPrefix(person, FocalPrefix):
		return b.Content
	case b.Focal != nil:
		return *b.Focal
	}
	return Content{}
}

// Whom an Audience takes by what they did.
const (
	AudienceAll        = "all"
	AudienceNotTaken   = "not_taken"   // no valid attempt in the round (in the contest without one), unregistered people of the roster included
	AudienceUnused     = "unused"      // attempts of the round are left
	AudienceTaken      = "taken"       // has a valid attempt
	AudienceRegistered = "registered"  // has an account
	AudienceOnlyRoster = "roster_only" // on the roster, never registered
	AudienceFollowers  = "followers"   // of the OA, linked with nobody of the contest
)

// What Person begins with for people who are no contestants. Ids of contestants come before all of them in byte order.
const (
	FocalPrefix    = "~focal:"  // then the focal point's sign-in name
	RosterPrefix   = "~roster:" // then the roster key
	FollowerPrefix = "~zalo:"   // then the follower's id
)

// Audience says who gets a broadcast; empty fields don't narrow.
type Audience struct {
	Who    string   `json:"who"`
	Blocks []string `json:"blocks,omitempty"` // block ids
	Units  []string `json:"units,omitempty"`  // codes, with the units below
	Linked string   `json:"linked,omitempty"` // "yes" or "no": linked with the OA
	People []string `json:"people,omitempty"` // exactly these: a test send to oneself
}

// Empty reports whether there is nothing to send.
func (c Content) Empty() bool { return c.Text == "" && c.UserTemplate == "" && c.PhoneTemplate == "" }

// Content is what a broadcast says. Text may hold placeholders of outreach.Placeholders. Templates carry no free
// text: an approved id with a text, placeholders included, for each of its parameters.
type Content struct {
	Text          string            `json:"text,omitempty"`
	ButtonTitle   string            `json:"button_title,omitempty"`
	ButtonURL     string            `json:"button_url,omitempty"` // may hold placeholders
	QR            bool              `json:"qr,omitempty"`         // with the person's way in as an image
	UserTemplate  string            `json:"user_template,omitempty"`
	PhoneTemplate string            `json:"phone_template,omitempty"`
	Parameters    map[string]string `json:"parameters,omitempty"`
}

// States of a delivery. Planned and leased may be taken on; from sending on it is never sent again.
const (
	DeliveryPlanned = "planned"
	DeliveryLeased  = "leased"  // a process has it; nothing was sent
	DeliverySending = "sending" // given to Zalo, or about to be
	DeliverySent    = "sent"
	DeliveryFailed  = "failed"  // Zalo refused it
	DeliverySkipped = "skipped" // not given to Zalo, see Reason
	DeliveryUnknown = "unknown" // it may or may not have arrived; an echo can still settle it
)

// Ways of a delivery.
const (
	ChannelFree          = "consultation"        // free consultation message
	ChannelBilled        = "consultation_billed" // consultation message that costs
	ChannelUserTemplate  = "template_user"
	ChannelPhoneTemplate = "template_phone"
	ChannelNone          = "none" // unreachable
)

// Delivery is one message to one person (lượt gửi). One for each (broadcast_id, person).
type Delivery struct {
	BroadcastID string  `json:"broadcast_id"`
	Person      string  `json:"person"` // contestant id, or FocalPrefix, RosterPrefix and FollowerPrefix with theirs
	State       string  `json:"state"`
	Channel     string  `json:"channel"`
	Cost        int64   `json:"cost,omitempty"`   // đồng, as planned, the most that may be spent; of sent, what Zalo charged where that was more
	Reason      string  `json:"reason,omitempty"` // of skipped, failed and unknown: a Reason… of outreach
	Code        int     `json:"code,omitempty"`   // Zalo's, of failed
	Lease       string  `json:"lease,omitempty"`  // who has it, of leased
	NotBefore   Instant `json:"not_before"`       // planned: when it may be taken; leased and sending: until when its holder has it
	Tries       int     `json:"tries,omitempty"`
	UserID      string  `json:"user_id,omitempty"` // Zalo's, from sending on: whose echo settles it
	Digest      string  `json:"digest,omitempty"`  // of the text given to Zalo
	Address     string  `json:"address,omitempty"` // keyed digest of where it goes, where two people might share it: one for each (broadcast_id, address)
	Same        string  `json:"same,omitempty"`    // of skipped: the person whose message goes to the same address
	MessageID   string  `json:"message_id,omitempty"`
	SentAt      Instant `json:"sent_at,omitempty"` // when it was marked as sending
	UpdatedAt   Instant `json:"updated_at,omitempty"`
	Revision    int64   `json:"revision"`
}

// DeliveryCount is how many deliveries of a broadcast share a state, a channel and a reason, and their planned cost.
type DeliveryCount struct {
	State   string `json:"state"`
	Channel string `json:"channel"`
	Reason  string `json:"reason,omitempty"`
	Count   int64  `json:"count"`
	Cost    int64  `json:"cost"` // đồng
}

// Turn is one message that a person may get on a day: how the cap on reminders is kept, whatever the broadcasts
// and processes. One for each (person, day, slot).
type Turn struct {
	Person      string `json:"person"`
	Day         string `json:"day"`  // 2023-10-01, of the contest's zone
	Slot        int    `json:"slot"` // 0 … cap-1
	BroadcastID string `json:"broadcast_id"`
}

// Kinds of reminder rules.
const (
	RemindBeforeOpen   = "before_open"  // Days before a round opens
	RemindOpened       = "opened"       // when a round opens
	RemindDaysLeft     = "days_left"    // Days before a round closes
	RemindLastDay      = "last_day"     // on the day a round closes
	RemindUnused       = "unused"       // attempts are left, Days before a round closes
	RemindNotTaken     = "not_taken"    // no attempt yet, Days before a round closes
	RemindUnitBelow    = "unit_below"   // unit below the target, Days before a round closes
	RemindResults      = "results"      // results are published
	RemindCertificates = "certificates" // a certificate is ready
)

// ReminderRule makes a broadcast for each round, or one round, at its moments.
type ReminderRule struct {
	ID        string   `json:"id"`
	ContestID string   `json:"contest_id"`
	Kind      string   `json:"kind"`
	RoundID   string   `json:"round_id,omitempty"` // "" is every round
	Days      int      `json:"days,omitempty"`
	At        string   `json:"at,omitempty"` // "08:00"; "" is 08:00, or the very moment for opened, results and certificates
	Audience  Audience `json:"audience"`
	Content   Content  `json:"content"`
	Focal     *Content `json:"focal,omitempty"` // RemindUnitBelow: what focal points get; nil: the text a contest begins with, empty: nothing
	Billed    bool     `json:"billed,omitempty"`
	On        bool     `json:"on,omitempty"`
	By        string   `json:"by"`
	UpdatedAt Instant  `json:"updated_at"`
	Revision  int64    `json:"revision"`
}
