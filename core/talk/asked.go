package talk

import (
	"context"
	"slices"

	"duthi/core"
	"duthi/core/rules"
)

const (
	samplesKept  = 8    // ways a question was asked
	askedRunes   = 500  // of a sample
	askedLooked  = 300  // open questions that a new one is compared with
	samplesRead  = 3    // of each
	foldedLength = 1000 // of the folded text, bytes
)

// Missed queues a question that was not answered, or whose answer was disliked, for the organizers. A question
// near one that waits, by what gist reads in both, is counted with it. key is the event: counted once however often it is tried.
func (s *Service) Missed(ctx context.Context, contestID, text, key string, disliked bool, gist func(q string) rules.Gist) error {
	text = clip(core.CleanText(text), askedRunes)
	folded := core.Fold(text)
	if folded == "" {
		return nil
	}
	folded = folded[:min(len(folded), foldedLength)]
	for try := 1; ; try++ {
		err := s.missed(ctx, contestID, text, folded, key, disliked, gist)
		if !core.Is(err, core.Conflict) {
			return err
		}
		if err := contend(ctx, try); err != nil {
			return err
		}
	}
}

func (s *Service) missed(ctx context.Context, contestID, text, folded, key string, disliked bool, gist func(q string) rules.Gist) error {
	now := s.cfg.Clock.Now()
	q, err := s.near(ctx, contestID, text, folded, gist)
	if core.Is(err, core.NotFound) {
		q = core.AskedQuestion{ID: core.NewID(now), ContestID: contestID, Folded: folded, Samples: []string{text}, Count: 1,
			Status: core.AskedOpen, FirstAt: now, LastAt: now, LastKey: key}
		if disliked {
			q.Disliked = 1
		}
		return s.cfg.Questions.InsertAsked(ctx, q)
	}
	if err != nil || q.LastKey == key && key != "" {
		return err
	}
	q.Count++
	if disliked {
		q.Disliked++
	}
	if q.Status == core.AskedAnswered { // the answer given then does not do, or is there no more
		q.Status = core.AskedOpen
	}
	if !slices.Contains(q.Samples, text) && len(q.Samples) < samplesKept {
		q.Samples = append(q.Samples, text)
	}
	q.LastAt, q.LastKey = now, key
	q.Revision++
	return s.cfg.Questions.UpdateAsked(ctx, q)
}

// near finds the question with this text, else an open one that is nearly the same.
func (s *Service) near(ctx context.Context, contestID, text, folded string, gist func(q string) rules.Gist) (core.AskedQuestion, error) {
	q, err := s.cfg.Questions.AskedBy(ctx, contestID, folded)
	if !core.Is(err, core.NotFound) {
		return q, err
	}
	open, err := s.cfg.Questions.AskedList(ctx, contestID, core.AskedOpen, askedLooked)
	if err != nil {
		return q, err
	}
	best, asked := 0.0, gist(text)
	for _, o := range open {
		for _, sample := range o.Samples[:min(len(o.Samples), samplesRead)] {
			if n := asked.Near(gist(sample)); n > best {
				best, q = n, o
			}
		}
	}
	if best == 0 {
		return q, core.Errorf(core.NotFound, "Chưa có câu này.")
	}
	return q, nil
}

func clip(s string, runes int) string {
	if r := []rune(s); len(r) > runes {
		return string(r[:runes])
	}
	return s
}

// Queue gives the questions that wait, most asked first, or those in another status.
func (s *Service) Queue(ctx context.Context, contestID, status string, limit int) ([]core.AskedQuestion, error) {
	return s.cfg.Questions.AskedList(ctx, contestID, status, limit)
}

// Asked gives one question of a contest, or NotFound.
func (s *Service) Asked(ctx context.Context, contestID, id string) (core.AskedQuestion, error) {
	q, err := s.cfg.Questions.Asked(ctx, id)
	if err == nil && q.ContestID != contestID {
		return core.AskedQuestion{}, core.Errorf(core.NotFound, "Không có câu hỏi này.")
	}
	return q, err
}

// Dismiss takes a question out of the queue without an answer.
func (s *Service) Dismiss(ctx context.Context, by, contestID, id string) error {
	if _, err := s.Asked(ctx, contestID, id); err != nil {
		return err
	}
	return s.audited(ctx, core.AuditEntry{ContestID: contestID, Actor: by, Action: "asked.dismiss", Subject: "asked:" + id}, func() error {
		return s.settleAsked(ctx, contestID, id, core.AskedDismissed, "")
	})
}

// Forget removes up to limit of the questions people asked in vain, in whose words there may be anything; n is 0 when none
// is left. What organizers answered stays.
func (s *Service) Forget(ctx context.Context, contestID string, limit int) (n int, err error) {
	return s.cfg.Questions.DeleteAsked(ctx, contestID, limit)
}

func (s *Service) settleAsked(ctx context.Context, contestID, id, status, taughtID string) error {
	for try := 1; ; try++ {
		q, err := s.Asked(ctx, contestID, id)
		if err != nil {
			return err
		}
		q.Status, q.TaughtID = status, taughtID
		q.Revision++
		err = s.cfg.Questions.UpdateAsked(ctx, q)
		if !core.Is(err, core.Conflict) {
			return err
		}
		if err := contend(ctx, try); err != nil {
			return err
		}
	}
}
