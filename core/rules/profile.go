package rules

import (
	"maps"
	"math"
	"slices"
)

// Rules may name a matter in words that no mark foresees. linkProfiles then looks for the clause that resembles
// everything known of a topic, its ways to ask and the marks of its clauses, and links it weakly.
const (
	profileTop   = 0.66 // weight of a clause that resembles its topic as much as any does
	profileFull  = 0.30 // likeness at which that is so
	profileFloor = 0.09 // likeness below which there is no link
	profileKeep  = 0.75 // a second clause this near the best is linked too
	shortClause  = 4    // added to a clause's length: it must not win by being short
	strictEnough = 0.70 // a topic that marks link this surely needs no profile
)

func (ix *Index) linkProfiles(docs []map[string]float64) {
	in := map[string][]link{} // feature -> clauses with its weight there
	for c, d := range docs {
		for f, tf := range d {
			in[f] = append(in[f], link{c, min(1, tf)})
		}
	}
	norms := make([]float64, len(docs))
	for _, f := range slices.Sorted(maps.Keys(in)) {
		list := in[f]
		idf := featureWeight(f) * math.Log(1+float64(len(docs))/float64(1+len(list)))
		for i := range list {
			list[i].weight *= idf
			norms[list[i].clause] += list[i].weight * list[i].weight
		}
	}
	for c := range norms {
		norms[c] = math.Sqrt(norms[c]) + shortClause
	}
	for t := range ix.lib.topics {
		if ix.lib.topics[t].kind != kindRule || ix.lib.topics[t].strict || len(ix.links[t]) > 0 && ix.links[t][0].weight >= strictEnough {
			continue
		}
		ix.links[t] = append(ix.links[t], likest(ix.profile(t), in, norms)...)
		slices.SortStableFunc(ix.links[t], func(a, b link) int { return compareFloat(b.weight, a.weight) })
	}
}

// profile weighs the features of a topic's examples and marks by how much they set it apart from other topics.
func (ix *Index) profile(t int) map[string]float64 {
	topic := &ix.lib.topics[t]
	p := map[string]float64{}
	for _, features := range ix.lib.asked[t] {
		for _, f := range features {
			if id, ok := ix.examples.ids[f]; ok {
				p[f] += ix.examples.idf[id] / math.Sqrt(float64(len(topic.asks)))
			}
		}
	}
	for _, pat := range topic.settles {
		for _, term := range pat.terms {
			if term.not {
				continue
			}
			for _, id := range term.phrases {
				ws := ix.lib.ph.words[id]
				share := 2 / math.Sqrt(float64(len(term.phrases)))
				if len(ws) == 0 && id != anyNumber {
					p[ix.lib.conceptOf[id]] += share
				}
				for i, w := range ws {
					if !ix.lib.stop[w.tone] {
						p[w.fold] += share / float64(len(ws))
					}
					if i > 0 {
						p[ws[i-1].fold+"_"+w.fold] += 2 * share / float64(len(ws)-1)
					}
				}
			}
		}
	}
	return p
}

// likest links the clauses most like a profile.
func likest(p map[string]float64, in map[string][]link, norms []float64) []link {
	size, dots := 0.0, make([]float64, len(norms))
	for _, f := range slices.Sorted(maps.Keys(p)) { // in one order: sums of floats depend on it
		w := p[f]
		size += w * w
		for _, l := range in[f] {
			dots[l.clause] += w * l.weight
		}
	}
	if size == 0 {
		return nil
	}
	var found []link
	top := 0.0
	for c, dot := range dots {
		like := dot / math.Sqrt(size) / norms[c]
		top = max(top, like)
		found = append(found, link{c, like})
	}
	found = slices.DeleteFunc(found, func(l link) bool { return l.weight < max(profileFloor, profileKeep*top) })
	for i := range found {
		found[i].weight = profileTop * min(1, math.Sqrt(found[i].weight/profileFull))
	}
	return found
}
