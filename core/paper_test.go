package core_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"duthi/core"
)

func drawBank(t *rapid.T, max int) []core.Question {
	n := rapid.IntRange(0, max).Draw(t, "bank")
	bank := make([]core.Question, n)
	for i := range bank {
		bank[i] = core.Question{
			ID: fmt.Sprintf("q%03d", i), Version: rapid.IntRange(1, 3).Draw(t, "version"),
			Topic:   rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "topic"),
			Level:   rapid.IntRange(1, 3).Draw(t, "level"),
			Options: make([]string, rapid.IntRange(2, core.MaxOptions).Draw(t, "options")),
		}
	}
	return bank
}

func drawQuiz(t *rapid.T) core.Quiz {
	quiz := core.Quiz{
		Questions:        rapid.IntRange(1, 30).Draw(t, "questions"),
		ShuffleQuestions: rapid.Bool().Draw(t, "shuffle questions"), ShuffleOptions: rapid.Bool().Draw(t, "shuffle options"),
	}
	for range rapid.IntRange(0, 3).Draw(t, "quotas") {
		quiz.Quotas = append(quiz.Quotas, core.Quota{
			Topic: rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "quota topic"),
			Level: rapid.IntRange(0, 3).Draw(t, "quota level"), Count: rapid.IntRange(1, 6).Draw(t, "quota count"),
		})
	}
	return quiz
}

func TestDrawPaper(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		bank, quiz := drawBank(t, 80), drawQuiz(t)
		seed := rapid.Int64Range(0, core.SeedLimit-1).Draw(t, "seed")
		paper := core.DrawPaper(bank, quiz, seed)

		if len(paper) != min(quiz.Questions, len(bank)) {
			t.Fatalf("%d questions of %d in a bank of %d", len(paper), quiz.Questions, len(bank))
		}
		byID := map[string]core.Question{}
		for _, q := range bank {
			byID[q.ID] = q
		}
		seen := map[string]bool{}
		for _, p := range paper {
			q, ok := byID[p.ID]
			if !ok || p.Version != q.Version || seen[p.ID] {
				t.Fatalf("%v is not in the bank, of another version or drawn twice", p.QuestionRef)
			}
			seen[p.ID] = true
			order := slices.Clone(p.Order)
			slices.Sort(order)
			for i := range order {
				if len(order) != len(q.Options) || order[i] != i || !quiz.ShuffleOptions && p.Order[i] != i {
					t.Fatalf("order %v of %d options", p.Order, len(q.Options))
				}
			}
		}
		if !quiz.ShuffleQuestions && !slices.IsSortedFunc(paper, func(a, b core.PaperItem) int { return slices.Compare([]byte(a.ID), []byte(b.ID)) }) {
			t.Fatal("questions are not in the bank's order")
		}
		shuffled := rapid.Permutation(bank).Draw(t, "bank in another order")
		if again := core.DrawPaper(shuffled, quiz, seed); !reflect.DeepEqual(again, paper) {
			t.Fatal("the same seed drew another paper")
		}
	})
}

// A quota is met whenever quotas don't overlap, fit the paper and the bank has the questions.
func TestDrawPaperQuotas(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		bank := drawBank(t, 80)
		have := map[core.Quota]int{}
		for _, q := range bank {
			have[core.Quota{Topic: q.Topic, Level: q.Level}]++
		}
		quiz := core.Quiz{ShuffleQuestions: true}
		for _, topic := range []string{"a", "b", "c"} {
			for level := 1; level <= 3; level++ {
				kind := core.Quota{Topic: topic, Level: level}
				if have[kind] > 0 && rapid.Bool().Draw(t, "asked") {
					kind.Count = rapid.IntRange(1, have[kind]).Draw(t, "count")
					quiz.Quotas, quiz.Questions = append(quiz.Quotas, kind), quiz.Questions+kind.Count
				}
			}
		}
		quiz.Questions += rapid.IntRange(0, 5).Draw(t, "free")
		got := map[core.Quota]int{}
		byID := map[string]core.Question{}
		for _, q := range bank {
			byID[q.ID] = q
		}
		for _, p := range core.DrawPaper(bank, quiz, rapid.Int64Range(0, core.SeedLimit-1).Draw(t, "seed")) {
			got[core.Quota{Topic: byID[p.ID].Topic, Level: byID[p.ID].Level}]++
		}
		for _, q := range quiz.Quotas {
			if n := got[core.Quota{Topic: q.Topic, Level: q.Level}]; n < q.Count {
				t.Fatalf("%d of %+v", n, q)
			}
		}
	})
}

// Over many seeds every question comes about as often, at every place, and every option at every place. The
// seeds are fixed, so the test can't fail by chance.
func TestDrawPaperIsUniform(t *testing.T) {
	t.Parallel()
	const size, length, papers = 30, 10, 6000
	bank := make([]core.Question, size)
	for i := range bank {
		bank[i] = core.Question{ID: fmt.Sprintf("q%02d", i), Version: 1, Options: make([]string, 4)}
	}
	quiz := core.Quiz{Questions: length, ShuffleQuestions: true, ShuffleOptions: true}
	var at [length]map[string]int
	for i := range at {
		at[i] = map[string]int{}
	}
	var options [4][4]int
	for seed := range int64(papers) {
		for i, p := range core.DrawPaper(bank, quiz, seed) {
			at[i][p.ID]++
			for place, own := range p.Order {
				options[place][own]++
			}
		}
	}
	for i := range at {
		var chi float64
		const want = float64(papers) / size
		for _, q := range bank {
			d := float64(at[i][q.ID]) - want
			chi += d * d / want
		}
		if chi > 60 { // 29 degrees of freedom: 0.06 % lie above
			t.Errorf("place %d: chi-square %.1f", i, chi)
		}
	}
	for place := range options {
		for own, n := range options[place] {
			if want := papers * length / 4; n < want*97/100 || n > want*103/100 {
				t.Errorf("option %d at place %d: %d times, want about %d", own, place, n, want)
			}
		}
	}
}

func TestSplitPractice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		bank, quiz := drawBank(t, 80), drawQuiz(t)
		if rapid.Bool().Draw(t, "named") {
			quiz.Practice = &core.PracticePool{Topics: []string{"a"}, IDs: []string{"q001", "q002"}}
		}
		round, practice := core.SplitPractice(bank, quiz)
		if len(round)+len(practice) != len(bank) {
			t.Fatalf("%d + %d of %d", len(round), len(practice), len(bank))
		}
		kept := map[string]bool{}
		for _, q := range practice {
			kept[q.ID] = true
			if quiz.Practice != nil && q.Topic != "a" && q.ID != "q001" && q.ID != "q002" {
				t.Fatalf("%s is not of the named pool", q.ID)
			}
		}
		for _, q := range round {
			if kept[q.ID] {
				t.Fatalf("%s is in both pools", q.ID)
			}
		}
		if len(round) < min(quiz.Questions, len(bank)) {
			t.Fatalf("rounds keep %d, a paper has %d, the bank %d", len(round), quiz.Questions, len(bank))
		}
	})
}
