package zalo

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Split gives m as messages that Zalo takes: text in parts of at most MaxText, the quote on the first, image and
// buttons on the last (the text before an image goes ahead of it, as far as it is no caption). A message that
// fits comes back alone.
func (m Message) Split() []Message {
	parts := SplitText(m.Text)
	messages := make([]Message, 0, len(parts))
	for _, p := range parts {
		if trimmed := strings.TrimRight(p, " \t\r\n"); strings.TrimSpace(trimmed) != "" {
			messages = append(messages, Message{Text: trimmed})
		}
	}
	if len(messages) == 0 {
		messages = append(messages, Message{})
	}
	messages[0].QuoteID = m.QuoteID
	last := &messages[len(messages)-1]
	last.Buttons, last.Image = m.Buttons, m.Image
	return messages
}

// SplitText cuts s, in NFC, into parts of at most MaxText code points: after a paragraph if it can, else after
// a line, a sentence, a word; never inside what the eye takes for one character (a letter with its marks, an
// emoji with its modifiers). The parts joined are the whole of s in NFC. Only a single character of more than
// MaxText code points is cut.
func SplitText(s string) []string {
	rest := []rune(norm.NFC.String(s))
	var parts []string
	for len(rest) > MaxText {
		n := cut(rest)
		parts = append(parts, string(rest[:n]))
		rest = rest[n:]
	}
	return append(parts, string(rest))
}

// cut gives the length of the first part of r, which is longer than MaxText.
func cut(r []rune) int {
	const early = MaxText / 3 // a break before this would leave a stub of a message
	best := [4]int{}          // last break after: paragraph, line, sentence, word
	whole := 0                // last break between characters
	flags := 0                // regional indicators in a row: two make one flag
	for i := 1; i <= MaxText; i++ {
		flags = countFlags(r[i-1], flags)
		if joined(r[i-1], r[i], flags) {
			continue
		}
		whole = i
		if kind := breakAfter(r, i); kind < len(best) {
			best[kind] = i
		}
	}
	for _, i := range best {
		if i >= early {
			return i
		}
	}
	if whole == 0 {
		return MaxText
	}
	return whole
}

// breakAfter says which kind of break lies before r[i]: 0 paragraph, 1 line, 2 sentence, 3 word, 4 none. White
// space stays at the end of the part before.
func breakAfter(r []rune, i int) int {
	prev, next := r[i-1], r[i]
	if !unicode.IsSpace(prev) || unicode.IsSpace(next) {
		return 4
	}
	lines := 0
	j := i
	for j > 0 && unicode.IsSpace(r[j-1]) {
		if r[j-1] == '\n' {
			lines++
		}
		j--
	}
	switch {
	case lines > 1:
		return 0
	case lines == 1:
		return 1
	case j > 0 && strings.ContainsRune(".?!…;:", r[j-1]):
		return 2
	}
	return 3
}

func countFlags(r rune, before int) int {
	if r >= 0x1F1E6 && r <= 0x1F1FF {
		return before + 1
	}
	return 0
}

// joined reports whether next belongs to the character that prev is part of. flags counts the regional
// indicators that end at prev.
func joined(prev, next rune, flags int) bool {
	const zwj = 0x200D
	switch {
	case prev == '\r' && next == '\n':
		return true
	case unicode.In(next, unicode.Mn, unicode.Me, unicode.Mc), next == zwj, prev == zwj, next == 0x200C:
		return true
	case next >= 0x1F3FB && next <= 0x1F3FF: // skin tones
		return true
	case next >= 0xE0020 && next <= 0xE007F: // tags of sub-national flags
		return true
	case next >= 0x1160 && next <= 0x11FF: // Korean vowels and finals that NFC left apart
		return true
	case flags%2 == 1 && next >= 0x1F1E6 && next <= 0x1F1FF:
		return true
	}
	return false
}
