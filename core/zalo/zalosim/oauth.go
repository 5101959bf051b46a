package zalosim

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

const (
	tokenPath      = "/v4/oa/access_token"
	permissionPath = "/v4/oa/permission"
)

// grant is what the OA granted to the app: one live pair at most.
type grant struct {
	live        bool
	access      string
	accessEnds  time.Time
	refresh     string
	refreshEnds time.Time
}

type code struct {
	ends      time.Time
	challenge string
}

// Tokens is a pair, as Zalo's API Explorer would show it.
type Tokens struct {
	Access, Refresh string
	AccessEnds      time.Time
}

// Tokens gives the live pair; it is empty when there is no grant.
func (s *Sim) Tokens() Tokens {
	s.begin()
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.grant.live {
		return Tokens{}
	}
	return Tokens{Access: s.grant.access, Refresh: s.grant.refresh, AccessEnds: s.grant.accessEnds}
}

// ExpireToken ends the life of the access token now; the refresh token stays good.
func (s *Sim) ExpireToken() {
	s.begin()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.grant.accessEnds = s.Clock.Now()
	s.touch()
}

// LoseNextRefresh makes the next refresh break: before Zalo saw it, or after it worked.
func (s *Sim) LoseNextRefresh(when Lose) { s.Inject(Fault{Path: tokenPath, Lose: when}) }

// Revoke takes the grant back, as an admin of the OA may: tokens are dead, and after one last event the bot hears
// nothing more.
func (s *Sim) Revoke() {
	s.begin()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue(s.seal("", "OA OpenAPI", map[string]any{"event_name": "permission_revoked", "oa_id": s.OAID}))
	s.grant = grant{}
	s.touch()
}

// issue makes a new pair in place of the old, which is dead from now on. The caller holds mu.
func (s *Sim) issue() {
	now := s.Clock.Now()
	s.grant = grant{live: true, access: token("at"), accessEnds: now.Add(s.Limits.AccessLife), refresh: token("rt"), refreshEnds: now.Add(s.Limits.RefreshLife)}
}

func token(kind string) string {
	var b [24]byte
	rand.Read(b[:]) // never fails
	return kind + "-" + hex.EncodeToString(b[:])
}

type oauthError struct {
	Error  int    `json:"error"`
	Name   string `json:"error_name"`
	Reason string `json:"error_reason"`
	Doc    string `json:"ref_doc"`
}

func refusal(code int, name string) *oauthError {
	return &oauthError{Error: code, Name: name, Doc: "https://developers.zalo.me/docs/social-api/tham-khao/ma-loi"}
}

// serveToken is the token endpoint. Its errors have other names than the API's and come with HTTP 200.
func (s *Sim) serveToken(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	s.mu.Lock()
	s.stats.Calls++
	fault := s.roll(tokenPath)
	if fault.Lose == LoseBefore {
		s.note(Entry{Name: "POST " + tokenPath, In: true, Note: "yêu cầu bị mất"})
		s.mu.Unlock()
		cut(w)
		return
	}
	var data any
	var fail *oauthError
	switch {
	case fault.Code != 0:
		fail = refusal(fault.Code, or(fault.Words, "Injected"))
	case fault.Page == 0:
		data, fail = s.exchange(r)
	}
	e := Entry{Name: "POST " + tokenPath, In: true, Status: statusOf(reply{}, fault), Took: time.Since(began)}
	if fail != nil {
		data, e.Code = fail, fail.Error
	}
	s.note(e)
	s.mu.Unlock()
	s.stall(r, fault)
	switch {
	case fault.Page != 0:
		s.write(w, reply{}, fault)
	case fault.Lose == LoseAfter:
		cut(w)
	default:
		writeJSON(w, http.StatusOK, data)
	}
}

// exchange turns a code or a refresh token into a pair. The caller holds mu.
func (s *Sim) exchange(r *http.Request) (any, *oauthError) {
	if r.Method != http.MethodPost || !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") || len(r.URL.Query()) > 0 {
		s.refuse("token endpoint: not a POST of a form")
		return nil, refusal(-14001, "zalosim: a POST of a form is wanted")
	}
	if err := r.ParseForm(); err != nil {
		return nil, refusal(-14001, "Invalid form")
	}
	for name := range r.PostForm {
		if !oneOf(name, "code", "app_id", "grant_type", "code_verifier", "refresh_token") {
			s.refuse("token endpoint: unknown field " + strconv.Quote(name))
			return nil, refusal(-14001, "zalosim: unknown field "+name)
		}
	}
	switch {
	case r.PostForm.Get("app_id") != s.AppID:
		return nil, refusal(-14002, "Invalid appId")
	case r.Header.Get("secret_key") != s.AppSecret:
		return nil, refusal(-14004, "Invalid secret key")
	}
	var fail *oauthError
	switch r.PostForm.Get("grant_type") {
	case "refresh_token":
		fail = s.spend(r.PostForm.Get("refresh_token"))
	case "authorization_code":
		fail = s.redeem(r.PostForm)
	default:
		fail = refusal(-14001, "Invalid grant type")
	}
	if fail != nil {
		return nil, fail
	}
	s.issue()
	return s.pair(), nil
}

// spend uses a refresh token up.
func (s *Sim) spend(refresh string) *oauthError {
	if !s.grant.live || refresh == "" || refresh != s.grant.refresh || !s.Clock.Now().Before(s.grant.refreshEnds) {
		s.stats.RefusedTokens++
		return refusal(-14014, "Invalid refresh token")
	}
	s.stats.Refreshes++
	return nil
}

// redeem uses a code up.
func (s *Sim) redeem(form url.Values) *oauthError {
	c, ok := s.codes[form.Get("code")]
	delete(s.codes, form.Get("code"))
	if !ok || !s.Clock.Now().Before(c.ends) {
		return refusal(-118, "Invalid code")
	}
	sum := sha256.Sum256([]byte(form.Get("code_verifier")))
	if c.challenge != "" && base64.RawURLEncoding.EncodeToString(sum[:]) != c.challenge {
		return refusal(-14005, "Invalid code verifier")
	}
	return nil
}

// pair writes the life as a string or a number: Zalo's documentation has both.
func (s *Sim) pair() map[string]any {
	life := int64(s.Limits.AccessLife / time.Second)
	m := map[string]any{"access_token": s.grant.access, "refresh_token": s.grant.refresh, "expires_in": strconv.FormatInt(life, 10)}
	if s.flip() {
		m["expires_in"] = life
		m["refresh_token_expires_in"] = strconv.FormatInt(int64(s.Limits.RefreshLife/time.Second), 10)
	}
	return m
}

var permissionPage = template.Must(template.New("permission").Parse(`<!doctype html><html lang="vi"><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>Cấp quyền (mô phỏng)</title>
<h1>Cấp quyền cho ứng dụng</h1><p>{{.OA}} cho phép ứng dụng {{.App}} gửi tin và nhận sự kiện. Đây là trang mô phỏng.</p>
<form method="post"><button>Cho phép</button></form></html>`))

// servePermission is the consent page: GET shows it, POST allows and goes back to the callback.
func (s *Sim) servePermission(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	for name := range q {
		if !oneOf(name, "app_id", "redirect_uri", "code_challenge", "state") {
			s.mu.Lock()
			s.refuse("consent page: unknown parameter " + strconv.Quote(name))
			s.mu.Unlock()
			http.Error(w, "zalosim: unknown parameter "+name, http.StatusBadRequest)
			return
		}
	}
	back, err := url.Parse(q.Get("redirect_uri"))
	switch {
	case q.Get("app_id") != s.AppID:
		writeJSON(w, http.StatusOK, refusal(-14002, "Invalid appId"))
		return
	case err != nil || !back.IsAbs() || (s.CallbackURL != "" && s.CallbackURL != q.Get("redirect_uri")):
		writeJSON(w, http.StatusOK, refusal(-14003, "Invalid redirect uri"))
		return
	case s.RequirePKCE && q.Get("code_challenge") == "":
		writeJSON(w, http.StatusOK, refusal(-14005, "Invalid code challenge"))
		return
	case r.Method != http.MethodPost:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		permissionPage.Execute(w, map[string]string{"OA": s.OAName, "App": s.AppID})
		return
	}
	w.Header().Set("Location", s.callback(back, q))
	w.WriteHeader(http.StatusSeeOther)
}

// callback makes a code and the address that brings it to the app.
func (s *Sim) callback(back *url.URL, q url.Values) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := token("code")
	s.codes[c] = code{ends: s.Clock.Now().Add(s.Limits.CodeLife), challenge: q.Get("code_challenge")}
	to := back.Query()
	to.Set("code", c)
	to.Set("oa_id", s.OAID)
	if state := q.Get("state"); state != "" {
		to.Set("state", state)
	}
	next := *back
	next.RawQuery = to.Encode()
	return next.String()
}
