package rules

import (
	"maps"
	"math"
	"slices"
)

// examples compares a question with every known way to ask, by shared features weighted by how few topics have them.
type examples struct {
	ids      map[string]int32
	idf      []float64
	postings [][]int32 // feature -> examples
	topic    []int32   // example -> topic, or -1-k for the k-th question of the organizer
	total    []float64 // example -> sum of its weights
	rarest   float64   // weight of a word that one topic has
}

// featured is an example before it is indexed.
type featured struct {
	topic    int32
	features []string
}

func newExamples(all []featured, topics int) *examples {
	x := &examples{ids: map[string]int32{}, rarest: math.Log(1 + float64(topics))}
	x.add(all)
	df, lastTopic := make([]float64, len(x.postings)), make([]int32, len(x.postings))
	for id, list := range x.postings {
		lastTopic[id] = math.MinInt32
		for _, e := range list {
			if lastTopic[id] != x.topic[e] {
				lastTopic[id] = x.topic[e]
				df[id]++
			}
		}
	}
	x.idf = make([]float64, len(df))
	for f, id := range x.ids {
		x.idf[id] = featureWeight(f) * math.Log(1+float64(topics)/df[id])
	}
	x.weigh(0)
	return x
}

// add files all under their features.
func (x *examples) add(all []featured) {
	for _, ex := range all {
		e := int32(len(x.topic))
		x.topic = append(x.topic, ex.topic)
		for _, f := range ex.features {
			id, ok := x.ids[f]
			if !ok {
				id = int32(len(x.postings))
				x.ids[f] = id
				x.postings = append(x.postings, nil)
			}
			x.postings[id] = append(x.postings[id], e)
		}
	}
}

// weigh sums the weights of the examples from the given one on.
func (x *examples) weigh(from int) {
	x.total = append(x.total, make([]float64, len(x.topic)-from)...)
	for id, list := range x.postings {
		for _, e := range list {
			if int(e) >= from {
				x.total[e] += x.idf[id]
			}
		}
	}
}

// with gives x and more examples, x itself stays as it is. A feature that x has not weighs as one that a single topic has.
func (x *examples) with(more []featured) *examples {
	if len(more) == 0 {
		return x
	}
	y := &examples{ids: maps.Clone(x.ids), idf: slices.Clone(x.idf), postings: slices.Clone(x.postings), topic: slices.Clone(x.topic),
		total: slices.Clone(x.total), rarest: x.rarest}
	for i := range y.postings {
		y.postings[i] = slices.Clip(y.postings[i])
	}
	y.add(more)
	y.idf = append(y.idf, make([]float64, len(y.postings)-len(x.postings))...)
	for f, id := range y.ids {
		if int(id) >= len(x.postings) {
			y.idf[id] = featureWeight(f) * x.rarest
		}
	}
	y.weigh(len(x.topic))
	return y
}

// coverage weights how much of the example (against how much of the question) must be shared.
const coverage = 0.5

const unknownShare = 0.6 // what a word that no example has counts, of one that one topic has

// compare gives, per topic, how near the nearest of its examples is: 0 to 1. Questions of the organizer are in extra.
func (x *examples) compare(features []string, topics, extras int) (byTopic, extra []float64) {
	byTopic, extra = make([]float64, topics), make([]float64, extras)
	dot := make([]float64, len(x.topic))
	whole := 0.0
	for _, f := range features {
		id, ok := x.ids[f]
		if !ok {
			if featureWeight(f) == weightWord {
				whole += unknownShare * x.rarest
			}
			continue
		}
		whole += x.idf[id]
		for _, e := range x.postings[id] {
			dot[e] += x.idf[id]
		}
	}
	if whole == 0 {
		return byTopic, extra
	}
	for e, d := range dot {
		if d == 0 {
			continue
		}
		s := math.Pow(d/x.total[e], coverage) * math.Pow(d/whole, 1-coverage)
		if t := x.topic[e]; t >= 0 {
			byTopic[t] = max(byTopic[t], s)
		} else {
			extra[-1-t] = max(extra[-1-t], s)
		}
	}
	return byTopic, extra
}
