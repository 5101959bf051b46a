package exam

import (
	"context"

	"duthi/core"
)

// Start begins an attempt of c in a round by one durable write, or gives the running one (resumed true). Errors:
// NotFound (no such round), Closed (round not open), Limited (no attempt left), Forbidden (account not active),
// Unavailable.
func (s *Service) Start(ctx context.Context, ed *Edition, c core.Contestant, roundID string, now core.Instant) (a core.Attempt, resumed bool, err error) {
	return core.Attempt{}, false, errUnbuilt
}
