package zalo

import (
	"errors"
	"fmt"
	"time"

	"duthi/core"
)

// Host says which of Zalo's three tables of codes an error belongs to: the same number means different things.
type Host string

const (
	HostOA    Host = "oa"    // openapi.zalo.me
	HostZNS   Host = "zns"   // business.openapi.zalo.me, templates by phone
	HostOAuth Host = "oauth" // oauth.zaloapp.com
)

// Action says what to do after a failure.
type Action string

const (
	Retry     Action = "retry"     // nothing happened; try again later, with backoff
	Refresh   Action = "refresh"   // the access token is dead; Client does this once by itself
	Wait      Action = "wait"      // a cap or the night; plan it for another day or hour
	Stop      Action = "stop"      // this person can't be reached this way until they interact again
	Fix       Action = "fix"       // our request is wrong; tell a developer, never repeat
	Human     Action = "human"     // console, billing or consent; halt the OA and tell an organizer
	Reconcile Action = "reconcile" // a send may or may not have happened: look for its echo, never repeat blindly
)

// Codes that callers treat by themselves.
const (
	CodeAttachmentExpired = -100 // upload again and send once more
	CodeNotFollower       = -213
	CodeWindowClosed      = -230 // no interaction for 7 days
	CodeNoInteraction     = -232
	CodeNoUserTemplate    = -249 // this template can't go by user id; use the phone channel
)

// APIError is a call to Zalo that failed. Action is what to do; Message is Zalo's own wording, for logs only.
type APIError struct {
	Host       Host
	Call       string        // "POST /v3.0/oa/message/cs"
	Code       int           // Zalo's code; 0 when there was no usable answer
	Message    string        // Zalo's words, cut to 300 bytes, or ours when there was no answer
	Status     int           // HTTP status; 0 when none came
	Action     Action        // what to do
	RetryAfter time.Duration // least time before trying again; 0 when Zalo says nothing
	Err        error         // transport cause, or nil
}

// Error gives the text for logs. It holds no token and no personal data of ours.
func (e *APIError) Error() string {
	s := fmt.Sprintf("zalo %s: %s: code %d, status %d, %s", e.Host, e.Call, e.Code, e.Status, e.Action)
	if e.Message != "" {
		s += ": " + e.Message
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap gives the transport cause.
func (e *APIError) Unwrap() error { return e.Err }

// As lets an APIError be read as a core.Error, so that the edges' tables of codes work without knowing Zalo.
func (e *APIError) As(target any) bool {
	t, ok := target.(**core.Error)
	if !ok {
		return false
	}
	*t = &core.Error{Code: e.code(), Msg: e.words(), RetryAfter: int(e.RetryAfter.Seconds()), Err: e}
	return true
}

func (e *APIError) code() core.Code {
	switch e.Action {
	case Retry, Refresh, Reconcile, Human:
		return core.Unavailable
	case Wait:
		return core.Limited
	case Stop:
		return core.Closed
	default:
		return core.Internal
	}
}

func (e *APIError) words() string {
	switch e.Action {
	case Retry, Refresh:
		return "Zalo đang không trả lời. Xin thử lại sau ít phút."
	case Reconcile:
		return "Chưa biết tin đã tới hay chưa. Không gửi lại để tránh trùng."
	case Wait:
		return "Zalo đang giới hạn số tin. Tin sẽ được gửi sau."
	case Stop:
		return "Người này hiện không nhận được tin qua Zalo."
	case Human:
		return "Tài khoản Zalo OA cần người quản trị xử lý."
	default:
		return "Zalo không nhận yêu cầu này."
	}
}

// ActionOf gives the Action of err: that of the APIError in its chain, Human for ErrNeedsConsent, and Retry for
// anything else (a store that does not answer, a deadline before the request left). It is "" for nil.
func ActionOf(err error) Action {
	if err == nil {
		return ""
	}
	var e *APIError
	if errors.As(err, &e) {
		return e.Action
	}
	if errors.Is(err, ErrNeedsConsent) {
		return Human
	}
	return Retry
}

// IsUnknown reports whether err leaves open if the message was sent.
func IsUnknown(err error) bool { return ActionOf(err) == Reconcile }
