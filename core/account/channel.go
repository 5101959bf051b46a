package account

import (
	"context"

	"duthi/core"
)

// Message is a one-time code on its way to a phone.
type Message struct {
	ContestID string
	Phone     string // +84…
	Code      string // six digits
	Text      string // the whole sentence
}

// Channel carries one-time codes to people. Send returns when the other side has taken the message; its
// errors never hold the phone or the code.
type Channel interface {
	// Name is a word for settings and pages: sample, http.
	Name() string
	Send(ctx context.Context, m Message) error
}

// carries reports whether codes of a contest can be sent at all: the sample inbox takes those of samples only, and
// nobody should wait for a code that nothing carries.
func (s *Service) carries(contestID string) bool {
	if box, ok := s.cfg.Channel.(*SampleChannel); ok {
		return box.sample(contestID)
	}
	return s.cfg.Channel != nil || s.cfg.ByChat
}

// Names of channels that pages word differently.
const (
	ChannelZaloChat     = "zalo-chat"     // the page shows a code, its reader sends it to the OA
	ChannelZaloTemplate = "zalo-template" // a Zalo message to the number
)

// CodeChannel names how one-time codes of a contest travel, sample, http, zalo-template or zalo-chat; "" when nothing
// carries them, so that nobody can be sent one.
func (s *Service) CodeChannel(contestID string) string {
	if !s.carries(contestID) {
		return ""
	}
	return s.channelName()
}

// CheckChannel says why a contest can't run with this channel: one-time codes are asked for and nothing can
// carry them, or the sample inbox would be used for a real contest. nil means it can.
func CheckChannel(contest *core.Contest, sampleMode bool, ch Channel) error {
	if !contest.Registration.OTP || sampleMode && ch != nil {
		return nil
	}
	if ch == nil {
		return core.Errorf(core.Invalid, "Cuộc thi %q yêu cầu mã xác thực (registration.otp: true) nhưng chưa đặt kênh gửi mã. "+
			"Đặt kênh http, hoặc otp: false trong tệp cuộc thi.", contest.ID)
	}
	if ch.Name() == "sample" {
		return core.Errorf(core.Invalid, "Kênh gửi mã sample chỉ dùng với dữ liệu mẫu; cuộc thi %q cần kênh http.", contest.ID)
	}
	return nil
}
