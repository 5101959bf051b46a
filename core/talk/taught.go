package talk

import (
	"context"
	"slices"
	"strings"

	"duthi/core"
)

// Limits of an answer an organizer writes, in characters.
const (
	MaxTaughtAnswer    = 1200 // with its clause it still fits one message
	MaxTaughtQuestions = 20
)

// Lesson is what an organizer writes: ways to ask, the answer, and the clause it rests on ("" for none).
type Lesson struct {
	ID        string // "" for a new one
	AskedID   string // the question of the queue that it settles, "" for none
	Questions []string
	Answer    string
	Clause    string
}

var errNoAnswer = core.Errorf(core.NotFound, "Không có câu trả lời này.")

// taughtCopy is the current answers of a contest with the count they were read at.
type taughtCopy struct {
	count   int64
	current []core.TaughtAnswer
}

// Teach stores a lesson as a new version and settles the question it came from; the bot uses it from its next
// message on. knows says whether a clause is in the rules. Invalid with Fields "cau_hoi", "tra_loi" or "khoan"; NotFound
// when the contest has no such answer or question.
func (s *Service) Teach(ctx context.Context, by, contestID string, l Lesson, knows func(clause string) bool) (core.TaughtAnswer, error) {
	l, err := l.check(knows)
	if err != nil {
		return core.TaughtAnswer{}, err
	}
	if err := s.there(ctx, contestID, l); err != nil {
		return core.TaughtAnswer{}, err
	}
	now := s.cfg.Clock.Now()
	a := core.TaughtAnswer{ID: l.ID, ContestID: contestID, Questions: l.Questions, Answer: l.Answer, Clause: l.Clause, By: by, At: now}
	if a.ID == "" {
		a.ID = core.NewID(now)
	}
	err = s.audited(ctx, core.AuditEntry{ContestID: contestID, Actor: by, Action: "taught.write", Subject: "taught:" + a.ID}, func() error {
		return s.addVersion(ctx, &a)
	})
	if err != nil || l.AskedID == "" {
		return a, err
	}
	return a, s.settleAsked(ctx, contestID, l.AskedID, core.AskedAnswered, a.ID)
}

// there makes sure that what a lesson continues and what it settles are the contest's: nothing is stored otherwise.
func (s *Service) there(ctx context.Context, contestID string, l Lesson) error {
	if l.ID != "" {
		versions, err := s.Versions(ctx, contestID, l.ID)
		if err != nil {
			return err
		}
		if len(versions) == 0 {
			return errNoAnswer
		}
	}
	if l.AskedID == "" {
		return nil
	}
	_, err := s.Asked(ctx, contestID, l.AskedID)
	return err
}

// Unteach removes an answer; its versions stay.
func (s *Service) Unteach(ctx context.Context, by, contestID, id string) error {
	all, err := s.Taught(ctx, contestID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(a core.TaughtAnswer) bool { return a.ID == id })
	if i < 0 {
		return errNoAnswer
	}
	a := all[i]
	a.Removed, a.By, a.At = true, by, s.cfg.Clock.Now()
	return s.audited(ctx, core.AuditEntry{ContestID: contestID, Actor: by, Action: "taught.remove", Subject: "taught:" + id}, func() error {
		return s.addVersion(ctx, &a)
	})
}

// addVersion stores a as the next version of its answer.
func (s *Service) addVersion(ctx context.Context, a *core.TaughtAnswer) error {
	for try := 1; ; try++ {
		all, err := s.cfg.Questions.TaughtVersions(ctx, a.ContestID)
		if err != nil {
			return err
		}
		a.Version = 1
		for _, v := range all {
			if v.ID == a.ID {
				a.Version = v.Version + 1
			}
		}
		err = s.cfg.Questions.InsertTaught(ctx, *a)
		if !core.Is(err, core.Conflict) {
			return err
		}
		if err := contend(ctx, try); err != nil {
			return err
		}
	}
}

// Taught gives the answers in force, the newest first. It costs a count when nothing changed.
func (s *Service) Taught(ctx context.Context, contestID string) ([]core.TaughtAnswer, error) {
	current, _, err := s.TaughtNow(ctx, contestID)
	return current, err
}

// TaughtNow is Taught with a number that grows with every change.
func (s *Service) TaughtNow(ctx context.Context, contestID string) ([]core.TaughtAnswer, int64, error) {
	n, err := s.cfg.Questions.TaughtCount(ctx, contestID)
	if err != nil {
		return nil, 0, err
	}
	s.mu.Lock()
	known, ok := s.taught[contestID]
	s.mu.Unlock()
	if ok && known.count == n {
		return known.current, n, nil
	}
	all, err := s.cfg.Questions.TaughtVersions(ctx, contestID)
	if err != nil {
		return nil, 0, err
	}
	current := inForce(all)
	s.mu.Lock()
	s.taught[contestID] = taughtCopy{int64(len(all)), current}
	s.mu.Unlock()
	return current, int64(len(all)), nil
}

// inForce gives the last version of each answer that was not removed. Versions come by id, then number.
func inForce(all []core.TaughtAnswer) []core.TaughtAnswer {
	var out []core.TaughtAnswer
	for i, v := range all {
		if last := i+1 == len(all) || all[i+1].ID != v.ID; last && !v.Removed {
			out = append(out, v)
		}
	}
	slices.SortStableFunc(out, func(a, b core.TaughtAnswer) int { return int(b.At - a.At) })
	return out
}

// Versions gives every version of one answer, oldest first.
func (s *Service) Versions(ctx context.Context, contestID, id string) ([]core.TaughtAnswer, error) {
	all, err := s.cfg.Questions.TaughtVersions(ctx, contestID)
	return slices.DeleteFunc(all, func(a core.TaughtAnswer) bool { return a.ID != id }), err
}

// check cleans a lesson and says which fields are wrong.
func (l Lesson) check(knows func(string) bool) (Lesson, error) {
	wrong := map[string]string{}
	var questions []string
	for _, q := range l.Questions {
		if q = clip(core.CleanText(q), askedRunes); core.Fold(q) != "" && !slices.Contains(questions, q) {
			questions = append(questions, q)
		}
	}
	l.Questions = questions
	if n := len(questions); n == 0 || n > MaxTaughtQuestions {
		wrong["cau_hoi"] = "Ghi từ 1 đến 20 cách hỏi, mỗi dòng một cách."
	}
	l.Answer = strings.TrimSpace(l.Answer)
	if n := len([]rune(l.Answer)); n < 2 || n > MaxTaughtAnswer {
		wrong["tra_loi"] = "Ghi câu trả lời, không quá 1.200 ký tự."
	}
	if l.Clause != "" && !knows(l.Clause) {
		wrong["khoan"] = "Chọn khoản có trong thể lệ."
	}
	if len(wrong) > 0 {
		return l, core.FieldErrors(wrong)
	}
	return l, nil
}
