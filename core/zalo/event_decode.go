package zalo

import (
	"encoding/json"
	"slices"
	"strings"
)

// wireEvent is the union of the shapes that events come in.
type wireEvent struct {
	Name        string     `json:"event_name"`
	AppID       text       `json:"app_id"`
	OAID        text       `json:"oa_id"`
	OAIDCamel   text       `json:"oaId"` // change_oa_daily_quota
	UserID      text       `json:"user_id"`
	UserIDByApp text       `json:"user_id_by_app"`
	AnonymousID text       `json:"anonymous_id"`
	MsgID       text       `json:"msg_id"` // user_click_response_button
	Timestamp   text       `json:"timestamp"`
	Source      string     `json:"source"`
	Sender      wireParty  `json:"sender"`
	Recipient   wireParty  `json:"recipient"`
	Follower    wireParty  `json:"follower"`
	Message     wireBody   `json:"message"`
	Info        wireInfo   `json:"info"`
	Data        wireWidget `json:"data"`
	TemplateID  text       `json:"template_id"`
	Reason      text       `json:"reason"`
	Status      struct {
		Before text `json:"prev_status"`
		Now    text `json:"new_status"`
	} `json:"status"`
	Quota struct {
		Before text `json:"prev_value"`
		Now    text `json:"new_value"`
	} `json:"quota"`
}

type wireParty struct {
	ID      text `json:"id"`
	AdminID text `json:"admin_id"`
}

type wireBody struct {
	Text         text             `json:"text"`
	MsgID        text             `json:"msg_id"`
	MsgIDs       []text           `json:"msg_ids"`
	QuoteMsgID   text             `json:"quote_msg_id"`
	Conversation text             `json:"conversation_id"`
	Icon         text             `json:"react_icon"`
	TrackingID   text             `json:"tracking_id"`
	DeliveryTime text             `json:"delivery_time"`
	Data         text             `json:"data"`
	Note         text             `json:"note"`
	Rate         text             `json:"rate"`
	Feedbacks    []text           `json:"feedbacks"`
	Attachments  []wireEventMedia `json:"attachments"`
}

type wireEventMedia struct {
	Type    string `json:"type"`
	Payload struct {
		URL         text `json:"url"`
		LinkURL     text `json:"link_url"`
		Thumbnail   text `json:"thumbnail"`
		Description text `json:"description"`
		ID          text `json:"id"`
		Name        text `json:"name"`
		Size        text `json:"size"`
		Checksum    text `json:"checksum"`
		Coordinates struct {
			Latitude  text `json:"latitude"`
			Longitude text `json:"longitude"`
		} `json:"coordinates"`
	} `json:"payload"`
}

type wireInfo struct {
	Name    text `json:"name"`
	Phone   text `json:"phone"`
	DOB     text `json:"user_dob"`
	Gender  text `json:"gender"`
	Address text `json:"address"` // the older, flat shape
	Ward    text `json:"ward"`
	City    text `json:"city"`
	Full    struct {
		City    text `json:"user_city"`
		Ward    text `json:"user_ward"`
		Address text `json:"user_address"`
	} `json:"full_address"`
}

type wireWidget struct {
	UserID     text `json:"user_id"`
	ExternalID text `json:"user_external_id"`
	URL        text `json:"url"`
	Message    text `json:"message"`
}

// decodeEvent never fails: what it can't read is *Unknown.
func decodeEvent(raw []byte, zns bool, ours []string) Event {
	var w wireEvent
	if err := json.Unmarshal(raw, &w); err != nil {
		return &Unknown{Head: salvage(raw), Raw: raw, Problem: "unexpected shape"}
	}
	h := w.head(ours)
	if h.Name == "" {
		return &Unknown{Head: h, Raw: raw, Problem: "no event name"}
	}
	switch name := h.Name; {
	case strings.HasPrefix(name, "user_send_group_"), strings.HasPrefix(name, "oa_send_group_"), name == "oa_send_consent":
		return &Unknown{Head: h, Raw: raw}
	case strings.HasPrefix(name, "user_send_"):
		return &UserMessage{Head: h, Text: string(w.Message.Text), QuoteID: string(w.Message.QuoteMsgID), Attachments: w.Message.attachments()}
	case strings.HasPrefix(name, "anonymous_send_"):
		return &UserMessage{Head: h, Text: string(w.Message.Text), Attachments: w.Message.attachments(), Anonymous: true,
			Conversation: string(w.Message.Conversation)}
	case strings.HasPrefix(name, "oa_send_"):
		return &Echo{Head: h, AdminID: string(w.Sender.AdminID), Text: string(w.Message.Text), Attachments: w.Message.attachments()}
	}
	return w.other(h, raw, zns)
}

// other decodes the events that are no messages.
func (w *wireEvent) other(h Head, raw []byte, zns bool) Event {
	m := &w.Message
	switch h.Name {
	case "user_received_message", "user_seen_message":
		return w.receipt(h, zns)
	case "follow", "unfollow":
		return &Follow{Head: h, Now: h.Name == "follow", Source: w.Source}
	case "user_click_chatnow":
		return &ChatNow{h}
	case "user_reacted_message":
		return &Reaction{Head: h, Icon: string(m.Icon)}
	case "user_submit_info":
		return w.submitted(h)
	case "widget_interaction_accepted", "widget_failed_to_sync_user_external_id":
		return &Widget{Head: h, ExternalID: string(w.Data.ExternalID), Page: string(w.Data.URL), Problem: string(w.Data.Message)}
	case "user_withdraw":
		return &Withdrawal{h}
	case "permission_revoked":
		return &Revoked{h}
	case "user_click_response_button":
		return &TemplateButton{Head: h, Label: string(m.Data), TrackingID: string(m.TrackingID)}
	case "user_feedback":
		return &Feedback{Head: h, Rate: int(m.Rate.integer()), Note: string(m.Note), Choices: strs(m.Feedbacks), TrackingID: string(m.TrackingID)}
	case "change_template_status":
		return &TemplateStatus{Head: h, TemplateID: string(w.TemplateID), Before: string(w.Status.Before), Now: string(w.Status.Now), Reason: string(w.Reason)}
	case "change_oa_daily_quota":
		return &DailyQuota{Head: h, Before: string(w.Quota.Before), Now: string(w.Quota.Now)}
	}
	return &Unknown{Head: h, Raw: raw}
}

func (w *wireEvent) receipt(h Head, zns bool) Event {
	r := &Receipt{Head: h, Seen: h.Name == "user_seen_message", MessageIDs: strs(w.Message.MsgIDs), TrackingID: string(w.Message.TrackingID),
		DeliveredAt: w.Message.DeliveryTime.instant()}
	if h.MessageID != "" && !slices.Contains(r.MessageIDs, h.MessageID) {
		r.MessageIDs = append(r.MessageIDs, h.MessageID)
	}
	if zns { // the recipient is a phone number, no user
		r.Phone, r.Head.UserID = h.UserID, ""
	}
	if r.DeliveredAt == 0 && !r.Seen {
		r.DeliveredAt = h.At
	}
	return r
}

func (w *wireEvent) submitted(h Head) Event {
	i := w.Info
	return &SubmittedInfo{Head: h, Name: string(i.Name), Phone: string(i.Phone), BirthDate: string(i.DOB), Gender: string(i.Gender),
		City: first(i.Full.City, i.City), Ward: first(i.Full.Ward, i.Ward), Address: first(i.Full.Address, i.Address)}
}

// head finds who is the person and who the OA: whichever of sender and recipient is an OA of ours is the OA; if
// none is known to be, the family of the event says.
func (w *wireEvent) head(ours []string) Head {
	h := Head{Name: w.Name, AppID: string(w.AppID), UserIDByApp: string(w.UserIDByApp), At: w.Timestamp.instant(),
		MessageID: first(w.Message.MsgID, w.MsgID), OAID: first(w.OAID, w.OAIDCamel),
		UserID: first(w.Follower.ID, w.UserID, w.Data.UserID)}
	from, to := string(w.Sender.ID), string(w.Recipient.ID)
	if from == "" && to == "" {
		return h
	}
	fromOA := strings.HasPrefix(w.Name, "oa_") || w.Name == "user_received_message" || w.Name == "user_seen_message"
	switch known := len(ours) > 0; {
	case known && slices.Contains(ours, from):
		fromOA = true
	case known && slices.Contains(ours, to):
		fromOA = false
	}
	if fromOA {
		from, to = to, from
	}
	h.UserID, h.OAID = from, to
	if h.UserID == "" {
		h.UserID = string(w.AnonymousID)
	}
	return h
}

// salvage reads what it can of a body whose shape is odd, so that even that has a name and an OA in the inbox.
func salvage(raw []byte) Head {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return Head{}
	}
	get := func(name string) text {
		var t text
		if json.Unmarshal(fields[name], &t) != nil {
			return ""
		}
		return t
	}
	return Head{Name: string(get("event_name")), AppID: string(get("app_id")), OAID: string(get("oa_id")),
		UserID: string(get("user_id")), At: get("timestamp").instant()}
}

func (b *wireBody) attachments() []Attachment {
	var list []Attachment
	for _, m := range b.Attachments {
		p := m.Payload
		list = append(list, Attachment{Type: m.Type, URL: first(p.URL, p.LinkURL), Thumbnail: string(p.Thumbnail), Description: string(p.Description),
			ID: string(p.ID), Name: string(p.Name), Size: p.Size.integer(), Checksum: string(p.Checksum),
			Latitude: string(p.Coordinates.Latitude), Longitude: string(p.Coordinates.Longitude)})
	}
	return list
}

func strs(list []text) []string {
	var out []string
	for _, t := range list {
		out = append(out, string(t))
	}
	return out
}

func first(list ...text) string {
	for _, t := range list {
		if t != "" {
			return string(t)
		}
	}
	return ""
}
