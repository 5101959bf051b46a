package zalo

import (
	"context"
	"encoding/json"
	"net/http"
	"unicode/utf8"

	"duthi/core"
)

// MaxTrackingID is the longest tracking id of a template by phone.
const MaxTrackingID = 48

// Template is an approved template (ZBS) with its parameters. It carries no free text.
type Template struct {
	ID   string
	Data map[string]string
}

// SendTemplate sends a template to a person by OA-scoped user id. CodeNoUserTemplate says that the template goes
// by phone only.
func (c *Client) SendTemplate(ctx context.Context, userID string, t Template) (Sent, error) {
	body, err := json.Marshal(map[string]any{"user_id": userID, "template_id": t.ID, "template_data": params(t.Data)})
	if err != nil {
		return Sent{}, core.Wrap(core.Internal, "Không soạn được tin.", err)
	}
	return c.send(ctx, request{host: HostOA, method: http.MethodPost, path: "/v3.0/oa/message/template", body: body, contentType: jsonType})
}

// SendTemplateByPhone sends a template to a phone number, written in any of the usual ways ("0912…", "+84 912…").
// trackingID comes back in the receipt; Zalo does not drop repeats of it. development reaches admins only.
func (c *Client) SendTemplateByPhone(ctx context.Context, phone, trackingID string, t Template, development bool) (Sent, error) {
	number, ok := Phone(phone)
	if !ok {
		return Sent{}, &APIError{Host: HostZNS, Call: "POST " + phonePath, Code: -108, Message: "not sent: not a phone number", Action: Stop}
	}
	if trackingID == "" || utf8.RuneCountInString(trackingID) > MaxTrackingID {
		return Sent{}, &APIError{Host: HostZNS, Call: "POST " + phonePath, Message: "not sent: tracking id needs 1 to 48 characters", Action: Fix}
	}
	fields := map[string]any{"phone": number, "template_id": t.ID, "template_data": params(t.Data), "tracking_id": trackingID}
	if development {
		fields["mode"] = "development"
	}
	body, err := json.Marshal(fields)
	if err != nil {
		return Sent{}, core.Wrap(core.Internal, "Không soạn được tin.", err)
	}
	return c.send(ctx, request{host: HostZNS, method: http.MethodPost, path: phonePath, body: body, contentType: jsonType})
}

const phonePath = "/message/template"

// params makes {} of no parameters: Zalo refuses null.
func params(data map[string]string) map[string]string {
	if data == nil {
		return map[string]string{}
	}
	return data
}

// Phone writes a Vietnamese mobile number as Zalo does ("84912345678"); ok is false when it is none.
func Phone(s string) (number string, ok bool) {
	normal, err := core.NormalizePhone(s)
	if err != nil || len(normal) != len("+84912345678") { // landlines have a digit more
		return "", false
	}
	return normal[1:], true
}
