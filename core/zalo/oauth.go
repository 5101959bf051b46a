package zalo

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"duthi/core"
)

// PKCEMode says how the app proves that the one who asked for consent is the one who uses the code. Which works
// for an app depends on its console; none is the most common.
type PKCEMode string

const (
	PKCENone       PKCEMode = "none"
	PKCEStatic     PKCEMode = "static"      // one verifier, whose challenge is saved in the console
	PKCEPerRequest PKCEMode = "per-request" // a new pair for each consent link
)

// OAuthConfig is one app at Zalo's OAuth host.
type OAuthConfig struct {
	AppID          string
	AppSecret      string // the app secret key, not the OA secret key
	URL            string // "": DefaultOAuthURL
	PKCE           PKCEMode
	StaticVerifier string // with PKCEStatic
	HTTP           *http.Client
}

// OAuth asks for consent and exchanges codes and refresh tokens.
type OAuth struct{ cfg OAuthConfig }

// NewOAuth makes an OAuth.
func NewOAuth(cfg OAuthConfig) *OAuth {
	if cfg.HTTP == nil {
		cfg.HTTP = NewHTTPClient()
	}
	if cfg.PKCE == "" {
		cfg.PKCE = PKCENone
	}
	cfg.URL = base(cfg.URL, DefaultOAuthURL)
	return &OAuth{cfg: cfg}
}

// Tokens is a pair that Zalo issued. A life of 0 means that Zalo did not say.
type Tokens struct {
	Access, Refresh         string
	AccessLife, RefreshLife time.Duration
}

// ConsentURL gives the address an admin of the OA opens. redirectURI must be, byte for byte, the callback saved
// in the console. verifier is "" except with PKCE per request.
func (o *OAuth) ConsentURL(redirectURI, state, verifier string) string {
	q := url.Values{"app_id": {o.cfg.AppID}, "redirect_uri": {redirectURI}}
	if v := o.verifier(verifier); v != "" {
		q.Set("code_challenge", challenge(v))
	}
	if state != "" {
		q.Set("state", state)
	}
	return o.cfg.URL + "/v4/oa/permission?" + q.Encode()
}

func (o *OAuth) verifier(perRequest string) string {
	switch o.cfg.PKCE {
	case PKCEStatic:
		return o.cfg.StaticVerifier
	case PKCEPerRequest:
		return perRequest
	}
	return ""
}

// NewVerifier makes a PKCE verifier: 32 random bytes, 43 characters.
func NewVerifier() string {
	var b [32]byte
	rand.Read(b[:]) // never fails
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// IsVerifier reports whether s can be a PKCE verifier: 43 to 128 unreserved signs.
func IsVerifier(s string) bool {
	return len(s) >= 43 && len(s) <= 128 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~") == ""
}

// challenge is base64url, unpadded, of the verifier's SHA-256.
func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Exchange turns the code of a callback into the first pair. A code lives 10 minutes and works once.
func (o *OAuth) Exchange(ctx context.Context, code, verifier string) (Tokens, error) {
	form := url.Values{"code": {code}, "app_id": {o.cfg.AppID}, "grant_type": {"authorization_code"}}
	if v := o.verifier(verifier); v != "" {
		form.Set("code_verifier", v)
	}
	return o.token(ctx, form)
}

// Refresh turns a refresh token into a new pair; the old pair is dead then. A failure with Action Retry leaves
// open whether Zalo used the token up: ask again with the same one. Any other failure is final for it.
func (o *OAuth) Refresh(ctx context.Context, refreshToken string) (Tokens, error) {
	return o.token(ctx, url.Values{"refresh_token": {refreshToken}, "app_id": {o.cfg.AppID}, "grant_type": {"refresh_token"}})
}

// tokenReply holds both of Zalo's ways to answer, success and refusal, whose names depend on the day.
type tokenReply struct {
	AccessToken    string `json:"access_token"`
	RefreshToken   string `json:"refresh_token"`
	ExpiresIn      text   `json:"expires_in"`
	RefreshExpires text   `json:"refresh_token_expires_in"`
	Error          text   `json:"error"`
	Name           text   `json:"error_name"`
	Reason         text   `json:"error_reason"`
	Description    text   `json:"error_description"`
	Message        text   `json:"message"`
}

func (o *OAuth) token(ctx context.Context, form url.Values) (Tokens, error) {
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	fail := &APIError{Host: HostOAuth, Call: "POST /v4/oa/access_token", Action: Retry}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.cfg.URL+"/v4/oa/access_token", strings.NewReader(form.Encode()))
	if err != nil {
		fail.Action, fail.Err = Fix, bare(err)
		return Tokens{}, fail
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("secret_key", o.cfg.AppSecret)
	resp, err := o.cfg.HTTP.Do(req)
	if err != nil {
		fail.Message, fail.Err = "no answer", bare(err)
		return Tokens{}, fail
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	fail.Status = resp.StatusCode
	if err != nil {
		fail.Message, fail.Err = "no whole answer", err
		return Tokens{}, fail
	}
	return readTokens(fail, body)
}

// readTokens gives a pair only when both tokens are there: Zalo has sent refusals as HTTP 200 without an error
// number, and a caller that trusted those stored "undefined" over a good token.
func readTokens(fail *APIError, body []byte) (Tokens, error) {
	var r tokenReply
	if err := json.Unmarshal(body, &r); err != nil {
		fail.Message = "answer is not JSON of Zalo"
		if fail.Status >= 400 && fail.Status < 500 && fail.Status != http.StatusTooManyRequests && fail.Status != http.StatusRequestTimeout {
			fail.Action = Human
		}
		return Tokens{}, fail
	}
	fail.Code = int(r.Error.integer())
	if r.AccessToken != "" && r.RefreshToken != "" && fail.Code == 0 {
		return Tokens{Access: r.AccessToken, Refresh: r.RefreshToken, AccessLife: seconds(r.ExpiresIn), RefreshLife: seconds(r.RefreshExpires)}, nil
	}
	fail.Message = clip(strings.TrimSpace(strings.Join([]string{string(r.Name), string(r.Reason), string(r.Description), string(r.Message)}, " ")))
	if fail.Status < 500 && fail.Status != http.StatusTooManyRequests {
		fail.Action = actionFor(HostOAuth, fail.Code, fail.Message)
	}
	return Tokens{}, fail
}

func seconds(t text) time.Duration {
	n := t.integer()
	if n <= 0 || n > int64(10*365*24*3600) {
		return 0
	}
	return time.Duration(n) * time.Second
}

// consentLife is how long a consent link may be used.
const consentLife = 30 * time.Minute

func consentError(cause error) error {
	return core.Wrap(core.Invalid, "Liên kết cấp quyền không còn dùng được. Xin bắt đầu lại từ trang Zalo.", cause)
}
