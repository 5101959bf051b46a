package exam

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

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
func (s *Service) Practice(_ context.Context, ed *Edition, now core.Instant) (PracticePaper, error) {
	t := practiceToken{seed: newSeed(), issued: now}
	paper, questions, err := ed.practicePaper(t.seed)
	if err != nil {
		return PracticePaper{}, err
	}
	return practiceView(s.keys.signPractice(ed, t), paper, questions, nil), nil
}

// OpenPractice gives the paper of a token again, with shown places chosen per question (nil: none). Invalid for a
// forged token, Closed for one older than a day or of another set of questions.
func (s *Service) OpenPractice(_ context.Context, ed *Edition, token string, shown map[int][]int, now core.Instant) (PracticePaper, error) {
	paper, questions, chosen, err := s.practiced(ed, token, shown, now)
	if err != nil {
		return PracticePaper{}, err
	}
	return practiceView(token, paper, questions, chosen), nil
}

// ScorePractice marks a practice paper; shown gives the chosen places by index. Errors as OpenPractice, and
// Invalid for places the paper does not have.
func (s *Service) ScorePractice(_ context.Context, ed *Edition, token string, shown map[int][]int, now core.Instant) (PracticeResult, error) {
	paper, questions, chosen, err := s.practiced(ed, token, shown, now)
	if err != nil {
		return PracticeResult{}, err
	}
	correct := make([]core.OptionSet, len(questions))
	r := PracticeResult{Token: token, Items: make([]RevealedItem, len(questions))}
	for i, q := range questions {
		correct[i] = q.Correct
		r.Items[i] = revealedItem(i, paper[i].Order, q, chosen[i].Choice)
	}
	score := core.ScoreAnswers(chosen, correct, ed.Contest.Quiz.PointsPerAnswer, ed.Contest.Quiz.MaxPoints)
	r.Answered, r.Correct, r.Points = score.Answered, score.Correct, score.Points
	return r, nil
}

// practiced reads back a paper from its token, and what was chosen on it.
func (s *Service) practiced(ed *Edition, token string, shown map[int][]int, now core.Instant) ([]core.PaperItem, []core.Question, []core.Answer, error) {
	t, err := s.keys.openPractice(ed, token, now)
	if err != nil {
		return nil, nil, nil, err
	}
	paper, questions, err := ed.practicePaper(t.seed)
	if err != nil {
		return nil, nil, nil, err
	}
	sh := newSheet(&core.Attempt{Paper: paper}, questions)
	chosen := make([]core.Answer, len(paper))
	for i, places := range shown {
		if i < 0 || i >= len(paper) {
			return nil, nil, nil, core.Errorf(core.Invalid, "Bài này không có câu hỏi đó.")
		}
		if chosen[i].Choice, err = sh.items[i].choice(places); err != nil {
			return nil, nil, nil, err
		}
	}
	return paper, questions, chosen, nil
}

// practicePaper draws the paper of a seed from the practice pool alone.
func (ed *Edition) practicePaper(seed int64) ([]core.PaperItem, []core.Question, error) {
	if len(ed.Practice) == 0 {
		return nil, nil, core.Errorf(core.NotFound, "Cuộc thi này chưa có câu hỏi thi thử.")
	}
	quiz := ed.Contest.Quiz
	quiz.Questions, quiz.Quotas = core.PracticeLength(quiz), nil
	paper := core.DrawPaper(ed.Practice, quiz, seed)
	byID := make(map[string]core.Question, len(ed.Practice))
	for _, q := range ed.Practice {
		byID[q.ID] = q
	}
	questions := make([]core.Question, len(paper))
	for i, p := range paper {
		questions[i] = byID[p.ID]
	}
	return paper, questions, nil
}

func practiceView(token string, paper []core.PaperItem, questions []core.Question, chosen []core.Answer) PracticePaper {
	v := PracticePaper{Token: token, Items: make([]ItemView, len(paper))}
	for i := range paper {
		var ans core.Answer
		if chosen != nil {
			ans = chosen[i]
		}
		v.Items[i] = itemView(i, paper[i].Order, questions[i], ans)
	}
	return v
}

// practiceLife is how long a practice token is taken.
const practiceLife = 24 * time.Hour

// practiceToken says which practice paper somebody has. As text it is its numbers, a digest of the pool it was
// drawn from, and the first half of their keyed digest, in base64url.
type practiceToken struct {
	seed   int64
	issued core.Instant
}

const (
	practiceBody = 8 + 8 + 8
	practiceMAC  = 16
)

func (k keyring) signPractice(ed *Edition, t practiceToken) string {
	b := make([]byte, practiceBody, practiceBody+practiceMAC)
	binary.BigEndian.PutUint64(b, uint64(t.seed))
	binary.BigEndian.PutUint64(b[8:], uint64(t.issued))
	copy(b[16:], ed.practiceDigest())
	return base64.RawURLEncoding.EncodeToString(append(b, practiceSum(k.practice[0], b)...))
}

func (k keyring) openPractice(ed *Edition, token string, now core.Instant) (practiceToken, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(token)
	genuine := false
	if err == nil && len(b) == practiceBody+practiceMAC {
		for _, key := range k.practice {
			genuine = genuine || hmac.Equal(practiceSum(key, b[:practiceBody]), b[practiceBody:])
		}
	}
	if !genuine {
		return practiceToken{}, core.Errorf(core.Invalid, "Bài thi thử này không đọc được. Hãy bắt đầu bài mới.")
	}
	t := practiceToken{int64(binary.BigEndian.Uint64(b)), core.Instant(binary.BigEndian.Uint64(b[8:]))}
	if now.Sub(t.issued) >= practiceLife {
		return practiceToken{}, core.Errorf(core.Closed, "Bài thi thử này đã quá một ngày. Hãy bắt đầu bài mới.")
	}
	if !hmac.Equal(b[16:practiceBody], ed.practiceDigest()) {
		return practiceToken{}, core.Errorf(core.Closed, "Câu hỏi thi thử vừa được cập nhật. Hãy bắt đầu bài mới.")
	}
	return t, nil
}

func practiceSum(key, body []byte) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write(body)
	return mac.Sum(nil)[:practiceMAC]
}

// practiceDigest tells pools apart: by contest, versions and the length of a paper.
func (ed *Edition) practiceDigest() []byte {
	refs := make([]string, len(ed.Practice))
	for i, q := range ed.Practice {
		refs[i] = fmt.Sprintf("%q %d", q.ID, q.Version)
	}
	slices.Sort(refs)
	quiz := ed.Contest.Quiz
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %d %t %t %q", ed.Contest.ID, core.PracticeLength(quiz), quiz.ShuffleQuestions, quiz.ShuffleOptions, refs))
	return sum[:8]
}
