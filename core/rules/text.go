package rules

import (
	"slices"
	"strings"
)

// text is a question, an example or a clause, read once and then looked at from several sides.
type text struct {
	ts      []token
	marked  bool
	hits    []hit
	content int // words that say something
}

// read looks ts up in the phrase dictionary. The tokens' stop flags are set.
func (l *library) read(ts []token, marked bool) text {
	t, numbers, long := text{ts: ts, marked: marked}, false, false
	for i := range ts {
		ts[i].stop = l.isStop(ts[i], marked)
		if !ts[i].stop {
			t.content++
		}
		numbers = numbers || isNumber(ts[i].fold)
		long = long || isNumber(ts[i].fold) && len(ts[i].fold) >= 6
	}
	t.hits = l.ph.withConcepts(outspoken(l.ph, l.ph.scan(ts, marked), len(ts)))
	if numbers {
		t.hits = append(t.hits, hit{phrase: anyNumber, quality: 1})
	}
	if long {
		t.hits = append(t.hits, hit{phrase: longNumber, quality: 1})
	}
	return t
}

// outspoken drops single words read from unmarked text when a longer phrase around them reads them otherwise: "noi" in
// "noi dung" is not "nới".
func outspoken(ph *phrases, hits []hit, n int) []hit {
	read := make([][]string, n)
	for _, h := range hits {
		for i := h.start; h.end-h.start > 1 && i < h.end; i++ {
			read[i] = append(read[i], ph.words[h.phrase][i-h.start].tone)
		}
	}
	return slices.DeleteFunc(hits, func(h hit) bool {
		if h.end-h.start > 1 || h.quality == 1 || len(read[h.start]) == 0 {
			return false
		}
		return !slices.Contains(read[h.start], ph.words[h.phrase][0].tone)
	})
}

// restIsFiller reports whether nothing is said outside two positions, but for naming the contest.
func (t text) restIsFiller(start, end int) bool {
	for i, tok := range t.ts {
		if i >= start && i < end || tok.stop {
			continue
		}
		switch tok.fold {
		case "thi", "cuoc", "hoi", "bai", "de", "du":
		default:
			return false
		}
	}
	return true
}

// mostlyOf reports whether the text is little more than one of the phrases.
func (t text) mostlyOf(ids []int32) bool {
	for _, h := range t.hits {
		for _, id := range ids {
			if h.phrase != id || h.quality < qualityDropped {
				continue
			}
			if t.restIsFiller(h.start, h.end) {
				return true
			}
		}
	}
	return false
}

// has reports whether a phrase or concept was found.
func (t text) has(phrase int32) bool {
	return slices.ContainsFunc(t.hits, func(h hit) bool { return h.phrase == phrase })
}

// coverage is the share of the content words that a pattern's wanted phrases cover.
func (t text) coverage(p pattern) float64 {
	if t.content == 0 {
		return 0
	}
	wanted := map[int32]bool{}
	for _, term := range p.terms {
		for _, id := range term.phrases {
			wanted[id] = !term.not
		}
	}
	covered := make([]bool, len(t.ts))
	n := 0
	for _, h := range t.hits {
		for i := h.start; wanted[h.phrase] && i < h.end; i++ {
			if !covered[i] && !t.ts[i].stop {
				covered[i] = true
				n++
			}
		}
	}
	return float64(n) / float64(t.content)
}

// Relative weights of what a text is compared by.
const (
	weightWord    = 1.0
	weightBigram  = 0.6
	weightConcept = 1.2
)

// write marks in f what was found in the text, each at share of its quality; erase takes it back.
func (t text) write(f fit, share float64) {
	for _, h := range t.hits {
		f[h.phrase] = max(f[h.phrase], float32(share*h.quality))
	}
}

func (t text) erase(f fit) {
	for _, h := range t.hits {
		f[h.phrase] = 0
	}
}

// features lists what a text is compared by: words, concepts ("@x") and pairs of neighbours ("a_b").
func (l *library) features(t text) []string {
	out := make([]string, 0, 3*len(t.ts))
	seen := make(map[string]bool, 3*len(t.ts))
	put := func(f string) {
		if !seen[f] {
			seen[f] = true
			out = append(out, f)
		}
	}
	for i, tok := range t.ts {
		if !tok.stop {
			put(featureOf(tok))
		}
		if i > 0 && (!tok.stop || !t.ts[i-1].stop || t.ts[i-1].fold == "khong" && tok.fold == "duoc") {
			put(featureOf(t.ts[i-1]) + "_" + featureOf(tok))
		}
	}
	for _, h := range t.hits {
		if c := h.phrase; len(l.ph.words[c]) == 0 {
			put(l.conceptOf[c])
		}
	}
	return out
}

func featureOf(t token) string {
	if isNumber(t.fold) {
		return "#"
	}
	return t.fold
}

func featureWeight(f string) float64 {
	switch {
	case f[0] == '@':
		return weightConcept
	case strings.IndexByte(f, '_') > 0:
		return weightBigram
	}
	return weightWord
}
