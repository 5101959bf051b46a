package rules

import (
	"slices"
	"strings"
)

// Gist is what a question is about, for telling whether two people asked the same.
type Gist struct {
	words    []string // folded, shorthand written out, words that say nothing left out
	concepts []string
}

// manners are the concepts of how something is asked, not of what.
var manners = []string{"@how", "@when", "@where", "@who", "@why", "@may", "@must", "@howmany", "@what"}

// Gist reads a question.
func (ix *Index) Gist(q string) Gist {
	var g Gist
	for _, f := range ix.askFeatures(q) {
		switch {
		case slices.Contains(manners, f):
		case strings.HasPrefix(f, "@"):
			g.concepts = append(g.concepts, f)
		case !strings.Contains(f, "_"):
			g.words = append(g.words, f)
		}
	}
	return g
}

// Near says how near two questions are, from 0 to 1: 0 unless they are near enough to be answered together. Concepts
// decide where both have some: "quên mật khẩu thì làm sao" and "đổi số điện thoại thì làm sao" share most of their words.
func (g Gist) Near(h Gist) float64 {
	words := share(g.words, h.words)
	if len(g.concepts) > 0 && len(h.concepts) > 0 {
		if c := share(g.concepts, h.concepts); c >= 0.7 && words >= 0.25 {
			return (c + words) / 2
		}
		return 0
	}
	if words >= 0.6 {
		return words
	}
	return 0
}

// share gives what part two lists have in common (Dice).
func share(a, b []string) float64 {
	if len(a)+len(b) == 0 {
		return 0
	}
	n := 0
	for _, w := range a {
		if slices.Contains(b, w) {
			n++
		}
	}
	return 2 * float64(n) / float64(len(a)+len(b))
}
