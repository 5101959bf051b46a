package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"duthi/core"
)

// bigContest repeats the sample's articles until there are n clauses.
func bigContest(tb testing.TB, n int) *core.Contest {
	c := *loadContest(tb, "cchc")
	var rules []core.Article
	total := 0
	for k := 0; total < n; k++ {
		for _, a := range loadContest(tb, "cchc").Rules {
			number := len(rules) + 1
			a.ID, a.Number = fmt.Sprintf("dieu-%d", number), number
			for i := range a.Clauses {
				a.Clauses[i].ID = fmt.Sprintf("dieu-%d.%d", number, i+1)
				a.Clauses[i].Text = strings.ReplaceAll(a.Clauses[i].Text, "Cuộc thi", fmt.Sprintf("Cuộc thi %d", k))
			}
			total += len(a.Clauses)
			rules = append(rules, a)
		}
	}
	c.Rules = rules
	return &c
}

func BenchmarkAsk(b *testing.B) {
	ix := New(Source{Contest: loadContest(b, "cchc")})
	faqs := loadFAQ(b, "cchc")
	took := make([]time.Duration, 0, b.N)
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		ix.Ask(faqs[i%len(faqs)].Q, testNow)
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

func BenchmarkAsk500(b *testing.B) {
	ix := New(Source{Contest: bigContest(b, 500)})
	faqs := loadFAQ(b, "cchc")
	took := make([]time.Duration, 0, b.N)
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		ix.Ask(faqs[i%len(faqs)].Q, testNow)
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}

func BenchmarkNew500(b *testing.B) {
	c := bigContest(b, 500)
	for b.Loop() {
		New(Source{Contest: c})
	}
}
