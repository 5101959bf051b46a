package zalo

import (
	"context"
	"errors"
	"net/url"

	"duthi/core"
)

// ConsentFlow lets an organizer link an OA: Begin gives the link, Finish takes Zalo's callback. All fields but
// Vault, Clock and Jitter are required.
type ConsentFlow struct {
	OAuth  *OAuth
	Store  TokenStore
	Client ClientConfig // where to check the new token; its Token is not used
	Vault  Vault
	Clock  core.Clock
	Jitter func() float64 // in [0, 1); nil: 0
}

// Begin stores a single-use state and gives the address for an admin of the OA to open. oaID is the OA meant, or
// "" for any; by names the organizer. redirectURI must be the callback saved in Zalo's console.
func (f *ConsentFlow) Begin(ctx context.Context, oaID, redirectURI, by string) (string, error) {
	c := Consent{State: NewVerifier(), OAID: oaID, By: by, ExpiresAt: f.Clock.Now().Add(consentLife)}
	if f.OAuth.cfg.PKCE == PKCEPerRequest {
		c.Verifier = NewVerifier()
	}
	if err := f.Store.SaveConsent(ctx, c); err != nil {
		return "", err
	}
	return f.OAuth.ConsentURL(redirectURI, c.State, c.Verifier), nil
}

// Finish takes the query of the callback (code, oa_id, state; others are ignored), exchanges the code, checks
// with the new token which OA it is for, and stores the pair. by is the organizer at the browser, who must be the one that
// began: a link of one must not be finished by another who was talked into opening it. expectOA is used when the link carried no state,
// as links copied from Zalo's console do: give it only in an organizer's own session, else leave it "".
// Errors: Invalid for a used or foreign state, an OA that was not meant, no code (the admin did not allow it), or a
// code that Zalo refused.
func (f *ConsentFlow) Finish(ctx context.Context, query url.Values, by, expectOA string) (Account, error) {
	c := Consent{OAID: expectOA}
	if state := query.Get("state"); state != "" {
		var err error
		if c, err = f.Store.TakeConsent(ctx, state, f.Clock.Now()); err != nil {
			if core.Is(err, core.NotFound) {
				return Account{}, consentError(err)
			}
			return Account{}, err
		}
		if c.By != by {
			return Account{}, consentError(errors.New("begun by another organizer"))
		}
	} else if expectOA == "" {
		return Account{}, consentError(errors.New("callback without state"))
	}
	if oa := query.Get("oa_id"); c.OAID != "" && oa != "" && oa != c.OAID {
		return Account{}, wrongOA()
	}
	if query.Get("code") == "" {
		return Account{}, core.Errorf(core.Invalid, "OA chưa cho phép ứng dụng. Tạo liên kết mới rồi bấm Cho phép.")
	}
	tokens, err := f.OAuth.Exchange(ctx, query.Get("code"), c.Verifier)
	if err != nil {
		if ActionOf(err) == Human {
			return Account{}, consentError(err)
		}
		return Account{}, err
	}
	return f.keep(ctx, c, tokens, query.Get("oa_id"))
}

// keep stores the pair under the OA that Zalo itself names.
func (f *ConsentFlow) keep(ctx context.Context, c Consent, t Tokens, claimed string) (Account, error) {
	cfg := f.Client
	cfg.Token = FixedToken(t.Access)
	account, err := NewClient(cfg).Account(ctx)
	if err != nil {
		return Account{}, err
	}
	if account.OAID == "" {
		account.OAID = claimed
	}
	if account.OAID == "" || (c.OAID != "" && account.OAID != c.OAID) || (claimed != "" && claimed != account.OAID) {
		return Account{}, wrongOA()
	}
	jitter := 0.0
	if f.Jitter != nil {
		jitter = f.Jitter()
	}
	_, err = adopt(ctx, f.Store, f.Vault, f.OAuth.cfg.AppID, account.OAID, t, f.Clock.Now(), jitter)
	return account, err
}

func wrongOA() error {
	return core.Errorf(core.Invalid, "Tài khoản OA vừa cấp quyền không phải OA của cuộc thi. Xin chọn đúng OA.")
}
