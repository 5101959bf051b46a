package jobs

import (
	"context"
	"errors"
	"time"

	"duthi/core"
)

// Sweeper finalises attempts whose deadline has come; exam.Service is one.
type Sweeper interface {
	// Sweep finalises up to limit expired attempts and says how many it met.
	Sweep(ctx context.Context, now core.Instant, limit int) (int, error)
}

// Tokens removes what expired; see account.TokenStore.
type Tokens interface {
	DeleteExpiredTokens(ctx context.Context, before core.Instant, limit int) (int, error)
}

// Inbox removes what was answered long ago; see talk.Service.
type Inbox interface {
	Clean(ctx context.Context, limit int) (int, error)
}

// Work is what the entries do their work with.
type Work struct {
	Sweeper Sweeper
	Tokens  Tokens
	Claims  Claims
	// Warm recomputes the live tables that are due, so that no visitor waits for them.
	Warm func(ctx context.Context) error
	// KeepGrant renews the OA's tokens when that is due; nil without Zalo.
	KeepGrant func(ctx context.Context) error
	// CatchUp finds what Zalo's webhook missed; nil without Zalo.
	CatchUp func(ctx context.Context) error
	Inbox   Inbox
	// Rounds does what the opening and closing of rounds ask for.
	Rounds func(ctx context.Context) error
	// Remind makes the broadcasts of rules that have come due.
	Remind func(ctx context.Context) error
	// Deliver plans and sends what is due; nil without Zalo. It returns when nothing is.
	Deliver func(ctx context.Context) error
	// Resolve looks for messages whose fate is not known; nil without Zalo.
	Resolve func(ctx context.Context) error
	// ForgetTurns removes up to limit of the daily turns of days long gone.
	ForgetTurns func(ctx context.Context, limit int) (int, error)
	// Backup copies the embedded database once a day; nil where there is none, or no copies are wanted. It is asked
	// every hour and does nothing when the day's copy is there: one that failed is tried again, but not at once.
	Backup func(ctx context.Context, due time.Time) error
	// Retain anonymises contests whose time is over, for some minutes at most; nil when that is turned off.
	Retain func(ctx context.Context) error
	Clock  core.Clock
}

// Timetable gives the entries of the program.
func Timetable(w Work) []Entry {
	entries := []Entry{
		{Name: "finalise-attempts", Schedule: "*/15 * * * * *", Lease: 2 * time.Minute, SkipLate: time.Minute,
			Run: func(ctx context.Context, _ time.Time) error {
				return drain(ctx, 500, func(ctx context.Context, limit int) (int, error) {
					return w.Sweeper.Sweep(ctx, w.Clock.Now(), limit)
				})
			}},
		// late is fine: each moment is done once, and those long past are left alone
		{Name: "open-and-close-rounds", Schedule: "1 * * * * *", Lease: 2 * time.Minute,
			Run: func(ctx context.Context, _ time.Time) error { return w.Rounds(ctx) }},
		{Name: "warm-tables", Schedule: "5,35 * * * * *", Lease: time.Minute, SkipLate: 20 * time.Second,
			Run: func(ctx context.Context, _ time.Time) error { return w.Warm(ctx) }},
		{Name: "clean", Schedule: "0 17 * * * *", Lease: 10 * time.Minute,
			Run: func(ctx context.Context, _ time.Time) error {
				if err := clean(ctx, w.Tokens, w.Claims, w.Clock.Now()); err != nil || w.Inbox == nil {
					return err
				}
				return errors.Join(drain(ctx, 1000, w.Inbox.Clean), drain(ctx, 1000, w.ForgetTurns))
			}},
		// late is fine: an occurrence is made once, and outreach itself knows which are too old
		{Name: "remind", Schedule: "2 * * * * *", Lease: 2 * time.Minute, SkipLate: 10 * time.Minute,
			Run: func(ctx context.Context, _ time.Time) error { return w.Remind(ctx) }},
	}
	if w.Deliver != nil {
		entries = append(entries,
			// its lease ends a long broadcast's run, which the next tick goes on with; several processes share the work
			Entry{Name: "deliver", Schedule: "*/5 * * * * *", Lease: 2 * time.Minute, SkipLate: 30 * time.Second,
				Run: func(ctx context.Context, _ time.Time) error { return w.Deliver(ctx) }},
			Entry{Name: "resolve-deliveries", Schedule: "50 */2 * * * *", Lease: 2 * time.Minute, SkipLate: time.Minute,
				Run: func(ctx context.Context, _ time.Time) error { return w.Resolve(ctx) }})
	}
	if w.KeepGrant != nil {
		entries = append(entries, Entry{Name: "keep-zalo-grant", Schedule: "20 */5 * * * *", Lease: 2 * time.Minute, SkipLate: 4 * time.Minute,
			Run: func(ctx context.Context, _ time.Time) error { return w.KeepGrant(ctx) }})
	}
	if w.CatchUp != nil {
		entries = append(entries, Entry{Name: "catch-up-zalo", Schedule: "40 */5 * * * *", Lease: 4 * time.Minute, SkipLate: 4 * time.Minute,
			Run: func(ctx context.Context, _ time.Time) error { return w.CatchUp(ctx) }})
	}
	if w.Backup != nil {
		entries = append(entries, Entry{Name: "backup", Schedule: "0 30 * * * *", Lease: 30 * time.Minute, SkipLate: 2 * time.Minute, Run: w.Backup})
	}
	if w.Retain != nil {
		entries = append(entries, Entry{Name: "retention", Schedule: "0 40 * * * *", Lease: 10 * time.Minute, SkipLate: 30 * time.Minute,
			Run: func(ctx context.Context, _ time.Time) error { return w.Retain(ctx) }})
	}
	return entries
}

// drain calls f until it meets less than a full batch.
func drain(ctx context.Context, batch int, f func(context.Context, int) (int, error)) error {
	for {
		n, err := f(ctx, batch)
		if err != nil || n < batch {
			return err
		}
	}
}

// claimsKept is how long claims are kept: longer than the period of the rarest entry, so that a tick that was
// done is not taken for a missed one.
const claimsKept = 3 * 24 * time.Hour

// clean removes expired tokens and old claims.
func clean(ctx context.Context, tokens Tokens, claims Claims, now core.Instant) error {
	err := drain(ctx, 1000, func(ctx context.Context, limit int) (int, error) {
		return tokens.DeleteExpiredTokens(ctx, now, limit)
	})
	if err != nil {
		return err
	}
	return claims.DeleteClaims(ctx, now.Add(-claimsKept))
}
