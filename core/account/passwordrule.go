package account

import (
	_ "embed"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"duthi/core"
)

const (
	minPassword = 8   // characters; longer minimums make people write it on the monitor
	maxPassword = 200 // characters; beyond it only the cost of reading grows
)

//go:embed common.txt
var commonText string

// commonPasswords are the first ones anybody tries, without diacritics and signs.
var commonPasswords = func() map[string]bool {
	m := map[string]bool{}
	for line := range strings.Lines(commonText) {
		m[plainPassword(line)] = true
	}
	return m
}()

// plainPassword makes "Mật Khẩu@123" and "matkhau123" the same.
func plainPassword(s string) string { return strings.ReplaceAll(core.Fold(s), " ", "") }

// checkPassword gives what is wrong with a new password in words, or "". about holds what is known of the
// person: a password must not be their phone, name or identity number.
func checkPassword(password string, about ...string) string {
	n := utf8.RuneCountInString(password)
	switch {
	case n < minPassword:
		return "Mật khẩu cần ít nhất 8 ký tự."
	case n > maxPassword || !utf8.ValidString(password):
		return "Mật khẩu dài quá 200 ký tự."
	case strings.TrimSpace(password) == "":
		return "Mật khẩu không thể chỉ gồm dấu cách."
	}
	plain := plainPassword(password)
	if commonPasswords[plain] || monotone(password) {
		return "Mật khẩu này quá dễ đoán. Hãy chọn một câu ngắn chỉ anh/chị biết."
	}
	for _, a := range about {
		a = strings.TrimPrefix(plainPassword(a), "84")
		if a = strings.TrimPrefix(a, "0"); len(a) >= 6 && strings.TrimLeft(plain, "0+") == a || plain != "" && plain == "84"+a {
			return "Mật khẩu không được trùng số điện thoại, họ tên hay ngày sinh."
		}
	}
	return ""
}

// monotone reports whether every character follows the one before by the same step: 11111111, 12345678, hgfedcba.
func monotone(s string) bool {
	r := []rune(s)
	for i := 2; i < len(r); i++ {
		if r[i]-r[i-1] != r[1]-r[0] {
			return false
		}
	}
	step := r[1] - r[0]
	return step >= -1 && step <= 1
}

// composed gives a password in NFC: the same keys give other bytes on other keyboards.
func composed(password string) string { return norm.NFC.String(password) }
