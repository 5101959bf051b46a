package rules

import (
	"fmt"
	"strconv"
	"strings"
)

// pattern is a conjunction of terms: a question or a clause fits when every term occurs and no forbidden one does.
// It is written "quên|mất + mật khẩu + !@contest = 0.9"; @name stands for the phrases of a concept.
type pattern struct {
	terms  []term
	weight float64 // 0: computed from the number of terms
	words  bool    // the whole text must be little more than the terms (written with a leading "^")
}

type term struct {
	phrases []int32
	not     bool
}

// fit tells how well each phrase was found in a text: 0 is not at all.
type fit []float32

// score gives 0 when the pattern does not fit. scale is the found quality of the weakest term.
func (p pattern) score(f fit) float64 {
	low := float32(1)
	for _, t := range p.terms {
		best := float32(0)
		for _, id := range t.phrases {
			best = max(best, f[id])
		}
		if t.not {
			if best >= qualityDropped {
				return 0
			}
			continue
		}
		if best == 0 {
			return 0
		}
		low = min(low, best)
	}
	return p.base() * float64(low)
}

// base is the written weight, or one that grows with how specific the pattern is.
func (p pattern) base() float64 {
	if p.weight > 0 {
		return p.weight
	}
	n := 0
	for _, t := range p.terms {
		if !t.not {
			n++
		}
	}
	return min(0.7+0.1*float64(n-1), 0.95)
}

// parsePattern reads a pattern; concepts resolves @name.
func parsePattern(s string, ph *phrases, concepts map[string]int32) (pattern, error) {
	var p pattern
	s = strings.TrimSpace(s)
	if strings.HasPrefix(s, "^") {
		p.words, s = true, s[1:]
	}
	if body, weight, ok := strings.Cut(s, "="); ok {
		w, err := strconv.ParseFloat(strings.TrimSpace(weight), 64)
		if err != nil || w <= 0 || w > 1 {
			return p, fmt.Errorf("weight of %q", s)
		}
		p.weight, s = w, body
	}
	for part := range strings.SplitSeq(s, "+") {
		part = strings.TrimSpace(part)
		var t term
		if strings.HasPrefix(part, "!") {
			t.not, part = true, part[1:]
		}
		for alt := range strings.SplitSeq(part, "|") {
			id, err := parseAlternative(strings.TrimSpace(alt), ph, concepts)
			if err != nil {
				return p, fmt.Errorf("%w in %q", err, s)
			}
			t.phrases = append(t.phrases, id)
		}
		p.terms = append(p.terms, t)
	}
	return p, nil
}

// parseAlternative gives the phrase of "@name", "#", "##" or plain words.
func parseAlternative(alt string, ph *phrases, concepts map[string]int32) (int32, error) {
	if name, ok := strings.CutPrefix(alt, "@"); ok {
		id, known := concepts[name]
		if !known {
			return 0, fmt.Errorf("unknown concept @%s", name)
		}
		return id, nil
	}
	switch alt {
	case "#":
		return anyNumber, nil
	case "##":
		return longNumber, nil
	}
	if id := ph.add(alt); id >= 0 {
		return id, nil
	}
	return 0, fmt.Errorf("empty phrase")
}
