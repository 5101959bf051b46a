package sqlitestore_test

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/exam"
	"duthi/core/store/sqlitestore"
)

// BenchmarkSaveAnswer is durable answer saves by 64 clients, each with attempts of 30 questions of its own.
func BenchmarkSaveAnswer(b *testing.B) {
	s := openBench(b)
	const clients, questions = 64, 30
	var attempts []core.Attempt
	for i := range clients * 40 {
		a := core.Attempt{ID: core.NewID(core.Instant(i)), ContestID: "c", RoundID: "r", ContestantID: core.NewID(core.Instant(i)), Ordinal: 1,
			UnitCode: "so-noi-vu-vp", Unit1Code: "so-noi-vu", BlockID: "so", Status: core.Running, StartedAt: 1, Deadline: 1 << 50}
		for q := range questions {
			a.Paper = append(a.Paper, core.PaperItem{QuestionRef: core.QuestionRef{ID: fmt.Sprintf("q%03d", q), Version: 1}, Order: []int{0, 1, 2, 3}})
			a.Answers = append(a.Answers, core.Answer{})
		}
		attempts = append(attempts, a)
	}
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for i := c; i < len(attempts); i += clients {
				if err := s.InsertAttempt(b.Context(), attempts[i]); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	var left atomic.Int64
	left.Store(int64(b.N))
	took := make([][]time.Duration, clients)
	b.ReportAllocs()
	b.ResetTimer()
	for c := range clients {
		wg.Go(func() {
			for i := 0; left.Add(-1) >= 0; i++ {
				a := attempts[c+clients*(i%40)]
				turn := i / 40
				began := time.Now()
				r, err := s.SaveAnswer(b.Context(), exam.AnswerWrite{AttemptID: a.ID, ContestantID: a.ContestantID, Index: turn % questions,
					Choice: 1 << (turn % 4), Seen: turn / questions, Now: core.At(began)})
				took[c] = append(took[c], time.Since(began))
				if err != nil || r.Outcome != exam.Saved {
					b.Error(r, err)
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	reportTimes(b, slices.Concat(took...))
}

func openBench(b *testing.B) *sqlitestore.Store {
	b.Helper()
	s, err := sqlitestore.Open(b.Context(), b.TempDir(), nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}
