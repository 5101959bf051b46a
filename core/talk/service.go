package talk

import (
	"context"
	"crypto/rand"
	"log/slog"
	"sync"
	"time"

	"duthi/core"
)

// Claims lets processes agree who works on a lane; see store.Claims.
type Claims interface {
	Claim(ctx context.Context, key, holder string, now, lease core.Instant) error
	ReleaseClaim(ctx context.Context, key, holder string) error
}

// Config is what a Service is made of. Clock and Audit may be nil.
type Config struct {
	Inbox     InboxStore
	Followers FollowerStore
	Questions QuestionStore
	Claims    Claims
	Clock     core.Clock
	Log       *slog.Logger
	// Audit appends to the audit log what organizers do here.
	Audit func(ctx context.Context, e core.AuditEntry) error
}

// Service holds the conversations. It is safe for concurrent use, by any number of processes on one store.
type Service struct {
	cfg    Config
	holder string // names this process in leases of lanes

	mu     sync.Mutex
	taught map[string]taughtCopy // by contest
}

// New makes a Service. It starts nothing.
func New(cfg Config) *Service {
	return &Service{cfg: cfg, holder: rand.Text(), taught: map[string]taughtCopy{}}
}

// audited writes a line to the audit log and then does the change.
func (s *Service) audited(ctx context.Context, e core.AuditEntry, change func() error) error {
	if s.cfg.Audit != nil {
		if err := s.cfg.Audit(ctx, e); err != nil {
			return err
		}
	}
	return change()
}

// contend waits a moment before another try at a guarded write, or gives the error that ends trying.
func contend(ctx context.Context, try int) error {
	if try >= 20 {
		return core.Errorf(core.Unavailable, "Đang bận. Xin thử lại.")
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Duration(try) * time.Millisecond):
		return nil
	}
}
