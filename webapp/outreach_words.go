package webapp

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"duthi/core"
	"duthi/core/outreach"
)

// broadcastStates are the states of a broadcast as people know them.
var broadcastStates = map[string]chip{
	core.BroadcastDraft: {"Bản nháp", ""}, core.BroadcastPlanning: {"Đang lập kế hoạch", "warn"}, core.BroadcastPlanned: {"Chờ xác nhận", "warn"},
	core.BroadcastSending: {"Đang gửi", "good"}, core.BroadcastPaused: {"Tạm dừng", "warn"}, core.BroadcastCancelled: {"Đã hủy", "bad"}, core.BroadcastDone: {"Đã xong", "good"},
}

// broadcastState is the state of a broadcast; one that waits for its hour is not being sent yet.
func broadcastState(b core.Broadcast, now core.Instant) chip {
	if b.State == core.BroadcastSending && b.StartAt > now {
		return chip{"Đã hẹn giờ", "good"}
	}
	return broadcastStates[b.State]
}

// deliveryStates are the states of a delivery as people know them, in the order in which they are shown.
var deliveryStates = []struct{ state, name, tone string }{
	{core.DeliverySent, "Đã gửi", "good"}, {core.DeliveryPlanned, "Chờ gửi", ""}, {core.DeliveryLeased, "Sắp gửi", ""}, {core.DeliverySending, "Đang gửi", ""},
	{core.DeliveryUnknown, "Chưa rõ", "warn"}, {core.DeliveryFailed, "Không gửi được", "bad"}, {core.DeliverySkipped, "Không gửi", ""},
}

func deliveryState(state string) chip {
	for _, s := range deliveryStates {
		if s.state == state {
			return chip{s.name, s.tone}
		}
	}
	return chip{state, ""}
}

// channels are the ways of a message in the order of the plan, with the class of their colour.
var channels = []struct{ channel, name, short, class string }{
	{core.ChannelFree, "Nhắn Zalo miễn phí", "Nhắn Zalo miễn phí", "c-free"}, {core.ChannelBilled, "Nhắn Zalo có phí", "Nhắn Zalo có phí", "c-billed"},
	{core.ChannelUserTemplate, "Tin mẫu theo tài khoản Zalo", "Tin mẫu theo Zalo", "c-user"}, {core.ChannelPhoneTemplate, "Tin mẫu theo số điện thoại", "Tin mẫu theo số", "c-phone"},
	{core.ChannelNone, "Không gửi được", "Không gửi", "c-none"},
}

func channelName(channel string) string {
	for _, c := range channels {
		if c.channel == channel {
			return c.short
		}
	}
	return channel
}

// reasons are why somebody gets nothing, or how a delivery ended, after "8.390 người: 7.902 …".
var reasons = map[string]string{
	outreach.ReasonNoChannel: "chưa liên kết và không có số hợp lệ", outreach.ReasonNoTemplate: "không nhắn Zalo trực tiếp được và chưa có mẫu tin",
	outreach.ReasonWindow: "chỉ còn cách nhắn có phí, thông báo này không dùng", outreach.ReasonOptedOut: "đã tắt nhắc hoặc bỏ quan tâm OA",
	outreach.ReasonUnlinked: "đầu mối chưa bật nhận nhắc qua Zalo", outreach.ReasonSamePhone: "cùng số điện thoại với người khác nhận tin này",
	outreach.ReasonSameZalo:  "cùng Zalo với người khác nhận tin này",
	outreach.ReasonNoConsent: "chưa đồng ý nhận nhắc qua Zalo", outreach.ReasonGone: "không còn thuộc nhóm người nhận", outreach.ReasonCap: "đã nhận nhắc trong ngày", outreach.ReasonLate: "đã quá thời điểm của thông báo",
	outreach.ReasonPrice: "giá lúc gửi cao hơn kế hoạch", outreach.ReasonText: "thiếu thông tin để điền vào tin", outreach.ReasonRefused: "Zalo từ chối tin",
	outreach.ReasonUnreachable: "Zalo không đưa được tin tới người này", outreach.ReasonTries: "đã thử nhiều lần không được", outreach.ReasonNoAnswer: "Zalo không trả lời kịp",
	outreach.ReasonCrashed: "máy chủ dừng giữa lúc gửi", outreach.ReasonSeen: "đã thấy tin trong cuộc trò chuyện", outreach.ReasonNotThere: "cán bộ xác nhận không nhận được",
}

func reasonWords(reason string) string { return cmp.Or(reasons[reason], reason) }

// kindNames name the kinds of rules; ruleTitle adds the number of days.
var kindNames = []struct{ kind, name, when string }{
	{core.RemindBeforeOpen, "Trước khi mở đợt", "trước ngày mở đợt"}, {core.RemindOpened, "Khi mở đợt", "ngày mở đợt"},
	{core.RemindNotTaken, "Người chưa dự thi", "trước ngày đóng đợt"}, {core.RemindUnitBelow, "Đơn vị dưới mục tiêu", "trước ngày đóng đợt"},
	{core.RemindDaysLeft, "Sắp đóng đợt", "trước ngày đóng đợt"}, {core.RemindUnused, "Còn lượt chưa dùng", "trước ngày đóng đợt"},
	{core.RemindLastDay, "Ngày cuối của đợt", "ngày đóng đợt"}, {core.RemindResults, "Công bố kết quả", "ngay khi thông báo hoặc tài liệu của cuộc thi có mục “Kết quả Đợt …”"},
	{core.RemindCertificates, "Có giấy chứng nhận", "chưa dùng được: bản này chưa phát hành giấy chứng nhận"},
}

func kindName(kind string) string {
	for _, k := range kindNames {
		if k.kind == kind {
			return k.name
		}
	}
	return kind
}

// takesDays and takesHour report what the moment of a kind of rule depends on.
func takesDays(kind string) bool {
	return !slices.Contains([]string{core.RemindOpened, core.RemindLastDay, core.RemindResults, core.RemindCertificates}, kind)
}

func takesHour(kind string) bool {
	return kind != core.RemindResults && kind != core.RemindCertificates
}

// ruleMoment words when a rule sends: "08:00, 3 ngày trước ngày đóng đợt".
func ruleMoment(r core.ReminderRule) string {
	for _, k := range kindNames {
		if k.kind != r.Kind {
			continue
		}
		at := cmp.Or(r.At, "08:00")
		switch {
		case !takesHour(r.Kind):
			return k.when
		case r.Kind == core.RemindOpened && r.At == "":
			return "đúng lúc mở đợt"
		case takesDays(r.Kind) && r.Days > 0:
			return at + ", " + strconv.Itoa(r.Days) + " ngày " + k.when
		case takesDays(r.Kind):
			return at + ", " + strings.TrimPrefix(k.when, "trước ")
		}
		return at + ", " + k.when
	}
	return ""
}

// broadcastTitle is what a broadcast is called: a rule's run by its kind and round.
func broadcastTitle(d *desk, b core.Broadcast) string {
	if b.RuleID == "" {
		return cmp.Or(b.Title, "Chưa đặt tên")
	}
	return reminderTitle(d, b.Title, b.RoundID)
}

func reminderTitle(d *desk, kind, roundID string) string {
	if r, ok := d.ed.Contest.Round(roundID); ok {
		return kindName(kind) + " · " + title(r.Name)
	}
	return kindName(kind)
}

// audienceWho are the groups of people by what they did, as a choice and inside a sentence.
var audienceWho = []struct{ who, name, words string }{
	{core.AudienceAll, "Tất cả", "tất cả mọi người"}, {core.AudienceNotTaken, "Chưa dự thi", "chưa dự thi"}, {core.AudienceUnused, "Còn lượt chưa dùng", "còn lượt thi"},
	{core.AudienceTaken, "Đã dự thi", "đã dự thi"}, {core.AudienceRegistered, "Đã đăng ký tài khoản", "đã đăng ký"}, {core.AudienceOnlyRoster, "Có trong danh sách, chưa đăng ký", "trong danh sách, chưa đăng ký"},
	{core.AudienceFollowers, "Quan tâm OA, chưa liên kết với ai", "quan tâm OA, chưa liên kết"},
}

// audienceWords says in a line who gets a broadcast: "chưa dự thi Đợt 3, tất cả các khối".
func audienceWords(d *desk, b core.Broadcast) string {
	if n := len(b.Audience.People); n > 0 {
		return number(n) + " người được chọn"
	}
	who := audienceWho[0].words
	for _, w := range audienceWho {
		if w.who == b.Audience.Who {
			who = w.words
		}
	}
	if r, ok := d.ed.Contest.Round(b.RoundID); ok && slices.Contains([]string{core.AudienceNotTaken, core.AudienceUnused, core.AudienceTaken}, b.Audience.Who) {
		who += " " + r.Name
	}
	parts := []string{who}
	var where []string
	for _, id := range b.Audience.Blocks {
		for _, block := range d.ed.Contest.Blocks() {
			if block.ID == id {
				where = append(where, block.Name)
			}
		}
	}
	switch n := len(b.Audience.Units); {
	case n > 3:
		where = append(where, number(n)+" đơn vị")
	default:
		for _, code := range b.Audience.Units {
			where = append(where, unitName(d.ed, code))
		}
	}
	if len(where) == 0 {
		where = []string{"tất cả các khối"}
	}
	parts = append(parts, where...)
	switch b.Audience.Linked {
	case "yes":
		parts = append(parts, "đã liên kết Zalo")
	case "no":
		parts = append(parts, "chưa liên kết Zalo")
	}
	return strings.Join(parts, ", ")
}

// dong writes an amount of money.
func dong(n int64) string { return number(n) + nbsp + "đ" }

// quietWords says when nothing is sent.
func quietWords(q outreach.Quiet) string {
	var parts []string
	if q.From != q.To {
		parts = append(parts, "từ "+clockTime(q.From)+" đến "+clockTime(q.To))
	}
	for _, day := range q.Weekdays {
		parts = append(parts, [...]string{"Chủ nhật", "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy"}[day])
	}
	for _, day := range q.Days {
		parts = append(parts, "ngày "+isoDate(day))
	}
	if len(parts) == 0 {
		return ""
	}
	return "Không gửi " + strings.Join(parts, ", ") + "."
}

func clockTime(since time.Duration) string {
	return time.Time{}.Add(since).Format("15:04")
}
