package zalosim

import (
	"context"
	"slices"
	"time"
)

const (
	keepEntries = 1000   // of the journal
	keepSent    = 20_000 // messages that the bot sent
	keepRefused = 200
	keepChat    = 300 // messages on one phone
)

// Entry is one line of the journal: a webhook that went out or a call that came in. It holds no text of messages.
type Entry struct {
	Seq    int64         `json:"seq"`
	At     time.Time     `json:"at"`
	Name   string        `json:"name"`   // event name, or method and path
	In     bool          `json:"in"`     // a call of the bot; else a webhook to it
	Status int           `json:"status"` // HTTP status; 0: no answer
	Code   int           `json:"code"`   // Zalo's code, for calls
	Retry  int           `json:"retry"`  // redelivery number
	Took   time.Duration `json:"took"`
	UserID string        `json:"user_id,omitempty"`
	Note   string        `json:"note,omitempty"`
}

// Sent is one message that the bot sent and the simulator took.
type Sent struct {
	MessageID string    `json:"message_id"`
	Kind      string    `json:"kind"` // "text", "image", "file", "template", "phone"
	UserID    string    `json:"user_id,omitempty"`
	Phone     string    `json:"phone,omitempty"`
	Text      string    `json:"text,omitempty"`
	Buttons   []Button  `json:"buttons,omitempty"`
	ImageURL  string    `json:"image_url,omitempty"`
	UploadID  string    `json:"upload_id,omitempty"`
	QuoteID   string    `json:"quote_id,omitempty"`
	Template  string    `json:"template_id,omitempty"`
	Tracking  string    `json:"tracking_id,omitempty"`
	Billed    bool      `json:"billed"`
	At        time.Time `json:"at"`
}

// Button is a button under a message. Payload is the text that pressing says, Link where it leads.
type Button struct {
	Title   string `json:"title"`
	Type    string `json:"type"`
	Payload string `json:"payload,omitempty"`
	Link    string `json:"link,omitempty"`
}

// Stats counts from the start of the Sim.
type Stats struct {
	Events        int64 `json:"events"`         // made by people and echoes
	Deliveries    int64 `json:"deliveries"`     // webhook calls made, duplicates and redeliveries too
	Redeliveries  int64 `json:"redeliveries"`   // of these
	Acknowledged  int64 `json:"acknowledged"`   // events that got a 200
	Lost          int64 `json:"lost"`           // events given up, or made while nothing was subscribed
	Calls         int64 `json:"calls"`          // of the API
	Accepted      int64 `json:"accepted"`       // messages taken
	Rejected      int64 `json:"rejected"`       // messages refused
	AnswersLost   int64 `json:"answers_lost"`   // messages taken whose answer was spoiled on purpose
	Refreshes     int64 `json:"refreshes"`      // token pairs issued for a refresh token
	RefusedTokens int64 `json:"refused_tokens"` // refresh tokens refused: used, dead or never issued
}

// Stats gives the counts.
func (s *Sim) Stats() Stats {
	s.begin()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats
}

// Journal gives the last entries, oldest first.
func (s *Sim) Journal() []Entry {
	s.begin()
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.journal)
}

// Sent gives what the bot sent, oldest first: to one person, or to all if userID is "". Only the last 20,000 are kept.
func (s *Sim) Sent(userID string) []Sent {
	s.begin()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sentTo(userID)
}

func (s *Sim) sentTo(userID string) []Sent {
	var list []Sent
	for _, m := range s.sent {
		if userID == "" || m.UserID == userID {
			list = append(list, m)
		}
	}
	return list
}

// Refused lists calls with a path, field or parameter that the simulator does not know. A test of a client wants
// it empty.
func (s *Sim) Refused() []string {
	s.begin()
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.refused)
}

// AwaitSent waits until the bot sent at least n messages to a person ("": to all together) and gives them.
func (s *Sim) AwaitSent(ctx context.Context, userID string, n int) ([]Sent, error) {
	var list []Sent
	err := s.Await(ctx, func() bool {
		list = s.sentTo(userID)
		return len(list) >= n
	})
	return list, err
}

// AwaitDelivered waits until no webhook and no call of the API is queued or under way. Redeliveries that are planned for later do not
// count: advance the clock for them.
func (s *Sim) AwaitDelivered(ctx context.Context) error {
	return s.Await(ctx, func() bool { return s.busy == 0 })
}

// AwaitRedelivery waits until at least n redeliveries are planned: then Advance brings them.
func (s *Sim) AwaitRedelivery(ctx context.Context, n int) error {
	return s.Await(ctx, func() bool { return s.waiting >= n })
}

// AwaitCall waits until the journal has n calls or webhooks of that name ("POST /v3.0/oa/message/cs", "follow").
func (s *Sim) AwaitCall(ctx context.Context, name string, n int) error {
	return s.Await(ctx, func() bool {
		found := 0
		for _, e := range s.journal {
			if e.Name == name {
				found++
			}
		}
		return found >= n
	})
}

// Await waits until ok, which is called with the Sim locked after each change: it must not call the Sim.
func (s *Sim) Await(ctx context.Context, ok func() bool) error {
	s.begin()
	for {
		s.mu.Lock()
		if ok() {
			s.mu.Unlock()
			return nil
		}
		changed := s.changed
		s.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// note adds to the journal. The caller holds mu.
func (s *Sim) note(e Entry) {
	s.seq++
	e.Seq, e.At = s.seq, s.Clock.Now()
	s.journal = push(s.journal, e, keepEntries)
	s.touch()
}

// refuse records a call that the simulator does not know. The caller holds mu.
func (s *Sim) refuse(what string) {
	s.refused = push(s.refused, what, keepRefused)
	s.Log.Error("zalosim: refused", "what", what)
	if s.RefuseUnknown != nil {
		s.RefuseUnknown(what)
	}
}

// push appends and drops the oldest beyond most, in chunks so that it stays cheap.
func push[T any](list []T, x T, most int) []T {
	list = append(list, x)
	if len(list) >= most+most/4 {
		list = slices.Clone(list[len(list)-most:])
	}
	return list
}
