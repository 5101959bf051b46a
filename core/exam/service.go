package exam

import (
	"context"
	"log/slog"
	"time"

	"duthi/core"
)

// Edition is what a contest consists of at one moment. It never changes; a new import makes a new one.
type Edition struct {
	Contest  *core.Contest
	Loc      *time.Location // the contest's zone
	Units    *core.UnitTree
	Bank     []core.Question // the current questions of rounds, without the practice pool
	Practice []core.Question // the practice pool; nothing of it is drawn in a round
	Sample   bool            // made-up people and figures: pages say so
	// Question gives any version of a question, also one no longer in the bank, or NotFound.
	Question func(ctx context.Context, ref core.QuestionRef) (core.Question, error)
}

// Claims lets processes agree who computes a live table; the store's claims serve.
type Claims interface {
	// Claim takes the work named key for holder until lease: Conflict when it is done or another's lease runs.
	Claim(ctx context.Context, key, holder string, now, lease core.Instant) error
	// ReleaseClaim gives the work back undone; a claim of another holder stays.
	ReleaseClaim(ctx context.Context, key, holder string) error
}

// Config is what a Service is made of. All fields but Log and PreviousSecret are needed.
type Config struct {
	Attempts AttemptStore
	Figures  FigureStore
	Claims   Claims
	// Edition gives the current edition of a contest, or NotFound: for Sweep, which meets attempts of any.
	Edition func(ctx context.Context, contestID string) (*Edition, error)
	// Person gives a contestant, or NotFound: for the names on the board.
	Person func(ctx context.Context, id string) (core.Contestant, error)
	// Secret is the deployment's secret key, from which keys of receipts and practice tokens are derived.
	Secret []byte
	// PreviousSecret is the key before the last rotation: what it signed is still recognised.
	PreviousSecret []byte
	Log            *slog.Logger // nil: slog.Default()
}

// Service is the use of attempts. It is safe for concurrent use.
type Service struct {
	attempts AttemptStore
	figures  FigureStore
	claims   Claims
	edition  func(ctx context.Context, contestID string) (*Edition, error)
	person   func(ctx context.Context, id string) (core.Contestant, error)
	log      *slog.Logger
	keys     keyring
	sheets   *sheetCache
	tables   *tables
	holder   string // names this process in claims
}

// New makes a Service. It starts nothing and touches no store.
func New(c Config) (*Service, error) {
	keys, err := deriveKeys(c.Secret, c.PreviousSecret)
	if err != nil {
		return nil, err
	}
	s := &Service{
		attempts: c.Attempts, figures: c.Figures, claims: c.Claims, edition: c.Edition, person: c.Person, log: c.Log,
		keys: keys, sheets: newSheetCache(sheetsKept), tables: newTables(), holder: core.NewID(core.At(time.Now())),
	}
	if s.log == nil {
		s.log = slog.Default()
	}
	return s, nil
}

// attempt reads an attempt of a contestant, and finalises it when it is overdue.
func (s *Service) attempt(ctx context.Context, ed *Edition, contestantID, attemptID string, now core.Instant) (core.Attempt, error) {
	a, err := s.attempts.Attempt(ctx, contestantID, attemptID)
	if err != nil {
		return core.Attempt{}, absent(err)
	}
	if a.ContestID != ed.Contest.ID {
		return core.Attempt{}, absent(nil)
	}
	return s.Finalise(ctx, ed, a, now)
}

// absent gives a missing attempt words to show; other failures pass.
func absent(err error) error {
	if err == nil || core.Is(err, core.NotFound) {
		return core.Wrap(core.NotFound, "Không tìm thấy bài thi này.", err)
	}
	return err
}

// round gives a round of the contest, or NotFound.
func (ed *Edition) round(id string) (core.Round, error) {
	r, ok := ed.Contest.Round(id)
	if !ok {
		return core.Round{}, core.Errorf(core.NotFound, "Cuộc thi không có đợt thi này.")
	}
	return r, nil
}

// roundOf gives the round of an attempt, also when the contest's file no longer names it: then it ends with the
// contest.
func (ed *Edition) roundOf(a *core.Attempt) core.Round {
	r, ok := ed.Contest.Round(a.RoundID)
	if !ok {
		return core.Round{ID: a.RoundID, Name: a.RoundID, Start: ed.Contest.Period.Start, End: ed.Contest.Period.End}
	}
	return r
}

// opening and closing give a moment as people say it; an exclusive end is said as the minute before.
func (ed *Edition) opening(at core.Instant) string {
	return at.Time(ed.Loc).Format("15:04 ngày 02/01/2006")
}
func (ed *Edition) closing(end core.Instant) string { return ed.opening(end.Add(-time.Second)) }
