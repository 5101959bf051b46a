package zalo

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

// clusters are single characters as the eye counts them; none may be cut.
var clusters = []string{"a", "ế", "e\u0302\u0301", "Ợ", "O\u031b\u0323", "👍🏽", "👨‍👩‍👧‍👦", "🇻🇳", "☎️", "x\u0301\u0302\u0303", "각", "e\u0323\u0302", "\r\n"}

func TestSplitText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		whole, ends := drawText(t)
		parts := SplitText(whole)
		if strings.Join(parts, "") != norm.NFC.String(whole) {
			t.Fatal("joined parts differ from the text")
		}
		at := 0
		for i, p := range parts {
			if n := utf8.RuneCountInString(p); n > MaxText {
				t.Fatalf("part %d has %d code points", i, n)
			}
			at += utf8.RuneCountInString(p)
			if !ends[at] {
				t.Fatalf("part %d ends inside a character, after %q", i, tail(p))
			}
			if !norm.NFC.IsNormalString(p) {
				t.Fatalf("part %d is not NFC", i)
			}
		}
	})
}

// drawText makes a text of up to about 9,000 code points and the places, in code points after NFC, where one
// character ends.
func drawText(t *rapid.T) (string, map[int]bool) {
	words := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) string {
		return strings.Repeat(rapid.SampledFrom(clusters).Draw(t, "cluster"), rapid.IntRange(1, 400).Draw(t, "times")) +
			rapid.SampledFrom([]string{"", " ", ". ", "\n", "\n\n", "\n \n"}).Draw(t, "gap")
	}), 0, 30).Draw(t, "words")
	whole := strings.Join(words, "")
	ends := map[int]bool{0: true}
	at := 0
	for rest := whole; rest != ""; {
		c := cluster(rest)
		rest = rest[len(c):]
		at += utf8.RuneCountInString(norm.NFC.String(c))
		ends[at] = true
	}
	return whole, ends
}

// cluster gives the first character of s by a rule of its own: the longest of the known ones, else a rune.
func cluster(s string) string {
	longest := ""
	for _, c := range clusters {
		if len(c) > len(longest) && strings.HasPrefix(s, c) {
			longest = c
		}
	}
	if longest == "" {
		_, n := utf8.DecodeRuneInString(s)
		longest = s[:n]
	}
	return longest
}

func tail(s string) string {
	r := []rune(s)
	return string(r[max(0, len(r)-6):])
}

func TestSplitPrefersParagraphs(t *testing.T) {
	t.Parallel()
	para := strings.TrimSpace(strings.Repeat("Thí sinh đăng nhập lại để làm tiếp. ", 25)) // about 900
	parts := SplitText(para + "\n\n" + para + "\n\n" + para)
	if len(parts) != 2 || parts[0] != para+"\n\n"+para+"\n\n" || parts[1] != para {
		t.Errorf("%d parts, first ends %q", len(parts), tail(parts[0]))
	}
	sentences := SplitText(strings.Repeat("Thí sinh đăng nhập lại để làm tiếp. ", 80))
	for _, p := range sentences[:len(sentences)-1] {
		if !strings.HasSuffix(p, "tiếp. ") {
			t.Errorf("cut inside a sentence: %q", tail(p))
		}
	}
	if got := SplitText(strings.Repeat("e\u0302\u0301", 2000)); len(got) != 1 {
		t.Errorf("2,000 letters in NFD make %d parts", len(got))
	}
}

func TestMessageSplit(t *testing.T) {
	t.Parallel()
	m := Message{Text: strings.Repeat("một hai ba\n\n", 500), QuoteID: "q", Buttons: []Button{SayButton("Xem", "#x")}}
	parts := m.Split()
	if len(parts) < 3 || parts[0].QuoteID != "q" || parts[1].QuoteID != "" || len(parts[0].Buttons) != 0 || len(parts[len(parts)-1].Buttons) != 1 {
		t.Fatalf("%d parts: %+v", len(parts), parts)
	}
	for i, p := range parts {
		if _, err := p.encode("1"); err != nil {
			t.Errorf("part %d: %v", i, err)
		}
		if strings.TrimRightFunc(p.Text, unicode.IsSpace) != p.Text {
			t.Errorf("part %d ends with space", i)
		}
	}
	if one := (Message{Image: &Image{URL: "https://x/a.png"}}).Split(); len(one) != 1 || one[0].Image == nil {
		t.Errorf("image alone: %+v", one)
	}
}

func TestMessageRefused(t *testing.T) {
	t.Parallel()
	six := make([]Button, 6)
	for i := range six {
		six[i] = LinkButton("a", "https://x")
	}
	for name, m := range map[string]Message{
		"empty":         {},
		"long":          {Text: strings.Repeat("a", 2001)},
		"six buttons":   {Text: "a", Buttons: six},
		"both sources":  {Image: &Image{URL: "u", UploadID: "i"}},
		"no source":     {Image: &Image{}},
		"untitled":      {Text: "a", Buttons: []Button{SayButton("", "x")}},
		"big payload":   {Text: "a", Buttons: []Button{SayButton("a", strings.Repeat("x", 1001))}},
		"image+buttons": {Image: &Image{URL: "u"}, Buttons: six[:1]},
	} {
		if _, err := m.encode("1"); ActionOf(err) != Fix {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := (Message{Text: strings.Repeat("e\u0302\u0301", 2000)}).encode("1"); err != nil {
		t.Errorf("2,000 letters in NFD fit: %v", err)
	}
}

// Every kind of character, with the limit falling on each of its code points.
func TestSplitNeverCutsACharacter(t *testing.T) {
	t.Parallel()
	for _, c := range clusters {
		for pad := range 8 {
			whole := strings.Repeat("a", pad) + strings.Repeat(c, 2500)
			composed := norm.NFC.String(c)
			for i, p := range SplitText(whole) {
				if i == 0 {
					p = p[pad:]
				}
				if strings.Trim(strings.ReplaceAll(p, composed, ""), "\r\n") != "" {
					t.Errorf("%q after %d letters: part %d ends %q", c, pad, i, tail(p))
					break
				}
			}
		}
	}
}
