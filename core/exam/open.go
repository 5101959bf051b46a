package exam

import (
	"context"

	"duthi/core"
)

// OptionView is an option as shown: Letter is A for the first.
type OptionView struct {
	Letter string
	Text   string
	Chosen bool
}

// ItemView is a question as shown. Nothing in it tells which option is right.
type ItemView struct {
	Index    int // place in the paper, from 0
	Text     string
	Multiple bool // several options may be chosen
	Options  []OptionView
	Answered bool
	Marked   bool // "xem lại"
	Rev      int  // to be sent back as Seen with the next save
}

// View is an attempt to be worked on, or over: see Summary.Final.
type View struct {
	Summary
	Items []ItemView // empty when the attempt is over: its page is Result
	// RemainingMillis is the time to the deadline; the page's countdown starts from it, not from the device's
	// clock.
	RemainingMillis int64
	PredictionRule  core.PredictionRule
	Prediction      core.Prediction
}

// Open gives an attempt with its questions in shown order. NotFound when it is not this contestant's, or not of
// this contest.
func (s *Service) Open(ctx context.Context, ed *Edition, contestantID, attemptID string, now core.Instant) (View, error) {
	a, err := s.attempt(ctx, ed, contestantID, attemptID, now)
	if err != nil {
		return View{}, err
	}
	v := View{Summary: ed.summary(&a, now), PredictionRule: ed.Contest.Quiz.Prediction, Prediction: a.Prediction}
	if a.Final() {
		return v, nil
	}
	questions, err := ed.questions(ctx, a.Paper)
	if err != nil {
		return View{}, err
	}
	s.sheets.put(a.ID, newSheet(&a, questions))
	v.RemainingMillis = remaining(a.Deadline, now)
	v.Items = make([]ItemView, len(a.Paper))
	for i := range a.Paper {
		v.Items[i] = itemView(i, a.Paper[i].Order, questions[i], a.Answers[i])
	}
	return v, nil
}

// itemView shows a question in the paper's order with what is chosen.
func itemView(index int, order []int, q core.Question, ans core.Answer) ItemView {
	v := ItemView{
		Index: index, Text: q.Text, Multiple: q.Kind == core.Multiple, Options: make([]OptionView, len(order)),
		Answered: ans.Choice != 0, Marked: ans.Marked, Rev: ans.Rev,
	}
	for place, own := range order {
		v.Options[place] = OptionView{Letter: letter(place), Text: q.Options[own], Chosen: ans.Choice.Has(own)}
	}
	return v
}

// letter names the place of an option: A, B, …
func letter(place int) string { return string(rune('A' + place)) }

func remaining(deadline, now core.Instant) int64 { return max(int64(deadline-now), 0) }
