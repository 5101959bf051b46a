package account

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"duthi/core"
)

// Kinds of consent.
const (
	ConsentData = "data" // to take part
	ConsentZalo = "zalo" // to be reminded over Zalo
)

// fieldWords name the fields in sentences.
var fieldWords = map[string]string{
	FieldName: "họ và tên", FieldBirthDate: "ngày sinh", FieldGender: "giới tính", FieldNationalID: "số định danh",
	FieldStaffCode: "mã cán bộ", FieldPhone: "số điện thoại", FieldEmail: "thư điện tử", FieldUnit1: "đơn vị công tác",
}

// Consent gives the text of a contest.
func (s *Service) Consent(ctx context.Context, contestID string) (ConsentText, error) {
	c, err := s.cfg.Contest(ctx, contestID)
	if err != nil {
		return ConsentText{}, err
	}
	return consentText(c.File), nil
}

// consentText says which data, for what, by whom, how long and which rights, from the contest's own file.
func consentText(c *core.Contest) ConsentText {
	t := ConsentText{
		Box:     "Tôi đã đọc và đồng ý để " + c.Organizer.Authority + " xử lý dữ liệu cá nhân của tôi như trên.",
		ZaloBox: "Tôi đồng ý nhận nhắc lịch thi qua Zalo (không bắt buộc).",
	}
	t.Paragraphs = append(t.Paragraphs,
		"Dữ liệu được thu thập: "+strings.Join(askedWords(c.Registration), ", ")+", mật khẩu (chỉ lưu dạng băm) và bài làm.",
		"Mục đích: đăng ký, xác minh người dự thi, tính kết quả, trao giải và thống kê theo đơn vị của "+c.Title+". Dữ liệu không dùng cho quảng cáo.",
		"Bên kiểm soát dữ liệu: "+controller(c)+".")
	if p := c.DataProtection; p != nil {
		if p.RetentionMonths > 0 {
			t.Paragraphs = append(t.Paragraphs, fmt.Sprintf("Thời gian lưu: đến %d tháng sau khi tổng kết; sau đó dữ liệu được xóa hoặc ẩn danh.", p.RetentionMonths))
		}
		if p.LegalBasis != "" {
			t.Paragraphs = append(t.Paragraphs, "Căn cứ: "+p.LegalBasis+".")
		}
	}
	t.Paragraphs = append(t.Paragraphs, "Số định danh và số điện thoại được mã hóa khi lưu, không hiển thị công khai.",
		"Anh/chị có quyền xem, sửa, tải về, rút lại đồng ý và yêu cầu xóa dữ liệu tại mục Dữ liệu của tôi"+hotline(c)+". Rút lại đồng ý thì dừng dự thi; phần xử lý trước đó vẫn hợp lệ.")
	sum := sha256.Sum256([]byte(strings.Join(append(t.Paragraphs, t.Box, t.ZaloBox), "\n")))
	t.Version = hex.EncodeToString(sum[:8])
	return t
}

func askedWords(r core.Registration) []string {
	words := []string{fieldWords[FieldPhone]}
	for _, f := range []string{FieldName, FieldBirthDate, FieldGender, FieldNationalID, FieldStaffCode, FieldUnit1, FieldEmail} {
		if asked, _ := r.Asks(f); asked || f == FieldName {
			words = append(words, fieldWords[f])
		}
	}
	return words
}

func controller(c *core.Contest) string {
	if c.Organizer.StandingBody == "" {
		return c.Organizer.Authority
	}
	return c.Organizer.Authority + "; đơn vị thường trực: " + c.Organizer.StandingBody
}

func hotline(c *core.Contest) string {
	if c.Contacts.Hotline == "" {
		return ""
	}
	return " hoặc qua đường dây hỗ trợ " + c.Contacts.Hotline
}
