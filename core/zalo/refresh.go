package zalo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"duthi/core"
)

// renew joins the refresh under way in this process or begins one. It is detached from ctx: a caller who leaves
// must not cut off an answer that carries the only copy of a new pair.
func (c *Custodian) renew(ctx context.Context, rejected string, forced bool) (Grant, error) {
	c.mu.Lock()
	f := c.flight
	if f == nil {
		f = &flight{done: make(chan struct{})}
		c.flight = f
		go c.fly(context.WithoutCancel(ctx), f, rejected, forced)
	}
	c.mu.Unlock()
	select {
	case <-f.done:
		return f.grant, f.err
	case <-ctx.Done():
		return Grant{}, core.Wrap(core.Unavailable, "Zalo đang không trả lời. Xin thử lại sau ít phút.", ctx.Err())
	}
}

func (c *Custodian) fly(ctx context.Context, f *flight, rejected string, forced bool) {
	ctx, cancel := context.WithTimeout(ctx, 2*leaseFor)
	defer cancel()
	f.grant, f.err = c.leased(ctx, rejected, forced)
	c.mu.Lock()
	c.flight = nil
	c.mu.Unlock()
	close(f.done)
}

// leased refreshes under the lease, or waits for the replica that has it.
func (c *Custodian) leased(ctx context.Context, rejected string, forced bool) (Grant, error) {
	for {
		now := c.cfg.Clock.Now()
		err := c.cfg.Store.LeaseGrant(ctx, c.id, c.cfg.Holder, now, now.Add(leaseFor))
		if err == nil {
			g, err := c.refresh(ctx, rejected, forced)
			if rerr := c.cfg.Store.ReleaseGrant(ctx, c.id, c.cfg.Holder); rerr != nil {
				c.cfg.Log.Warn("zalo: lease not released; it ends by itself", "oa_id", c.cfg.OAID, "error", rerr)
			}
			return g, err
		}
		if !core.Is(err, core.Conflict) {
			return Grant{}, err
		}
		if err := pause(ctx, c.cfg.Poll); err != nil {
			return Grant{}, core.Wrap(core.Unavailable, "Khóa Zalo đang được thay ở nơi khác. Xin thử lại.", err)
		}
		g, err := c.grant(ctx, true)
		if err != nil {
			return Grant{}, err
		}
		if !c.due(g, rejected, forced) {
			return g, nil
		}
	}
}

// due reports whether g still has to be renewed: another replica may have done it meanwhile.
func (c *Custodian) due(g Grant, rejected string, forced bool) bool {
	if forced {
		return !c.live(g, rejected)
	}
	return c.cfg.Clock.Now() >= g.RefreshAt
}

// refresh does the refresh; the caller holds the lease.
func (c *Custodian) refresh(ctx context.Context, rejected string, forced bool) (Grant, error) {
	g, err := c.grant(ctx, true)
	if err != nil {
		return Grant{}, err
	}
	if !c.due(g, rejected, forced) {
		return g, nil
	}
	// Written first: whoever comes after a crash knows that the answer may be lost. If the store can't take
	// this, it can't take the new pair either, and nothing is asked.
	g.InFlight = &InFlight{Since: c.cfg.Clock.Now(), Fingerprint: fingerprint(g.RefreshToken), By: c.cfg.Holder}
	if g, err = c.save(ctx, g); err != nil {
		return Grant{}, err
	}
	tokens, err := c.ask(ctx, g.RefreshToken)
	if err == nil {
		p := pair{grant: g, used: g.RefreshToken}
		p.grant.apply(tokens, c.cfg.Clock.Now(), c.cfg.Jitter())
		return c.store(ctx, p)
	}
	if ActionOf(err) != Human {
		return Grant{}, err // the mark stays; the next try uses the same token
	}
	if gerr := c.giveUp(ctx, g, reason(err)); core.Is(gerr, core.Conflict) {
		return c.grant(ctx, true) // somebody has a newer pair
	} else if gerr != nil {
		return Grant{}, gerr
	}
	return Grant{}, needsConsent(reason(err))
}

// ask refreshes, again with the same token while answers are lost: if Zalo never saw it, it still works; if it
// did, the chain is dead anyway.
func (c *Custodian) ask(ctx context.Context, refreshToken string) (Tokens, error) {
	for try := 0; ; try++ {
		t, err := c.cfg.OAuth.Refresh(ctx, refreshToken)
		if err == nil || ActionOf(err) != Retry || try >= len(c.cfg.Backoff) {
			return t, err
		}
		c.cfg.Log.Warn("zalo: token refresh without an answer, trying the same token again", "oa_id", c.cfg.OAID, "try", try+1, "error", err)
		if pause(ctx, c.cfg.Backoff[try]) != nil {
			return Tokens{}, err
		}
	}
}

// store keeps a new pair. Another revision in between does not matter as long as it is the old chain (a replica
// whose lease ran out may even have marked it dead); a newer consent wins. A pair that the store does not take
// is used from memory, so that it lives until this process ends.
func (c *Custodian) store(ctx context.Context, p pair) (Grant, error) {
	var err error
	for try := range 4 {
		var saved Grant
		if saved, err = c.save(ctx, p.grant); err == nil {
			c.forgetUnsaved(p)
			return saved, nil
		}
		if core.Is(err, core.Conflict) {
			var now Grant
			if now, err = c.stored(ctx); err == nil {
				if now.RefreshToken != p.used {
					c.forgetUnsaved(p)
					c.hold(now)
					return now, nil
				}
				p.grant.Revision = now.Revision
				continue
			}
		}
		if pause(ctx, time.Duration(try)*c.cfg.Poll) != nil {
			break
		}
	}
	c.mu.Lock()
	first := c.unsaved == nil
	c.unsaved = &p
	c.held, c.readAt = p.grant, c.cfg.Clock.Now()
	c.mu.Unlock()
	if first {
		c.alarm(AlarmNotSaved, fmt.Sprint("the store did not take a new token pair: ", err))
	}
	return p.grant, nil
}

func (c *Custodian) stored(ctx context.Context) (Grant, error) {
	g, err := c.cfg.Store.Grant(ctx, c.id)
	if err != nil {
		return Grant{}, err
	}
	return c.cfg.Vault.open(g)
}

func (c *Custodian) forgetUnsaved(p pair) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.unsaved != nil && c.unsaved.used == p.used {
		c.unsaved = nil
	}
}

// giveUp marks g dead, unless the store moved on: then somebody has a newer pair.
func (c *Custodian) giveUp(ctx context.Context, g Grant, why string) error {
	if g.State == GrantNeedsConsent {
		return nil
	}
	g.State, g.Reason, g.InFlight = GrantNeedsConsent, why, nil
	if _, err := c.save(ctx, g); err != nil {
		return err
	}
	c.alarm(AlarmNeedsConsent, why)
	return nil
}

func (c *Custodian) alarm(kind AlarmKind, why string) {
	c.cfg.Log.Error("zalo: token custody needs a person", "kind", kind, "oa_id", c.cfg.OAID, "reason", why)
	c.cfg.Alarm(Alarm{Kind: kind, OAID: c.cfg.OAID, Reason: why})
}

func reason(err error) string {
	var e *APIError
	if errors.As(err, &e) {
		return fmt.Sprintf("refresh refused: code %d, status %d: %s", e.Code, e.Status, e.Message)
	}
	return err.Error()
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
