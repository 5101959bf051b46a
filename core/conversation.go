package core

// States of an inbox event. Received and sending are open: somebody still has to work on them.
const (
	EventReceived = "received"
	EventSending  = "sending"  // the answer was given to Zalo, or is about to be; never sent again
	EventAnswered = "answered" // Zalo took the answer
	EventUnknown  = "unknown"  // it may or may not have arrived; an echo can still settle it
	EventFailed   = "failed"   // Zalo refused the answer, or it could not be made
	EventDropped  = "dropped"  // nothing to answer
)

// InboxEvent is one call of Zalo's webhook, stored before it is acknowledged. Events of one person (Lane) are
// worked on one after the other.
type InboxEvent struct {
	Key        string   `json:"key"`  // unique: redeliveries have the same
	Lane       string   `json:"lane"` // OA and person; see FollowerID
	OAID       string   `json:"oa_id"`
	UserID     string   `json:"user_id"`
	Name       string   `json:"name"`        // Zalo's name of the event
	At         Instant  `json:"at"`          // by Zalo's clock
	ReceivedAt Instant  `json:"received_at"` // by ours
	State      string   `json:"state"`
	Open       bool     `json:"open,omitempty"` // received or sending
	NotBefore  Instant  `json:"not_before"`     // of an open event: when somebody may take it (again)
	Tries      int      `json:"tries,omitempty"`
	Sending    string   `json:"sending,omitempty"` // digest of the text given to Zalo: its echo is known by it
	SentAt     Instant  `json:"sent_at,omitempty"` // when it was
	MessageIDs []string `json:"message_ids,omitempty"`
	Reason     string   `json:"reason,omitempty"` // of unknown, failed and dropped: for organizers, without personal data
	Body       string   `json:"body"`             // as received
	ZNS        bool     `json:"zns,omitempty"`
	Revision   int64    `json:"revision"`
}

// Close gives the event its last state.
func (e *InboxEvent) Close(state, reason string) {
	e.State, e.Reason, e.Open, e.NotBefore = state, reason, false, 0
}

// FollowerID names a person as one OA knows them: another OA gives the same person another id.
func FollowerID(oaID, userID string) string { return oaID + "/" + userID }

// Follower is a Zalo user known to an OA (người quan tâm). Which contestant it is stands in Contestant.ZaloUserID.
type Follower struct {
	ID              string  `json:"id"`
	OAID            string  `json:"oa_id"`
	UserID          string  `json:"user_id"`
	Follows         bool    `json:"follows,omitempty"`
	FollowedAt      Instant `json:"followed_at,omitempty"`   // of the last follow: an unfollow before it says nothing
	UnfollowedAt    Instant `json:"unfollowed_at,omitempty"` // an opt-out of everything but direct replies
	WithdrawnAt     Instant `json:"withdrawn_at,omitempty"`  // user_withdraw: data erased or limited on demand
	NoReminders     bool    `json:"no_reminders,omitempty"`  // said so in the chat
	LastInteraction Instant `json:"last_interaction,omitempty"`
	Handed          Handed  `json:"handed"`
	Dialog          Dialog  `json:"dialog"`
	CreatedAt       Instant `json:"created_at"`
	UpdatedAt       Instant `json:"updated_at"`
	Revision        int64   `json:"revision"`
}

// MayRemind reports whether reminders may go to the follower at all.
func (f Follower) MayRemind() bool {
	return f.Follows && f.WithdrawnAt.IsZero() && !f.NoReminders
}

// Handed says that a person of the organizer's has the conversation: the bot is silent until then.
type Handed struct {
	Until  Instant `json:"until,omitempty"`
	Since  Instant `json:"since,omitempty"`
	Reason string  `json:"reason,omitempty"` // HandedAsked, HandedStaff
}

// Why a conversation was handed over.
const (
	HandedAsked = "asked" // the person wants to talk to somebody
	HandedStaff = "staff" // somebody answered in OA Manager
)

// Dialog is what the bot must remember of a conversation.
type Dialog struct {
	Question string  `json:"question,omitempty"` // asked last: what "not what I meant" is about
	Until    Instant `json:"until,omitempty"`    // how long it may be pressed
	Undo     string  `json:"undo,omitempty"`     // short-lived word that undoes the link just made
	Confirm  string  `json:"confirm,omitempty"`  // word of the button that agrees to a code: never shown, so nobody can dictate it
}

// States of an asked question.
const (
	AskedOpen      = "open"
	AskedAnswered  = "answered"
	AskedDismissed = "dismissed"
)

// AskedQuestion is a question the bot could not answer, or whose answer somebody disliked, with those near it.
// One for each (contest_id, folded).
type AskedQuestion struct {
	ID        string   `json:"id"`
	ContestID string   `json:"contest_id"`
	Folded    string   `json:"folded"`  // of the first one
	Samples   []string `json:"samples"` // as people wrote, the first one first
	Count     int      `json:"count"`
	Disliked  int      `json:"disliked,omitempty"`
	Status    string   `json:"status"`
	TaughtID  string   `json:"taught_id,omitempty"` // the answer an organizer gave
	LastKey   string   `json:"last_key,omitempty"`  // the event counted last: a retried one counts once
	FirstAt   Instant  `json:"first_at"`
	LastAt    Instant  `json:"last_at"`
	Revision  int64    `json:"revision"`
}

// TaughtAnswer is one version of an answer that an organizer wrote. Versions are kept; the highest counts.
type TaughtAnswer struct {
	ID        string   `json:"id"`
	ContestID string   `json:"contest_id"`
	Version   int      `json:"version"` // 1, 2, 3 …
	Questions []string `json:"questions"`
	Answer    string   `json:"answer"`
	Clause    string   `json:"clause,omitempty"` // id of the clause it rests on
	Removed   bool     `json:"removed,omitempty"`
	By        string   `json:"by"` // organizer:NAME
	At        Instant  `json:"at"`
}
