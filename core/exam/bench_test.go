package exam_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"duthi/core"
	"duthi/core/exam"
)

// BenchmarkSave is durable answer saves through the service on SQLite, by 64 people at once.
func BenchmarkSave(b *testing.B) {
	w := newWorld(b)
	b.SetParallelism(32) // of 2 processors: 64
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		c := w.contestant("Người", "SYT")
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

// BenchmarkTables computes the live tables over 10,000 people with three attempts each.
func BenchmarkTables(b *testing.B) {
	w := newWorld(b)
	w.fill(b, 10_000)
	now := exam.FirstDay + exam.Day
	step := func(b *testing.B, f func(core.Instant) error) {
		for b.Loop() {
			if err := f(now); err != nil {
				b.Fatal(err)
			}
			now += exam.Minute // always due
		}
	}
	b.Run("participation", func(b *testing.B) {
		step(b, func(now core.Instant) error { _, err := w.Participation(b.Context(), w.ed, "", now); return err })
	})
	b.Run("board", func(b *testing.B) {
		step(b, func(now core.Instant) error { _, err := w.Board(b.Context(), w.ed, "dot-1", now); return err })
	})
	b.Run("dashboard", func(b *testing.B) {
		step(b, func(now core.Instant) error { _, err := w.Dashboard(b.Context(), w.ed, now); return err })
	})
	b.Run("kept", func(b *testing.B) {
		for b.Loop() {
			if _, err := w.Participation(b.Context(), w.ed, "", now-exam.Minute); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// fill stores three finished attempts of each of n people.
func (w *world) fill(b *testing.B, n int) {
	units := []string{"SNV-VP", "SNV-CC-1", "SYT", "DL-NV", core.OtherUnit}
	var batch []core.Attempt
	for i := range n {
		c := w.contestant("Nguyễn Thị An", units[i%len(units)])
		block, _ := w.ed.Units.Block(c.UnitCode)
		for k := range 3 {
			at := exam.FirstDay + core.Instant(rand.IntN(int(exam.Day)))
			a := core.Attempt{
				ID: fmt.Sprintf("%s-%d", c.ID, k), ContestID: w.ed.Contest.ID, RoundID: []string{"dot-1", "dot-1", "dot-2"}[k], ContestantID: c.ID,
				Ordinal: k + 1, UnitCode: c.UnitCode, Unit1Code: c.Unit1Code, BlockID: block.ID, Status: core.Running,
				Paper: core.DrawPaper(w.ed.Bank, w.ed.Contest.Quiz, int64(i)), Answers: make([]core.Answer, 20), StartedAt: at, Deadline: at + 20*exam.Minute,
			}
			right := rand.IntN(21)
			a.Finish(core.Submitted, at+core.Instant(rand.IntN(1_200_000)), core.Score{Answered: 20, Correct: right, Points: 5 * right})
			a.Receipt = w.Receipt(&a)
			batch = append(batch, a)
		}
		if len(batch) >= 600 || i == n-1 {
			if err := w.store.ImportAttempts(b.Context(), batch); err != nil {
				b.Fatal(err)
			}
			batch = batch[:0]
		}
	}
}
