package web

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
)

func testServer(t *testing.T, s Settings) (*Server, *bytes.Buffer) {
	t.Helper()
	logged := &bytes.Buffer{}
	s.Log = slog.New(slog.NewTextHandler(logged, &slog.HandlerOptions{Level: slog.LevelDebug}))
	if s.PublicURL == nil {
		s.PublicURL = &url.URL{Scheme: "http", Host: "thi.example"}
	}
	srv, err := New(s)
	if err != nil {
		t.Fatal(err)
	}
	return srv, logged
}

func ask(srv *Server, method, path string, head ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, nil)
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	w := httptest.NewRecorder()
	srv.ServeHTTP(w, r)
	return w
}

func TestErrorsBecomeAnswers(t *testing.T) {
	t.Parallel()
	secret := errors.New("pq: password=hunter2")
	for _, c := range []struct {
		err    error
		status int
		shows  string
		after  string
	}{
		{core.Errorf(core.Invalid, "Số điện thoại chưa đúng."), 422, "Số điện thoại chưa đúng.", ""},
		{core.Errorf(core.Unauthenticated, ""), 401, "đăng nhập", ""},
		{core.Errorf(core.Forbidden, ""), 403, "", ""},
		{core.Errorf(core.NotFound, ""), 404, "Không tìm thấy", ""},
		{core.Errorf(core.Conflict, ""), 409, "", ""},
		{core.Errorf(core.Closed, "Đợt đã đóng."), 409, "Đợt đã đóng.", ""},
		{&core.Error{Code: core.Limited, RetryAfter: 17}, 429, "Đang đông", "17"},
		{core.Wrap(core.Unavailable, "", secret), 503, "gián đoạn", "5"},
		{core.Wrap(core.Internal, "", secret), 500, "lỗi", ""},
		{secret, 500, "lỗi", ""},
		{context.DeadlineExceeded, 503, "", "5"},
		{&http.MaxBytesError{Limit: 1}, 413, "quá lớn", ""},
	} {
		srv, logged := testServer(t, Settings{})
		srv.Add(Route{Method: "GET", Path: "/x", Handler: func(*gin.Context) error { return c.err }})
		for _, accept := range []string{"text/html", "application/json"} {
			w := ask(srv, "GET", "/x", "Accept", accept)
			body := w.Body.String()
			if w.Code != c.status || !strings.Contains(body, c.shows) || w.Header().Get("Retry-After") != c.after {
				t.Errorf("%v (%s): %d %q, Retry-After %q", c.err, accept, w.Code, body, w.Header().Get("Retry-After"))
			}
			if strings.Contains(body, "hunter2") {
				t.Errorf("%v shows its cause: %q", c.err, body)
			}
			if !strings.Contains(body, w.Header().Get("X-Request-Id")) {
				t.Errorf("%v: no request id in %q", c.err, body)
			}
		}
		if errors.Is(c.err, secret) && !strings.Contains(logged.String(), "hunter2") {
			t.Errorf("%v: the cause is not logged", c.err)
		}
	}
}

func TestPanicBecomesAPage(t *testing.T) {
	t.Parallel()
	srv, logged := testServer(t, Settings{})
	srv.Add(Route{Method: "GET", Path: "/x", Handler: func(*gin.Context) error { panic("boom") }})
	if w := ask(srv, "GET", "/x"); w.Code != 500 || strings.Contains(w.Body.String(), "boom") {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	if !strings.Contains(logged.String(), "boom") || !strings.Contains(logged.String(), "server_test.go") {
		t.Error("the panic is not logged with its stack")
	}
}

func TestErrorAfterTheAnswerBeganIsOnlyLogged(t *testing.T) {
	t.Parallel()
	srv, logged := testServer(t, Settings{})
	srv.Add(Route{Method: "GET", Path: "/x", Handler: func(c *gin.Context) error {
		c.String(200, "half")
		return core.Errorf(core.Internal, "late")
	}})
	if w := ask(srv, "GET", "/x"); w.Code != 200 || w.Body.String() != "half" {
		t.Errorf("%d %q", w.Code, w.Body)
	}
	if !strings.Contains(logged.String(), "late") {
		t.Error("not logged")
	}
}

func TestClientGoneIs499(t *testing.T) {
	t.Parallel()
	srv, logged := testServer(t, Settings{})
	ctx, cancel := context.WithCancel(context.Background())
	srv.Add(Route{Method: "GET", Path: "/x", Handler: func(c *gin.Context) error {
		cancel()
		<-c.Request.Context().Done()
		return c.Request.Context().Err()
	}})
	w := httptest.NewRecorder()
	srv.ServeHTTP(w, httptest.NewRequest("GET", "/x", nil).WithContext(ctx))
	if w.Body.Len() > 0 || !strings.Contains(logged.String(), "status=499") {
		t.Errorf("%q\n%s", w.Body, logged)
	}
}

func TestLogHoldsRoutesNotAddresses(t *testing.T) {
	t.Parallel()
	srv, logged := testServer(t, Settings{})
	srv.Add(Route{Method: "GET", Path: "/ai/:name", Handler: func(c *gin.Context) error { c.String(200, "ok"); return nil }})
	r := httptest.NewRequest("GET", "/ai/nguyen-thi-an?sdt=0912345678", nil)
	r.RemoteAddr = "203.0.113.9:1000"
	srv.ServeHTTP(httptest.NewRecorder(), r)
	ask(srv, "GET", "/khong-co/0912345678")
	text := logged.String()
	for _, private := range []string{"nguyen", "0912345678", "203.0.113.9"} {
		if strings.Contains(text, private) {
			t.Errorf("the log has %q:\n%s", private, text)
		}
	}
	if !strings.Contains(text, "route=/ai/:name") || !strings.Contains(text, "status=200") {
		t.Errorf("log: %s", text)
	}
}

func TestSecurityHeaders(t *testing.T) {
	t.Parallel()
	plain, _ := testServer(t, Settings{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
	h := ask(plain, "GET", "/livez").Header()
	for name, want := range map[string]string{"Content-Security-Policy": "default-src 'none'", "X-Content-Type-Options": "nosniff", "Permissions-Policy": "camera=()", "Referrer-Policy": "same-origin"} {
		if !strings.HasPrefix(h.Get(name), want) {
			t.Errorf("%s: %q", name, h.Get(name))
		}
	}
	if policy := h.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe") || !strings.Contains(policy, "frame-ancestors 'none'") {
		t.Errorf("policy %q", policy)
	}
	if h.Get("Strict-Transport-Security") != "" {
		t.Error("HSTS without TLS")
	}
	if ask(plain, "GET", "/livez", "X-Forwarded-Proto", "https").Header().Get("Strict-Transport-Security") != "" {
		t.Error("a stranger's X-Forwarded-Proto is believed")
	}
	r := httptest.NewRequest("GET", "/livez", nil)
	r.RemoteAddr = "10.1.2.3:99"
	r.Header.Set("X-Forwarded-Proto", "https")
	w := httptest.NewRecorder()
	plain.ServeHTTP(w, r)
	if w.Header().Get("Strict-Transport-Security") == "" {
		t.Error("the proxy's X-Forwarded-Proto is not believed")
	}
	tls, _ := testServer(t, Settings{PublicURL: &url.URL{Scheme: "https", Host: "thi.example"}})
	tls.Add(Route{Method: "GET", Path: "/c", Handler: func(c *gin.Context) error { tls.SetCookie(c, "a", "b", time.Hour); return nil }})
	w = ask(tls, "GET", "/c")
	if w.Header().Get("Strict-Transport-Security") == "" || !strings.Contains(w.Header().Get("Set-Cookie"), "Secure") {
		t.Errorf("behind TLS: %v", w.Header())
	}
}

func TestClientAddressComesFromTrustedProxiesOnly(t *testing.T) {
	t.Parallel()
	srv, _ := testServer(t, Settings{TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
	srv.Add(Route{Method: "GET", Path: "/ip", Handler: func(c *gin.Context) error { c.String(200, c.ClientIP()); return nil }})
	for remote, want := range map[string]string{"10.0.0.1:1": "198.51.100.7", "203.0.113.9:1": "203.0.113.9"} {
		r := httptest.NewRequest("GET", "/ip", nil)
		r.RemoteAddr = remote
		r.Header.Set("X-Forwarded-For", "198.51.100.7")
		w := httptest.NewRecorder()
		srv.ServeHTTP(w, r)
		if w.Body.String() != want {
			t.Errorf("from %s: %s, want %s", remote, w.Body, want)
		}
	}
}

func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	srv, _ := testServer(t, Settings{})
	srv.Add(Route{Method: "POST", Path: "/x", MaxBody: 10, Handler: func(c *gin.Context) error {
		_, err := io.ReadAll(c.Request.Body)
		return err
	}})
	w := httptest.NewRecorder()
	srv.ServeHTTP(w, httptest.NewRequest("POST", "/x", strings.NewReader(strings.Repeat("a", 11))))
	if w.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", w.Code)
	}
}

func TestOtherSitesCannotPost(t *testing.T) {
	t.Parallel()
	srv, _ := testServer(t, Settings{})
	ok := func(c *gin.Context) error { c.String(200, "ok"); return nil }
	srv.Add(Route{Method: "POST", Path: "/form", Handler: ok}, Route{Method: "POST", Path: "/webhook", Handler: ok, CrossOrigin: true})
	evil := []string{"Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"}
	if w := ask(srv, "POST", "/form", evil...); w.Code != 403 {
		t.Errorf("form: %d", w.Code)
	}
	if w := ask(srv, "POST", "/webhook", evil...); w.Code != 200 {
		t.Errorf("webhook: %d", w.Code)
	}
	if w := ask(srv, "POST", "/form", "Origin", "http://thi.example"); w.Code != 200 {
		t.Errorf("our own pages behind a proxy that changes Host: %d", w.Code)
	}
}

func TestPagesAreCompressed(t *testing.T) {
	t.Parallel()
	srv, _ := testServer(t, Settings{})
	long := []byte("<p>" + strings.Repeat("Cuộc thi. ", 1000))
	srv.Add(Route{Method: "GET", Path: "/p", Handler: func(c *gin.Context) error { Page(c, 200, long); return nil }},
		Route{Method: "GET", Path: "/s", Handler: func(c *gin.Context) error { Plain(c, 200, long); return nil }})
	w := ask(srv, "GET", "/p", "Accept-Encoding", "gzip, br")
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := io.ReadAll(z); !bytes.Equal(got, long) {
		t.Error("the page does not come back as it was")
	}
	if w := ask(srv, "GET", "/p"); !bytes.Equal(w.Body.Bytes(), long) || w.Header().Get("Vary") == "" {
		t.Error("without gzip")
	}
	if w := ask(srv, "GET", "/s", "Accept-Encoding", "gzip"); w.Header().Get("Content-Encoding") != "" || w.Header().Get("Cache-Control") != "no-store" {
		t.Error("a secret page is compressed or cached")
	}
}

func TestAssetsCarryTheirDigest(t *testing.T) {
	t.Parallel()
	base := fstest.MapFS{"a.css": {Data: []byte("/* x */ body { src: url(f.woff2); }\n")}, "f.woff2": {Data: []byte("font")}}
	own := fstest.MapFS{"a.css": {Data: []byte(strings.Repeat("p { color : red; }\n", 200))}}
	assets, err := NewAssets("/static/", base, own)
	if err != nil {
		t.Fatal(err)
	}
	srv, _ := testServer(t, Settings{})
	srv.Add(assets.Route())
	w := ask(srv, "GET", assets.URL("a.css"))
	css := w.Body.String()
	font := strings.TrimPrefix(assets.URL("f.woff2"), "/static/")
	if !strings.HasPrefix(css, "body{src: url("+font+")}p{") || w.Header().Get("Content-Type") != "text/css; charset=utf-8" || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
		t.Errorf("%v %q", w.Header(), css[:80])
	}
	z := ask(srv, "GET", assets.URL("a.css"), "Accept-Encoding", "gzip")
	if z.Header().Get("Content-Encoding") != "gzip" || z.Body.Len() != assets.Size("a.css") || z.Body.Len() > len(css)/5 {
		t.Errorf("gzip: %v, %d of %d bytes", z.Header(), z.Body.Len(), len(css))
	}
	for _, path := range []string{"/static/a.css", "/static/../secret", "/static/"} {
		if w := ask(srv, "GET", path); w.Code != 404 {
			t.Errorf("%s: %d", path, w.Code)
		}
	}
	changed, err := NewAssets("/static/", base, fstest.MapFS{"a.css": {Data: []byte("p{}")}})
	if err != nil || changed.URL("a.css") == assets.URL("a.css") {
		t.Error("another content has the same address")
	}
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	state := Readiness{Status: Ready}
	srv, _ := testServer(t, Settings{Ready: func() Readiness { return state }})
	for _, c := range []struct {
		state  Readiness
		status int
	}{{Readiness{Status: Ready}, 200}, {Readiness{Status: Degraded, Reasons: []string{"database"}}, 200}, {Readiness{Status: Down}, 503}} {
		state = c.state
		if w := ask(srv, "GET", "/readyz"); w.Code != c.status || !strings.Contains(w.Body.String(), c.state.Status) {
			t.Errorf("%v: %d %s", c.state, w.Code, w.Body)
		}
	}
}

func TestMetricsNameRoutes(t *testing.T) {
	t.Parallel()
	srv, _ := testServer(t, Settings{})
	ask(srv, "GET", "/livez")
	ask(srv, "BREW", "/coffee/1")
	w := httptest.NewRecorder()
	srv.Ops().ServeHTTP(w, httptest.NewRequest("GET", "/metrics", nil))
	text := w.Body.String()
	for _, want := range []string{`duthi_http_request_seconds_count{method="GET",route="/livez",status="200"} 1`, `route="none"`, "go_goroutines"} {
		if !strings.Contains(text, want) {
			t.Errorf("metrics have no %s", want)
		}
	}
	if strings.Contains(text, "coffee") || strings.Contains(text, "BREW") {
		t.Error("what a stranger sends becomes a label")
	}
}

// TestStopLetsRequestsFinish stops the server while a request is under way.
func TestStopLetsRequestsFinish(t *testing.T) {
	t.Parallel()
	srv, _ := testServer(t, Settings{})
	began, finish := make(chan struct{}), make(chan struct{})
	srv.Add(Route{Method: "GET", Path: "/slow", Handler: func(c *gin.Context) error {
		close(began)
		<-finish
		c.String(200, "whole")
		return nil
	}})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- srv.Serve(ctx, l, nil) }()
	body := make(chan string, 1)
	go func() {
		res, err := http.Get("http://" + l.Addr().String() + "/slow")
		if err != nil {
			body <- err.Error()
			return
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		body <- string(text)
	}()
	<-began
	cancel()
	close(finish)
	if got := <-body; got != "whole" {
		t.Errorf("got %q", got)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

func TestPublicURLIsChecked(t *testing.T) {
	t.Parallel()
	for _, u := range []*url.URL{nil, {Scheme: "ftp", Host: "x"}, {Scheme: "http"}} {
		if _, err := New(Settings{PublicURL: u}); err == nil {
			t.Errorf("%v is taken", u)
		}
	}
}

func TestSlashAtTheEndLeadsToThePageAndNowhereElse(t *testing.T) {
	t.Parallel()
	srv, _ := testServer(t, Settings{})
	srv.Add(Route{Method: "GET", Path: "/the-le", Handler: func(c *gin.Context) error { c.String(200, "here"); return nil }})
	for path, want := range map[string]string{
		"/the-le/": "/the-le", "/the-le/?q=a%20b": "/the-le?q=a%20b", "//evil.example/": "", "/%5cevil.example/": "", "/%2f%2fevil.example/": "", "//": "",
	} {
		answer := ask(srv, "GET", path, "X-Forwarded-Prefix", "/elsewhere")
		if got := answer.Header().Get("Location"); got != want {
			t.Errorf("%s leads to %q, not to %q", path, got, want)
		}
		if answer.Header().Get("Content-Security-Policy") == "" {
			t.Errorf("%s: answer without security headers", path)
		}
	}
	if answer := ask(srv, "POST", "/the-le/"); answer.Code != 404 {
		t.Errorf("POST: %d", answer.Code)
	}
}
