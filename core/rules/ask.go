package rules

import (
	"math"
	"slices"
	"time"
	"unicode/utf8"
)

// What a score must reach. Found on the development sets; see testdata/README.md.
const (
	sureFloor    = 0.30 // below: abstain
	choiceMargin = 0.05 // clauses nearer than this are offered as a choice: the first is right about every other time
	agreedMargin = 0.02 // the same, where words and topics alone put the same clause first
	optionMargin = 0.15 // what is offered is no further behind the best
	plainNear    = 0.50 // a clause this near by meaning is heard beside a topic that is never answered: "khi nào công bố đáp án"
	allStrange   = 0.60 // share of unknown words from which a message is in no language the rules speak
	outFloor     = 0.62 // a topic outside the rules this sure speaks against an answer, unless a rule is surer
	extraFloor   = 0.62 // a question of the organizer's this near is taken
	otherCost    = 0.55 // what is left when another contest is named
	strangeCost  = 0.45 // what a question wholly of unknown words loses
	whyEnough    = 0.70 // share of a question that its topic must explain
	whyLeast     = 0.50 // what is left of a score that its topic explains nothing of
	sureMark     = 0.90 // a pattern this sure names its matter
	outMargin    = 0.03 // what a matter outside that is named may be behind a rule: its words are the rarer ones
	partSure     = 0.60 // a second question must be this sure to be answered beside the first
)

// Ask answers one message. now is used for dates and the current round.
func (ix *Index) Ask(q string, now time.Time) Reply {
	if utf8.RuneCountInString(q) > maxQuestionRunes {
		q = string([]rune(q)[:maxQuestionRunes])
	}
	q, r, ok := ix.refused(q)
	if ok {
		return r
	}
	ts := ix.prepare(q)
	if len(ts) == 0 {
		return ix.talk("talk-greet")
	}
	marked := mostlyMarked(ts)
	v := ix.look(ts, marked)
	if r, ok := ix.smalltalk(v); ok {
		return r
	}
	subs := ix.lookParts(ts, marked)
	ix.blend(&v, subs)
	if r, ok := ix.fromOrganizer(v); ok {
		return r
	}
	ix.weigh(&v)
	for i := range subs {
		ix.weigh(&subs[i])
	}
	return ix.decide(v, subs, now)
}

// prepare turns a message into words, spelt out, with readings for misspelt ones.
func (ix *Index) prepare(q string) []token {
	ts := ix.lib.short.expand(tokenise(q))
	ix.correct(ts)
	return ts
}

const maxParts = 6

// lookParts reads each part of a longer message by itself.
func (ix *Index) lookParts(ts []token, marked bool) []view {
	ps := parts(ts)
	if len(ps) < 2 {
		return nil
	}
	if len(ps) > maxParts {
		ps = ps[len(ps)-maxParts:]
	}
	var out []view
	for _, p := range ps {
		if v := ix.look(slices.Clone(p), marked); v.text.content > 0 {
			out = append(out, v)
		}
	}
	return out
}

// blend lets the parts of a long message speak: each clause keeps its best score, a little less when only a part
// gave it.
func (ix *Index) blend(v *view, subs []view) {
	const ofPart, unmarked = 0.95, 0.82
	for _, s := range subs {
		for c, score := range s.clauses {
			share := unmarked
			if t := s.via[c]; t >= 0 && s.marked[t] >= 0.7 {
				share = ofPart
			}
			if share*score > v.clauses[c] {
				v.clauses[c], v.via[c] = share*score, s.via[c]
			}
			if s.via[c] == v.via[c] {
				v.why[c] = max(v.why[c], s.why[c])
			}
		}
		for t, q := range s.topics {
			if ix.lib.topics[t].kind == kindRule {
				v.topics[t] = max(v.topics[t], unmarked*q, ofPart*s.marked[t])
			}
		}
		for k, e := range s.extra {
			v.extra[k] = max(v.extra[k], ofPart*e)
		}
	}
}

// ranked lists clauses by score, the best first.
func (ix *Index) ranked(v view) []int {
	order := make([]int, len(ix.clauses))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return compareFloat(v.rank[b], v.rank[a]) })
	return order[:min(len(order), 4)]
}

// fromOrganizer answers with what an organizer wrote for a question like this one.
func (ix *Index) fromOrganizer(v view) (Reply, bool) {
	best := -1
	for k, e := range v.extra {
		if e >= extraFloor && (best < 0 || e > v.extra[best]) {
			best = k
		}
	}
	if best < 0 {
		return Reply{}, false
	}
	qa := ix.extra[best]
	r := Reply{Outcome: Answer, Score: v.extra[best], Answer: qa.Answer, Short: qa.Answer}
	if _, ok := ix.byID[qa.Clause]; ok {
		r.Cites = []string{qa.Clause}
		r.Answer = ix.compose(qa.Answer, r.Cites)
	}
	return r, true
}

// bestOf gives the surest topic of a kind.
func (ix *Index) bestOf(v view, kinds ...topicKind) (int, float64) {
	best, score := -1, 0.0
	for t, q := range v.topics {
		if q > score && slices.Contains(kinds, ix.lib.topics[t].kind) {
			best, score = t, q
		}
	}
	return best, score
}

// outside finds what speaks against an answer from the rules: a topic outside them, or one they are silent on. firm ends
// the search, whatever a clause scores: quiz answers are never given, and commands are commands.
func (ix *Index) outside(v view) (r Reply, found, firm bool) {
	plain := len(v.near) > 0 && slices.Max(v.near) >= plainNear
	rule, ruleScore := ix.bestOf(v, kindRule)
	out, outScore := ix.bestOf(v, kindOut, kindCommand)
	if out >= 0 && outScore >= outFloor && (outScore >= ruleScore || v.marked[out] >= sureMark && outScore >= ruleScore-outMargin) {
		t := ix.lib.topics[out]
		return ix.aside(out, outScore), true, t.kind == kindCommand && v.marked[out] > 0 && (outScore >= ruleScore || !plain) || t.firm && !plain
	}
	silent := Reply{Outcome: Abstain, Answer: ix.silent(nil)}
	if len(ix.clauses) == 0 || ix.silentOn(v) >= 0 && !plain || v.strange >= allStrange {
		return silent, true, true
	}
	settled := 0.0
	for t, q := range v.topics {
		if ix.lib.topics[t].kind == kindRule && len(ix.links[t]) > 0 {
			settled = max(settled, q*ix.links[t][0].weight)
		}
	}
	return silent, rule < 0 || len(ix.links[rule]) == 0 && ruleScore >= 0.75 && settled < ruleScore-0.05, false
}

// silentOn gives the strict topic that a question surely names and no clause settles, or -1. A clause on a nearby matter
// would be a wrong answer there.
func (ix *Index) silentOn(v view) int {
	for t, m := range v.marked {
		if ix.lib.topics[t].strict && m >= sureMark && len(ix.links[t]) == 0 {
			return t
		}
	}
	return -1
}

// decide chooses between an answer, a choice and silence.
func (ix *Index) decide(v view, subs []view, now time.Time) Reply {
	aside, found, firm := ix.outside(v)
	order := ix.ranked(v)
	if firm || len(order) == 0 {
		return aside
	}
	sure := v.sure(order[0], found)
	var near []string
	for _, c := range order[:min(3, len(order))] {
		if v.rank[order[0]]-v.rank[c] <= optionMargin {
			near = append(near, ix.clauses[c].ID)
		}
	}
	switch {
	case sure < sureFloor && found:
		aside.Score = sure
		return aside
	case sure < sureFloor:
		return Reply{Outcome: Abstain, Score: sure, Answer: ix.silent(near[:1]), Options: ix.options(near, v)}
	case len(near) > 1 && v.rank[order[0]]-v.rank[order[1]] < v.margin(order[0]):
		return Reply{Outcome: Choice, Score: sure * v.first(order), Cites: near, Options: ix.options(near, v), Answer: ix.offer(near, v)}
	}
	cites := []string{ix.clauses[order[0]].ID}
	if second := ix.secondQuestion(subs, order[0]); second >= 0 {
		cites = append(cites, ix.clauses[second].ID)
	}
	return ix.answer(v, order[0], cites, sure*v.first(order), now)
}

// margin is how far ahead of the next the best clause must be to be answered with.
func (v view) margin(c int) float64 {
	switch {
	case c != best(v.clauses):
		return choiceMargin
	case v.named(c):
		return 0
	}
	return agreedMargin
}

// trust lowers a score when most of what was said has nothing to do with the topic found and the contest is not named:
// a question from the quiz uses a few of our words among many others.
func (v view) trust(c int) float64 {
	t := 1 - strangeCost*v.strange
	if v.via[c] >= 0 && !v.contest && v.text.content >= 4 {
		t *= max(whyLeast, min(1, math.Pow(v.why[c]/whyEnough, 1.2)))
	}
	if v.other {
		t *= otherCost
	}
	return t
}

// secondQuestion finds the clause of another question in the same message, or -1.
func (ix *Index) secondQuestion(subs []view, first int) int {
	best, score := -1, partSure
	for _, s := range subs {
		c := ix.ranked(s)[0]
		if c == first || s.near[c] < plainNear && (s.via[c] < 0 || s.topics[s.via[c]] < 0.75) {
			continue
		}
		if sure := s.sure(c, false); sure > score {
			best, score = c, sure
		}
	}
	return best
}
