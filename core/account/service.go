package account

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"log/slog"
	"sync"
	"time"

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
	// ByChat has people send a code that their page shows to the OA instead (zalo-chat); Channel is nil then.
	ByChat bool
	// Hashing overrides the cost of passwords and the size of the queue; the zero value is what serves.
	Hashing Hashing
}

const (
	// sessionCopies bounds the sessions known to one process: about 1 KB each, 60 MB at most.
	sessionCopies = 60_000
	// sessionCopyTime is how long a process believes a session without asking. A sign-out reaches every
	// process by a message; only when that is lost does it take so long.
	sessionCopyTime = 5 * time.Second
	// sendAtOnce bounds the codes on their way to the gateway without anybody waiting for them.
	sendAtOnce = 32
)

// Service holds the flows. It is safe for concurrent use.
type Service struct {
	cfg      Config
	hasher   *hasher
	sessions *cache.Local[*session]
	sending  sync.WaitGroup
	slots    chan struct{} // one per message sent in the background
}

// New starts the service; Close stops its workers.
func New(cfg Config) *Service {
	s := &Service{
		cfg:      cfg,
		hasher:   newHasher(cfg.Hashing),
		sessions: cache.NewLocal[*session](sessionCopies, sessionCopyTime, cfg.Clock),
		slots:    make(chan struct{}, sendAtOnce),
	}
	cfg.Cache.Subscribe(cache.ChannelPeople, func(e cache.Event) {
		if e.Reset {
			s.sessions.Clear()
			return
		}
		s.forgetLocally(e.Data)
	})
	return s
}

// Close stops taking work and waits for messages that are being sent.
func (s *Service) Close() error {
	s.hasher.close()
	s.sending.Wait()
	return nil
}

// newSecret gives a random value to be held by a browser, 256 bits as 43 characters.
func newSecret() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails: crypto/rand ends the program instead
	return base64.RawURLEncoding.EncodeToString(b)
}

// tokenID gives the id under which the store keeps a token: whoever reads the store can't use it.
func tokenID(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// looksLikeSecret lets obvious nonsense be refused without asking the store.
func looksLikeSecret(s string) bool { return len(s) == 43 }

// audited writes e and then does the change: nothing an organizer does is without its line. A change that
// fails leaves a second line that says so.
func (s *Service) audited(ctx context.Context, e core.AuditEntry, change func() error) error {
	if s.cfg.Audit == nil {
		return change()
	}
	if err := s.cfg.Audit(ctx, e); err != nil {
		return err
	}
	err := change()
	if err != nil {
		e.Action, e.Data = e.Action+".failed", string(core.CodeOf(err))
		if aerr := s.cfg.Audit(ctx, e); aerr != nil {
			s.cfg.Log.ErrorContext(ctx, "audit: a failed change has no second line", "action", e.Action, "error", aerr)
		}
	}
	return err
}
