package rules

// view is one reading of a question, or of one part of it: how near every topic is and what every clause scores.
type view struct {
	text    text
	topics  []float64 // how surely the topic is meant, 0 to 1
	marked  []float64 // the part of it that comes from patterns
	clauses []float64 // how surely the clause answers, by words and topics
	near    []float64 // how near the clause lies by the model, -1 to 1
	words   []float64 // the share of the question's words it has
	grams   []float64 // the share of its groups of letters
	rank    []float64 // all together
	beside  float64   // how near the questions lie that no rule answers
	via     []int     // the topic that gave a clause most, -1 when words alone did
	why     []float64 // share of the question that the clause's topic explains
	extra   []float64
	strange float64 // share of the content words that contests know nothing of
	contest bool    // the contest is named
	other   bool    // a contest of another name is
}

// Shares of what a clause's score is made of.
const (
	shareTopic = 0.84
	shareWords = 0.11
	shareGrams = 0.05
	shareBoth  = 0.15 // patterns and examples agree
	meantFloor = 0.9
	bothShare  = 0.9   // an explanation by several topics counts a little less
	early      = 0.015 // what the first clause of an article has over its tenth: the general comes first
	clearMark  = 0.85  // a topic whose marks fit this well may explain the clause's words too
	wordsGain  = 1.6   // a question need not say all
	wordsAlone = 0.62  // what words reach without any topic
)

// look reads ts as one question.
func (ix *Index) look(ts []token, marked bool) view {
	v := view{text: ix.lib.read(ts, marked)}
	features := ix.lib.features(v.text)
	var near []float64
	near, v.extra = ix.examples.compare(features, len(ix.lib.topics), len(ix.extra))
	v.topics, v.marked = make([]float64, len(near)), make([]float64, len(near))
	scratch := ix.scratch.Get().(*fit)
	f := *scratch
	v.text.write(f, 1)
	v.strange = ix.strangeness(v.text)
	v.contest = v.text.has(ix.lib.named["contest"]) || v.text.has(ix.lib.named["thisround"])
	v.other = ix.otherContest(v.text)
	for t := range ix.lib.topics {
		topic := &ix.lib.topics[t]
		m := v.text.markScore(topic.marks, f)
		v.marked[t] = m
		v.topics[t] = min(1, max(m, near[t])+shareBoth*min(m, near[t]))
	}
	v.text.erase(f)
	ix.scratch.Put(scratch)
	ix.scoreClauses(&v, features)
	return v
}

// markScore is the best pattern's score; more patterns that fit add a little.
func (t text) markScore(marks []pattern, f fit) float64 {
	best := 0.0
	for _, p := range marks {
		s := p.score(f)
		if s > 0 && p.words && !t.mostlyOf(p.terms[0].phrases) {
			continue
		}
		best = max(best, s)
	}
	return best
}

func (ix *Index) scoreClauses(v *view, features []string) {
	words, grams := ix.lexical.score(features, joinFold(v.text.ts))
	v.words, v.grams = words, grams
	v.clauses, v.via = make([]float64, len(ix.clauses)), make([]int, len(ix.clauses))
	best, second := make([]float64, len(ix.clauses)), make([]float64, len(ix.clauses))
	for c := range v.via {
		v.via[c] = -1
	}
	for t, q := range v.topics {
		if q < 0.2 || ix.lib.topics[t].kind != kindRule {
			continue
		}
		for _, l := range ix.links[t] {
			s := q * l.weight
			if s > best[l.clause] {
				second[l.clause], best[l.clause], v.via[l.clause] = best[l.clause], s, t
			} else if s > second[l.clause] {
				second[l.clause] = s
			}
		}
	}
	share := ix.shares(*v)
	v.why = make([]float64, len(ix.clauses))
	for c := range v.clauses {
		if v.via[c] >= 0 {
			v.why[c] = share[v.via[c]]
			if v.marked[v.via[c]] >= clearMark {
				v.why[c] = max(v.why[c], bothShare*ix.explainedBy(v.text, c, v.via[c]))
			}
		}
		topic := min(1, best[c]+0.06*second[c])
		v.clauses[c] = early*(1-min(1, float64(ix.clauses[c].number)/10)) + shareTopic*topic + shareWords*min(1, words[c]*1.6) + shareGrams*grams[c]
		if best[c] < 0.3 {
			v.clauses[c] = max(v.clauses[c], wordsAlone*min(1, wordsGain*words[c]))
		}
	}
}

// explained is the share of the content words that ways to ask about the topics would use.
func (ix *Index) explained(t text, topics ...int) float64 {
	if t.content == 0 {
		return 0
	}
	n := 0
	for _, tok := range t.ts {
		if tok.stop {
			continue
		}
		known := isNumber(tok.fold) || len(tok.alts) > 0
		for _, id := range topics {
			known = known || ix.lib.topics[id].words[tok.fold]
		}
		if known {
			n++
		}
	}
	return float64(n) / float64(t.content)
}

// explainedBy is explained with the words of the clause too: "xe điện" is strange until the prize is one.
func (ix *Index) explainedBy(t text, c, topic int) float64 {
	n := 0
	for _, tok := range t.ts {
		if !tok.stop && (isNumber(tok.fold) || len(tok.alts) > 0 || ix.lib.topics[topic].words[tok.fold] || ix.clauses[c].words[tok.fold]) {
			n++
		}
	}
	return float64(n) / float64(max(1, t.content))
}

// shares gives per topic how much of the question it explains. A message with two questions is explained by both
// matters that are surely meant.
func (ix *Index) shares(v view) []float64 {
	var meant []int
	for t, q := range v.topics {
		if q >= meantFloor && v.marked[t] > 0 && ix.lib.topics[t].kind == kindRule {
			meant = append(meant, t)
		}
	}
	share := make([]float64, len(v.topics))
	for t := range share {
		if v.topics[t] >= 0.2 {
			share[t] = max(ix.explained(v.text, t), bothShare*ix.explained(v.text, append(meant, t)...))
		}
	}
	return share
}

// otherContest reports whether "cuộc thi" is followed by a name that neither the rules nor the library know.
func (ix *Index) otherContest(t text) bool {
	for i := 0; i+3 < len(t.ts); i++ {
		f := t.ts[i].fold
		if (f == "cuoc" || f == "hoi" || f == "giai") && (t.ts[i+1].fold == "thi" || t.ts[i+1].fold == "dau") {
			a, b := t.ts[i+2], t.ts[i+3]
			if !a.stop && !b.stop && !b.brk && !ix.pairs[a.fold+"_"+b.fold] && !ix.pairs["thi_"+a.fold] {
				return true
			}
		}
	}
	return false
}

// strangeness is the share of content words found neither in the library nor in the rules.
func (ix *Index) strangeness(t text) float64 {
	n, strange := 0, 0
	for _, tok := range t.ts {
		if tok.stop || isNumber(tok.fold) {
			continue
		}
		n++
		if !ix.familiar[tok.fold] && len(tok.alts) == 0 {
			strange++
		}
	}
	if n == 0 {
		return 0
	}
	return float64(strange) / float64(n)
}

// parts splits a message into its sentences and, inside them, where a second question may begin.
func parts(ts []token) [][]token {
	var out [][]token
	start := 0
	for i := 1; i <= len(ts); i++ {
		if i < len(ts) && !ts[i].brk && !joins(ts, i) {
			continue
		}
		if i-start >= 2 {
			out = append(out, ts[start:i])
		}
		start = i
	}
	return out
}

// joins reports whether a word at i puts two questions together.
func joins(ts []token, i int) bool {
	if i < 2 || i+2 > len(ts) {
		return false
	}
	switch ts[i].tone {
	case "va1", "va", "vơi2", "voi", "nêu2", "neu":
		return true
	}
	return false
}
