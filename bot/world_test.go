package bot_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"duthi/bot"
	"duthi/core"
	"duthi/core/account"
	"duthi/core/cache"
	"duthi/core/catalog"
	"duthi/core/exam"
	"duthi/core/store/sqlitestore"
	"duthi/core/talk"
	"duthi/core/web"
	"duthi/core/zalo"
	"duthi/core/zalo/zalosim"
)

// world is the role on real parts: SQLite, the cache in this process, every service, and the simulator on the
// other side of HTTP. Its clock stands still unless a test moves it.
type world struct {
	tb    testing.TB
	dir   string
	clock *zalosim.Clock
	sim   *zalosim.Sim
	api   *httptest.Server
	log   *slog.Logger
}

const public = "https://duthi.example.vn"

// startOfWorld is on a Saturday in November; the sample contest is made so that round 3 ends four days later.
var startOfWorld = time.Date(2026, 11, 21, 10, 0, 0, 0, core.Location("Asia/Ho_Chi_Minh"))

func newWorld(tb testing.TB, sim *zalosim.Sim) *world {
	tb.Helper()
	w := &world{tb: tb, dir: tb.TempDir(), sim: sim, clock: sim.Clock, log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	w.api = httptest.NewServer(sim.API())
	tb.Cleanup(w.api.Close)
	return w
}

// replica is one process of the bot on the world's store.
type replica struct {
	*bot.Bot
	store   *sqlitestore.Store
	talk    *talk.Service
	account *account.Service
	keeper  *zalo.Custodian
	catalog *catalog.Catalog
	server  *web.Server
	stop    func()
}

// start starts a process; the first one loads the sample contest and adopts the simulator's tokens.
func (w *world) start(change ...func(*bot.Options)) *replica {
	w.tb.Helper()
	ctx := context.Background()
	r := &replica{}
	var err error
	r.store, err = sqlitestore.Open(ctx, w.dir, w.log)
	w.must(err)
	memory, err := cache.Open(ctx, "", w.log)
	w.must(err)
	secret := []byte("an unguessable key of 32 bytes..")
	sealer, err := core.NewSealer(secret)
	w.must(err)
	clock := core.Clock(w.clock.Now)
	r.catalog = catalog.New(r.store, clock, w.log)
	files := catalog.NewFiles(catalog.FilesConfig{Store: r.store, Claims: r.store, Sealer: sealer, Clock: clock, Audit: func(context.Context, core.AuditEntry) error { return nil }})
	r.account = account.New(account.Config{People: r.store, Organizers: r.store, Tokens: r.store, Cache: memory, Sealer: sealer, Clock: clock, Log: w.log,
		Hashing: account.Hashing{MemoryKiB: 64, Passes: 1, Workers: 2, Queue: 64}, HasAttempt: func(context.Context, string) (bool, error) { return true, nil },
		Contest: func(_ context.Context, id string) (account.Contest, error) {
			e, err := r.catalog.Edition(id)
			if err != nil {
				return account.Contest{}, err
			}
			return account.Contest{File: e.Contest, Units: e.Units}, nil
		}})
	ex, err := exam.New(exam.Config{Attempts: r.store, Figures: r.store, Claims: r.store, Edition: r.edition, Person: r.store.Contestant, Secret: secret, Log: w.log})
	w.must(err)
	w.must(files.LoadSample(ctx, catalog.Sample{People: r.store}, "system"))
	w.must(r.catalog.Reload(ctx))
	w.sim.Stats() // fills in the simulator's own settings
	r.keeper = zalo.NewCustodian(zalo.CustodianConfig{OAuth: zalo.NewOAuth(zalo.OAuthConfig{AppID: w.sim.AppID, AppSecret: w.sim.AppSecret, URL: w.api.URL}),
		Store: r.store, OAID: w.sim.OAID, Clock: clock, Log: w.log, Poll: time.Millisecond, Backoff: []time.Duration{time.Millisecond}})
	if _, err := r.store.Grant(ctx, zalo.GrantID(w.sim.AppID, w.sim.OAID)); core.Is(err, core.NotFound) {
		pair := w.sim.Tokens()
		w.must(r.keeper.Adopt(ctx, zalo.Tokens{Access: pair.Access, Refresh: pair.Refresh}))
	}
	r.talk = talk.New(talk.Config{Inbox: r.store, Followers: r.store, Questions: r.store, Claims: r.store, Clock: clock, Log: w.log})
	opt := bot.Options{Talk: r.talk, Account: r.account, Exam: ex, Edition: r.edition,
		Client:  zalo.NewClient(zalo.ClientConfig{Token: r.keeper.Token, APIURL: w.api.URL, BusinessURL: w.api.URL, Clock: clock}),
		Webhook: zalo.Webhook{AppID: w.sim.AppID, Secret: w.sim.OASecretKey, OAIDs: []string{w.sim.OAID}, Clock: clock},
		Domain:  "CODE123", PublicURL: public, Poll: 20 * time.Millisecond, Clock: clock, Log: w.log}
	for _, f := range change {
		f(&opt)
	}
	r.Bot = bot.New(opt)
	u, err := url.Parse(public)
	w.must(err)
	r.server, err = web.New(web.Settings{PublicURL: u, Log: w.log})
	w.must(err)
	w.must(r.Register(r.server))
	run, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() { defer close(done); r.Run(run) }()
	r.stop = func() {
		cancel()
		<-done
		r.stop = func() {}
	}
	w.tb.Cleanup(func() { r.stop(); r.account.Close(); memory.Close(); r.store.Close() })
	return r
}

func (r *replica) edition(_ context.Context, id string) (*exam.Edition, error) {
	e, err := r.catalog.Edition(id)
	if err != nil {
		return nil, err
	}
	return &exam.Edition{Contest: e.Contest, Loc: e.Loc, Units: e.Units, Bank: e.Bank, Practice: e.Practice, Question: e.Question, Sample: true}, nil
}

func (w *world) must(err error) {
	w.tb.Helper()
	if err != nil {
		w.tb.Fatal(err)
	}
}

// alone is a world with one process that takes the webhook.
func alone(tb testing.TB, change ...func(*bot.Options)) (*world, *replica) {
	tb.Helper()
	w := newWorld(tb, &zalosim.Sim{Clock: zalosim.NewClock(startOfWorld), Limits: zalosim.Limits{CallsPerMinute: 1 << 20}})
	r := w.start(change...)
	w.sim.Webhook = http.Handler(r.server)
	return w, r
}

// settled waits until nothing is open in the inbox and the simulator has nothing under way.
func (w *world) settled(r *replica) {
	w.tb.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	for {
		w.must(w.sim.AwaitDelivered(ctx))
		st, err := r.talk.State(ctx)
		w.must(err)
		if st.Received+st.Sending == 0 {
			if err := w.sim.AwaitDelivered(ctx); err == nil {
				return
			}
		}
		select {
		case <-ctx.Done():
			w.tb.Fatalf("the inbox is not empty: %+v", st)
		case <-time.After(2 * time.Millisecond):
		}
	}
}
