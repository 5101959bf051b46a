package exam

import (
	"context"
	"math/rand/v2"
	"time"
)

// contendTries bounds how often an operation looks again after another was first: with the pauses between, about
// two seconds.
const contendTries = 40

// contend waits before looking again after a Conflict, longer each time, 1 to 50 ms and a random part less. The
// pause matters: MongoDB refuses a second insert as soon as its primary has the first, but shows the first only
// when a majority has it.
func contend(ctx context.Context, try int) error {
	longest := time.Millisecond << min(try, 6)
	longest = min(longest, 50*time.Millisecond)
	timer := time.NewTimer(longest/2 + rand.N(longest/2+1))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
