package account

import (
	"fmt"
	"net/mail"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"duthi/core"
)

const (
	minAge, maxAge = 14, 100 // years; younger people can't be employed, older dates are slips of the year
	maxNameRunes   = 80
	maxTyped       = 300 // runes kept of anything typed into one field
)

// ParseName gives a full name in NFC with single spaces. Names typed in capitals or small letters only get
// initial capitals, as they end up on certificates. Invalid when it does not look like a name.
func ParseName(s string) (string, error) {
	bad := core.Errorf(core.Invalid, "Nhập đầy đủ họ và tên, ví dụ: Nguyễn Thị Ánh.")
	name := core.CleanText(s)
	if utf8.RuneCountInString(name) > maxNameRunes {
		return "", core.Errorf(core.Invalid, "Họ và tên dài quá %d ký tự.", maxNameRunes)
	}
	upper, lower, letters := false, false, 0
	for _, r := range name {
		switch {
		case unicode.IsLetter(r):
			letters++
			upper, lower = upper || unicode.IsUpper(r), lower || unicode.IsLower(r)
		case unicode.Is(unicode.Mn, r) && letters > 0, r == ' ', r == '\'', r == '’', r == '-', r == '.':
		default:
			return "", core.Errorf(core.Invalid, "Họ và tên chỉ gồm chữ cái và dấu cách.")
		}
	}
	if words := strings.Fields(core.Fold(name)); letters < 2 || len(words) < 2 || len(words) > 12 {
		return "", bad
	}
	if upper != lower {
		name = initialCapitals(name)
	}
	return name, nil
}

func initialCapitals(s string) string {
	start := true
	return strings.Map(func(r rune) rune {
		first := start
		start = r == ' ' || r == '-'
		if first {
			return unicode.ToUpper(r)
		}
		return unicode.ToLower(r)
	}, s)
}

// parseMobile gives a number of a mobile, where one-time codes are asked for: a message to an office's line is lost.
func parseMobile(s string) (string, error) {
	number, err := core.NormalizePhone(s)
	if err == nil && strings.HasPrefix(number, "+842") {
		return "", core.Errorf(core.Invalid, "Ở đây cần số di động, không phải số cố định.")
	}
	return number, err
}

// birthLayouts are the ways people write a date; Go accepts one or two digits for day and month in the first.
var birthLayouts = []string{"2/1/2006", "2006-01-02", "2-1-2006", "2.1.2006", "2 1 2006", "02012006"}

// ParseBirthDate gives "1990-12-31" for a date typed as 31/12/1990 or from a date control. Invalid when it is
// no date or the person would be younger than 14 or older than 100 on today's date.
func ParseBirthDate(s string, today time.Time) (string, error) {
	s = core.CleanText(s)
	for _, layout := range birthLayouts {
		d, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		day := time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)
		if d.AddDate(minAge, 0, 0).After(day) || d.AddDate(maxAge, 0, 0).Before(day) {
			return "", core.Errorf(core.Invalid, "Kiểm tra lại năm sinh: người dự thi từ %d đến %d tuổi.", minAge, maxAge)
		}
		return d.Format(time.DateOnly), nil
	}
	return "", core.Errorf(core.Invalid, "Nhập ngày sinh theo ngày/tháng/năm, ví dụ: 31/12/1990.")
}

// FormatBirthDate gives "31/12/1990" for "1990-12-31", and anything else as it is.
func FormatBirthDate(iso string) string {
	d, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return d.Format("02/01/2006")
}

// ParseNationalID gives the digits of a 12-digit identity number or a 9-digit old card number. Dots and spaces
// between them are fine.
func ParseNationalID(s string) (string, error) {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" .-", r) {
			return -1
		}
		return r
	}, core.CleanText(s))
	ok := len(digits) == 9 || len(digits) == 12
	for i := range len(digits) {
		ok = ok && digits[i] >= '0' && digits[i] <= '9'
	}
	if ok && strings.Count(digits, digits[:1]) == len(digits) {
		return "", core.Errorf(core.Invalid, "Số định danh chưa đúng. Xem lại từng chữ số trên thẻ.")
	}
	if !ok {
		return "", core.Errorf(core.Invalid, "Số định danh gồm 12 chữ số (hoặc 9 chữ số với chứng minh nhân dân cũ).")
	}
	return digits, nil
}

// ParseStaffCode gives a staff code in capitals.
func ParseStaffCode(s string) (string, error) {
	code := strings.ToUpper(core.CleanText(s))
	ok := code != "" && len(code) <= 40
	for _, r := range code {
		ok = ok && (unicode.IsLetter(r) || r >= '0' && r <= '9' || strings.ContainsRune(" ./-_", r))
	}
	if !ok {
		return "", core.Errorf(core.Invalid, "Mã cán bộ chưa đúng, ví dụ: QNA-01234.")
	}
	return code, nil
}

// ParseEmail gives an address of the form name@domain.
func ParseEmail(s string) (string, error) {
	s = core.CleanText(s)
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || len(s) > 254 || !strings.Contains(s[strings.LastIndex(s, "@")+1:], ".") {
		return "", core.Errorf(core.Invalid, "Thư điện tử chưa đúng, ví dụ: ten@quangnam.gov.vn.")
	}
	return s, nil
}

// ParseGender accepts nam, nu and khac.
func ParseGender(s string) (string, error) {
	switch s {
	case "nam", "nu", "khac":
		return s, nil
	}
	return "", core.Errorf(core.Invalid, "Chọn giới tính trong danh sách.")
}

// MaskPhone gives "091 ••• •678" for "+84912345678": enough to know one's own number by.
func MaskPhone(phone string) string {
	if len(phone) < 12 {
		return "•••"
	}
	return fmt.Sprintf("0%s ••• •%s", phone[3:5], phone[len(phone)-3:])
}

// maskLast shows the last three characters of a sealed value.
func maskLast(v core.Sealed) string {
	if v.IsZero() {
		return ""
	}
	return "•••" + v.Last
}

// typed cuts what somebody typed to what is worth keeping; the parsers clean it later.
func typed(s string) string {
	s = strings.ToValidUTF8(s, "")
	if utf8.RuneCountInString(s) <= maxTyped {
		return s
	}
	return string([]rune(s)[:maxTyped])
}

// message gives the words of an error made by a parser above.
func message(err error) string {
	if e, ok := err.(*core.Error); ok {
		return e.Msg
	}
	return "Nội dung chưa đúng."
}

// withoutDiacritics gives s with base letters only, case and signs kept.
func withoutDiacritics(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r):
			return -1
		case r == 'đ':
			return 'd'
		case r == 'Đ':
			return 'D'
		}
		return r
	}, norm.NFD.String(s))
}
