package sqlitestore_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"duthi/core"
	"duthi/core/store/sqlitestore"
)

// fill stores a contest of 100,000 people in 200 units with 300,000 attempts in 5 rounds over 35 days; one
// person in 500 moved between attempts.
func fill(b *testing.B, s *sqlitestore.Store) {
	b.Helper()
	const people, day = 100_000, 86_400_000
	rng := rand.New(rand.NewPCG(1, 2))
	unit := func(u int) (string, string, string) {
		return fmt.Sprintf("unit-%03d", u), fmt.Sprintf("unit-%03d", u-u%5), fmt.Sprint("block-", u%4)
	}
	var batch []core.Attempt
	for i := range people {
		id, u := core.NewID(core.Instant(i)), rng.IntN(200)
		p := core.Contestant{ID: id, ContestID: "c", Status: core.Active, FullName: "Nguyễn Văn An", NameFolded: "nguyen van an",
			Phone: core.Sealed{Hash: "p" + id, Value: "v", Last: "123"}, NationalID: core.Sealed{Hash: "n" + id, Value: "v", Last: "123"}}
		p.UnitCode, p.Unit1Code, _ = unit(u)
		if i%50 == 0 {
			if err := s.InsertContestant(b.Context(), p); err != nil {
				b.Fatal(err)
			}
		}
		for n := range 3 {
			a := core.Attempt{ID: core.NewID(core.Instant(i)), ContestID: "c", ContestantID: id, Ordinal: n + 1, StartedAt: core.Instant(rng.IntN(35 * day))}
			a.RoundID = fmt.Sprint("r", a.StartedAt/(7*day))
			if i%500 == 0 {
				u = rng.IntN(200)
			}
			a.UnitCode, a.Unit1Code, a.BlockID = unit(u)
			a.Deadline = a.StartedAt + 900_000
			for q := range 20 {
				a.Paper = append(a.Paper, core.PaperItem{QuestionRef: core.QuestionRef{ID: fmt.Sprintf("q%03d", q), Version: 1}, Order: []int{0, 1, 2, 3}})
				a.Answers = append(a.Answers, core.Answer{Choice: 1, Rev: 1, At: a.StartedAt})
			}
			correct := rng.IntN(21)
			a.Finish(core.Submitted, a.StartedAt+core.Instant(rng.IntN(900_000)), core.Score{Answered: 20, Correct: correct, Points: correct})
			batch = append(batch, a)
		}
		if len(batch) >= 30_000 || i == people-1 {
			if err := s.ImportAttempts(b.Context(), batch); err != nil {
				b.Fatal(err)
			}
			batch = batch[:0]
		}
	}
}

// BenchmarkFigures is the live tables of a large contest.
func BenchmarkFigures(b *testing.B) {
	s := openBench(b)
	fill(b, s)
	run := func(name string, f func() (any, error)) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := f(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	run("participation-contest", func() (any, error) { return s.Participation(b.Context(), "c", "") })
	run("participation-round", func() (any, error) { return s.Participation(b.Context(), "c", "r4") })
	run("leaders-100", func() (any, error) { return s.Leaders(b.Context(), "c", "r4", 100) })
	run("activity-15", func() (any, error) { return s.Activity(b.Context(), "c", 20*86_400_000, 15) })
	run("days", func() (any, error) { return s.Days(b.Context(), "c", 25200) })
	run("registered", func() (any, error) { _, m, err := s.Registered(b.Context(), "c"); return m, err })
	run("took-part-unit1", func() (any, error) { return s.TookPart(b.Context(), "c", "unit-000", false) })
	run("heads", func() (any, error) { return s.ContestHeads(b.Context()) })
}
