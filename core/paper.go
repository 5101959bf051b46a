package core

import (
	"cmp"
	"math/rand/v2"
	"slices"
)

// SeedLimit bounds a paper's seed so that it survives JSON numbers: 0 <= seed < SeedLimit.
const SeedLimit int64 = 1 << 53

// DrawPaper draws a paper from bank, the same one for the same bank, quiz and seed whatever the order of
// bank. Quotas are met first, the rest is drawn uniformly. The result is shorter than asked for when bank is.
// Callers pass the questions of the round only: the practice pool is left out before.
func DrawPaper(bank []Question, quiz Quiz, seed int64) []PaperItem {
	rng := rand.New(rand.NewPCG(uint64(seed), 0x6475746869)) // the second word only sets duthi's stream apart
	pool := slices.Clone(bank)
	slices.SortFunc(pool, func(a, b Question) int { return cmp.Compare(a.ID, b.ID) })
	rng.Shuffle(len(pool), func(i, j int) { pool[i], pool[j] = pool[j], pool[i] })

	drawn := drawQuotas(pool, quiz)
	if !quiz.ShuffleQuestions {
		slices.SortFunc(drawn, func(a, b Question) int { return cmp.Compare(a.ID, b.ID) })
	} else {
		rng.Shuffle(len(drawn), func(i, j int) { drawn[i], drawn[j] = drawn[j], drawn[i] })
	}
	paper := make([]PaperItem, len(drawn))
	for i, q := range drawn {
		order := make([]int, len(q.Options))
		for j := range order {
			order[j] = j
		}
		if quiz.ShuffleOptions {
			rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		}
		paper[i] = PaperItem{QuestionRef: q.Ref(), Order: order}
	}
	return paper
}

// drawQuotas takes what the quotas ask for from the shuffled pool, then fills up from what is left.
func drawQuotas(pool []Question, quiz Quiz) []Question {
	taken := make([]bool, len(pool))
	var drawn []Question
	take := func(q Quota) {
		for i := range pool {
			if q.Count == 0 || len(drawn) == quiz.Questions {
				return
			}
			if taken[i] || q.Topic != "" && pool[i].Topic != q.Topic || q.Level != 0 && pool[i].Level != q.Level {
				continue
			}
			taken[i], q.Count = true, q.Count-1
			drawn = append(drawn, pool[i])
		}
	}
	for _, q := range quiz.Quotas {
		take(q)
	}
	take(Quota{Count: quiz.Questions - len(drawn)})
	return drawn
}

// SplitPractice divides the bank into the questions of rounds and those kept for practice: the pool the
// contest names, else every tenth question by id. Rounds keep at least a paper's worth.
func SplitPractice(bank []Question, quiz Quiz) (round, practice []Question) {
	sorted := slices.Clone(bank)
	slices.SortFunc(sorted, func(a, b Question) int { return cmp.Compare(a.ID, b.ID) })
	for i, q := range sorted {
		kept := i%10 == 9
		if p := quiz.Practice; p != nil && (len(p.Topics) > 0 || len(p.IDs) > 0) {
			kept = slices.Contains(p.Topics, q.Topic) || slices.Contains(p.IDs, q.ID)
		}
		if kept && len(sorted)-len(practice) > quiz.Questions {
			practice = append(practice, q)
		} else {
			round = append(round, q)
		}
	}
	return round, practice
}

// PracticeLength gives the number of questions of a practice paper: what the contest says, else 10, never
// more than a paper of a round.
func PracticeLength(quiz Quiz) int {
	n := 10
	if quiz.Practice != nil && quiz.Practice.Questions > 0 {
		n = quiz.Practice.Questions
	}
	return min(n, quiz.Questions)
}
