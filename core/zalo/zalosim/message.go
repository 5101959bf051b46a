package zalosim

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// csBody is a consultation message as Zalo takes it.
type csBody struct {
	Recipient struct {
		UserID string `json:"user_id"`
	} `json:"recipient"`
	Message struct {
		Text           string        `json:"text"`
		QuoteMessageID string        `json:"quote_message_id"`
		Attachment     *csAttachment `json:"attachment"`
	} `json:"message"`
}

type csAttachment struct {
	Type    string `json:"type"`
	Payload struct {
		TemplateType string      `json:"template_type"`
		Elements     []csElement `json:"elements"`
		Buttons      []csButton  `json:"buttons"`
		Token        string      `json:"token"`
	} `json:"payload"`
}

type csElement struct {
	MediaType    string `json:"media_type"`
	URL          string `json:"url"`
	AttachmentID string `json:"attachment_id"`
	Width        int    `json:"width"`
	Height       int    `json:"height"`
	Title        string `json:"title"`
	Subtitle     string `json:"subtitle"`
	ImageURL     string `json:"image_url"`
}

type csButton struct {
	Title   string          `json:"title"`
	Type    string          `json:"type"`
	Payload json.RawMessage `json:"payload"`
}

// consult is POST /v3.0/oa/message/cs.
func (c *call) consult() reply {
	var b csBody
	if !c.decode(&b) {
		return reply{}
	}
	m := Sent{Kind: "text", Text: b.Message.Text, QuoteID: b.Message.QuoteMessageID}
	p := c.sim.people[b.Recipient.UserID]
	if p == nil {
		return reply{Error: -201, Message: "user_id is invalid!"}
	}
	if utf8.RuneCountInString(m.Text) > 2000 {
		return reply{Error: -210, Message: "Parameter exceeds allowable limit"}
	}
	if a := b.Message.Attachment; a != nil {
		if rep, ok := c.attach(&m, a); !ok {
			return rep
		}
	} else if m.Text == "" {
		return reply{Error: -201, Message: "message.text is invalid!"}
	}
	if m.QuoteID != "" && !slices.ContainsFunc(p.Chat, func(b Bubble) bool { return b.ID == m.QuoteID }) {
		return reply{Error: -201, Message: "quote_message_id is invalid!"}
	}
	quota, rep, ok := c.window(p)
	if !ok {
		return rep
	}
	m.Billed = quota["quota_type"] != "reply"
	return c.accept(p, m, map[string]any{"quota": quota})
}

// attach reads an attachment into m.
func (c *call) attach(m *Sent, a *csAttachment) (reply, bool) {
	pay := a.Payload
	switch {
	case a.Type == "file":
		up, rep, ok := c.find(pay.Token, fileKind)
		m.Kind, m.Text, m.UploadID = "file", cmp.Or(m.Text, up.name), pay.Token
		return rep, ok
	case a.Type != "template":
		return reply{Error: -201, Message: "attachment.type is invalid!"}, false
	case pay.TemplateType == "" && len(pay.Buttons) > 0 && len(pay.Elements) == 0:
		if m.Text == "" {
			return reply{Error: -201, Message: "message.text is invalid!"}, false
		}
		return buttons(m, pay.Buttons)
	case pay.TemplateType == "media" && len(pay.Elements) == 1 && len(pay.Buttons) == 0:
		return c.picture(m, pay.Elements[0])
	case pay.TemplateType == "request_user_info" && len(pay.Elements) == 1:
		m.Kind, m.Text = "request_user_info", pay.Elements[0].Title
		m.Buttons = []Button{{Title: "Chia sẻ thông tin", Type: "sim.share"}}
		return reply{}, true
	}
	return reply{Error: -233, Message: "message type is invalid or not supported"}, false
}

func (c *call) picture(m *Sent, e csElement) (reply, bool) {
	m.Kind, m.ImageURL, m.UploadID = "image", e.URL, e.AttachmentID
	switch {
	case !oneOf(e.MediaType, "image", "gif", "sticker"), (e.URL == "") == (e.AttachmentID == ""):
		return reply{Error: -201, Message: "elements is invalid!"}, false
	case e.MediaType == "gif" && (e.Width == 0 || e.Height == 0):
		return reply{Error: -201, Message: "width is invalid!"}, false
	case e.URL != "":
		if !strings.HasPrefix(e.URL, "http://") && !strings.HasPrefix(e.URL, "https://") {
			return reply{Error: -201, Message: "url is invalid!"}, false
		}
		return reply{}, true
	case e.MediaType == "sticker":
		return reply{}, true
	}
	_, rep, ok := c.find(e.AttachmentID, imageKind, gifKind)
	m.ImageURL = c.sim.imageAddress(e.AttachmentID)
	return rep, ok
}

// buttons reads the buttons under a text.
func buttons(m *Sent, list []csButton) (reply, bool) {
	if len(list) > 5 {
		return reply{Error: -210, Message: "buttons exceeds allowable limit"}, false
	}
	for i, b := range list {
		out := Button{Title: b.Title, Type: b.Type}
		var link struct {
			URL   string `json:"url"`
			Phone string `json:"phone_code"`
			Words string `json:"content"`
		}
		var err error
		switch b.Type {
		case "oa.query.show", "oa.query.hide":
			err = json.Unmarshal(b.Payload, &out.Payload)
		case "oa.open.url":
			err = json.Unmarshal(b.Payload, &link)
			out.Link = link.URL
		case "oa.open.phone":
			err = json.Unmarshal(b.Payload, &link)
			out.Link = "tel:+" + link.Phone
		case "oa.open.sms":
			err = json.Unmarshal(b.Payload, &link)
			out.Link = "sms:+" + link.Phone
		default:
			return reply{Error: -201, Message: "type is invalid!"}, false
		}
		if err != nil || b.Title == "" || (out.Payload == "" && out.Link == "") || utf8.RuneCountInString(b.Title) > 100 || utf8.RuneCountInString(out.Payload) > 1000 {
			return reply{Error: -201, Message: fmt.Sprintf("buttons[%d] is invalid!", i)}, false
		}
		m.Buttons = append(m.Buttons, out)
	}
	return reply{}, true
}

// window judges whether the OA may write to p now, and what it costs.
func (c *call) window(p *person) (quota map[string]any, rep reply, ok bool) {
	s := c.sim
	silent := s.Clock.Now().Sub(p.LastInteraction)
	switch {
	case p.Blocked:
		return nil, reply{Error: -244, Message: "User has restricted this message type from your OA"}, false
	case p.LastInteraction.IsZero():
		return nil, reply{Error: -232, Message: "User has not interacted with the OA or the last interaction has expired"}, false
	case silent > s.Limits.Window:
		return nil, reply{Error: -230, Message: "User has not interacted with the OA in the past 7 days"}, false
	case silent <= s.Limits.FreeWindow:
		quota = map[string]any{"quota_type": "reply"}
		if s.flip() {
			quota["remain"], quota["total"] = "8", "8" // Zalo may leave them out since 2026-03
		}
		return quota, reply{}, true
	case s.packageLeft <= 0:
		return nil, reply{Error: -211, Message: "Out of quota"}, false
	}
	s.packageLeft--
	return map[string]any{"quota_type": "sub_quota", "owner_type": "OA", "owner_id": s.OAID,
		"remain": fmt.Sprint(s.packageLeft), "total": fmt.Sprint(s.Limits.PackageQuota)}, reply{}, true
}

// accept puts m on p's phone, records it and makes echo and receipt.
func (c *call) accept(p *person, m Sent, data map[string]any) reply {
	s := c.sim
	m.MessageID, m.UserID, m.At = s.nextID(), p.ID, s.Clock.Now()
	s.sent = push(s.sent, m, keepSent)
	b := Bubble{ID: m.MessageID, From: "oa", Text: m.Text, Image: m.ImageURL, Buttons: m.Buttons, QuoteID: m.QuoteID, Billed: m.Billed, Template: m.Template}
	if m.Kind == "file" {
		b.File, b.Text = m.Text, ""
	}
	s.show(p, b)
	var after []*event
	if !s.NoReceipts {
		after = append(after, s.seal(p.ID, "OA OpenAPI", map[string]any{"event_name": "user_received_message", "sender": party{ID: s.OAID},
			"recipient": party{ID: p.ID}, "message": message{MsgID: m.MessageID}}))
	}
	s.touch()
	data["message_id"], data["user_id"], data["sent_time"] = m.MessageID, p.ID, millis(m.At)
	return reply{Data: data, taken: true, echo: s.echo(p, m), after: after}
}

// echo makes the event that tells of the OA's own message.
func (s *Sim) echo(p *person, m Sent) *event {
	if s.NoEchoes {
		return nil
	}
	name, body := "oa_send_text", message{Text: m.Text, MsgID: m.MessageID}
	switch m.Kind {
	case "image":
		name = "oa_send_image"
		body.Attachments = []media{{Type: "image", Payload: map[string]any{"url": m.ImageURL, "thumbnail": m.ImageURL}}}
	case "file":
		name = "oa_send_file"
	case "template":
		name = "oa_send_template"
	}
	return s.seal(p.ID, "OA OpenAPI", map[string]any{"event_name": name, "sender": party{ID: s.OAID}, "recipient": party{ID: p.ID}, "message": body})
}
