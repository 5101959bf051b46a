package zalo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"time"

	"duthi/core"
)

// ErrNeedsConsent is in the chain of every error of a Custodian whose grant is dead: an admin of the OA has to
// open the consent link again. Webhooks keep working; sending waits.
var ErrNeedsConsent = errors.New("zalo: the OA needs to consent again")

// GrantState is active, or needs_consent once Zalo refused the refresh token for good.
type GrantState string

const (
	GrantActive       GrantState = "active"
	GrantNeedsConsent GrantState = "needs_consent"
)

// Grant is what one OA granted to one app: a chain of token pairs. Tokens are sealed if the Custodian was given
// a Vault. ID is GrantID(AppID, OAID).
type Grant struct {
	ID             string       `json:"id"`
	AppID          string       `json:"app_id"`
	OAID           string       `json:"oa_id"`
	State          GrantState   `json:"state"`
	Reason         string       `json:"reason,omitempty"` // why consent is needed, for operators
	AccessToken    string       `json:"access_token"`
	RefreshToken   string       `json:"refresh_token"`
	AccessExpires  core.Instant `json:"access_expires"`
	RefreshExpires core.Instant `json:"refresh_expires"`
	RefreshAt      core.Instant `json:"refresh_at"` // when to renew: well before AccessExpires, jittered
	RotatedAt      core.Instant `json:"rotated_at"`
	InFlight       *InFlight    `json:"in_flight,omitempty"`
	Revision       int64        `json:"revision"` // 1 for the first save, one more with each
}

// InFlight marks a refresh that was begun: its answer may have been lost.
type InFlight struct {
	Since       core.Instant `json:"since"`
	Fingerprint string       `json:"fingerprint"` // of the refresh token used
	By          string       `json:"by"`
}

// Consent is a consent link that was handed out: its state is used once.
type Consent struct {
	State     string       `json:"state"` // random, in the link
	Verifier  string       `json:"verifier,omitempty"`
	OAID      string       `json:"oa_id,omitempty"` // the OA meant; "" takes any
	By        string       `json:"by"`              // organizer who began it
	ExpiresAt core.Instant `json:"expires_at"`
}

// TokenStore keeps grants, their leases and open consents. Errors are *core.Error.
type TokenStore interface {
	// Grant reads one grant by id; NotFound when there is none.
	Grant(ctx context.Context, id string) (Grant, error)
	// Grants lists the grants of an app, by OA id.
	Grants(ctx context.Context, appID string) ([]Grant, error)
	// SaveGrant writes g if the stored revision is g.Revision-1 (none stored counts as 0), durably before it
	// returns; Conflict otherwise.
	SaveGrant(ctx context.Context, g Grant) error
	// LeaseGrant gives holder the only right to refresh the grant until until, if the lease is free, over at
	// now, or already the holder's; Conflict otherwise. The lease is kept beside the grant: SaveGrant leaves
	// it alone, and the grant need not exist.
	LeaseGrant(ctx context.Context, id, holder string, now, until core.Instant) error
	// ReleaseGrant ends the lease if holder has it; otherwise it does nothing.
	ReleaseGrant(ctx context.Context, id, holder string) error
	// SaveConsent keeps a new consent; Conflict when the state is taken.
	SaveConsent(ctx context.Context, c Consent) error
	// TakeConsent removes and gives the consent of a state in one step; NotFound when there is none or it
	// expired at now or before.
	TakeConsent(ctx context.Context, state string, now core.Instant) (Consent, error)
}

// Vault seals tokens before they are stored and opens them again. The zero Vault leaves them as they are.
type Vault struct {
	Seal, Open func(string) (string, error)
}

// GrantID names the grant of an OA to an app.
func GrantID(appID, oaID string) string { return appID + ":" + oaID }

const (
	refreshTokenLife = 90 * 24 * time.Hour // when Zalo does not say
	earlyShare       = 0.8                 // renew after 20 of 25 hours
	jitterShare      = 0.08                // up to 2 hours sooner, so that many OAs do not renew at once
)

// apply puts a new pair into g. jitter is in [0, 1).
func (g *Grant) apply(t Tokens, now core.Instant, jitter float64) {
	life := t.AccessLife
	if life <= 0 {
		life = 25 * time.Hour
	}
	refreshLife := t.RefreshLife
	if refreshLife <= 0 {
		refreshLife = refreshTokenLife
	}
	g.State, g.Reason, g.InFlight = GrantActive, "", nil
	g.AccessToken, g.RefreshToken = t.Access, t.Refresh
	g.RotatedAt, g.AccessExpires, g.RefreshExpires = now, now.Add(life), now.Add(refreshLife)
	g.RefreshAt = now.Add(time.Duration(float64(life) * (earlyShare - jitterShare*jitter)))
}

func (v Vault) seal(g Grant) (Grant, error) { return v.each(g, v.Seal) }

func (v Vault) open(g Grant) (Grant, error) { return v.each(g, v.Open) }

func (v Vault) each(g Grant, f func(string) (string, error)) (Grant, error) {
	if f == nil {
		return g, nil
	}
	var err1, err2 error
	g.AccessToken, err1 = f(g.AccessToken)
	g.RefreshToken, err2 = f(g.RefreshToken)
	if err := errors.Join(err1, err2); err != nil {
		return Grant{}, core.Wrap(core.Internal, "Không đọc được khóa Zalo đã lưu.", err)
	}
	return g, nil
}

// fingerprint names a token without giving it away.
func fingerprint(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:8])
}
