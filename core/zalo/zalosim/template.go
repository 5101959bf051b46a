package zalosim

import (
	"fmt"
	"strings"
)

// templateByUser is POST /v3.0/oa/message/template.
func (c *call) templateByUser() reply {
	var b struct {
		UserID     string            `json:"user_id"`
		TemplateID string            `json:"template_id"`
		Data       map[string]string `json:"template_data"`
	}
	if !c.decode(&b) {
		return reply{}
	}
	p := c.sim.people[b.UserID]
	if p == nil {
		return reply{Error: -201, Message: "user_id is invalid!"}
	}
	if p.Blocked {
		return reply{Error: -244, Message: "User has restricted this message type from your OA"}
	}
	t, problem := c.template(b.TemplateID, b.Data)
	switch {
	case problem != 0:
		return reply{Error: -201, Message: "template_data is invalid!"}
	case t.PhoneOnly:
		return reply{Error: -249, Message: "Template does not support UID"}
	}
	m := Sent{Kind: "template", Template: b.TemplateID, Text: t.render(b.TemplateID, b.Data), Billed: true}
	return c.accept(p, m, map[string]any{"quota": map[string]any{"quota_type": "purchase_quota"}})
}

// templateByPhone is POST /message/template of the business host.
func (c *call) templateByPhone() reply {
	var b struct {
		Phone      string            `json:"phone"`
		TemplateID string            `json:"template_id"`
		Data       map[string]string `json:"template_data"`
		TrackingID string            `json:"tracking_id"`
		Sending    string            `json:"sending_mode"`
		Mode       string            `json:"mode"`
	}
	if !c.decode(&b) {
		return reply{}
	}
	s := c.sim
	if day := s.Clock.Now().UTC().Format("2006-01-02"); day != s.day {
		s.day, s.templatesLeft = day, s.Limits.DailyTemplates
	}
	phone := strings.TrimPrefix(b.Phone, "+")
	switch {
	case len(phone) != 11 || !strings.HasPrefix(phone, "84") || strings.Trim(phone, "0123456789") != "":
		return reply{Error: -108, Message: "Phone number is invalid"}
	case b.TrackingID == "" || len(b.TrackingID) > 48:
		return reply{Error: -1122, Message: "tracking_id is missing or too long"}
	case b.Mode != "" && b.Mode != "development":
		return reply{Error: -106, Message: "mode is invalid"}
	case s.templatesLeft <= 0:
		return reply{Error: -144, Message: "OA has exceeded its daily quota"}
	}
	t, problem := c.template(b.TemplateID, b.Data)
	if problem != 0 {
		return reply{Error: problem, Message: "template is invalid"}
	}
	s.templatesLeft--
	return c.toPhone(phone, Sent{Kind: "phone", Phone: phone, Template: b.TemplateID, Text: t.render(b.TemplateID, b.Data), Tracking: b.TrackingID, Billed: true})
}

// toPhone takes a template by phone; it shows on the phone of the person who has the number.
func (c *call) toPhone(phone string, m Sent) reply {
	s := c.sim
	m.MessageID, m.At = s.nextID(), s.Clock.Now()
	s.sent = push(s.sent, m, keepSent)
	for _, id := range s.order {
		if p := s.people[id]; p.Phone == phone {
			s.show(p, Bubble{ID: m.MessageID, From: "oa", Text: m.Text, Template: m.Template, Billed: true})
		}
	}
	var after []*event
	if !s.NoReceipts {
		after = append(after, s.seal("", "ZNS", map[string]any{"event_name": "user_received_message", "sender": party{ID: s.OAID}, "recipient": party{ID: phone},
			"message": message{MsgID: m.MessageID, TrackingID: m.Tracking, DeliveryTime: millis(m.At)}}))
	}
	s.touch()
	return reply{taken: true, after: after, Data: map[string]any{"msg_id": m.MessageID, "sent_time": millis(m.At), "sending_mode": "1",
		"quota": map[string]string{"dailyQuota": fmt.Sprint(s.Limits.DailyTemplates), "remainingQuota": fmt.Sprint(s.templatesLeft)}}}
}

// template finds an approved template and checks its parameters; problem is the phone channel's code.
func (c *call) template(id string, data map[string]string) (t Template, problem int) {
	if c.sim.Templates == nil {
		if id == "" {
			return Template{}, -109
		}
		return Template{}, 0
	}
	t, ok := c.sim.Templates[id]
	if !ok {
		return Template{}, -109
	}
	for _, name := range t.Params {
		if data[name] == "" {
			return Template{}, -1122
		}
	}
	if len(data) != len(t.Params) {
		return Template{}, -1124
	}
	return t, 0
}

// render fills the text in; a template without text lists what it was given.
func (t Template) render(id string, data map[string]string) string {
	if t.Text == "" {
		lines := []string{"Mẫu tin " + id}
		for _, k := range sortedKeys(data) {
			lines = append(lines, k+": "+data[k])
		}
		return strings.Join(lines, "\n")
	}
	var pairs []string
	for k, v := range data {
		pairs = append(pairs, "<"+k+">", v)
	}
	return strings.NewReplacer(pairs...).Replace(t.Text)
}
