package exam_test

import (
	"sync/atomic"
	"testing"

	"duthi/core"
	"duthi/core/exam"
)

// BenchmarkSave is durable answer saves through the service on SQLite, by 64 people at once.
func BenchmarkSave(b *testing.B) {
	w := newWorld(b)
	var people atomic.Int64
	b.SetParallelism(32) // of 2 processors: 64
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		c := w.contestant("Người", "SYT")
		people.Add(1)
		a, _, err := w.Start(b.Context(), w.ed, c, "dot-1", exam.FirstDay)
		if err != nil {
			b.Error(err)
			return
		}
		in := exam.AnswerInput{AttemptID: a.ID, ContestantID: c.ID}
		var seen [20]int
		for i := 0; pb.Next(); i++ {
			in.Index, in.Seen, in.Shown = i%20, seen[i%20], []int{i / 20 % 2}
			r, err := w.Save(b.Context(), w.ed, in, exam.FirstDay+core.Instant(i%1000))
			if err != nil || r.Stale {
				b.Errorf("%+v, %v", r, err)
				return
			}
			seen[i%20] = r.Rev
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "saves/s")
}

// BenchmarkStart is a whole start: reading what was taken, drawing a paper, one durable write.
func BenchmarkStart(b *testing.B) {
	w := newWorld(b)
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, _, err := w.Start(b.Context(), w.ed, w.contestant("Người", "SYT"), "dot-1", exam.FirstDay); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
