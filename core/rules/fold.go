package rules

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// word is one written word. fold has no diacritics ("hoa"); tone keeps the letters' marks and moves the tone to the
// end, so that "hòa", "hoà" and their decomposed forms are one string.
type word struct {
	fold, tone string
}

// token is a word of a text with what was done to it.
type token struct {
	word
	marked bool   // written with a diacritic
	stop   bool   // says nothing about the matter
	alts   []word // what a misspelt word may have meant
	brk    bool   // a sentence or part ends before this token
}

const maxQuestionRunes = 2000

var toneMarks = map[rune]byte{0x300: '1', 0x301: '2', 0x309: '3', 0x303: '4', 0x323: '5'}

// spell gives the two forms of one lower-case word.
func spell(s string) word {
	if isASCII(s) {
		s = iForY(s)
		return word{s, s}
	}
	var fold, tone strings.Builder
	var mark byte
	for _, r := range s {
		l, ok := letters[r]
		if !ok {
			return spellAny(s)
		}
		fold.WriteByte(l.fold)
		tone.WriteRune(l.tone)
		if l.mark != 0 {
			mark = l.mark
		}
	}
	return finish(fold.String(), tone.String(), mark)
}

// letter is a Vietnamese letter taken apart.
type letter struct {
	fold byte
	tone rune
	mark byte
}

// letters holds the small letters of Vietnamese and of English.
var letters = func() map[rune]letter {
	m := map[rune]letter{'đ': {'d', 'đ', 0}}
	for r := 'a'; r <= 'z'; r++ {
		m[r] = letter{byte(r), r, 0}
	}
	for _, row := range []string{"aàáảãạ", "ăằắẳẵặ", "âầấẩẫậ", "eèéẻẽẹ", "êềếểễệ", "iìíỉĩị", "oòóỏõọ", "ôồốổỗộ", "ơờớởỡợ", "uùúủũụ", "ưừứửữự", "yỳýỷỹỵ"} {
		rs := []rune(row)
		base := norm.NFD.String(row)[0]
		for i, r := range rs {
			l := letter{base, rs[0], 0}
			if i > 0 {
				l.mark = byte('0' + i)
			}
			m[r] = l
		}
	}
	return m
}()

// spellAny is spell for letters of other languages.
func spellAny(s string) word {
	var fold, tone strings.Builder
	var mark byte
	for _, r := range norm.NFD.String(s) {
		switch {
		case toneMarks[r] != 0:
			mark = toneMarks[r]
		case r == 'đ':
			fold.WriteByte('d')
			tone.WriteRune(r)
		case unicode.Is(unicode.Mn, r):
			tone.WriteRune(r)
		default:
			fold.WriteRune(r)
			tone.WriteRune(r)
		}
	}
	return finish(fold.String(), norm.NFC.String(tone.String()), mark)
}

func finish(fold, tone string, mark byte) word {
	w := word{iForY(fold), tone}
	if w.fold != fold {
		w.tone = strings.TrimSuffix(w.tone, "y") + "i"
	}
	if mark != 0 {
		w.tone += string(mark)
	}
	return w
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

// iForY writes "ky", "ly", "ty" with i: both spellings are in use. "quy", "thuy" and "uy" keep their y.
func iForY(s string) string {
	if len(s) < 2 || len(s) > 3 || s[len(s)-1] != 'y' || strings.ContainsAny(s[:len(s)-1], "aeiouy") {
		return s
	}
	return s[:len(s)-1] + "i"
}

// Fold gives s in lower case without diacritics, words separated by one space; it is how the bot compares texts.
func Fold(s string) string {
	var out []string
	for _, t := range tokenise(s) {
		out = append(out, t.fold)
	}
	return strings.Join(out, " ")
}

// tokenise splits a text into words. Numbers lose their leading zeros and thousands' separators, "%" becomes two
// words, an address becomes the word "url".
func tokenise(s string) []token {
	s = strings.ToLower(norm.NFC.String(strings.ToValidUTF8(s, " ")))
	var out []token
	brk := false
	for _, field := range strings.FieldsFunc(s, isGap) {
		if isAddress(field) {
			out = append(out, token{word: word{"url", "url"}, brk: brk})
			brk = false
			continue
		}
		out, brk = splitField(out, field, brk)
	}
	return out
}

func isGap(r rune) bool {
	return unicode.IsSpace(r) || r == 0x200b || r == 0x200c || r == 0x200d || r == 0xfeff || unicode.Is(unicode.Cc, r)
}

func isAddress(field string) bool {
	return strings.Contains(field, "://") || strings.HasPrefix(field, "www.") || strings.Contains(field, ".gov.vn") || strings.Contains(field, ".vn") && isHost(field) ||
		strings.Contains(field, "@") && strings.Contains(field, ".")
}

// isHost reports whether a field is a bare address of the country, "thi.example.vn": people and rules leave out "https".
func isHost(field string) bool {
	host, _, _ := strings.Cut(strings.TrimRight(field, ".,;:!?)"), "/")
	return strings.HasSuffix(host, ".vn") && len(host) > len("x.vn")
}

// splitField appends the words of one field that holds no white space.
func splitField(out []token, field string, brk bool) ([]token, bool) {
	runes := []rune(field)
	for i := 0; i < len(runes); {
		r := runes[i]
		switch {
		case unicode.IsDigit(r):
			j := i
			for j < len(runes) && (unicode.IsDigit(runes[j]) || isThousands(runes, j)) {
				j++
			}
			out = append(out, token{word: number(runes[i:j]), brk: brk})
			brk, i = false, j
		case unicode.IsLetter(r):
			j := i
			for j < len(runes) && (unicode.IsLetter(runes[j]) || unicode.Is(unicode.Mn, runes[j]) || isInner(runes, j)) {
				j++
			}
			out = append(out, letterToken(string(runes[i:j]), brk))
			brk, i = false, j
		default:
			if r == '%' {
				out = append(out, token{word: spell("phần"), marked: true, brk: brk}, token{word: spell("trăm"), marked: true})
				brk = false
			}
			if r == '=' {
				out = append(out, token{word: spell("bằng"), marked: true, brk: brk})
				brk = false
			}
			brk = brk || strings.ContainsRune("?.!,;:\n", r)
			i++
		}
	}
	return out, brk
}

func letterToken(s string, brk bool) token {
	s = strings.ReplaceAll(s, ".", "")
	w := spell(s)
	return token{word: w, marked: w.tone != w.fold, brk: brk}
}

// isInner lets "m.n" and "b.t.c" stay one word.
func isInner(runes []rune, j int) bool {
	return runes[j] == '.' && j > 0 && j+1 < len(runes) && unicode.IsLetter(runes[j+1]) && j < 6 &&
		(j == 1 || runes[j-2] == '.')
}

// isThousands tells the dot of "2.000.000" from the end of a sentence.
func isThousands(runes []rune, j int) bool {
	if runes[j] != '.' || j+3 >= len(runes) {
		return false
	}
	for k := 1; k <= 3; k++ {
		if !unicode.IsDigit(runes[j+k]) {
			return false
		}
	}
	return j+4 >= len(runes) || !unicode.IsDigit(runes[j+4])
}

func number(digits []rune) word {
	s := strings.TrimLeft(strings.ReplaceAll(string(digits), ".", ""), "0")
	if s == "" {
		s = "0"
	}
	return word{s, s}
}

// isNumber reports whether a word is written in digits.
func isNumber(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// mostlyMarked reports whether the writer uses diacritics, so that a word without them is meant without.
func mostlyMarked(ts []token) bool {
	marked, letters := 0, 0
	for _, t := range ts {
		if isNumber(t.fold) || len(t.fold) < 2 {
			continue
		}
		letters++
		if t.marked {
			marked++
		}
	}
	return letters > 0 && marked*2 >= letters
}
