package rules

import (
	"slices"
	"strings"
	"sync"

	"duthi/core"
)

// Source is what an Index is built from.
type Source struct {
	Contest *core.Contest
	Extra   []QA
}

// QA is an answer an organizer gave to questions the bot could not answer. Clause may be empty; Answer is shown as is.
type QA struct {
	Questions []string `json:"questions"`
	Answer    string   `json:"answer"`
	Clause    string   `json:"clause,omitempty"`
}

// Index answers questions about one contest. It never changes and is safe for concurrent use.
type Index struct {
	lib      *library
	contest  *core.Contest
	extra    []QA
	clauses  []clause
	byID     map[string]int
	scratch  sync.Pool // of *fit, all zero
	examples *examples
	lexical  *lexical
	meaning  *meaning
	places   [][][][]float32 // of the clauses: form, space, values
	links    [][]link        // topic -> clauses that settle it, best first
	vocab    map[string]bool // folded words of the library and of the rules
	familiar map[string]bool // those that rules and questions about them use
	pairs    map[string]bool // neighbours seen there, "a_b"
	sounds   map[string][]word
}

// clause is a core.Clause with where it stands.
type clause struct {
	article core.Article
	number  int             // within the article, from 1
	words   map[string]bool // folded
	core.Clause
}

// link says how surely a clause settles a topic, 0 to 1.
type link struct {
	clause int
	weight float64
}

// New builds the index of a contest. It panics when the embedded library is broken, which a test rules out.
func New(src Source) *Index {
	return newIndex(src, learnt())
}

func newIndex(src Source, m *meaning) *Index {
	ix := &Index{lib: embedded(), meaning: m, contest: src.Contest, extra: src.Extra, byID: map[string]int{}}
	ix.scratch.New = func() any { f := make(fit, len(ix.lib.ph.words)); return &f }
	for _, a := range src.Contest.Rules {
		for i, c := range a.Clauses {
			ix.byID[c.ID] = len(ix.clauses)
			ix.clauses = append(ix.clauses, clause{article: a, number: clauseNumber(c.ID, i+1), Clause: c})
		}
	}
	ix.indexExamples()
	ix.indexSpelling(ix.indexClauses())
	return ix
}

// clauseNumber reads K of "dieu-A.K".
func clauseNumber(id string, fallback int) int {
	_, k, ok := strings.Cut(id, ".")
	if !ok {
		return fallback
	}
	n := 0
	for _, r := range k {
		if r < '0' || r > '9' {
			return fallback
		}
		n = n*10 + int(r-'0')
	}
	return n
}

// indexExamples puts the organizer's questions beside the library's ways to ask.
func (ix *Index) indexExamples() {
	var extra []featured
	for k, qa := range ix.extra {
		for _, ask := range qa.Questions {
			extra = append(extra, featured{int32(-1 - k), ix.askFeatures(ask)})
		}
	}
	ix.examples = ix.lib.examples.with(extra)
}

func (ix *Index) askFeatures(ask string) []string {
	return ix.lib.askFeatures(ask)
}

// indexClauses reads every clause sentence by sentence, links it to the topics it settles and indexes its words. It gives
// the texts it read.
func (ix *Index) indexClauses() (texts [][]token) {
	ix.links = make([][]link, len(ix.lib.topics))
	docs, folded := make([]map[string]float64, len(ix.clauses)), make([]string, len(ix.clauses))
	titles := map[string]text{}
	for i, c := range ix.clauses {
		title, ok := titles[c.article.ID]
		if !ok {
			title = ix.lib.read(tokenise(c.article.Title), true)
			titles[c.article.ID] = title
			texts = append(texts, title.ts)
		}
		ts := tokenise(c.Text)
		texts = append(texts, ts)
		ix.clauses[i].words = make(map[string]bool, len(ts))
		for _, t := range ts {
			ix.clauses[i].words[t.fold] = true
		}
		whole := ix.lib.read(ts, true)
		ix.places = append(ix.places, ix.meaning.clause(ix.lib.sayings(title, c.Text)))
		docs[i], folded[i] = ix.document(title, whole), joinFold(ts)
		ix.linkClause(i, title, whole)
	}
	ix.lexical = newLexical(docs, folded)
	for t := range ix.links {
		slices.SortStableFunc(ix.links[t], func(a, b link) int { return compareFloat(b.weight, a.weight) })
	}
	ix.sharpen()
	ix.linkProfiles(docs)
	ix.linkNear()
	return texts
}

func compareFloat(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func (ix *Index) document(title, body text) map[string]float64 {
	doc := map[string]float64{}
	for _, f := range ix.lib.features(body) {
		doc[f]++
	}
	for _, f := range ix.lib.features(title) {
		if doc[f] == 0 {
			doc[f] = titleShare
		}
	}
	return doc
}

// How much a mark of a clause counts when it stands in another sentence, or only in the article's title.
const (
	elsewhere  = 0.82
	inTitle    = 0.75
	titleAlone = 0.5
	linkFloor  = 0.45
	nearShare  = 0.8

	sharpness    = 0.6  // of the gap to the best link
	densityShare = 0.05 // what a sentence loses when it names the matter only in passing
	denseAt      = 0.35 // share of the sentence's words that a pattern covers when the sentence is all about it
)

// linkClause finds the topics that clause i settles.
func (ix *Index) linkClause(i int, title, whole text) {
	weights := make([]float64, len(ix.lib.topics))
	ownP, innerP, allP := ix.scratch.Get().(*fit), ix.scratch.Get().(*fit), ix.scratch.Get().(*fit)
	own, inner, all := *ownP, *innerP, *allP
	whole.write(own, 1)
	for _, s := range sentencesOf(ix.clauses[i].Text) {
		sentence := ix.lib.read(tokenise(s), true)
		sentence.write(inner, 1)
		sentence.write(all, 1)
		whole.write(all, elsewhere)
		title.write(all, inTitle)
		for t := range ix.lib.topics {
			for _, p := range ix.lib.topics[t].settles {
				if s := p.settle(inner, own, all); s > weights[t] {
					weights[t] = max(weights[t], s*(1-densityShare+densityShare*min(1, sentence.coverage(p)/denseAt)))
				}
			}
		}
		sentence.erase(inner)
		sentence.erase(all)
		whole.erase(all)
		title.erase(all)
	}
	whole.erase(own)
	for _, f := range []*fit{ownP, innerP, allP} {
		ix.scratch.Put(f)
	}
	for t, w := range weights {
		if slices.Contains(ix.clauses[i].Topics, ix.lib.topics[t].id) {
			w = 1
		}
		if w >= linkFloor {
			ix.links[t] = append(ix.links[t], link{i, w})
		}
	}
}

// sentencesOf splits a clause at full stops and semicolons, but not inside a number or an address.
func sentencesOf(s string) []string {
	var out []string
	for part := range strings.SplitSeq(strings.ReplaceAll(s, "; ", ". "), ". ") {
		if strings.TrimSpace(part) != "" {
			out = append(out, part)
		}
	}
	return out
}

// settle scores a pattern on one sentence: all holds what the sentence, its clause and the article's title say, each at
// its share, clause what the whole clause says. Forbidden terms count in the sentence only.
func (p pattern) settle(sentence, clause, all fit) float64 {
	low, own := float32(1), false
	for _, t := range p.terms {
		best := float32(0)
		for _, id := range t.phrases {
			if t.not {
				best = max(best, sentence[id])
				continue
			}
			best = max(best, all[id])
			own = own || clause[id] > 0
		}
		if t.not == (best > 0) {
			return 0
		}
		if !t.not {
			low = min(low, best)
		}
	}
	if !own {
		low = min(low, titleAlone)
	}
	return p.base() * float64(low)
}

// sharpen sets the clauses that settle a topic best further apart from the others.
func (ix *Index) sharpen() {
	for _, links := range ix.links {
		for i := 1; i < len(links); i++ {
			links[i].weight -= sharpness * (links[0].weight - links[i].weight)
		}
	}
}

// linkNear lets a topic use the clauses of the topics near it, for what its own clauses leave out.
func (ix *Index) linkNear() {
	own := slices.Clone(ix.links)
	for t, topic := range ix.lib.topics {
		if topic.strict && len(own[t]) == 0 {
			continue
		}
		for _, n := range topic.near {
			for _, l := range own[ix.lib.byID[n]] {
				ix.links[t] = append(ix.links[t], link{l.clause, l.weight * nearShare})
			}
		}
		slices.SortStableFunc(ix.links[t], func(a, b link) int { return compareFloat(b.weight, a.weight) })
	}
}
