package rules

import (
	"strings"
	"time"
)

// answer quotes the clauses, below a line computed from the contest where the topic has one.
func (ix *Index) answer(v view, best int, cites []string, score float64, now time.Time) Reply {
	r := Reply{Outcome: Answer, Cites: cites, Score: score}
	if t := v.via[best]; t >= 0 && v.topics[t] >= nameFloor {
		topic := ix.lib.topics[t]
		r.Short = ix.short(topic.short, ix.clauses[best].Text, now)
		if topic.command != "" && v.text.content <= 4 {
			r.Outcome, r.Command = Command, topic.command
		}
	}
	r.Answer = ix.compose(r.Short, cites)
	return r
}

// options names the clauses to choose from by the topic that found them, else by their article; those of one name by how
// they begin as well.
func (ix *Index) options(cites []string, v view) []Option {
	var out []Option
	count := map[string]int{}
	for _, id := range cites {
		c := ix.byID[id]
		label := strings.ToLower(ix.clauses[c].article.Title)
		if t := v.via[c]; t >= 0 && v.topics[t] >= nameFloor {
			label = ix.lib.topics[t].name
		}
		count[label]++
		out = append(out, Option{Cite: id, Label: label})
	}
	for i, o := range out {
		if count[o.Label] > 1 {
			out[i].Label = o.Label + ": " + opening(ix.clauses[ix.byID[o.Cite]].Text)
		}
	}
	return out
}

// A topic this sure gives an option its name, and an answer its short line.
const nameFloor = 0.5

// opening gives the first words of a clause.
func opening(s string) string {
	const words = 7
	f := strings.Fields(s)
	if len(f) <= words {
		return s
	}
	return strings.TrimRight(strings.Join(f[:words], " "), ",;:.") + "…"
}

// offer asks which of several matters is meant.
func (ix *Index) offer(cites []string, v view) string {
	var labels []string
	for _, o := range ix.options(cites, v) {
		labels = append(labels, o.Label)
	}
	return "Anh/chị hỏi về " + strings.Join(labels, ", hay ") + "?"
}
