// Package bot is the role that talks with people over Zalo: it takes the webhook's calls into a durable inbox,
// answers each message at most once, and leaves to people what people should do.
package bot

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/exam"
	"duthi/core/outreach"
	"duthi/core/talk"
	"duthi/core/web"
	"duthi/core/zalo"
)

// Options is what New needs. Fields are needed unless their comment says otherwise.
type Options struct {
	Talk    *talk.Service
	Account *account.Service
	Exam    *exam.Service
	// Edition gives a contest as it is now; id "" gives the active one, which the bot speaks for.
	Edition func(ctx context.Context, id string) (*exam.Edition, error)
	Client  *zalo.Client
	Webhook zalo.Webhook
	// Revoked is told when the OA took its grant back; nil: nobody is.
	Revoked func(ctx context.Context, reason string) error
	// Outreach is told of echoes and receipts, which settle messages whose fate is not known; nil: nobody is.
	Outreach  *outreach.Service
	Domain    string // code of Zalo's domain verification; "": none
	PublicURL string // without a slash at its end

	// OAID gives the OA spoken for, "" while none is known; events of others are not worked on. nil: any.
	OAID func(ctx context.Context) string

	Pause   time.Duration // how long the bot is silent after a person took over; 0: 30 minutes
	Workers int           // lanes worked on at once; 0: 16
	Poll    time.Duration // how often the store is asked for work of other processes; 0: 500 ms
	// PerMinute is how many messages of one person are answered in a minute; 0: 30. The OA's own limit is for all.
	PerMinute int
	Clock     core.Clock   // nil: the machine's
	Log       *slog.Logger // nil: slog.Default
}

// Bot is the role. Register it with a server and Run it.
type Bot struct {
	opt     Options
	log     *slog.Logger
	clock   core.Clock
	reader  zalo.Webhook // decodes stored events, which were verified when they came
	lanes   chan string
	metrics botMetrics
	answers answers
	bursts  bursts

	mu      sync.Mutex
	running map[string]bool // lanes of this process: true when there is more to do after the present run
}

const (
	defaultPause     = 30 * time.Minute
	defaultPerMinute = 30
)

// New makes a Bot. It starts nothing.
func New(opt Options) *Bot {
	if opt.Pause == 0 {
		opt.Pause = defaultPause
	}
	if opt.Workers == 0 {
		opt.Workers = 16
	}
	if opt.Poll == 0 {
		opt.Poll = 500 * time.Millisecond
	}
	if opt.PerMinute == 0 {
		opt.PerMinute = defaultPerMinute
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	reader := opt.Webhook
	reader.Mode = zalo.ModeLog
	return &Bot{opt: opt, log: opt.Log, clock: opt.Clock, reader: reader, lanes: make(chan string, 10_000),
		metrics: newMetrics(), running: map[string]bool{}}
}

// Register adds the webhook, Zalo's proof of the domain and the role's metrics to the server.
func (b *Bot) Register(s *web.Server) error {
	s.Registry().MustRegister(b.metrics.events, b.metrics.answers, b.metrics.ack)
	s.Add(b.webhookRoutes()...)
	if b.opt.Domain == "" {
		return nil
	}
	proof, err := zalo.DomainProof(b.opt.Domain)
	if err != nil {
		return err
	}
	s.Add(domainRoute(proof))
	return nil
}

// botMetrics counts what the role does.
type botMetrics struct {
	events  *prometheus.CounterVec
	answers *prometheus.CounterVec
	ack     prometheus.Histogram
}

func newMetrics() botMetrics {
	return botMetrics{
		events:  prometheus.NewCounterVec(prometheus.CounterOpts{Name: "duthi_webhook_events_total", Help: "Calls of Zalo's webhook, by what became of them."}, []string{"outcome"}),
		answers: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "duthi_bot_answers_total", Help: "Events worked on, by their last state."}, []string{"state"}),
		ack: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "duthi_webhook_ack_seconds", Help: "Time to store and acknowledge an event.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .2, .3, .5, 1, 2}}),
	}
}
