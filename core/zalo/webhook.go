package zalo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"
	"time"

	"duthi/core"
)

// WebhookMode says how strict a Webhook is.
type WebhookMode string

const (
	ModeEnforce   WebhookMode = "enforce"   // unsigned calls are refused; the default
	ModeLog       WebhookMode = "log"       // unsigned calls are taken and marked, while keys are changed
	ModeBootstrap WebhookMode = "bootstrap" // everything is answered and dropped, before the key is known
)

const (
	// MaxWebhookBody is the default size limit in bytes.
	MaxWebhookBody = 256 << 10
	// MaxEventAge is how old a signed event may be: older than any redelivery, younger than the 7 days an inbox
	// keeps its keys, so that a recorded call can't be played back.
	MaxEventAge = 6 * 24 * time.Hour
)

// Webhook verifies and decodes calls of Zalo's webhook. AppID and Secret are required except in bootstrap mode.
type Webhook struct {
	AppID     string
	Secret    string   // the OA secret key of the app's Webhook page, not the app secret
	OldSecret string   // also accepted while keys are changed
	OAIDs     []string // OAs of ours; empty takes any
	Mode      WebhookMode
	MaxBody   int64      // 0: MaxWebhookBody
	Clock     core.Clock // nil: the machine's
}

// Delivery is one call of the webhook.
type Delivery struct {
	Raw      []byte // the body as received
	Key      string // unique per event: see decisions on the inbox; redeliveries have the same
	Verified bool   // the signature matched
	OldKey   bool   // it matched OldSecret, not Secret: keys are being changed, or the two were mixed up
	Drop     bool   // answer 200 and forget: the console's sample call, or bootstrap mode
	Sample   bool   // the console's sample call
	Retry    int    // redelivery number, 0 the first time or behind a proxy that hides it
	ZNS      bool   // sent for the template-by-phone channel
	Event    Event
}

var errSignature = errors.New("zalo: webhook signature does not match")

// Parse reads one call. Its error is Invalid for a body over the limit or cut off, Forbidden for one that is not
// Zalo's for this app: no valid signature, another app id, or older than MaxEventAge. A signed body that can't
// be decoded is no error: its Event is *Unknown. Header values and the digest are never part of an error.
func (w *Webhook) Parse(r *http.Request) (Delivery, error) {
	limit := w.MaxBody
	if limit <= 0 {
		limit = MaxWebhookBody
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if err != nil {
		return Delivery{}, core.Wrap(core.Invalid, "Không đọc được nội dung.", err)
	}
	if int64(len(raw)) > limit {
		return Delivery{}, core.Errorf(core.Invalid, "Nội dung quá lớn.")
	}
	return w.ParseBody(r.Header, raw)
}

// ParseBody is Parse for a body that was already read.
func (w *Webhook) ParseBody(h http.Header, raw []byte) (Delivery, error) {
	d := Delivery{Raw: raw, ZNS: h.Get("X-ZEvent-Server") == "ZNS", Retry: retryNumber(h)}
	e := readEnds(raw)
	d.Verified, d.OldKey = w.verified(h.Get("X-ZEvent-Signature"), raw, e)
	if !d.Verified && w.Mode != ModeLog && w.Mode != ModeBootstrap { // nothing more of a stranger's body is read
		return Delivery{}, refused(errSignature)
	}
	d.Sample = e.sample()
	d.Drop = d.Sample || w.Mode == ModeBootstrap
	d.Event = decodeEvent(raw, d.ZNS, w.OAIDs)
	d.Key = inboxKey(d.Event, raw)
	if !d.Drop && w.Mode != ModeLog {
		if err := w.refuse(d, e); err != nil {
			return Delivery{}, err
		}
	}
	return d, nil
}

// refuse says why a signed delivery is not taken in enforce mode, or nil.
func (w *Webhook) refuse(d Delivery, e ends) error {
	var cause error
	switch head := d.Event.About(); {
	case e.AppID != "" && string(e.AppID) != w.AppID:
		cause = errors.New("zalo: webhook is for another app")
	case w.Clock.Now().Sub(head.At) > MaxEventAge:
		cause = errors.New("zalo: webhook event is too old")
	case len(w.OAIDs) > 0 && head.OAID != "" && !slices.Contains(w.OAIDs, head.OAID):
		cause = errors.New("zalo: webhook is for another OA")
	default:
		return nil
	}
	return refused(cause)
}

func refused(cause error) error {
	return core.Wrap(core.Forbidden, "Không nhận được nội dung này.", cause)
}

// verified reports whether the signature matches a key, and whether only the old one. Both are always tried, so that
// the time taken says nothing.
func (w *Webhook) verified(header string, raw []byte, e ends) (ok, old bool) {
	if w.AppID == "" || e.Timestamp == "" {
		return false, false
	}
	now := w.Secret != "" && signed(header, sign(w.AppID, raw, string(e.Timestamp), w.Secret))
	before := w.OldSecret != "" && signed(header, sign(w.AppID, raw, string(e.Timestamp), w.OldSecret))
	return now || before, before && !now
}

// ends is the little of a body that must be known before it is trusted.
type ends struct {
	AppID     text `json:"app_id"`
	Timestamp text `json:"timestamp"`
	Message   struct {
		Text  text `json:"text"`
		MsgID text `json:"msg_id"`
	} `json:"message"`
}

func readEnds(raw []byte) ends {
	var e ends
	if json.Unmarshal(raw, &e) == nil {
		return e
	}
	// A message of an odd shape must not hide the timestamp that the signature needs.
	var outer struct {
		AppID     text `json:"app_id"`
		Timestamp text `json:"timestamp"`
	}
	if json.Unmarshal(raw, &outer) != nil {
		return ends{}
	}
	return ends{AppID: outer.AppID, Timestamp: outer.Timestamp}
}

// sample recognises the call that Zalo's console makes when the webhook's address is saved or checked. Its ids
// are of no OA of ours.
func (e ends) sample() bool {
	return e.Message.MsgID == "This is message id" && e.Message.Text == "This is testing message"
}

// retryNumber reads num_retry, which Go canonicalises and some proxies rewrite with a dash.
func retryNumber(h http.Header) int {
	for _, name := range []string{"num_retry", "num-retry"} {
		if n, err := strconv.Atoi(h.Get(name)); err == nil && n > 0 {
			return n
		}
	}
	return 0
}

// inboxKey names an event: OA, event and message id; else OA and the digest of the body, which redeliveries do
// not change. A reaction carries the id of the message reacted to, which is not its own.
func inboxKey(e Event, raw []byte) string {
	h := e.About()
	if h.MessageID != "" && len(h.MessageID) <= 128 && h.Name != "user_reacted_message" && h.Name != "oa_reacted_message" {
		return h.OAID + "/" + h.Name + "/" + h.MessageID
	}
	sum := sha256.Sum256(bytes.TrimSpace(raw))
	return h.OAID + "/" + hex.EncodeToString(sum[:])
}
