package exam

import (
	"context"
	"crypto/rand"
	"encoding/binary"

	"duthi/core"
)

// Start begins an attempt of c in a round by one durable write, or gives the running one (resumed true). Errors:
// NotFound (no such round), Closed (round not open), Limited (no attempt left), Forbidden (account not active),
// Unavailable.
func (s *Service) Start(ctx context.Context, ed *Edition, c core.Contestant, roundID string, now core.Instant) (a core.Attempt, resumed bool, err error) {
	round, err := ed.round(roundID)
	if err != nil {
		return core.Attempt{}, false, err
	}
	// The store's unique indexes decide between parallel starts; who comes second looks at what is there now.
	for try := range contendTries {
		taken, err := s.taken(ctx, ed, c.ID, roundID, now)
		if err != nil {
			return core.Attempt{}, false, err
		}
		if no := ed.refusal(c, round, taken, now); no != nil {
			return core.Attempt{}, false, no
		}
		if a := running(taken); a != nil {
			return *a, true, nil
		}
		a, err := s.begin(ctx, ed, c, round, nextOrdinal(taken), now)
		if !core.Is(err, core.Conflict) {
			return a, false, err
		}
		if err := contend(ctx, try); err != nil {
			return core.Attempt{}, false, err
		}
	}
	return core.Attempt{}, false, &core.Error{Code: core.Unavailable, Msg: "Đang có nhiều yêu cầu bắt đầu từ tài khoản này. Thử lại sau ít giây.", RetryAfter: 2}
}

// begin draws a paper and inserts the attempt: Conflict when another request was first.
func (s *Service) begin(ctx context.Context, ed *Edition, c core.Contestant, r core.Round, ordinal int, now core.Instant) (core.Attempt, error) {
	quiz := ed.Contest.Quiz
	a := core.Attempt{
		ID: core.NewID(now), ContestID: ed.Contest.ID, RoundID: r.ID, ContestantID: c.ID, Ordinal: ordinal,
		UnitCode: c.UnitCode, Unit1Code: c.Unit1Code, Seed: newSeed(), Status: core.Running,
		StartedAt: now, Deadline: core.Deadline(now, quiz.Duration(), c.ExtraSeconds, r.End), Sample: c.Sample,
	}
	if b, ok := ed.Units.Block(c.UnitCode); ok {
		a.BlockID = b.ID
	}
	a.Paper = core.DrawPaper(ed.Bank, quiz, a.Seed)
	if len(a.Paper) == 0 {
		return core.Attempt{}, core.Errorf(core.Closed, "Cuộc thi chưa có câu hỏi. Hãy báo Ban Tổ chức.")
	}
	a.Answers = make([]core.Answer, len(a.Paper))
	if err := s.attempts.InsertAttempt(ctx, a); err != nil {
		return core.Attempt{}, err
	}
	if questions, err := ed.questions(ctx, a.Paper); err == nil { // else Open says so
		s.sheets.put(a.ID, newSheet(&a, questions))
	}
	return a, nil
}

// newSeed gives a paper's seed that nobody can foresee.
func newSeed() int64 {
	var b [8]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	return int64(binary.BigEndian.Uint64(b[:]) % uint64(core.SeedLimit))
}
