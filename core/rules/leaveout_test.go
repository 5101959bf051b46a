package rules

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestLeftOut learns a model without the contests that DUTHI_TEST_LEAVE_OUT names ("dienluc yte") and asks their questions:
// what a contest gets that the model has not seen. With DUTHI_TEST_VERDICTS it shows what goes wrong.
func TestLeftOut(t *testing.T) {
	var out []string
	for _, name := range strings.Fields(os.Getenv("DUTHI_TEST_LEAVE_OUT")) {
		out = append(out, "testdata/"+name)
	}
	if len(out) == 0 {
		t.Skip("a measurement: DUTHI_TEST_LEAVE_OUT names contests of testdata")
	}
	topics, outside := sayingsIn(t, "testdata/ways/*.txt")
	m := learn(lessonsIn(t, "testdata", out...), topics, outside)
	var all Report
	for _, name := range out {
		ix := newIndex(Source{Contest: contestAt(t, name)}, m)
		r := Evaluate(ix, faqAt(t, name), testNow)
		t.Logf("%-24s %s", name, threeRates(r))
		all = together(all, r)
		for _, v := range r.Verdicts {
			if !v.Right && os.Getenv("DUTHI_TEST_VERDICTS") != "" {
				t.Logf("%v %.2f %q\n   want %v got %v %s", v.Reply.Outcome, v.Reply.Score, v.FAQ.Q, v.FAQ.Expect, v.Reply.Cites, explain(ix, v.FAQ.Q))
			}
		}
	}
	t.Logf("all: %s", threeRates(all))
}

// together adds up what the bars are set for.
func together(a, b Report) Report {
	sum := func(x, y Rate) Rate { return newRate(x.Hits+y.Hits, x.Of+y.Of) }
	return Report{Top1: sum(a.Top1, b.Top1), OutNotAnswered: sum(a.OutNotAnswered, b.OutNotAnswered), InScopeAbstained: sum(a.InScopeAbstained, b.InScopeAbstained)}
}

func threeRates(r Report) string {
	return fmt.Sprintf("top-1 %s, out of scope not answered %s, in scope abstained %s", percent(r.Top1), percent(r.OutNotAnswered), percent(r.InScopeAbstained))
}

func percent(r Rate) string {
	return fmt.Sprintf("%.1f %% [%.1f–%.1f]", 100*r.Share, 100*r.Low, 100*r.Top)
}
