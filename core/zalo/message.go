package zalo

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"duthi/core"
)

// Limits of a consultation message, in code points after NFC. Zalo documents the text; the others are the
// widest that production code was seen to use.
const (
	MaxText          = 2000
	MaxButtons       = 5
	MaxButtonTitle   = 100
	MaxButtonPayload = 1000
)

// Message is one consultation message: text, optionally with buttons, or with one image and the text as its
// caption. Zalo shows plain text only.
type Message struct {
	Text    string
	Buttons []Button
	Image   *Image
	QuoteID string // message of the person that this one answers
}

// Image is shown by exactly one of URL (public, fetched by Zalo) and UploadID (from UploadImage, dead after 7 days).
type Image struct {
	URL      string
	UploadID string
}

// Button is one action under a message; make it with LinkButton, SayButton, QuietButton or CallButton.
type Button struct {
	Title   string
	kind    string
	payload any
	size    int
}

// LinkButton opens url in Zalo's browser.
func LinkButton(title, url string) Button {
	return Button{Title: title, kind: "oa.open.url", payload: map[string]string{"url": url}}
}

// SayButton makes the person say payload: it comes back as an ordinary user_send_text that they see. Anybody
// can type it too, so it proves nothing.
func SayButton(title, payload string) Button {
	return Button{Title: title, kind: "oa.query.show", payload: payload, size: utf8.RuneCountInString(payload)}
}

// QuietButton is SayButton without a bubble in the person's chat.
func QuietButton(title, payload string) Button {
	return Button{Title: title, kind: "oa.query.hide", payload: payload, size: utf8.RuneCountInString(payload)}
}

// CallButton dials phone ("84…").
func CallButton(title, phone string) Button {
	return Button{Title: title, kind: "oa.open.phone", payload: map[string]string{"phone_code": phone}}
}

// Sent is a message that Zalo accepted.
type Sent struct {
	MessageID string
	UserID    string
	SentAt    core.Instant
	Quota     Quota
}

// Quota says what an accepted message was charged to. Type "reply" or "" is free; anything else was billed.
// Remain and Total are -1 when Zalo did not say.
type Quota struct {
	Type   string
	Remain int
	Total  int
}

// Billed reports whether the message cost money or a package's quota.
func (q Quota) Billed() bool { return q.Type != "" && q.Type != "reply" }

type sentReply struct {
	MessageID text `json:"message_id"`
	MsgID     text `json:"msg_id"` // the phone channel's name
	UserID    text `json:"user_id"`
	SentTime  text `json:"sent_time"`
	Quota     *struct {
		Type      string `json:"quota_type"`
		Remain    *text  `json:"remain"`
		Total     *text  `json:"total"`
		Daily     *text  `json:"dailyQuota"`
		Remaining *text  `json:"remainingQuota"`
	} `json:"quota"`
}

func (r sentReply) sent() Sent {
	s := Sent{MessageID: string(r.MessageID), UserID: string(r.UserID), SentAt: r.SentTime.instant(), Quota: Quota{Remain: -1, Total: -1}}
	if s.MessageID == "" {
		s.MessageID = string(r.MsgID)
	}
	if q := r.Quota; q != nil {
		s.Quota.Type = q.Type
		s.Quota.Remain = count(q.Remain, q.Remaining)
		s.Quota.Total = count(q.Total, q.Daily)
	}
	return s
}

func count(texts ...*text) int {
	for _, t := range texts {
		if t != nil {
			return int(t.integer())
		}
	}
	return -1
}

// Send sends one consultation message to a person (OA-scoped user id). It is not split: give it the parts of
// Message.Split, one delivery each. Over-long text, too many buttons and the like are refused here with Fix.
func (c *Client) Send(ctx context.Context, userID string, m Message) (Sent, error) {
	body, err := m.encode(userID)
	if err != nil {
		return Sent{}, err
	}
	return c.send(ctx, request{host: HostOA, method: http.MethodPost, path: csPath, body: body, contentType: jsonType})
}

const (
	csPath   = "/v3.0/oa/message/cs"
	jsonType = "application/json"
)

// send makes a call that sends. An accepted message without an id is treated as unknown: it can't be matched
// with its echo or receipts.
func (c *Client) send(ctx context.Context, r request) (Sent, error) {
	var reply sentReply
	if err := c.call(ctx, r, &reply); err != nil {
		return Sent{}, err
	}
	s := reply.sent()
	if s.MessageID == "" {
		return Sent{}, &APIError{Host: r.host, Call: r.name(), Status: http.StatusOK, Action: Reconcile, Message: "answer has no message id"}
	}
	return s, nil
}

type wireMessage struct {
	Text           string          `json:"text,omitempty"`
	QuoteMessageID string          `json:"quote_message_id,omitempty"`
	Attachment     *wireAttachment `json:"attachment,omitempty"`
}

type wireAttachment struct {
	Type    string      `json:"type"`
	Payload wirePayload `json:"payload"`
}

type wirePayload struct {
	TemplateType string        `json:"template_type,omitempty"`
	Elements     []wireElement `json:"elements,omitempty"`
	Buttons      []wireButton  `json:"buttons,omitempty"`
	Token        string        `json:"token,omitempty"`
}

type wireElement struct {
	MediaType    string `json:"media_type"`
	URL          string `json:"url,omitempty"`
	AttachmentID string `json:"attachment_id,omitempty"`
}

type wireButton struct {
	Title   string `json:"title"`
	Type    string `json:"type"`
	Payload any    `json:"payload"`
}

func (m Message) encode(userID string) ([]byte, error) {
	m.Text = norm.NFC.String(m.Text)
	if problem := m.problem(userID); problem != "" {
		return nil, &APIError{Host: HostOA, Call: "POST " + csPath, Code: -210, Message: "not sent: " + problem, Action: Fix}
	}
	w := wireMessage{Text: m.Text, QuoteMessageID: m.QuoteID}
	switch {
	case m.Image != nil:
		w.Attachment = &wireAttachment{Type: "template", Payload: wirePayload{TemplateType: "media",
			Elements: []wireElement{{MediaType: "image", URL: m.Image.URL, AttachmentID: m.Image.UploadID}}}}
	case len(m.Buttons) > 0:
		w.Attachment = &wireAttachment{Type: "template"}
		for _, b := range m.Buttons {
			w.Attachment.Payload.Buttons = append(w.Attachment.Payload.Buttons, wireButton{b.Title, b.kind, b.payload})
		}
	}
	return json.Marshal(map[string]any{"recipient": map[string]string{"user_id": userID}, "message": w})
}

// problem says in English what Zalo would refuse, or "".
func (m Message) problem(userID string) string {
	switch n := utf8.RuneCountInString(m.Text); {
	case userID == "":
		return "no user id"
	case n > MaxText:
		return fmt.Sprintf("text has %d characters, at most %d", n, MaxText)
	case n == 0 && m.Image == nil:
		return "no text"
	case m.Image != nil && (m.Image.URL == "") == (m.Image.UploadID == ""):
		return "an image needs either a URL or an upload id"
	case m.Image != nil && len(m.Buttons) > 0:
		return "an image can't carry buttons"
	case len(m.Buttons) > MaxButtons:
		return fmt.Sprintf("%d buttons, at most %d", len(m.Buttons), MaxButtons)
	}
	for _, b := range m.Buttons {
		if n := utf8.RuneCountInString(b.Title); n == 0 || n > MaxButtonTitle || b.size > MaxButtonPayload || b.kind == "" {
			return fmt.Sprintf("button %q has no title, or a title or payload that is too long", clip(b.Title))
		}
	}
	return ""
}

// SendFile sends an uploaded file by its token (from UploadFile).
func (c *Client) SendFile(ctx context.Context, userID, token string) (Sent, error) {
	body, err := json.Marshal(map[string]any{"recipient": map[string]string{"user_id": userID},
		"message": wireMessage{Attachment: &wireAttachment{Type: "file", Payload: wirePayload{Token: token}}}})
	if err != nil {
		return Sent{}, core.Wrap(core.Internal, "Không soạn được tin.", err)
	}
	return c.send(ctx, request{host: HostOA, method: http.MethodPost, path: csPath, body: body, contentType: jsonType})
}
