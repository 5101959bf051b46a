package core

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold gives s for comparison and search: lower case, without diacritics (đ as d), other signs as single
// spaces. "Sở Nội vụ" becomes "so noi vu".
func Fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	space := false
	for _, r := range norm.NFD.String(s) {
		switch {
		case unicode.Is(unicode.Mn, r):
			continue
		case r == 'đ' || r == 'Đ':
			r = 'd'
		default:
			r = unicode.ToLower(r)
		}
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			space = b.Len() > 0
			continue
		}
		if space {
			b.WriteByte(' ')
			space = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// CleanText gives s in NFC with outer and repeated white space and control characters removed: what people
// type into a one-line field.
func CleanText(s string) string {
	s = norm.NFC.String(strings.Map(func(r rune) rune { // composed last: what was taken out may have stood between
		if unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return -1
		}
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s))
	return strings.Join(strings.Fields(s), " ")
}

// CleanLines is CleanText for a text of several lines, which stay: outer white space, control characters and what
// turns the direction of writing go; signs that join others (in pictures such as families) are kept.
func CleanLines(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n', r == '\u200c', r == '\u200d':
			return r
		case unicode.Is(unicode.Cf, r), r == unicode.ReplacementChar:
			return -1
		case r == '\t':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\r\n", "\n"))
	return norm.NFC.String(strings.TrimSpace(s))
}

// NormalizePhone gives a Vietnamese mobile or landline number as "+84912345678". It accepts 0…, 84…, +84…,
// 0084… and the separators people type.
func NormalizePhone(s string) (string, error) {
	bad := Errorf(Invalid, "Số điện thoại chưa đúng. Ví dụ: 0912 345 678.")
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case strings.ContainsRune(" .-()+\u00a0", r):
			return -1
		}
		return 'x'
	}, strings.TrimSpace(s))
	if strings.Contains(digits, "x") || strings.LastIndex(s, "+") > 0 {
		return "", bad
	}
	switch {
	case strings.HasPrefix(digits, "0084"):
		digits = digits[4:]
	case strings.HasPrefix(digits, "84"):
		digits = digits[2:]
	case strings.HasPrefix(digits, "0"):
		digits = digits[1:]
	default:
		return "", bad
	}
	digits = strings.TrimPrefix(digits, "0") // +84 0912… is a common slip
	ok := len(digits) == 9 && strings.ContainsRune("35789", rune(digits[0])) || len(digits) == 10 && digits[0] == '2'
	if !ok {
		return "", bad
	}
	return "+84" + digits, nil
}

// NewID gives a new identifier: 26 characters of lower-case base32, the first ten from now, so that records
// made together lie together in an index; the rest is random.
func NewID(now Instant) string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(now)<<16)
	rand.Read(b[6:]) // never fails: crypto/rand ends the program instead
	return strings.ToLower(base32.HexEncoding.WithPadding(base32.NoPadding).EncodeToString(b[:]))
}
