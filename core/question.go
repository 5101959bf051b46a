package core

import "math/bits"

// MaxOptions is the number of options a question can have (columns option_a to option_f).
const MaxOptions = 6

// OptionSet is a set of options of one question: bit i stands for the option at index i in the order of the
// question's own list, whatever order a paper shows them in.
type OptionSet uint8

// Has reports whether option i is in the set.
func (s OptionSet) Has(i int) bool { return s&(1<<i) != 0 }

// Count gives the number of options in the set.
func (s OptionSet) Count() int { return bits.OnesCount8(uint8(s)) }

// Kinds of question.
const (
	Single   = "single"   // exactly one correct option
	Multiple = "multiple" // one or more correct options; all of them and nothing else must be chosen
)

// Question is one version of a question of the bank. A version never changes; an edited question gets the
// next Version, and attempts keep the one they were drawn with.
type Question struct {
	ContestID   string    `json:"contest_id"`
	Set         int64     `json:"set"` // the import that wrote this row; the contest points at its current set
	ID          string    `json:"id"`
	Version     int       `json:"version"`
	Topic       string    `json:"topic,omitempty"`
	Level       int       `json:"level,omitempty"` // 1 easy .. 3 hard
	Kind        string    `json:"kind"`
	Text        string    `json:"question"`
	Options     []string  `json:"options"`
	Correct     OptionSet `json:"correct"`
	Explanation string    `json:"explanation,omitempty"`
	Source      string    `json:"source,omitempty"`
}

// QuestionRef names one version of a question.
type QuestionRef struct {
	ID      string `json:"q"`
	Version int    `json:"v"`
}

// Ref gives the question's reference.
func (q Question) Ref() QuestionRef { return QuestionRef{q.ID, q.Version} }

// SameContent reports whether two versions say the same, whatever their number and set.
func (q Question) SameContent(o Question) bool {
	if len(q.Options) != len(o.Options) {
		return false
	}
	for i := range q.Options {
		if q.Options[i] != o.Options[i] {
			return false
		}
	}
	return q.ID == o.ID && q.Topic == o.Topic && q.Level == o.Level && q.Kind == o.Kind && q.Text == o.Text &&
		q.Correct == o.Correct && q.Explanation == o.Explanation && q.Source == o.Source
}
