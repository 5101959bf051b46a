package zalo

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"duthi/core"
)

// Addresses of Zalo, used where a base URL is left empty.
const (
	DefaultAPIURL      = "https://openapi.zalo.me"
	DefaultBusinessURL = "https://business.openapi.zalo.me"
	DefaultOAuthURL    = "https://oauth.zaloapp.com"
)

const (
	callTimeout   = 15 * time.Second // one call of the API
	uploadTimeout = 60 * time.Second // one upload, at most 5 MB
	maxReply      = 4 << 20          // bytes read of one answer
)

// TokenFunc gives the access token to use. rejected is "" at first; after Zalo refused a token it is that
// token, and the function gives a newer one or an error. (*Custodian).Token is one.
type TokenFunc func(ctx context.Context, rejected string) (string, error)

// FixedToken is a TokenFunc for one call with a token that is not in custody yet.
func FixedToken(token string) TokenFunc {
	return func(context.Context, string) (string, error) { return token, nil }
}

// ClientConfig says where Zalo is and how to sign. Token is required; the rest has usable zero values.
type ClientConfig struct {
	Token       TokenFunc
	APIURL      string       // "": DefaultAPIURL
	BusinessURL string       // "": DefaultBusinessURL
	AppSecret   string       // needed with Proof
	Proof       bool         // send appsecret_proof, for apps that have that switch on
	HTTP        *http.Client // nil: NewHTTPClient()
	Clock       core.Clock   // nil: the machine's
}

// Client calls the API of one OA. It is safe for concurrent use. Every method gives *APIError when Zalo refused
// or did not answer, and the TokenFunc's error when there is no token.
type Client struct {
	cfg  ClientConfig
	rate atomic.Pointer[RateLimit]
}

// RateLimit is what the last answer said about the calls left in this minute. Zalo's headers are optional:
// At is zero until some were seen.
type RateLimit struct {
	Limit  int
	Remain int
	At     core.Instant
}

// NewClient makes a Client.
func NewClient(cfg ClientConfig) *Client {
	if cfg.HTTP == nil {
		cfg.HTTP = NewHTTPClient()
	}
	cfg.APIURL = base(cfg.APIURL, DefaultAPIURL)
	cfg.BusinessURL = base(cfg.BusinessURL, DefaultBusinessURL)
	return &Client{cfg: cfg}
}

// NewHTTPClient gives an http.Client fit for Zalo: few idle connections that are dropped early (stale ones hang
// "awaiting headers"), and no redirects, which would carry the token elsewhere.
func NewHTTPClient() *http.Client {
	return &http.Client{
		Timeout: uploadTimeout,
		Transport: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			TLSHandshakeTimeout:   5 * time.Second,
			ResponseHeaderTimeout: uploadTimeout,
			IdleConnTimeout:       20 * time.Second,
			MaxIdleConnsPerHost:   16,
			MaxConnsPerHost:       64,
			ForceAttemptHTTP2:     true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// RateLimit gives the limits the last answer carried.
func (c *Client) RateLimit() RateLimit {
	if r := c.rate.Load(); r != nil {
		return *r
	}
	return RateLimit{}
}

// request is one call before it has a token. read marks calls that change nothing, which may be asked again.
type request struct {
	host        Host
	method      string
	path        string
	query       url.Values
	body        []byte
	contentType string
	read        bool
	timeout     time.Duration
}

func (r request) name() string { return r.method + " " + r.path }

// call makes the request and decodes data into out (nil: ignored). A dead token is replaced and the call made
// once more: Zalo refused the first, so nothing happens twice.
func (c *Client) call(ctx context.Context, r request, out any) error {
	token, err := c.cfg.Token(ctx, "")
	if err != nil {
		return err
	}
	err = c.once(ctx, r, token, out)
	if ActionOf(err) != Refresh {
		return err
	}
	fresh, terr := c.cfg.Token(ctx, token)
	if terr != nil {
		return terr
	}
	if fresh == token {
		return err
	}
	return c.once(ctx, r, fresh, out)
}

func (c *Client) once(ctx context.Context, r request, token string, out any) error {
	timeout := r.timeout
	if timeout == 0 {
		timeout = callTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var left atomic.Bool // the request was given to a connection: Zalo may have it
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { left.Store(true) }})
	req, err := c.newRequest(ctx, r, token)
	if err != nil {
		return &APIError{Host: r.host, Call: r.name(), Action: Fix, Message: "request could not be made", Err: bare(err)}
	}
	resp, err := c.cfg.HTTP.Do(req)
	if err != nil {
		return c.lost(r, 0, left.Load(), bare(err))
	}
	defer resp.Body.Close()
	c.noteRate(resp.Header)
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxReply))
	if err != nil {
		return c.lost(r, resp.StatusCode, true, err)
	}
	return c.decode(r, resp, body, out)
}

func (c *Client) newRequest(ctx context.Context, r request, token string) (*http.Request, error) {
	root := c.cfg.APIURL
	if r.host == HostZNS {
		root = c.cfg.BusinessURL
	}
	target := root + r.path
	if len(r.query) > 0 {
		target += "?" + r.query.Encode()
	}
	req, err := http.NewRequestWithContext(ctx, r.method, target, bytes.NewReader(r.body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("access_token", token)
	req.Header.Set("Accept", "application/json")
	if r.contentType != "" {
		req.Header.Set("Content-Type", r.contentType)
	}
	if c.cfg.Proof {
		req.Header.Set("appsecret_proof", appSecretProof(c.cfg.AppSecret, token))
	}
	return req, nil
}

// decode turns an answer into out or an APIError.
func (c *Client) decode(r request, resp *http.Response, body []byte, out any) error {
	env, ok := readEnvelope(body)
	if !ok {
		return c.noEnvelope(r, resp)
	}
	if code := int(env.Error.integer()); code != 0 {
		e := &APIError{Host: r.host, Call: r.name(), Code: code, Message: clip(env.Message), Status: resp.StatusCode,
			Action: actionFor(r.host, code, env.Message), RetryAfter: retryAfter(resp.Header.Get("Retry-After"))}
		if code == -32 && e.RetryAfter == 0 {
			e.RetryAfter = time.Minute
		}
		return e
	}
	if out == nil || len(env.Data) == 0 || string(env.Data) == "null" {
		return nil
	}
	if err := json.Unmarshal(env.Data, out); err != nil {
		return &APIError{Host: r.host, Call: r.name(), Status: resp.StatusCode, Action: fallback(r, Fix),
			Message: "data has an unexpected shape"}
	}
	return nil
}

// noEnvelope judges an answer that is not Zalo's JSON. 4xx is a refusal before anything happened; any other
// page (a proxy's 502, HTML with 200) says nothing about what happened behind it.
func (c *Client) noEnvelope(r request, resp *http.Response) error {
	e := &APIError{Host: r.host, Call: r.name(), Status: resp.StatusCode, Message: "answer is not JSON of Zalo",
		Action: fallback(r, Retry), RetryAfter: retryAfter(resp.Header.Get("Retry-After"))}
	switch s := resp.StatusCode; {
	case s == http.StatusTooManyRequests:
		e.Action = Retry
		e.RetryAfter = max(e.RetryAfter, time.Minute)
	case s >= 300 && s < 500 && s != http.StatusRequestTimeout:
		e.Action = Fix
	}
	return e
}

// lost is an answer that never came whole.
func (c *Client) lost(r request, status int, left bool, cause error) error {
	e := &APIError{Host: r.host, Call: r.name(), Status: status, Action: Retry, Message: "no connection", Err: cause}
	if left {
		e.Action, e.Message = fallback(r, Retry), "no answer"
	}
	return e
}

// fallback gives a for reads and Reconcile for calls that may have changed something.
func fallback(r request, a Action) Action {
	if r.read {
		return a
	}
	return Reconcile
}

func (c *Client) noteRate(h http.Header) {
	limit, err1 := strconv.Atoi(h.Get("X-RateLimit-Limit"))
	remain, err2 := strconv.Atoi(h.Get("X-RateLimit-Remain"))
	if err1 == nil && err2 == nil {
		c.rate.Store(&RateLimit{Limit: limit, Remain: remain, At: c.cfg.Clock.Now()})
	}
}

// appSecretProof signs an access token: hex(HMAC-SHA256(app secret, token)).
func appSecretProof(secret, token string) string {
	m := hmac.New(sha256.New, []byte(secret))
	m.Write([]byte(token))
	return hex.EncodeToString(m.Sum(nil))
}

// bare drops the URL from an http error: its query may name a person.
func bare(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

func base(given, def string) string {
	if given == "" {
		return def
	}
	return strings.TrimRight(given, "/")
}
