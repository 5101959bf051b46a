package webapp

import (
	"context"
	"log/slog"

	"github.com/prometheus/client_golang/prometheus"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/audit"
	"duthi/core/catalog"
	"duthi/core/exam"
	"duthi/core/groupkit"
	"duthi/core/outreach"
	"duthi/core/qr"
	"duthi/core/talk"
	"duthi/core/web"
)

// Options is what New needs. Fields are needed unless their comment says otherwise.
type Options struct {
	// Edition gives a contest as it is now, from memory; id "" gives the active one. NotFound when there is none.
	Edition   func(ctx context.Context, id string) (*exam.Edition, error)
	Exam      *exam.Service
	Account   *account.Service
	QR        *qr.Links
	Inbox     *account.SampleChannel // the sample inbox; nil outside sample mode
	Audit     *audit.Log
	Catalog   *catalog.Catalog
	Files     *catalog.Files
	Tokens    account.TokenStore // keeps a file between its check and its import
	Ready     func() []string    // what does not work just now, for the console; nil: nothing is known
	Talk      *talk.Service      // the conversations over Zalo, for the console
	Outreach  *outreach.Service  // reminders and broadcasts, for the console; nil: none of its pages
	Zalo      *Zalo              // nil without a Zalo app or simulator
	PublicURL string             // without a slash at its end
	Clock     core.Clock         // nil: the machine's
	Log       *slog.Logger       // nil: slog.Default
}

// App is the web role.
type App struct {
	opt     Options
	log     *slog.Logger
	clock   core.Clock
	views   *views
	painter *groupkit.Painter
	server  *web.Server
	metrics appMetrics
	totals  totals
	live    liveCounts
}

// appMetrics counts what the role does; the outcomes of saves are looked up once, not with every save.
type appMetrics struct {
	saves                      *prometheus.CounterVec
	saved, stale, late, failed prometheus.Counter
	starts                     prometheus.Counter
}

func newAppMetrics() appMetrics {
	saves := prometheus.NewCounterVec(prometheus.CounterOpts{Name: "duthi_answer_saves_total", Help: "Answers sent to be saved, by outcome."}, []string{"outcome"})
	return appMetrics{
		saves: saves, saved: saves.WithLabelValues("saved"), stale: saves.WithLabelValues("stale"),
		late: saves.WithLabelValues("late"), failed: saves.WithLabelValues("failed"),
		starts: prometheus.NewCounter(prometheus.CounterOpts{Name: "duthi_attempt_starts_total", Help: "Attempts begun."}),
	}
}

// New parses the templates and prepares the static files. It starts nothing.
func New(opt Options) (*App, error) {
	v, err := loadViews()
	if err != nil {
		return nil, err
	}
	painter, err := groupkit.NewPainter()
	if err != nil {
		return nil, err
	}
	if opt.Log == nil {
		opt.Log = slog.Default()
	}
	return &App{opt: opt, log: opt.Log, clock: opt.Clock, views: v, painter: painter, metrics: newAppMetrics()}, nil
}

// Register adds the role's routes, its error page and its metrics to the server.
func (a *App) Register(s *web.Server) {
	a.server = s
	s.Registry().MustRegister(a.metrics.saves, a.metrics.starts)
	s.OnFailure(a.failurePage)
	s.Add(a.views.assets.Route())
	for _, r := range a.routes() {
		s.Add(a.bind(r)...)
	}
	s.Add(a.codeRoutes()...)
	a.registerConsole(s)
}
