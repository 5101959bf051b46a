package rules

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// temporary
func TestLOO(t *testing.T) {
	if os.Getenv("TESTS") == "" {
		t.Skip()
	}
	var names []string
	for _, dir := range strings.Fields(os.Getenv("DIRS")) {
		names = append(names, contestsOf(t, dir)...)
	}
	topics, outside := sayingsIn(t, "testdata/ways/*.txt")
	lessons := map[string]lesson{}
	for _, n := range names {
		lessons[n] = lessonOf(t, n)
	}
	tests := strings.Fields(os.Getenv("TESTS"))
	left := map[string]bool{}
	for _, n := range tests {
		left[n] = true
	}
	var sum Report
	_ = sum
	type tally struct{ in, top1, top3, abst, out, quiet, wrong, choice int }
	var all tally
	var shared *meaning
	var dump []map[string]any
	for _, test := range tests {
		without := []string{test}
		if os.Getenv("ALLOUT") != "" {
			without = tests
		}
		rest := lessonsIn(t, "testdata", without...)
		m := shared
		if m == nil {
			m = learn(rest, topics, outside)
		}
		if os.Getenv("ALLOUT") != "" {
			shared = m
		}
		ix := newIndex(Source{Contest: contestAt(t, test)}, m)
		for i, f := range faqAt(t, test) {
			ts := ix.prepare(f.Q)
			v := ix.look(ts, mostlyMarked(ts))
			_, small := ix.smalltalk(v)
			ix.blend(&v, ix.lookParts(ts, mostlyMarked(ts)))
			ix.weigh(&v)
			_, found, firm := ix.outside(v)
			o := ix.ranked(v)
			best := -1.0
			for _, n := range v.near {
				best = max(best, n)
			}
			dump = append(dump, map[string]any{"set": test, "in": len(f.Expect) > 0, "right": lessons[test].right[i][o[0]], "near": best, "nearTop": v.near[o[0]], "beside": v.beside, "topics": v.clauses[o[0]] * v.trust(o[0]), "raw": v.clauses[o[0]],
				"strange": v.strange, "contest": v.contest, "other": v.other, "found": found, "firm": firm, "small": small, "rank": v.rank[o[0]], "gap": v.rank[o[0]] - v.rank[o[1]], "words": v.words[o[0]]})
		}
		r := Evaluate(ix, faqAt(t, test), testNow)
		ch := 0
		for _, v := range r.Verdicts {
			if v.Reply.Outcome == Choice {
				ch++
			}
			if os.Getenv("SHOW") != "" && !v.Right {
				t.Logf("%v %.2f %q\n   want %v got %v %s", v.Reply.Outcome, v.Reply.Score, v.FAQ.Q, v.FAQ.Expect, v.Reply.Cites, explain(ix, v.FAQ.Q))
			}
		}
		t.Logf("%-26s top1 %.3f top3 %.3f abst %.3f out %.3f wrong %.3f choices %d n=%d+%d", test, r.Top1.Share, r.Top3.Share, r.InScopeAbstained.Share, r.OutNotAnswered.Share, r.WrongAnswer.Share, ch, r.Top1.Of, r.OutNotAnswered.Of)
		all.in += r.Top1.Of
		all.top1 += r.Top1.Hits
		all.top3 += r.Top3.Hits
		all.abst += r.InScopeAbstained.Hits
		all.out += r.OutNotAnswered.Of
		all.quiet += r.OutNotAnswered.Hits
		all.choice += ch
	}
	if p := os.Getenv("DUMP"); p != "" {
		b, _ := json.Marshal(dump)
		os.WriteFile(p, b, 0o644)
	}
	f := func(a, b int) float64 { return float64(a) / float64(b) }
	t.Logf("ALL top1 %.3f top3 %.3f abst %.3f out %.3f choice %.3f n=%d+%d", f(all.top1, all.in), f(all.top3, all.in), f(all.abst, all.in), f(all.quiet, all.out), f(all.choice, all.in+all.out), all.in, all.out)
}
