package rules

import (
	"fmt"
	"io"
	"math"
	"slices"
	"time"
)

// Rate is a share with its 95 % Wilson interval.
type Rate struct {
	Hits, Of        int
	Share, Low, Top float64
}

// newRate computes the interval; Of 0 gives the whole range.
func newRate(hits, of int) Rate {
	if of == 0 {
		return Rate{Top: 1}
	}
	const z = 1.959964
	n, p := float64(of), float64(hits)/float64(of)
	mid := (p + z*z/(2*n)) / (1 + z*z/n)
	half := z / (1 + z*z/n) * math.Sqrt(p*(1-p)/n+z*z/(4*n*n))
	return Rate{Hits: hits, Of: of, Share: p, Low: max(0, mid-half), Top: min(1, mid+half)}
}

// Point is the quality of the answers whose score is at least Floor.
type Point struct {
	Floor    float64
	Coverage Rate // in-scope questions answered
	Accuracy Rate // of those, right first
}

// Verdict is one question with what became of it.
type Verdict struct {
	FAQ   FAQ
	Reply Reply
	Right bool // in scope: the first citation is right; out of scope: not answered
}

// Report is the result of Evaluate. Answered means answer, choice or command; see decision 33.
type Report struct {
	Top1, Top3       Rate // of the questions in scope
	WrongAnswer      Rate // of all questions: an answer or command whose first citation is wrong or not wanted
	InScopeAbstained Rate
	OutNotAnswered   Rate
	AbstainPrecision Rate // of the questions not answered, those out of scope
	AbstainRecall    Rate // of the questions out of scope, those not answered
	Curve            []Point
	Verdicts         []Verdict
}

// Evaluate asks every question and judges the replies.
func Evaluate(ix *Index, faqs []FAQ, now time.Time) Report {
	var r Report
	var in, out, top1, top3, wrong, inAbst, outAbst int
	for _, f := range faqs {
		v := Verdict{FAQ: f, Reply: ix.Ask(f.Q, now)}
		answered := v.Reply.answered()
		if len(f.Expect) == 0 {
			out++
			v.Right = !answered
			if !answered {
				outAbst++
			}
		} else {
			in++
			v.Right = answered && v.Reply.hit(f.Expect, 1)
			if v.Right {
				top1++
			}
			if answered && v.Reply.hit(f.Expect, 3) {
				top3++
			}
			if !answered {
				inAbst++
			}
		}
		if answered && v.Reply.Outcome != Choice && !v.Right {
			wrong++
		}
		r.Verdicts = append(r.Verdicts, v)
	}
	r.Top1, r.Top3, r.WrongAnswer = newRate(top1, in), newRate(top3, in), newRate(wrong, in+out)
	r.InScopeAbstained, r.OutNotAnswered = newRate(inAbst, in), newRate(outAbst, out)
	r.AbstainPrecision, r.AbstainRecall = newRate(outAbst, outAbst+inAbst), newRate(outAbst, out)
	r.Curve = curve(r.Verdicts)
	return r
}

// answered reports whether the reply gives content: a command counts only when it cites the rules.
func (r Reply) answered() bool {
	return r.Outcome == Answer || r.Outcome == Choice || r.Outcome == Command && len(r.Cites) > 0
}

// hit reports whether one of the first n citations is expected.
func (r Reply) hit(expect []string, n int) bool {
	for _, c := range r.Cites[:min(n, len(r.Cites))] {
		if slices.Contains(expect, c) {
			return true
		}
	}
	return false
}

func curve(vs []Verdict) []Point {
	var out []Point
	for floor := 0.0; floor < 0.95; floor += 0.1 {
		in, answered, right := 0, 0, 0
		for _, v := range vs {
			if len(v.FAQ.Expect) == 0 {
				continue
			}
			in++
			if v.Reply.answered() && v.Reply.Score >= floor {
				answered++
				if v.Right {
					right++
				}
			}
		}
		out = append(out, Point{floor, newRate(answered, in), newRate(right, answered)})
	}
	return out
}

// Print writes the report for people.
func (r Report) Print(w io.Writer) {
	line := func(name string, x Rate) {
		fmt.Fprintf(w, "%-34s %5.1f%%  (%d/%d)  [%.1f–%.1f]\n", name, 100*x.Share, x.Hits, x.Of, 100*x.Low, 100*x.Top)
	}
	line("top-1, in scope", r.Top1)
	line("top-3, in scope", r.Top3)
	line("wrong answers, all", r.WrongAnswer)
	line("in scope but not answered", r.InScopeAbstained)
	line("out of scope, not answered", r.OutNotAnswered)
	line("abstention precision", r.AbstainPrecision)
	line("abstention recall", r.AbstainRecall)
	fmt.Fprintf(w, "\n%8s %10s %10s\n", "score>=", "coverage", "accuracy")
	for _, p := range r.Curve {
		fmt.Fprintf(w, "%8.1f %9.1f%% %9.1f%%\n", p.Floor, 100*p.Coverage.Share, 100*p.Accuracy.Share)
	}
}
