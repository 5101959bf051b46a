package exam

import (
	"context"

	"duthi/core"
)

// revealAfterRound is the only value of reveal_answers that ever opens the answers.
const revealAfterRound = "after_round"

// RevealedOption is an option with what was chosen and what is right.
type RevealedOption struct {
	Letter  string
	Text    string
	Chosen  bool
	Correct bool
}

// RevealedItem is a question of a finished attempt with its answer.
type RevealedItem struct {
	Index       int
	Text        string
	Multiple    bool
	Options     []RevealedOption // in the order the contestant saw
	Answered    bool
	Right       bool
	Explanation string
	Source      string
}

// Revealed is an attempt with its answers.
type Revealed struct {
	Summary
	Items []RevealedItem
}

// Reveal gives the answers of a finished attempt: Closed before its round has ended or when the contest never
// reveals them, whatever the attempt's own state.
func (s *Service) Reveal(ctx context.Context, ed *Edition, contestantID, attemptID string, now core.Instant) (Revealed, error) {
	a, err := s.attempt(ctx, ed, contestantID, attemptID, now)
	if err != nil {
		return Revealed{}, err
	}
	round := ed.roundOf(&a)
	switch {
	case ed.Contest.Quiz.RevealAnswers != revealAfterRound:
		return Revealed{}, core.Errorf(core.Closed, "Cuộc thi này không công bố đáp án.")
	case !ed.revealed(round, now):
		return Revealed{}, core.Errorf(core.Closed, "Đáp án mở sau khi %s kết thúc, lúc %s.", round.Name, ed.closing(round.End))
	case !a.Final(): // only when an organizer moved the round's end before the attempt's deadline
		return Revealed{}, core.Errorf(core.Closed, "Đáp án mở sau khi nộp bài.")
	}
	questions, err := ed.questions(ctx, a.Paper)
	if err != nil {
		return Revealed{}, err
	}
	r := Revealed{Summary: ed.summary(&a, now), Items: make([]RevealedItem, len(a.Paper))}
	for i := range a.Paper {
		r.Items[i] = revealedItem(i, a.Paper[i].Order, questions[i], a.Answers[i].Choice)
	}
	return r, nil
}

// revealed reports whether the answers of a round's papers are open.
func (ed *Edition) revealed(r core.Round, now core.Instant) bool {
	return ed.Contest.Quiz.RevealAnswers == revealAfterRound && now >= r.End
}

// revealedItem shows a question with what was chosen and what is right.
func revealedItem(index int, order []int, q core.Question, chosen core.OptionSet) RevealedItem {
	it := RevealedItem{
		Index: index, Text: q.Text, Multiple: q.Kind == core.Multiple, Options: make([]RevealedOption, len(order)),
		Answered: chosen != 0, Right: chosen != 0 && chosen == q.Correct, Explanation: q.Explanation, Source: q.Source,
	}
	for place, own := range order {
		it.Options[place] = RevealedOption{
			Letter: letter(place), Text: q.Options[own], Chosen: chosen.Has(own), Correct: q.Correct.Has(own),
		}
	}
	return it
}
