package webapp

import (
	"strings"

	"duthi/core"
)

// actionWords says what an entry of the log means. A word after the code (a role, a unit, seconds) follows it.
var actionWords = map[string]string{
	"sample.load": "Nạp dữ liệu mẫu", "reseal": "Niêm phong lại bằng khóa mới", "contest.activate": "Đưa cuộc thi lên trang chủ", "contest.remove": "Xóa cuộc thi",
	"import.contest": "Nhập tệp cuộc thi", "import.questions": "Nhập câu hỏi", "import.units": "Nhập đơn vị", "import.roster": "Nhập danh sách cán bộ",
	"organizer.add": "Thêm tài khoản, vai trò", "organizer.reset": "Đặt lại mật khẩu", "organizer.disable": "Ngừng tài khoản", "focal.add": "Cấp tài khoản đầu mối",
	"focal.zalo": "Đầu mối nhận nhắc qua Zalo", "focal.zalo_off": "Đầu mối thôi nhận nhắc qua Zalo",
	"contestant.reveal_phone": "Xem số điện thoại đầy đủ", "contestant.unit": "Chuyển đơn vị sang", "contestant.lock": "Khóa tài khoản thí sinh",
	"contestant.unlock": "Mở khóa tài khoản thí sinh", "contestant.extra_time": "Thêm giờ làm bài, số giây", "contestant.erase": "Xóa dữ liệu cá nhân", "contestant.reset_link": "Cấp liên kết đặt mật khẩu",
	"request.accept": "Chấp nhận yêu cầu", "request.refuse": "Từ chối yêu cầu", "consent.withdraw": "Rút lại đồng ý",
	"broadcast.create": "Soạn thông báo", "broadcast.edit": "Sửa thông báo", "broadcast.plan": "Lập kế hoạch gửi", "broadcast.start": "Gửi thông báo",
	"broadcast.pause": "Tạm dừng gửi", "broadcast.resume": "Gửi tiếp", "broadcast.cancel": "Hủy gửi", "broadcast.test": "Gửi thử", "broadcast.export": "Tải kết quả gửi",
	"broadcast.unit": "Đầu mối nhắc người của đơn vị", "delivery.decide": "Ghi tin đã tới hay chưa", "rule.save": "Lưu quy tắc nhắc",
	"organizer.test_person": "Chọn người nhận tin thử",
	"round.open":            "Đợt thi đã mở", "round.close": "Đợt thi đã đóng",
	"retention.begin": "Bắt đầu ẩn danh dữ liệu cá nhân", "retention.done": "Đã ẩn danh dữ liệu cá nhân",
	"asked.dismiss": "Bỏ qua câu hỏi cho bot", "taught.write": "Dạy bot một câu", "taught.remove": "Bỏ câu đã dạy bot",
	"talk.release": "Để bot trả lời tiếp", "inbox.resolve": "Đánh dấu đã xem tin", "zalo.consent": "Tạo liên kết cấp quyền Zalo",
}

// actionInWords gives an entry's action for people; its code stands beside it, as the offline check prints that.
func actionInWords(action string) (words, code string) {
	name, rest, _ := strings.Cut(action, " ")
	words, known := actionWords[name]
	if !known {
		return action, ""
	}
	if w, ok := roleNames[core.Role(rest)]; ok {
		rest = lowerFirst(w)
	}
	return strings.TrimSpace(words + " " + rest), action
}

// partWords are the kinds of things the log speaks of, by their prefix.
var partWords = map[string]string{
	"organizer": "tài khoản", "contestant": "thí sinh", "unit": "đơn vị", "request": "yêu cầu", "broadcast": "chiến dịch", "contest": "cuộc thi", "rule": "quy tắc", "round": "đợt thi",
	"follower": "người quan tâm", "event": "tin", "asked": "câu hỏi", "taught": "câu đã dạy", "oa": "OA",
}

// inWords writes "organizer:an unit:SNV" as "tài khoản an, đơn vị SNV".
func inWords(subject string) string {
	parts := strings.Fields(subject)
	for i, p := range parts {
		kind, name, ok := strings.Cut(p, ":")
		if w, known := partWords[kind]; ok && known {
			parts[i] = w + " " + name
		} else {
			return subject
		}
	}
	return strings.Join(parts, ", ")
}

// actorInWords names who did something.
func actorInWords(actor string) string {
	switch actor {
	case "command":
		return "Dòng lệnh trên máy chủ"
	case "system":
		return "Chương trình"
	}
	if name, ok := strings.CutPrefix(actor, "organizer:"); ok {
		return name
	}
	return inWords(actor)
}
