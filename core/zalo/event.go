package zalo

import (
	"encoding/json"

	"duthi/core"
)

// Event is what a webhook call says: one of the types below, *Unknown for all that has no type of its own.
type Event interface {
	// About gives what all events have in common.
	About() Head
}

// Head is common to all events. Fields that an event does not have are empty.
type Head struct {
	Name        string // event_name, as sent
	AppID       string
	OAID        string
	UserID      string // OA-scoped
	UserIDByApp string // app-scoped, to join with Zalo Login
	MessageID   string
	At          core.Instant // when it happened, by Zalo's clock; 0 when not said
}

// About gives h itself: embedding Head makes a type an Event.
func (h Head) About() Head { return h }

// UserMessage is anything a person sent: user_send_*. A pressed button arrives as text too. Text may be empty.
type UserMessage struct {
	Head
	Text         string
	QuoteID      string // message of the OA that it answers
	Attachments  []Attachment
	Anonymous    bool   // from a visitor who is not signed in to Zalo
	Conversation string // with Anonymous
}

// Echo is a message of the OA itself, by any app or by its staff: oa_send_*. Never answer it. AdminID is set only
// when a person wrote it in OA Manager.
type Echo struct {
	Head
	AdminID     string
	Text        string
	Attachments []Attachment
}

// Human reports whether staff wrote the message.
func (e *Echo) Human() bool { return e.AdminID != "" }

// Attachment is one attachment of a message. Addresses are Zalo's CDN, expire, and may be http.
type Attachment struct {
	Type        string // "image", "gif", "sticker", "link", "audio", "video", "file", "location"
	URL         string
	Thumbnail   string
	Description string // of a business card: JSON with phone and qrCodeUrl
	ID          string // of a sticker
	Name        string // of a file
	Size        int64  // of a file, bytes
	Checksum    string
	Latitude    string
	Longitude   string
}

// Receipt says that messages of the OA arrived or were seen. Seen is the later of the two whatever the order of
// arrival. Phone is the number, or its digest, for templates by phone; TrackingID is ours then.
type Receipt struct {
	Head
	Seen        bool
	MessageIDs  []string
	TrackingID  string
	DeliveredAt core.Instant
	Phone       string
}

// Follow says that a person follows the OA (Now) or no longer does.
type Follow struct {
	Head
	Now    bool
	Source string // "oa_profile", "message_invite", "social_plugin"
}

// ChatNow says that a person who never chatted opened the chat.
type ChatNow struct{ Head }

// Reaction is a person's reaction to message MessageID.
type Reaction struct {
	Head
	Icon string
}

// SubmittedInfo is the answer to a request for personal data. Every field may be empty; Phone as Zalo wrote it.
type SubmittedInfo struct {
	Head
	Name, Phone, BirthDate, Gender, City, Ward, Address string
}

// Widget says that the website's widget tied ExternalID, an id of ours, to the person; Problem is set when it
// could not.
type Widget struct {
	Head
	ExternalID string
	Page       string
	Problem    string
}

// Withdrawal is a person's demand to erase or limit their data.
type Withdrawal struct{ Head }

// Revoked says that the OA took its grant back.
type Revoked struct{ Head }

// TemplateButton is a quick reply pressed in a template.
type TemplateButton struct {
	Head
	Label      string
	TrackingID string
}

// Feedback is a rating given in a template.
type Feedback struct {
	Head
	Rate       int
	Note       string
	Choices    []string
	TrackingID string
}

// TemplateStatus says that a template was approved, refused or disabled.
type TemplateStatus struct {
	Head
	TemplateID, Before, Now, Reason string
}

// DailyQuota says that the OA's daily number of templates changed.
type DailyQuota struct {
	Head
	Before, Now string
}

// Unknown is an event without a type, or one whose body has an unexpected shape: store, acknowledge, count.
type Unknown struct {
	Head
	Raw     json.RawMessage // the body; not JSON if Problem is set to that
	Problem string          // why it could not be decoded; "" for an event we simply don't know
}

// OpensWindow reports whether e is an interaction that opens or renews the 48-hour and 7-day windows.
func OpensWindow(e Event) bool {
	switch v := e.(type) {
	case *UserMessage:
		return !v.Anonymous
	case *ChatNow, *SubmittedInfo:
		return true
	case *Follow:
		return v.Now
	case *Unknown:
		return v.Name == "user_call_oa" || v.Name == "oa_call_user"
	}
	return false
}
