package exam

import (
	"context"

	"duthi/core"
)

// PracticePaper is a paper of the practice pool. Nothing is stored: Token, sent back with the answers, says
// which paper it was.
type PracticePaper struct {
	Token string // letters, digits, - and _
	Items []ItemView
}

// PracticeResult is a practice paper with its answers.
type PracticeResult struct {
	Token    string
	Answered int
	Correct  int
	Points   int
	Items    []RevealedItem
}

// Practice draws a new practice paper. NotFound when the contest has no practice questions.
func (s *Service) Practice(ctx context.Context, ed *Edition, now core.Instant) (PracticePaper, error) {
	return PracticePaper{}, errUnbuilt
}

// OpenPractice gives the paper of a token again, with shown places chosen per question (nil: none). Invalid for a
// forged token, Closed for one older than a day or of another set of questions.
func (s *Service) OpenPractice(ctx context.Context, ed *Edition, token string, shown map[int][]int, now core.Instant) (PracticePaper, error) {
	return PracticePaper{}, errUnbuilt
}

// ScorePractice marks a practice paper; shown gives the chosen places by index. Errors as OpenPractice.
func (s *Service) ScorePractice(ctx context.Context, ed *Edition, token string, shown map[int][]int, now core.Instant) (PracticeResult, error) {
	return PracticeResult{}, errUnbuilt
}
