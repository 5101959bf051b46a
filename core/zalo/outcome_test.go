package zalo_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"duthi/core/zalo"
	"duthi/core/zalo/zalosim"
)

func TestUnknownOutcomeIsToldFromFailure(t *testing.T) {
	t.Parallel()
	const cs = "/v3.0/oa/message/cs"
	for name, c := range map[string]struct {
		fault zalosim.Fault
		want  zalo.Action
		sent  int
	}{
		"the answer is lost":           {zalosim.Fault{Path: cs, Lose: zalosim.LoseAfter}, zalo.Reconcile, 1},
		"the connection breaks early":  {zalosim.Fault{Path: cs, Lose: zalosim.LoseBefore}, zalo.Reconcile, 0}, // it can't be known
		"a page after the work":        {zalosim.Fault{Path: cs, Page: 502, Lose: zalosim.LoseAfter}, zalo.Reconcile, 1},
		"a page with 200":              {zalosim.Fault{Path: cs, Page: 200}, zalo.Reconcile, 0},
		"a proxy's refusal":            {zalosim.Fault{Path: cs, Page: 403}, zalo.Fix, 0},
		"a proxy's limit":              {zalosim.Fault{Path: cs, Page: 429}, zalo.Retry, 0},
		"Zalo's limit":                 {zalosim.Fault{Path: cs, Code: -32}, zalo.Retry, 0},
		"an answer beyond the timeout": {zalosim.Fault{Path: cs, Hold: make(chan struct{})}, zalo.Reconcile, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, &zalosim.Sim{})
			cl := b.client(t)
			an := b.sim.AddPerson("An", "")
			b.sim.Follow(an)
			b.sim.Inject(c.fault)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			if c.fault.Hold != nil {
				go func() {
					if _, err := b.sim.AwaitSent(ctx, an, 1); err == nil {
						cancel()
					}
				}()
			}
			_, err := cl.Send(ctx, an, zalo.Message{Text: "a"})
			if zalo.ActionOf(err) != c.want || zalo.IsUnknown(err) != (c.want == zalo.Reconcile) || len(b.sim.Sent(an)) != c.sent {
				t.Errorf("%v; %d sent", err, len(b.sim.Sent(an)))
			}
		})
	}
	// Nobody listens: nothing left, so it is a plain failure.
	c := zalo.NewClient(zalo.ClientConfig{Token: zalo.FixedToken("x"), APIURL: "http://127.0.0.1:1"})
	if _, err := c.Send(t.Context(), "1", zalo.Message{Text: "a"}); zalo.ActionOf(err) != zalo.Retry {
		t.Errorf("no connection: %v", err)
	}
	if _, err := c.Person(t.Context(), "12345"); err == nil || strings.Contains(err.Error(), "12345") {
		t.Errorf("the error names the person: %v", err)
	}
}

func TestDeadTokenIsReplacedInTheMiddle(t *testing.T) {
	t.Parallel()
	b := newBench(t, &zalosim.Sim{})
	c, ctx := b.client(t), t.Context()
	an := b.sim.AddPerson("An", "")
	b.sim.Follow(an)
	b.sim.ExpireToken()
	if _, err := c.Send(ctx, an, zalo.Message{Text: "a"}); err != nil || len(b.sim.Sent(an)) != 1 || b.sim.Stats().Refreshes != 1 {
		t.Errorf("%v, %d sent, %+v", err, len(b.sim.Sent(an)), b.sim.Stats())
	}
	b.sim.Revoke()
	if _, err := c.Send(ctx, an, zalo.Message{Text: "a"}); !errors.Is(err, zalo.ErrNeedsConsent) || zalo.ActionOf(err) != zalo.Human {
		t.Errorf("revoked: %v", err)
	}
}

func TestAppSecretProof(t *testing.T) {
	t.Parallel()
	b := newBench(t, &zalosim.Sim{RequireProof: true})
	b.adopt(t)
	cfg := zalo.ClientConfig{Token: b.replica("a").Token, APIURL: b.url}
	if _, err := zalo.NewClient(cfg).Account(t.Context()); code(err) != -242 {
		t.Errorf("without proof: %v", err)
	}
	cfg.Proof, cfg.AppSecret = true, b.sim.AppSecret
	if _, err := zalo.NewClient(cfg).Account(t.Context()); err != nil {
		t.Errorf("with proof: %v", err)
	}
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	b := newBench(t, &zalosim.Sim{Limits: zalosim.Limits{CallsPerMinute: 2}})
	c, ctx := b.client(t), t.Context()
	an := b.sim.AddPerson("An", "")
	b.sim.Follow(an)
	for range 2 {
		if _, err := c.Send(ctx, an, zalo.Message{Text: "a"}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := c.Send(ctx, an, zalo.Message{Text: "a"})
	var e *zalo.APIError
	if !errors.As(err, &e) || e.Code != -32 || e.Action != zalo.Retry || e.RetryAfter != time.Minute || c.RateLimit().Remain != 0 {
		t.Errorf("third call: %v, left %+v", err, c.RateLimit())
	}
	b.clock.Advance(time.Minute)
	if _, err := c.Send(ctx, an, zalo.Message{Text: "a"}); err != nil {
		t.Errorf("next minute: %v", err)
	}
}
