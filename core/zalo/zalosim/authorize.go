package zalosim

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"
)

// rate counts a call against the minute and gives the limit and what is left, negative when it is over.
func (s *Sim) rate(exempt bool) (limit, remain int) {
	limit = s.Limits.CallsPerMinute
	if now := s.Clock.Now().Truncate(time.Minute); !now.Equal(s.minute) {
		s.minute, s.calls = now, 0
	}
	if !exempt {
		s.calls++
	}
	return limit, limit - s.calls
}

// authorize checks the token and its proof.
func (s *Sim) authorize(r *http.Request, zns bool) (reply, bool) {
	refuse := func(oa, phone int, words string) (reply, bool) {
		if zns {
			return reply{Error: phone, Message: words}, false
		}
		return reply{Error: oa, Message: words}, false
	}
	token := r.Header.Get("access_token")
	switch {
	case r.Header.Get("Authorization") != "":
		return reply{Error: -216, Message: "zalosim: the token goes into the header access_token, not Authorization"}, false
	case token == "" || token != s.grant.access || !s.grant.live:
		return refuse(-216, -124, "Access token is invalid")
	case !s.Clock.Now().Before(s.grant.accessEnds):
		return refuse(-220, -124, "access_token is expired or removed")
	}
	proof := r.Header.Get("appsecret_proof")
	if proof == "" && !s.RequireProof {
		return reply{}, true
	}
	m := hmac.New(sha256.New, []byte(s.AppSecret))
	m.Write([]byte(token))
	if proof != hex.EncodeToString(m.Sum(nil)) {
		return refuse(-242, -1241, "Invalid appsecret_proof provided in the API argument")
	}
	return reply{}, true
}
