package rules

import "math"

// lexical ranks clauses by the words, concepts and letter groups they share with a question (BM25, normalised to 0..1).
type lexical struct {
	ids      map[string]int32
	idf      []float64
	postings [][]posting
	grams    map[string][]int32
	clauses  int
}

type posting struct {
	clause int32
	gain   float64 // saturated frequency, 0..1
}

const (
	bm25K      = 1.2
	bm25B      = 0.6
	titleShare = 0.4 // a word of the article's title counts this much in each of its clauses
)

// newLexical indexes per clause the frequencies of its features and its folded text.
func newLexical(docs []map[string]float64, folded []string) *lexical {
	x := &lexical{ids: map[string]int32{}, grams: map[string][]int32{}, clauses: len(docs)}
	mean, lens := 0.0, make([]float64, len(docs))
	for d, doc := range docs {
		for _, tf := range doc {
			lens[d] += tf
		}
		mean += lens[d] / float64(len(docs))
	}
	for d, doc := range docs {
		norm := bm25K * (1 - bm25B + bm25B*lens[d]/mean)
		for f, tf := range doc {
			id, ok := x.ids[f]
			if !ok {
				id = int32(len(x.postings))
				x.ids[f] = id
				x.postings = append(x.postings, nil)
			}
			x.postings[id] = append(x.postings[id], posting{int32(d), min(1, tf*(bm25K+1)/(tf+norm)/(bm25K+1)*1.8)})
		}
	}
	x.idf = make([]float64, len(x.postings))
	for f, id := range x.ids {
		n := float64(len(x.postings[id]))
		x.idf[id] = featureWeight(f) * math.Log(1+(float64(len(docs))-n+0.5)/(n+0.5))
	}
	for d, s := range folded {
		seen := map[string]bool{}
		for g := range trigrams(s) {
			if !seen[g] {
				seen[g] = true
				x.grams[g] = append(x.grams[g], int32(d))
			}
		}
	}
	return x
}

func trigrams(s string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for i := 0; i+3 <= len(s); i++ {
			if !yield(s[i : i+3]) {
				return
			}
		}
	}
}

// score gives every clause's BM25 and n-gram score for a question.
func (x *lexical) score(features []string, folded string) (words, grams []float64) {
	words, grams = make([]float64, x.clauses), make([]float64, x.clauses)
	whole := 0.0
	top := math.Log(1 + float64(x.clauses))
	for _, f := range features {
		id, ok := x.ids[f]
		if !ok {
			if featureWeight(f) != weightBigram {
				whole += 0.5 * top * featureWeight(f)
			}
			continue
		}
		whole += x.idf[id]
		for _, p := range x.postings[id] {
			words[p.clause] += x.idf[id] * p.gain
		}
	}
	total := 0.0
	for g := range trigrams(folded) {
		list := x.grams[g]
		w := math.Log(1 + float64(x.clauses)/(1+float64(len(list))))
		total += w
		for _, d := range list {
			grams[d] += w
		}
	}
	for d := range words {
		if whole > 0 {
			words[d] /= whole
		}
		if total > 0 {
			grams[d] /= total
		}
	}
	return words, grams
}
