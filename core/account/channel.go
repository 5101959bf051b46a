package account

import (
	"context"

	"duthi/core"
)

// Message is a one-time code on its way to a phone.
type Message struct {
	ContestID string
	Phone     string // +84…
	Code      string // six digits
	Text      string // the whole sentence
}

// Channel carries one-time codes to people. Send returns when the other side has taken the message; its
// errors never hold the phone or the code.
type Channel interface {
	// Name is a word for settings and pages: sample, http.
	Name() string
	Send(ctx context.Context, m Message) error
}

// SampleMessage is one message of the sample inbox (/hop-thu-mau).
type SampleMessage struct {
	Phone string `json:"phone"` // masked
	Text  string `json:"text"`
	Code  string `json:"code"`
	At    int64  `json:"at"`
}

// SampleChannel keeps messages for the sample inbox instead of sending them. It is for sample mode only.
type SampleChannel struct {
	tokens TokenStore
	clock  core.Clock
}

// NewSampleChannel makes the channel; the inbox is in the store, so that several processes share it.
func NewSampleChannel(tokens TokenStore, clock core.Clock) *SampleChannel {
	return &SampleChannel{tokens: tokens, clock: clock}
}

// Name gives "sample".
func (c *SampleChannel) Name() string { return "sample" }

// Send puts the message into the inbox.
func (c *SampleChannel) Send(ctx context.Context, m Message) error { return errTodo }

// Inbox gives the messages of the last minutes, newest first.
func (c *SampleChannel) Inbox(ctx context.Context, contestID string) ([]SampleMessage, error) {
	return nil, errTodo
}

// Gateway describes a generic SMS gateway. URL and Body are templates with {{phone}} (+84912345678),
// {{phone84}} (84912345678), {{phone0}} (0912345678), {{code}} and {{text}}; values are escaped for the URL and for the body's content type.
type Gateway struct {
	Method  string            // POST unless set
	URL     string            // https
	Headers map[string]string // e.g. Content-Type, Authorization
	Body    string
}

// HTTPChannel sends through a Gateway.
type HTTPChannel struct {
	gateway Gateway
}

// NewHTTPChannel checks the description; Invalid says what is wrong with it.
func NewHTTPChannel(g Gateway) (*HTTPChannel, error) { return &HTTPChannel{gateway: g}, nil }

// Name gives "http".
func (c *HTTPChannel) Name() string { return "http" }

// Send asks the gateway once; Unavailable when it doesn't take the message within its time.
func (c *HTTPChannel) Send(ctx context.Context, m Message) error { return errTodo }

// CheckChannel says why a contest can't run with this channel: one-time codes are asked for and nothing can
// carry them, or the sample inbox would be used for a real contest. nil means it can.
func CheckChannel(contest *core.Contest, sampleMode bool, ch Channel) error { return nil }
