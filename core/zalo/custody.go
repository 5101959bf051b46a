package zalo

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"sync"
	"time"

	"duthi/core"
)

// CustodianConfig describes the custody of one OA's tokens. OAuth, Store and OAID are required.
type CustodianConfig struct {
	OAuth   *OAuth
	Store   TokenStore
	OAID    string
	Vault   Vault
	Clock   core.Clock
	Holder  string          // names this process in leases, for people; need not be unique
	Jitter  func() float64  // in [0, 1); nil: random
	Alarm   func(Alarm)     // told when a person has to act; nil: only logged
	Log     *slog.Logger    // nil: slog.Default
	Backoff []time.Duration // between tries of one refresh; nil: 2 s, 5 s
	Poll    time.Duration   // how often to look whether another replica is done; 0: 200 ms
}

// AlarmKind says what went wrong with a grant.
type AlarmKind string

const (
	AlarmNeedsConsent AlarmKind = "needs_consent" // the chain is dead
	AlarmNotSaved     AlarmKind = "not_saved"     // a new pair lives in this process only
)

// Alarm asks for a person.
type Alarm struct {
	Kind   AlarmKind
	OAID   string
	Reason string
}

// Custodian keeps the tokens of one OA. Any number of them, in any number of processes, may share one store:
// a refresh token works once, so a refresh is made by whoever holds the lease, is marked in the store before it
// begins, is not cancelled by its caller, and its result is stored before anybody uses it.
type Custodian struct {
	cfg CustodianConfig
	id  string

	mu      sync.Mutex
	held    Grant        // last grant read or made, opened
	readAt  core.Instant // when held was read; 0: never
	unsaved *pair        // a pair the store did not take
	flight  *flight      // the refresh under way in this process
}

// pair is a grant with new tokens and the refresh token that bought them.
type pair struct {
	grant Grant
	used  string
}

type flight struct {
	done  chan struct{}
	grant Grant
	err   error
}

const (
	cacheFor  = 30 * time.Second // how long a grant is used without looking into the store
	endMargin = 30 * time.Second // an access token this near its end counts as dead
	leaseFor  = 2 * time.Minute  // longer than all tries of one refresh together
)

// NewCustodian makes a Custodian. It reads nothing yet.
func NewCustodian(cfg CustodianConfig) *Custodian {
	var b [8]byte
	rand.Read(b[:])                              // never fails
	cfg.Holder += "/" + hex.EncodeToString(b[:]) // two with one name would share a lease and both refresh
	if cfg.Jitter == nil {
		cfg.Jitter = mathrand.Float64
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	if cfg.Alarm == nil {
		cfg.Alarm = func(Alarm) {}
	}
	if cfg.Backoff == nil {
		cfg.Backoff = []time.Duration{2 * time.Second, 5 * time.Second}
	}
	if cfg.Poll <= 0 {
		cfg.Poll = 200 * time.Millisecond
	}
	return &Custodian{cfg: cfg, id: GrantID(cfg.OAuth.cfg.AppID, cfg.OAID)}
}

// Token is the Client's TokenFunc: it gives a live access token, renewing it only if it ended or is the one
// that Zalo rejected. Errors: ErrNeedsConsent in the chain (also when nobody consented yet), or Unavailable.
func (c *Custodian) Token(ctx context.Context, rejected string) (string, error) {
	g, err := c.grant(ctx, rejected != "")
	if err != nil {
		return "", err
	}
	for range 2 { // a second time if a refresh that had begun before ours gave what was rejected
		if c.live(g, rejected) {
			return g.AccessToken, nil
		}
		if g, err = c.renew(ctx, rejected, true); err != nil {
			return "", err
		}
	}
	if c.live(g, rejected) {
		return g.AccessToken, nil
	}
	return "", core.Errorf(core.Unavailable, "Zalo không nhận khóa mới cấp. Xin thử lại sau.")
}

// Keep renews the pair if it is due: after about 20 of its 25 hours, before the refresh token gets old. Call it
// every few minutes in one role at least; replicas don't disturb each other. Without it tokens are still
// renewed, but only at their end. Errors as Token.
func (c *Custodian) Keep(ctx context.Context) error {
	g, err := c.grant(ctx, true)
	if err != nil {
		return err
	}
	if c.cfg.Clock.Now() < g.RefreshAt {
		return nil
	}
	_, err = c.renew(ctx, "", false)
	return err
}

// Drain waits until a refresh under way in this process is over, or ctx ends: call it before exit, since a
// refresh whose answer is lost may cost the grant.
func (c *Custodian) Drain(ctx context.Context) error {
	c.mu.Lock()
	f := c.flight
	c.mu.Unlock()
	if f == nil {
		return nil
	}
	select {
	case <-f.done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Adopt stores a pair got by hand (API Explorer, simulator) or by consent, in place of what was there.
func (c *Custodian) Adopt(ctx context.Context, t Tokens) error {
	g, err := adopt(ctx, c.cfg.Store, c.cfg.Vault, c.cfg.OAuth.cfg.AppID, c.cfg.OAID, t, c.cfg.Clock.Now(), c.cfg.Jitter())
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.unsaved = nil
	c.mu.Unlock()
	c.hold(g)
	return nil
}

// Revoked marks the grant dead because Zalo said so by other means (the event permission_revoked).
func (c *Custodian) Revoked(ctx context.Context, reason string) error {
	g, err := c.load(ctx)
	if err != nil {
		return err
	}
	return c.giveUp(ctx, g, reason)
}

// Status is what an operator may see of a grant: no tokens.
type Status struct {
	State          GrantState
	Reason         string
	AccessExpires  core.Instant
	RefreshExpires core.Instant
	RefreshAt      core.Instant
	RotatedAt      core.Instant
	InFlightSince  core.Instant // 0: no refresh is open
}

// Status reads the state of the grant; NotFound when nobody ever consented.
func (c *Custodian) Status(ctx context.Context) (Status, error) {
	g, err := c.load(ctx)
	if err != nil {
		return Status{}, err
	}
	s := Status{State: g.State, Reason: g.Reason, AccessExpires: g.AccessExpires, RefreshExpires: g.RefreshExpires,
		RefreshAt: g.RefreshAt, RotatedAt: g.RotatedAt}
	if g.InFlight != nil {
		s.InFlightSince = g.InFlight.Since
	}
	return s, nil
}

// live reports whether g's access token can be used.
func (c *Custodian) live(g Grant, rejected string) bool {
	return g.AccessToken != rejected && c.cfg.Clock.Now() < g.AccessExpires.Add(-endMargin)
}

// grant gives the grant from memory, or from the store if memory is old or fresh is wanted. A dead grant is an
// error.
func (c *Custodian) grant(ctx context.Context, fresh bool) (Grant, error) {
	c.mu.Lock()
	g, age := c.held, c.cfg.Clock.Now().Sub(c.readAt)
	known := c.readAt != 0 && age >= 0 && age < cacheFor && g.State == GrantActive
	c.mu.Unlock()
	if !known || fresh {
		var err error
		if g, err = c.load(ctx); err != nil {
			return Grant{}, c.absent(err)
		}
	}
	if g.State == GrantNeedsConsent {
		return Grant{}, needsConsent(g.Reason)
	}
	return g, nil
}

func (c *Custodian) absent(err error) error {
	if core.Is(err, core.NotFound) {
		return needsConsent("nobody consented yet")
	}
	return err
}

func needsConsent(reason string) error {
	return core.Wrap(core.Unavailable, "Zalo OA cần được cấp quyền lại.", fmt.Errorf("%w: %s", ErrNeedsConsent, reason))
}

// load reads the grant from the store, after another try to store a pair that it did not take.
func (c *Custodian) load(ctx context.Context) (Grant, error) {
	c.mu.Lock()
	p := c.unsaved
	c.mu.Unlock()
	if p != nil {
		return c.store(ctx, *p)
	}
	g, err := c.cfg.Store.Grant(ctx, c.id)
	if err != nil {
		return Grant{}, err
	}
	if g, err = c.cfg.Vault.open(g); err != nil {
		return Grant{}, err
	}
	c.hold(g)
	return g, nil
}

func (c *Custodian) hold(g Grant) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if g.Revision >= c.held.Revision {
		c.held, c.readAt = g, c.cfg.Clock.Now()
	}
}

// save seals and writes g as the next revision.
func (c *Custodian) save(ctx context.Context, g Grant) (Grant, error) {
	g.Revision++
	sealed, err := c.cfg.Vault.seal(g)
	if err != nil {
		return Grant{}, err
	}
	if err := c.cfg.Store.SaveGrant(ctx, sealed); err != nil {
		return Grant{}, err
	}
	c.hold(g)
	return g, nil
}

// adopt stores t as the pair of (appID, oaID), over whatever is stored.
func adopt(ctx context.Context, store TokenStore, vault Vault, appID, oaID string, t Tokens, now core.Instant, jitter float64) (Grant, error) {
	for range 5 {
		g, err := store.Grant(ctx, GrantID(appID, oaID))
		if err != nil && !core.Is(err, core.NotFound) {
			return Grant{}, err
		}
		g.ID, g.AppID, g.OAID = GrantID(appID, oaID), appID, oaID
		g.apply(t, now, jitter)
		g.Revision++
		sealed, err := vault.seal(g)
		if err != nil {
			return Grant{}, err
		}
		if err = store.SaveGrant(ctx, sealed); err == nil {
			return g, nil
		}
		if !core.Is(err, core.Conflict) {
			return Grant{}, err
		}
	}
	return Grant{}, core.Errorf(core.Unavailable, "Khóa Zalo đang được thay ở nơi khác. Xin thử lại.")
}
