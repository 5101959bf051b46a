package account

import (
	"context"
	"log/slog"

	"duthi/core"
	"duthi/core/cache"
)

// Contest is what the service needs to know of a contest: the catalog gives it, from memory.
type Contest struct {
	File      *core.Contest
	Units     *core.UnitTree
	RosterSet int64 // 0: no roster was imported
}

// Config is what a Service is made of. Every field is needed unless its comment says otherwise.
type Config struct {
	People     PeopleStore
	Organizers OrganizerStore
	Tokens     TokenStore
	Cache      *cache.Cache
	Sealer     *core.Sealer
	Clock      core.Clock // nil: the machine's
	Log        *slog.Logger

	// Contest gives a contest by id, or NotFound. It is asked often and must be cheap.
	Contest func(ctx context.Context, id string) (Contest, error)
	// HasAttempt reports whether the contestant ever started an attempt; from then on corrections are requests.
	HasAttempt func(ctx context.Context, contestantID string) (bool, error)
	// Audit appends to the audit log; nil keeps none (tests). Seq, At and the hashes are filled in by the log.
	Audit func(ctx context.Context, e core.AuditEntry) error

	// Channel sends one-time codes; nil when there is none (see CheckChannel).
	Channel Channel
	// Hashing overrides the cost of passwords and the size of the queue; the zero value is what serves.
	Hashing Hashing
}

// Service holds the flows. It is safe for concurrent use.
type Service struct {
	cfg Config
}

// New starts the service; Close stops its workers.
func New(cfg Config) *Service { return &Service{cfg: cfg} }

// Close stops taking work and waits for messages that are being sent.
func (s *Service) Close() error { return nil }
