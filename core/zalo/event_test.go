package zalo

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// eventCases are Zalo's documented payloads with made-up ids: oa is the OA, u the person.
var eventCases = []struct {
	name, body string
	zns        bool
	want       Event
	window     bool
}{
	{"image", `{"event_name":"user_send_image","app_id":"1","sender":{"id":"u"},"recipient":{"id":"oa"},"message":{"msg_id":"m","text":"ảnh",
		"attachments":[{"type":"image","payload":{"thumbnail":"http://t","url":"http://f6.photo.talk.zdn.vn/a.jpg"}}]},"timestamp":"5"}`, false,
		&UserMessage{Head: Head{Name: "user_send_image", AppID: "1", OAID: "oa", UserID: "u", MessageID: "m", At: 5}, Text: "ảnh",
			Attachments: []Attachment{{Type: "image", Thumbnail: "http://t", URL: "http://f6.photo.talk.zdn.vn/a.jpg"}}}, true},
	{"location has string coordinates", `{"event_name":"user_send_location","sender":{"id":"u"},"recipient":{"id":"oa"},"message":{"msg_id":"m",
		"attachments":[{"type":"location","payload":{"coordinates":{"latitude":"10.7642473","longitude":"106.6564314"}}}]},"timestamp":"5"}`, false,
		&UserMessage{Head: Head{Name: "user_send_location", OAID: "oa", UserID: "u", MessageID: "m", At: 5},
			Attachments: []Attachment{{Type: "location", Latitude: "10.7642473", Longitude: "106.6564314"}}}, true},
	{"file size is a string", `{"event_name":"user_send_file","sender":{"id":"u"},"recipient":{"id":"oa"},"message":{"msg_id":"m",
		"attachments":[{"type":"file","payload":{"url":"http://f","size":"1024000","name":"a.pdf","checksum":"c","type":"pdf"}}]},"timestamp":5}`, false,
		&UserMessage{Head: Head{Name: "user_send_file", OAID: "oa", UserID: "u", MessageID: "m", At: 5},
			Attachments: []Attachment{{Type: "file", URL: "http://f", Size: 1024000, Name: "a.pdf", Checksum: "c"}}}, true},
	{"quote", `{"event_name":"user_send_text","sender":{"id":"u"},"recipient":{"id":"oa"},"message":{"msg_id":"m","text":"ừ","quote_msg_id":"q"},"timestamp":"5"}`, false,
		&UserMessage{Head: Head{Name: "user_send_text", OAID: "oa", UserID: "u", MessageID: "m", At: 5}, Text: "ừ", QuoteID: "q"}, true},
	{"ids beyond 2^53 as numbers keep their digits", `{"event_name":"user_send_text","sender":{"id":9007199254740993},"recipient":{"id":388613280878808645},"message":{"msg_id":"m","text":"a"},"timestamp":5}`, false,
		&UserMessage{Head: Head{Name: "user_send_text", OAID: "388613280878808645", UserID: "9007199254740993", MessageID: "m", At: 5}, Text: "a"}, true},
	{"echo by staff", `{"event_name":"oa_send_text","sender":{"id":"oa","admin_id":"77"},"recipient":{"id":"u"},"message":{"msg_id":"m","text":"Chào anh"},"timestamp":"5"}`, false,
		&Echo{Head: Head{Name: "oa_send_text", OAID: "oa", UserID: "u", MessageID: "m", At: 5}, AdminID: "77", Text: "Chào anh"}, false},
	{"received has sender and recipient turned", `{"event_name":"user_received_message","sender":{"id":"oa"},"recipient":{"id":"u"},"message":{"msg_id":"m"},"timestamp":"5"}`, false,
		&Receipt{Head: Head{Name: "user_received_message", OAID: "oa", UserID: "u", MessageID: "m", At: 5}, MessageIDs: []string{"m"}, DeliveredAt: 5}, false},
	{"seen", `{"event_name":"user_seen_message","sender":{"id":"oa"},"recipient":{"id":"u"},"message":{"msg_ids":["a","b"]},"timestamp":"5"}`, false,
		&Receipt{Head: Head{Name: "user_seen_message", OAID: "oa", UserID: "u", At: 5}, Seen: true, MessageIDs: []string{"a", "b"}}, false},
	{"delivery by phone", `{"event_name":"user_received_message","sender":{"id":"oa"},"recipient":{"id":"84123456789"},"message":{"delivery_time":"6","msg_id":"m","tracking_id":"t"},"timestamp":"5"}`, true,
		&Receipt{Head: Head{Name: "user_received_message", OAID: "oa", MessageID: "m", At: 5}, MessageIDs: []string{"m"}, TrackingID: "t", DeliveredAt: 6, Phone: "84123456789"}, false},
	{"follow", `{"oa_id":"oa","follower":{"id":"u"},"user_id_by_app":"a","event_name":"follow","source":"oa_profile","app_id":"1","timestamp":"5"}`, false,
		&Follow{Head: Head{Name: "follow", AppID: "1", OAID: "oa", UserID: "u", UserIDByApp: "a", At: 5}, Now: true, Source: "oa_profile"}, true},
	{"unfollow", `{"oa_id":"oa","follower":{"id":"u"},"event_name":"unfollow","timestamp":"5"}`, false,
		&Follow{Head: Head{Name: "unfollow", OAID: "oa", UserID: "u", At: 5}}, false},
	{"chat now is flat", `{"event_name":"user_click_chatnow","oa_id":"oa","user_id":"u","app_id":"1","timestamp":"5"}`, false,
		&ChatNow{Head{Name: "user_click_chatnow", AppID: "1", OAID: "oa", UserID: "u", At: 5}}, true},
	{"submitted info, phone as number", `{"event_name":"user_submit_info","sender":{"id":"u"},"recipient":{"id":"oa"},"timestamp":"5","info":{"name":"An","phone":84912345678,"user_dob":"30/10/1999","gender":"Nam","full_address":{"user_city":"Quảng Nam","user_ward":"Tam Kỳ","user_address":"1"}}}`, false,
		&SubmittedInfo{Head: Head{Name: "user_submit_info", OAID: "oa", UserID: "u", At: 5}, Name: "An", Phone: "84912345678", BirthDate: "30/10/1999", Gender: "Nam", City: "Quảng Nam", Ward: "Tam Kỳ", Address: "1"}, true},
	{"widget", `{"event_name":"widget_interaction_accepted","oa_id":"oa","timestamp":"5","data":{"user_id":"u","user_external_id":"x","url":"/p"}}`, false,
		&Widget{Head: Head{Name: "widget_interaction_accepted", OAID: "oa", UserID: "u", At: 5}, ExternalID: "x", Page: "/p"}, false},
	{"reaction", `{"event_name":"user_reacted_message","sender":{"id":"u"},"recipient":{"id":"oa"},"message":{"msg_id":"m","react_icon":"/-heart"},"timestamp":"5"}`, false,
		&Reaction{Head: Head{Name: "user_reacted_message", OAID: "oa", UserID: "u", MessageID: "m", At: 5}, Icon: "/-heart"}, false},
	{"withdrawal", `{"event_name":"user_withdraw","oa_id":"oa","user_id":"u","timestamp":"5"}`, false,
		&Withdrawal{Head{Name: "user_withdraw", OAID: "oa", UserID: "u", At: 5}}, false},
	{"template button has its id at the root", `{"event_name":"user_click_response_button","msg_id":"m","oa_id":"oa","timestamp":"5","message":{"submit_time":"6","button_type":"response","data":"Có","tracking_id":"t"}}`, false,
		&TemplateButton{Head: Head{Name: "user_click_response_button", OAID: "oa", MessageID: "m", At: 5}, Label: "Có", TrackingID: "t"}, false},
	{"daily quota has oaId", `{"event_name":"change_oa_daily_quota","oaId":"oa","quota":{"prev_value":500,"new_value":"5000"},"timestamp":"5"}`, false,
		&DailyQuota{Head: Head{Name: "change_oa_daily_quota", OAID: "oa", At: 5}, Before: "500", Now: "5000"}, false},
	{"template status", `{"event_name":"change_template_status","oa_id":"oa","template_id":7,"status":{"prev_status":"PENDING_REVIEW","new_status":"ENABLE"},"reason":"","timestamp":"5"}`, false,
		&TemplateStatus{Head: Head{Name: "change_template_status", OAID: "oa", At: 5}, TemplateID: "7", Before: "PENDING_REVIEW", Now: "ENABLE"}, false},
	{"rating", `{"event_name":"user_feedback","oa_id":"oa","message":{"note":"ổn","rate":5,"feedbacks":["nhanh"],"msg_id":"m","tracking_id":"t","submit_time":"6"},"timestamp":"5"}`, false,
		&Feedback{Head: Head{Name: "user_feedback", OAID: "oa", MessageID: "m", At: 5}, Rate: 5, Note: "ổn", Choices: []string{"nhanh"}, TrackingID: "t"}, false},
	{"anonymous", `{"event_name":"anonymous_send_text","sender":{"id":"anon"},"recipient":{"id":"oa"},"message":{"msg_id":"m","text":"a","conversation_id":"c"},"timestamp":"5"}`, false,
		&UserMessage{Head: Head{Name: "anonymous_send_text", OAID: "oa", UserID: "anon", MessageID: "m", At: 5}, Text: "a", Anonymous: true, Conversation: "c"}, false},
	{"revoked", `{"event_name":"permission_revoked","oa_id":"oa","timestamp":"5"}`, false,
		&Revoked{Head{Name: "permission_revoked", OAID: "oa", At: 5}}, false},
}

func TestEvents(t *testing.T) {
	t.Parallel()
	for _, c := range eventCases {
		got := decodeEvent([]byte(c.body), c.zns, nil)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
		if OpensWindow(got) != c.window {
			t.Errorf("%s: opens window %v", c.name, !c.window)
		}
	}
}

func TestKnownOADecidesWhoIsWho(t *testing.T) {
	t.Parallel()
	// One source has receipts the other way round: a known OA id settles it.
	body := `{"event_name":"user_seen_message","sender":{"id":"u"},"recipient":{"id":"oa"},"message":{"msg_ids":["a"]},"timestamp":"5"}`
	if h := decodeEvent([]byte(body), false, []string{"oa"}).About(); h.UserID != "u" || h.OAID != "oa" {
		t.Errorf("head %+v", h)
	}
}
