package rules

import (
	"math"
	"slices"
)

// Shares of what a clause is ranked by: a softmax over the clauses, fitted to questions about contests that the model had
// not seen; see testdata/README.md. rankScale times a clause's lead over another is the logarithm of the odds.
const (
	rankScale  = 18.5
	rankTopics = 1.7 / rankScale // topics and words of the library
	rankNear   = 4.1 / rankScale // the model, nearest sentence
	rankWhole  = 5.2 / rankScale // the model, whole clause
	rankWords  = 2.2 / rankScale // words in common with the clause
	rankGrams  = 2.4 / rankScale // groups of letters in common
	rankAgree  = 2.3 / rankScale // topics times model
	rankMost   = 0.6 / rankScale // of all clauses this has most words in common
	rankNamed  = 0.20            // more for the clause of a matter that a few words name, as "giải thưởng" does
	rankPinned = 1.00            // more for a clause that an organizer pinned to the matter
	fewWords   = 3
	fewMark    = 0.80 // what a pattern must reach to name a matter in so few words
)

// What makes it likely that the rules settle the question at all: a logistic regression on questions about contests that
// neither the library nor the model had seen; see testdata/README.md.
const (
	sureBase    = -2.9
	sureNear    = 2.55 // for the nearest clause
	sureBeside  = -6.6 // for the nearest of the questions no rule answers
	sureTopics  = 2.9  // for the score by words and topics
	sureWords   = 2.2  // for the words in common
	sureStrange = -2.2
	sureNamed   = 1.5 // the contest is named
	sureOther   = -1.1
	sureAside   = -1.4 // a topic outside the rules was found
)

// weigh ranks the clauses by words, topics and meaning together, 0 to 1.
func (ix *Index) weigh(v *view) {
	q := ix.meaning.question(ix.lib.features(v.text))
	v.near, v.rank, v.beside = make([]float64, len(ix.clauses)), make([]float64, len(ix.clauses)), ix.meaning.outside(q)
	for c, place := range ix.places {
		v.near[c] = nearness(q, place)
		v.rank[c] = rankTopics*v.clauses[c] + rankNear*v.near[c] + rankWhole*nearness(q, place[:1]) + rankWords*v.words[c] + rankGrams*v.grams[c] +
			rankAgree*v.clauses[c]*v.near[c]
		if t := v.via[c]; t >= 0 && slices.Contains(ix.clauses[c].Topics, ix.lib.topics[t].id) {
			v.rank[c] += rankPinned * v.topics[t]
		}
	}
	if c := best(v.words); c >= 0 {
		v.rank[c] += rankMost
	}
	if c := best(v.clauses); c >= 0 && v.text.content <= fewWords && v.named(c) {
		v.rank[c] += rankNamed
	}
}

// first says how likely it is that of the clauses with anything to say the first is the right one: 0.5 to 1. The further
// it is ahead of the second, the likelier; half are right where both are equal.
func (v view) first(order []int) float64 {
	if len(order) < 2 {
		return 1
	}
	return 1 / (1 + math.Exp(-rankScale*(v.rank[order[0]]-v.rank[order[1]])))
}

// named reports whether the question surely names the matter that clause c settles.
func (v view) named(c int) bool {
	floor := sureMark
	if v.text.content <= fewWords {
		floor = fewMark
	}
	return v.via[c] >= 0 && v.marked[v.via[c]] >= floor
}

// best gives the index of the greatest score, the first of equals; -1 when there is none.
func best(scores []float64) int {
	top := -1
	for i, s := range scores {
		if top < 0 || s > scores[top] {
			top = i
		}
	}
	return top
}

// sure says how likely it is that clause c, the best one, has to do with the question: 0 to 1.
func (v view) sure(c int, aside bool) float64 {
	x := sureBase + sureNear*slices.Max(v.near) + sureBeside*v.beside + sureTopics*v.clauses[c]*v.trust(c) + sureStrange*v.strange + sureWords*(v.words[c]+v.grams[c]/2)
	for _, s := range []struct {
		is bool
		by float64
	}{{v.contest, sureNamed}, {v.other, sureOther}, {aside, sureAside}} {
		if s.is {
			x += s.by
		}
	}
	return 1 / (1 + math.Exp(-x))
}
