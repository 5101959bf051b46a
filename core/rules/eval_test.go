package rules

import (
	"os"
	"testing"
)

func TestEvalDev(t *testing.T) {
	for _, name := range []string{"cchc", "hocsinh", "chuyendoiso", "congdoan", "lichsu", "phunu"} {
		c := loadContest(t, name)
		ix := New(Source{Contest: c})
		r := Evaluate(ix, loadFAQ(t, name), testNow)
		t.Logf("== %s", name)
		r.Print(os.Stdout)
		for _, v := range r.Verdicts {
			if !v.Right {
				t.Logf("%v %q\n   want %v got %v %.2f %s", v.Reply.Outcome, v.FAQ.Q, v.FAQ.Expect, v.Reply.Cites, v.Reply.Score, explain(ix, v.FAQ.Q))
			}
		}
	}
}
