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
}

// New makes a Service. It starts nothing and touches no store.
func New(c Config) (*Service, error) {
	s := &Service{attempts: c.Attempts, figures: c.Figures, claims: c.Claims, edition: c.Edition, person: c.Person, log: c.Log}
	if s.log == nil {
		s.log = slog.Default()
	}
	return s, nil
}

var errUnbuilt = core.Errorf(core.Unavailable, "Phần này chưa sẵn sàng.")
