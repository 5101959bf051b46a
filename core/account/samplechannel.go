package account

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"duthi/core"
)

const (
	sampleKept = 30               // messages in the inbox
	sampleTime = 15 * time.Minute // longer than any code is good for
	// inboxTime keeps the inbox itself: made anew at the same moment by two senders, one message would be lost.
	inboxTime = 100 * 365 * 24 * time.Hour
)

// SampleMessage is one message of the sample inbox (/hop-thu-mau).
type SampleMessage struct {
	Phone string       `json:"phone"` // masked
	Text  string       `json:"text"`
	Code  string       `json:"code"`
	At    core.Instant `json:"at"`
}

// SampleChannel keeps messages for the sample inbox instead of sending them. It is for sample mode only: whoever
// opens the inbox can read every code.
type SampleChannel struct {
	tokens TokenStore
	clock  core.Clock
	sample func(contestID string) bool
}

// NewSampleChannel makes the channel; the inbox is in the store, so that several processes share it. sample says
// whether a contest is made up: a real one that was imported beside it must not have its codes read by anyone.
func NewSampleChannel(tokens TokenStore, clock core.Clock, sample func(contestID string) bool) *SampleChannel {
	return &SampleChannel{tokens: tokens, clock: clock, sample: sample}
}

// Name gives "sample".
func (c *SampleChannel) Name() string { return "sample" }

// inboxID is the one token that holds a contest's inbox.
func inboxID(contestID string) string { return tokenID("sample inbox of " + contestID) }

// Send puts the message into the inbox. Unavailable for a contest that is not a sample.
func (c *SampleChannel) Send(ctx context.Context, m Message) error {
	if !c.sample(m.ContestID) {
		return core.Wrap(core.Unavailable, errNoChannel.Msg, errors.New("the sample inbox takes codes of sample contests only: set DUTHI_OTP_CHANNEL"))
	}
	for {
		now := c.clock.Now()
		t, err := c.tokens.Token(ctx, inboxID(m.ContestID), now)
		if err != nil && !core.Is(err, core.NotFound) {
			return err
		}
		fresh := err != nil
		if fresh {
			t = core.Token{ID: inboxID(m.ContestID), Kind: "inbox", ContestID: m.ContestID, CreatedAt: now}
		}
		all := append([]SampleMessage{{Phone: MaskPhone(m.Phone), Text: m.Text, Code: m.Code, At: now}}, current(t, now)...)
		doc, err := json.Marshal(all[:min(len(all), sampleKept)])
		if err != nil {
			return err
		}
		t.Data, t.ExpiresAt = string(doc), now.Add(inboxTime)
		t.Revision++
		if fresh {
			err = c.tokens.PutToken(ctx, t)
		} else {
			err = c.tokens.UpdateToken(ctx, t)
		}
		if !core.Is(err, core.Conflict) || ctx.Err() != nil {
			return err
		}
	}
}

// Inbox gives the messages of the last minutes, newest first.
func (c *SampleChannel) Inbox(ctx context.Context, contestID string) ([]SampleMessage, error) {
	now := c.clock.Now()
	t, err := c.tokens.Token(ctx, inboxID(contestID), now)
	if core.Is(err, core.NotFound) {
		return []SampleMessage{}, nil
	}
	return current(t, now), err
}

func current(t core.Token, now core.Instant) []SampleMessage {
	var all []SampleMessage
	if t.Data == "" || json.Unmarshal([]byte(t.Data), &all) != nil {
		return []SampleMessage{}
	}
	for i, m := range all {
		if m.At.Add(sampleTime) <= now {
			return all[:i]
		}
	}
	return all
}
