package rules

import "strings"

// text is a question, an example or a clause, read once and then looked at from several sides.
type text struct {
	ts      []token
	marked  bool
	hits    []hit
	fit     fit
	content int // words that say something
}

// read looks ts up in the phrase dictionary. The tokens' stop flags are set.
func (l *library) read(ts []token, marked bool) text {
	t, numbers := text{ts: ts, marked: marked}, false
	for i := range ts {
		ts[i].stop = l.isStop(ts[i], marked)
		if !ts[i].stop {
			t.content++
		}
		numbers = numbers || isNumber(ts[i].fold)
	}
	t.hits = l.ph.scan(ts, marked)
	t.fit = make(fit, len(l.ph.words))
	if numbers {
		t.fit[anyNumber] = 1
	}
	for _, h := range t.hits {
		t.fit[h.phrase] = max(t.fit[h.phrase], h.quality)
	}
	return t
}

// contentIn counts the words between two positions that say something.
func (t text) contentIn(start, end int) int {
	n := 0
	for _, tok := range t.ts[start:end] {
		if !tok.stop {
			n++
		}
	}
	return n
}

// mostlyOf reports whether the text is little more than one of the phrases: at most one further word, or any number
// of words that say nothing.
func (t text) mostlyOf(ids []int32) bool {
	for _, h := range t.hits {
		for _, id := range ids {
			if h.phrase != id || h.quality < qualityDropped {
				continue
			}
			rest := t.content - t.contentIn(h.start, h.end)
			if rest == 0 || rest == 1 && h.end-h.start > 1 {
				return true
			}
		}
	}
	return false
}

// Relative weights of what a text is compared by.
const (
	weightWord    = 1.0
	weightBigram  = 0.6
	weightConcept = 1.2
)

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
	for i, c := range l.concepts {
		for _, id := range c.phrases {
			if t.fit[id] > 0 {
				put(l.conceptNames[i])
				break
			}
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
