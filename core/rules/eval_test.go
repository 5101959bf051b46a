package rules

import (
	"bytes"
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite golden files")

// bars are what the sets must not fall below: they keep what was reached, the figures of sets not looked at before
// are in testdata/README.md.
var bars = []struct {
	set             string
	top1, out, lost float64
}{
	{"cchc", 0.96, 0.94, 0.02},
	{"hocsinh", 0.93, 0.93, 0.03},
	{"chuyendoiso", 0.95, 0.90, 0.03},
	{"congdoan", 0.94, 0.94, 0.03},
	{"lichsu", 0.94, 0.93, 0.03},
	{"phunu", 0.93, 0.93, 0.03},
	{"baucu", 0.92, 0.93, 0.02},
	{"tuoitre", 0.92, 0.88, 0.03},
	{"truonghoc", 0.64, 0.92, 0.17}, // plain speech, the worst case: below what is asked
	{"congty", 0.62, 0.90, 0.19},
	{"giaothong", 0.55, 0.90, 0.13},
	{"congthuong", 0.90, 0.90, 0.05},
	{"chaychua", 0.90, 0.90, 0.05},
	{"nganhang", 0.90, 0.90, 0.05},
	{"giaoduc", 0.90, 0.90, 0.05},
	{"cuuchienbinh", 0.90, 0.90, 0.05},
	{"benhvien", 0.88, 0.90, 0.05},
	{"sinhvien", 0.90, 0.90, 0.05},
	{"chinhquyenso", 0.90, 0.90, 0.05},
	{"nongdan", 0.90, 0.90, 0.05},
	{"baohiem", 0.90, 0.90, 0.05},
	{"tuphap", 0.90, 0.90, 0.05},
	{"docsach", 0.90, 0.90, 0.08},
	{"antoanlaodong", 0.90, 0.90, 0.05},
	{"congnhan", 0.90, 0.90, 0.05},
	{"anninhmang", 0.90, 0.90, 0.05},
	{"duongbo", 0.90, 0.90, 0.05},
	{"lichsudang", 0.90, 0.90, 0.05},
	{"mangantoan", 0.90, 0.90, 0.05},
	{"congvu", 0.90, 0.90, 0.05},
	{"luatlaodong", 0.90, 0.90, 0.05},
	{"dienluc", 0.90, 0.90, 0.05},
	{"yte", 0.90, 0.90, 0.05},
	{"hanhchinh", 0.90, 0.88, 0.05},
	{"phapluat", 0.90, 0.88, 0.05},
	{"chuyendoisoap", 0.90, 0.88, 0.05},
	{"danchu", 0.90, 0.88, 0.05},
}

func TestEvaluateBars(t *testing.T) {
	t.Parallel()
	for _, b := range bars {
		t.Run(b.set, func(t *testing.T) {
			t.Parallel()
			ix := New(Source{Contest: loadContest(t, b.set)})
			r := Evaluate(ix, loadFAQ(t, b.set), testNow)
			if testing.Verbose() {
				r.Print(os.Stderr)
			}
			if r.Top1.Share < b.top1 || r.OutNotAnswered.Share < b.out || r.InScopeAbstained.Share > b.lost {
				t.Errorf("top-1 %.3f (bar %.2f), out of scope not answered %.3f (%.2f), in scope abstained %.3f (%.2f)",
					r.Top1.Share, b.top1, r.OutNotAnswered.Share, b.out, r.InScopeAbstained.Share, b.lost)
			}
			if !t.Failed() && !testing.Verbose() {
				return
			}
			for _, v := range r.Verdicts {
				if !v.Right {
					t.Logf("%v %q\n   want %v got %v %.2f %s", v.Reply.Outcome, v.FAQ.Q, v.FAQ.Expect, v.Reply.Cites, v.Reply.Score, explain(ix, v.FAQ.Q))
				}
			}
		})
	}
}

// TestEvaluateHeldOut asks about contests that neither the library nor the model was made with, and must not be: learning
// leaves testdata/heldout out.
func TestEvaluateHeldOut(t *testing.T) {
	t.Parallel()
	var all Report
	for _, name := range contestsOf(t, "testdata/heldout") {
		r := Evaluate(New(Source{Contest: contestAt(t, name)}), faqAt(t, name), testNow)
		t.Logf("%s: %s", name, threeRates(r))
		all = together(all, r)
	}
	t.Logf("all: %s", threeRates(all))
	if all.Top1.Share < 0.85 || all.OutNotAnswered.Share < 0.90 || all.InScopeAbstained.Share > 0.05 {
		t.Error("below the bars: 85 % top-1, 90 % of what is out of scope not answered, 5 % of what is in scope abstained")
	}
}

// Every clause a question expects exists: a misprint would be counted as a wrong answer.
func TestExpectedClausesExist(t *testing.T) {
	t.Parallel()
	for _, b := range bars {
		ix := New(Source{Contest: loadContest(t, b.set)})
		for _, f := range loadFAQ(t, b.set) {
			for _, id := range f.Expect {
				if _, ok := ix.Quote(id); !ok {
					t.Errorf("%s: %q expects %s, which is not in the rules", b.set, f.Q, id)
				}
			}
		}
	}
}

// Two questions in one message are both answered. Some of the messages ask one thing that either of two clauses answers:
// there one is enough, and six of ten in all.
func TestTwoQuestions(t *testing.T) {
	t.Parallel()
	both, all := 0, 0
	for _, b := range bars {
		ix := New(Source{Contest: loadContest(t, b.set)})
		for _, f := range loadFAQ(t, b.set) {
			if f.Style != "long" || len(f.Expect) < 2 {
				continue
			}
			all++
			r := ix.Ask(f.Q, testNow)
			if slices.Contains(r.Cites, f.Expect[0]) && slices.Contains(r.Cites, f.Expect[1]) {
				both++
			}
		}
	}
	if both*10 < all*6 {
		t.Errorf("both parts cited in %d of %d two-part questions", both, all)
	}
	t.Logf("both parts cited in %d of %d", both, all)
}

func TestWilson(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		hits, of  int
		low, high float64
	}{{0, 0, 0, 1}, {10, 10, 0.722, 1}, {0, 10, 0, 0.278}, {50, 100, 0.404, 0.596}} {
		r := newRate(tc.hits, tc.of)
		if abs(r.Low-tc.low) > 0.001 || abs(r.Top-tc.high) > 0.001 {
			t.Errorf("%d/%d: [%.3f, %.3f], want [%.3f, %.3f]", tc.hits, tc.of, r.Low, r.Top, tc.low, tc.high)
		}
	}
}

func abs(x float64) float64 { return max(x, -x) }

func TestReadFAQ(t *testing.T) {
	t.Parallel()
	good := `{"q":"a","expect":["dieu-1.1"],"style":"full"}` + "\n\n" + `{"q":"b","expect":"none"}`
	faqs, err := ReadFAQ(strings.NewReader(good))
	if err != nil || len(faqs) != 2 || len(faqs[0].Expect) != 1 || faqs[1].Expect != nil {
		t.Fatalf("%v %v", faqs, err)
	}
	for _, bad := range []string{`{`, `{"q":"a","expect":"dieu-1.1"}`, `{"q":"a","expect":[]}`, `{"q":"a"}`} {
		if _, err := ReadFAQ(strings.NewReader(bad)); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}

func TestCurveNeverGrows(t *testing.T) {
	t.Parallel()
	r := Evaluate(New(Source{Contest: loadContest(t, "cchc")}), loadFAQ(t, "cchc"), testNow)
	for i := 1; i < len(r.Curve); i++ {
		if r.Curve[i].Coverage.Hits > r.Curve[i-1].Coverage.Hits {
			t.Errorf("coverage grows at score %.1f", r.Curve[i].Floor)
		}
	}
	var b bytes.Buffer
	r.Print(&b)
	if !strings.Contains(b.String(), "top-1") {
		t.Error("report names no figure")
	}
}
