package outreach

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"duthi/core"
	"duthi/core/zalo"
)

// Config is what a Service is made of. Zero fields have the defaults named; Clock, Log and Audit may be nil.
type Config struct {
	Broadcasts BroadcastStore
	Deliveries DeliveryStore
	// Recipients gives up to limit people of a broadcast's audience with Person greater than after, in that order,
	// Gone ones left out.
	Recipients func(ctx context.Context, b core.Broadcast, after string, limit int) ([]Recipient, error)
	// Recipient gives one person as they are now; NotFound when there is none any more.
	Recipient func(ctx context.Context, b core.Broadcast, person string) (Recipient, error)
	// Contest gives the values of ContestValues for a broadcast, and the zone of its contest.
	Contest func(ctx context.Context, b core.Broadcast) (map[string]string, *time.Location, error)
	// Send gives one message to Zalo. Its error is judged by zalo.ActionOf.
	Send func(ctx context.Context, m Message) (Receipt, error)
	// Conversation lists what was said with a Zalo user lately; nil when it can not be read.
	Conversation func(ctx context.Context, userID string) ([]zalo.ChatMessage, error)
	// Pace waits until a message may go out; nil does not limit.
	Pace   *Pacer
	Prices []Prices
	Quiet  Quiet // the zero Quiet has no quiet hours
	// Daily is how many reminders a person gets in a day: 1 when 0, no cap when negative.
	Daily int
	// Budget is the most a month's broadcasts of a contest may cost, in đồng; no bound when 0.
	Budget int64
	// Below gives the codes of the level-1 units that are below the contest's target or, where some units are named,
	// those of them whose level-1 unit is.
	Below func(ctx context.Context, contestID string, named []string) ([]string, error)
	// Workers is how many messages are in flight at once in this process: 8 when 0.
	Workers int
	Clock   core.Clock
	Log     *slog.Logger
	// Audit appends to the audit log what organizers do here.
	Audit func(ctx context.Context, e core.AuditEntry) error
}

// Message is one message as it is given to Zalo.
type Message struct {
	Channel     string
	UserID      string // of the channels by user id
	Phone       string // of ChannelPhoneTemplate
	Text        string // of consultation messages
	ButtonTitle string
	ButtonURL   string
	QR          bool              // an image with the code of ButtonURL, which the text then names: Zalo shows no button under an image
	Template    string            // id of the approved template
	Parameters  map[string]string // of the template
	TrackingID  string            // comes back in the receipt of a template by phone; at most 48 characters
	address     string            // of the delivery
	Fallback    *Message          // by phone, when the template turns out not to go by user id; nil: not at this price
}

// Receipt is Zalo's word that it has the message.
type Receipt struct {
	MessageID string
	Channel   string // the one it went by
	Billed    bool
}

// Service plans and sends broadcasts. It is safe for concurrent use, by any number of processes on one store.
type Service struct {
	cfg      Config
	log      *slog.Logger
	refusals sync.Map // by broadcast, how many messages Zalo refused since it took one
	afforded sync.Map // revisions at which broadcasts were found to be within the budget: what they may cost only shrinks
}

// New makes a Service. It starts nothing.
func New(cfg Config) *Service {
	if cfg.Daily == 0 {
		cfg.Daily = 1
	}
	if cfg.Workers <= 0 {
		cfg.Workers = 8
	}
	log := cfg.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Service{cfg: cfg, log: log}
}

func (s *Service) now() core.Instant { return s.cfg.Clock.Now() }

// change changes a broadcast under its guard, reading it again when somebody was faster. what may refuse.
func (s *Service) change(ctx context.Context, id string, what func(b *core.Broadcast) error) (core.Broadcast, error) {
	for range 20 {
		b, err := s.cfg.Broadcasts.Broadcast(ctx, id)
		if err != nil {
			return b, err
		}
		if err := what(&b); err != nil {
			return b, err
		}
		b.UpdatedAt = s.now()
		b.Revision++
		if err := s.cfg.Broadcasts.UpdateBroadcast(ctx, b); !core.Is(err, core.Conflict) {
			return b, err
		}
	}
	return core.Broadcast{}, core.Errorf(core.Unavailable, "Đang bận. Xin thử lại.")
}
