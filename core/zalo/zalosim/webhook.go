package zalosim

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"time"
)

// Redelivery is when Zalo tries again after a call that was not answered with 200 in time; after the last it
// switches the webhook off.
var redelivery = [...]time.Duration{30 * time.Second, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour}

// event is one thing to tell the bot, with its body as first sent: redeliveries repeat the very bytes.
type event struct {
	name, userID, messageID string
	body                    []byte
	signature               string
	server                  string
	tries                   int // calls made, one of a duplicate not counted
}

type party struct {
	ID      string `json:"id"`
	AdminID string `json:"admin_id,omitempty"`
}

type media struct {
	Type    string         `json:"type"`
	Payload map[string]any `json:"payload"`
}

type message struct {
	Text         string   `json:"text,omitempty"`
	MsgID        string   `json:"msg_id,omitempty"`
	MsgIDs       []string `json:"msg_ids,omitempty"`
	QuoteMsgID   string   `json:"quote_msg_id,omitempty"`
	ReactIcon    string   `json:"react_icon,omitempty"`
	TrackingID   string   `json:"tracking_id,omitempty"`
	DeliveryTime string   `json:"delivery_time,omitempty"`
	Attachments  []media  `json:"attachments,omitempty"`
}

// emit queues an event about p. The caller holds mu.
func (s *Sim) emit(p *person, fields map[string]any) {
	if _, ok := fields["sender"]; !ok {
		fields["oa_id"] = s.OAID
	}
	fields["user_id_by_app"] = p.IDByApp
	s.queue(s.seal(p.ID, "OA OpenAPI", fields))
}

// seal makes the body and its signature. The caller holds mu.
func (s *Sim) seal(userID, server string, fields map[string]any) *event {
	now := millis(s.Clock.Now())
	fields["app_id"], fields["timestamp"] = s.AppID, now
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(fields); err != nil {
		panic("zalosim: " + err.Error()) // only maps of strings get here
	}
	body := bytes.TrimSpace(b.Bytes())
	if s.flip() { // both are JSON; only the bytes as received have the signature
		body = bytes.ReplaceAll(body, []byte("/"), []byte(`\/`))
	}
	e := &event{name: fields["event_name"].(string), userID: userID, body: body, server: server}
	if m, ok := fields["message"].(message); ok {
		e.messageID = m.MsgID
	}
	sum := sha256.Sum256([]byte(s.AppID + string(body) + now + s.OASecretKey))
	e.signature = "mac=" + hex.EncodeToString(sum[:])
	return e
}

// queue puts e behind the other events of its person: Zalo promises no order, but keeps it mostly. The caller
// holds mu.
func (s *Sim) queue(e *event) {
	s.stats.Events++
	if s.off || !s.grant.live || (s.WebhookURL == "" && s.Webhook == nil) {
		s.stats.Lost++
		s.mark(e, "lost")
		s.note(Entry{Name: e.name, UserID: e.userID, Note: "không có webhook nhận"})
		return
	}
	if s.chance(s.chaos.Reorder) {
		s.busy++
		hold := time.Duration(50+s.rand.IntN(400)) * time.Millisecond
		s.Clock.after(hold, func() { go func() { s.deliver(e); s.done() }() })
		return
	}
	lane, running := s.lanes[e.userID]
	s.lanes[e.userID] = append(lane, e)
	s.busy++
	if !running {
		go s.run(e.userID)
	}
}

// run delivers the events of one person one after the other, then ends.
func (s *Sim) run(userID string) {
	for {
		s.mu.Lock()
		lane := s.lanes[userID]
		if len(lane) == 0 {
			delete(s.lanes, userID)
			s.mu.Unlock()
			return
		}
		e, tries := lane[0], lane[0].tries
		s.lanes[userID] = lane[1:]
		twice := s.chance(s.chaos.Duplicate)
		if twice {
			s.busy++
		}
		s.mu.Unlock()
		if twice {
			go func() { s.call(e, tries); s.done() }()
		}
		s.deliver(e)
		s.done()
	}
}

func (s *Sim) done() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy--
	s.touch()
}

// deliver calls the webhook once and plans the next try if it was not answered with 200 in time.
func (s *Sim) deliver(e *event) {
	ok := s.call(e, e.tries) == http.StatusOK
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case ok:
		s.stats.Acknowledged++
		s.mark(e, "")
	case e.tries < len(redelivery):
		delay := redelivery[e.tries]
		e.tries++
		s.waiting++
		s.mark(e, "retrying")
		s.Clock.after(delay, func() { s.redeliver(e) })
	default:
		s.stats.Lost++
		s.off = true
		s.mark(e, "lost")
		s.note(Entry{Name: e.name, UserID: e.userID, Note: "webhook bị tắt sau lần gửi lại cuối"})
	}
	s.touch()
}

func (s *Sim) redeliver(e *event) {
	s.mu.Lock()
	s.waiting--
	off := s.off
	if off {
		s.stats.Lost++
		s.mark(e, "lost")
	} else {
		s.busy++
	}
	s.touch()
	s.mu.Unlock()
	if !off {
		go func() { s.deliver(e); s.done() }()
	}
}

// mark shows on the phone what became of a person's message. The caller holds mu.
func (s *Sim) mark(e *event, state string) {
	p := s.people[e.userID]
	if p == nil || e.messageID == "" {
		return
	}
	for i := len(p.Chat) - 1; i >= 0; i-- {
		if b := &p.Chat[i]; b.ID == e.messageID && b.From == "person" {
			b.State, b.Seen = state, state == ""
			return
		}
	}
}

// Subscribed reports whether the webhook is on: it goes off when an event failed to the last.
func (s *Sim) Subscribed() bool {
	s.begin()
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.off
}

// Resubscribe switches the webhook on again, as an operator would in the console. What was lost stays lost.
func (s *Sim) Resubscribe() {
	s.begin()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.off = false
	s.touch()
}

// CheckURL makes the sample call that Zalo's console makes when the webhook's address is saved. It reports the
// status, 0 for none in time.
func (s *Sim) CheckURL() int {
	s.begin()
	s.mu.Lock()
	e := s.seal("", "OA OpenAPI", map[string]any{"event_name": "user_send_text", "sender": party{ID: "4572947693969771653"},
		"recipient": party{ID: "579745863508352884"}, "message": message{Text: "This is testing message", MsgID: "This is message id"}})
	s.mu.Unlock()
	return s.call(e, 0)
}
