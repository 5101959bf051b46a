package main

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
)

var parameter = regexp.MustCompile(`[:*][a-z]+`)

// request makes a request of a route with a made-up value for each of its parameters.
func (w *world) request(t *testing.T, route, body string) *http.Request {
	t.Helper()
	method, path, _ := strings.Cut(route, " ")
	req, err := http.NewRequestWithContext(t.Context(), method, w.base+parameter.ReplaceAllString(path, "1"), strings.NewReader(body))
	must(t, err)
	return req
}

// TestOtherSitesCannotPost: a form on another site does nothing, whoever is signed in; without Sec-Fetch-Site
// (older browsers) the origin decides.
func TestOtherSitesCannotPost(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	w.people(1)
	cookie := w.signIn(0) + "; " + w.organizer(t, "chu-tri", "owner", nil)
	posts := 0
	for _, route := range w.web.Routes() {
		if strings.HasPrefix(route, "GET ") {
			continue
		}
		posts++
		for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://example.com"} {
			req := w.request(t, route, "a=1")
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set(header, value)
			if status, _ := w.do(req, cookie); status != http.StatusForbidden {
				t.Errorf("%s with %s: %s: %d, want 403", route, header, value, status)
			}
		}
	}
	if posts < 30 {
		t.Errorf("only %d routes were tried", posts)
	}
}

// TestEveryAnswerIsGuarded looks at the headers of every page, error pages and redirects included.
func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	w.people(1)
	cookie := w.signIn(0) + "; " + w.organizer(t, "chu-tri", "owner", nil)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	for _, route := range append(w.web.Routes(), "GET /khong-co", "DELETE /") {
		for _, who := range []string{"", cookie} {
			req := w.request(t, route, "")
			req.Header.Set("Cookie", who)
			resp, err := client.Do(req)
			must(t, err)
			resp.Body.Close()
			h := resp.Header
			policy := h.Get("Content-Security-Policy")
			if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || !strings.Contains(policy, "frame-ancestors 'none'") && !strings.Contains(policy, "sandbox") {
				t.Errorf("%s: policy %q", route, policy)
			}
			if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") == "" || h.Get("X-Request-Id") == "" {
				t.Errorf("%s: headers %v", route, h)
			}
			if resp.StatusCode == http.StatusOK && strings.HasPrefix(h.Get("Content-Type"), "text/html") && strings.HasPrefix(h.Get("Cache-Control"), "public") {
				t.Errorf("%s: a page may be kept by proxies: %q", route, h.Get("Cache-Control"))
			}
			for _, c := range resp.Cookies() {
				if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
					t.Errorf("%s sets a cookie others can use: %s", route, c)
				}
			}
		}
	}
}

// TestBehindTLS: with a public https address cookies travel over TLS only and browsers are told to stay there.
func TestBehindTLS(t *testing.T) {
	t.Parallel()
	w := newWorld(t, environment{"DUTHI_PUBLIC_URL": "https://duthi.example.gov.vn"}, nil)
	req := w.request(t, "POST /dang-ky", "")
	req.Host = "duthi.example.gov.vn"
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	resp, err := http.DefaultTransport.RoundTrip(req)
	must(t, err)
	resp.Body.Close()
	if !strings.Contains(resp.Header.Get("Strict-Transport-Security"), "max-age=") {
		t.Error("no Strict-Transport-Security")
	}
	if len(resp.Cookies()) == 0 {
		t.Error("no cookie was set: the test looks at nothing")
	}
	for _, c := range resp.Cookies() {
		if !c.Secure {
			t.Errorf("cookie without Secure: %s", c)
		}
	}
}
