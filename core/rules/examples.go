package rules

import "math"

// examples compares a question with every known way to ask, by shared features weighted by how few topics have them.
type examples struct {
	ids      map[string]int32
	idf      []float64
	postings [][]int32 // feature -> examples
	topic    []int32   // example -> topic, or -1-k for the k-th question of the organizer
	total    []float64 // example -> sum of its weights
	unknown  float64   // weight of a word no example has
}

// featured is an example before it is indexed.
type featured struct {
	topic    int32
	features []string
}

func newExamples(all []featured, topics int) *examples {
	x := &examples{ids: map[string]int32{}}
	var lastTopic []int32
	var df []float64
	for e, ex := range all {
		x.topic = append(x.topic, ex.topic)
		for _, f := range ex.features {
			id, ok := x.ids[f]
			if !ok {
				id = int32(len(x.postings))
				x.ids[f] = id
				x.postings = append(x.postings, nil)
				lastTopic = append(lastTopic, math.MinInt32)
				df = append(df, 0)
			}
			x.postings[id] = append(x.postings[id], int32(e))
			if lastTopic[id] != ex.topic {
				lastTopic[id] = ex.topic
				df[id]++
			}
		}
	}
	n := float64(topics)
	x.idf = make([]float64, len(df))
	for f, id := range x.ids {
		x.idf[id] = featureWeight(f) * math.Log(1+n/df[id])
	}
	x.unknown = 0.6 * math.Log(1+n)
	x.total = make([]float64, len(all))
	for id, list := range x.postings {
		for _, e := range list {
			x.total[e] += x.idf[id]
		}
	}
	return x
}

// coverage weights how much of the example (against how much of the question) must be shared.
const coverage = 0.5

// compare gives, per topic, how near the nearest of its examples is: 0 to 1. Questions of the organizer are in extra.
func (x *examples) compare(features []string, topics, extras int) (byTopic, extra []float64) {
	byTopic, extra = make([]float64, topics), make([]float64, extras)
	dot := make([]float64, len(x.topic))
	whole := 0.0
	for _, f := range features {
		id, ok := x.ids[f]
		if !ok {
			if featureWeight(f) == weightWord {
				whole += x.unknown
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
