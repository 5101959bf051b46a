package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/sync/errgroup"
)

// Limits of the public listener. They bound what a slow or hostile client can hold; a route may ask for more.
const (
	headerTimeout  = 5 * time.Second  // to receive the request's headers
	readTimeout    = 30 * time.Second // to receive a whole request: a form over a bad phone line
	writeTimeout   = 45 * time.Second // from the end of the headers to the end of the answer
	idleTimeout    = 90 * time.Second // between two requests of a connection: longer than a question takes
	maxHeaderBytes = 32 << 10         // bytes; cookies and addresses of ours stay below 2 KB
	requestTimeout = 10 * time.Second // what a handler's context allows unless the route says otherwise
	defaultBody    = 64 << 10         // bytes of a request body unless the route says otherwise
	stopGrace      = 15 * time.Second // for requests under way when the program stops
)

// Settings is what New needs. The zero value of each field but PublicURL works.
type Settings struct {
	PublicURL      *url.URL         // what links lead to; its scheme decides about Secure cookies and HSTS
	TrustedProxies []netip.Prefix   // networks whose X-Forwarded-For and X-Forwarded-Proto are believed; none when empty
	Log            *slog.Logger     // slog.Default when nil
	Ready          func() Readiness // what /readyz answers; always ready when nil
}

// Server is the public listener and the ops listener.
type Server struct {
	settings Settings
	engine   *gin.Engine
	log      *slog.Logger
	origin   *http.CrossOriginProtection
	metrics  *metrics
	failure  FailurePage
	quiet    map[string]bool // by route
	stopping atomic.Bool
}

// New builds the server with its middleware, /livez and /readyz. It fails when the public
// address is no address of a web site.
func New(s Settings) (*Server, error) {
	if s.PublicURL == nil || s.PublicURL.Host == "" || s.PublicURL.Scheme != "http" && s.PublicURL.Scheme != "https" {
		return nil, errors.New("web: public address must be http://… or https://…")
	}
	if s.Log == nil {
		s.Log = slog.Default()
	}
	gin.SetMode(gin.ReleaseMode)
	srv := &Server{settings: s, engine: gin.New(), log: s.Log, metrics: newMetrics(), failure: plainFailure, quiet: map[string]bool{}}
	srv.origin = http.NewCrossOriginProtection()
	if err := srv.origin.AddTrustedOrigin(s.PublicURL.Scheme + "://" + s.PublicURL.Host); err != nil {
		return nil, fmt.Errorf("web: public address: %w", err)
	}
	proxies := make([]string, len(s.TrustedProxies))
	for i, p := range s.TrustedProxies {
		proxies[i] = p.String()
	}
	if err := srv.engine.SetTrustedProxies(proxies); err != nil {
		return nil, fmt.Errorf("web: trusted proxies: %w", err)
	}
	srv.engine.HandleMethodNotAllowed = true
	srv.engine.RedirectTrailingSlash = false // gin's answer passes by the middleware and believes X-Forwarded-Prefix of anyone
	srv.engine.Use(srv.identify, srv.observe, srv.secure, srv.recover)
	srv.engine.NoRoute(srv.adapt(Route{}, noRoute))
	srv.engine.NoMethod(srv.adapt(Route{}, notFound))
	srv.Add(
		Route{Method: "GET", Path: "/livez", Handler: livez, Quiet: true},
		Route{Method: "GET", Path: "/readyz", Handler: srv.readyz, Quiet: true},
	)
	return srv, nil
}

// Handler answers a request, or gives the error that the adapter turns into a status and a page. A handler
// that has begun its answer may still give an error: it is logged and the answer stays as it is.
type Handler func(*gin.Context) error

// Route is one line of a role's route table.
type Route struct {
	Method  string // "GET" serves HEAD too
	Path    string // gin's pattern; it is the route's name in logs and metrics
	Handler Handler

	MaxBody     int64         // bytes of body, 64 KB when 0
	Timeout     time.Duration // of the handler's context, 10 s when 0
	Quiet       bool          // successes are logged at debug level only: health checks, saves, static files
	CrossOrigin bool          // called by other machines, not from our pages: the webhook
	Files       bool          // takes files, which its handler reads
}

// Add registers routes. It panics on a route that is there already, like gin: that is a mistake in a table.
func (s *Server) Add(routes ...Route) {
	for _, r := range routes {
		h := s.adapt(r, r.Handler)
		s.quiet[r.Path] = r.Quiet
		s.engine.Handle(r.Method, r.Path, h)
		if r.Method == http.MethodGet {
			s.engine.HEAD(r.Path, h)
		}
	}
}

// Routes gives "METHOD PATH" of every route, sorted, without the HEAD twins of GET: tests walk it, so that no
// address goes unproven.
func (s *Server) Routes() []string {
	var out []string
	for _, r := range s.engine.Routes() {
		if r.Method != http.MethodHead {
			out = append(out, r.Method+" "+r.Path)
		}
	}
	slices.Sort(out)
	return out
}

// Stopping reports whether the server takes its leave: a handler that streams should end.
func (s *Server) Stopping() bool { return s.stopping.Load() }

// ServeHTTP answers one request of the public listener.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.engine.ServeHTTP(w, r) }

// Serve answers on the public listener, and on the ops listener when it is not nil, until ctx is done; then
// it takes no more requests and lets those under way finish. It closes both listeners.
func (s *Server) Serve(ctx context.Context, public, ops net.Listener) error {
	servers := []*http.Server{s.httpServer(s)}
	listeners := []net.Listener{public}
	if ops != nil {
		servers, listeners = append(servers, s.httpServer(s.Ops())), append(listeners, ops)
	}
	group, groupCtx := errgroup.WithContext(ctx)
	for i, hs := range servers {
		group.Go(func() error {
			if err := hs.Serve(listeners[i]); !errors.Is(err, http.ErrServerClosed) {
				return fmt.Errorf("web: %s: %w", listeners[i].Addr(), err)
			}
			return nil
		})
		group.Go(func() error {
			<-groupCtx.Done()
			s.stopping.Store(true)
			grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
			defer cancel()
			return hs.Shutdown(grace)
		})
	}
	return group.Wait()
}

func (s *Server) httpServer(h http.Handler) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: headerTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(s.log.Handler(), slog.LevelDebug),
	}
}
