package storetest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/exam"
	"duthi/core/store"
)

// Subject is the part of a store where operations meet each other, which Compare drives. Every store.Store is
// one, and so is Model.
type Subject interface {
	exam.AttemptStore
	account.TokenStore
	store.Claims
	Participation(ctx context.Context, contestID, roundID string) (core.Participation, error)
	Leaders(ctx context.Context, contestID, roundID string, limit int) ([]core.Attempt, error)
	Activity(ctx context.Context, contestID string, now core.Instant, minutes int) (core.Activity, error)
	Days(ctx context.Context, contestID string, offsetSeconds int) ([]core.Day, error)
}

// run tells runs of Compare apart, so that they can share stores.
var run atomic.Int64

// Compare runs random sequences of operations on a and b and fails at the first answer that differs. It draws
// ids from few, so that operations meet, and times around the deadlines.
func Compare(t *testing.T, a, b Subject) {
	t.Helper()
	rapid.Check(t, func(rt *rapid.T) {
		c := &comparison{T: rt, a: a, b: b, ctx: t.Context(), contest: fmt.Sprintf("run%d", run.Add(1))}
		rt.Repeat(map[string]func(*rapid.T){
			"start":    c.start,
			"save":     c.save,
			"save 2":   c.save, // more often than the rest
			"predict":  c.predict,
			"finish":   c.finish,
			"void":     c.void,
			"import":   c.imported,
			"read":     c.read,
			"figures":  c.figures,
			"token":    c.token,
			"replace":  c.replaceToken,
			"deletion": c.deleteTokens,
			"claim":    c.claim,
		})
	})
}

// comparison is one run; T is the step's.
type comparison struct {
	*rapid.T
	ctx     context.Context
	a, b    Subject
	contest string
	last    core.Attempt // the one met last, which most operations are about
	held    core.Token
}

// both runs op on both stores and gives a's answer.
func both[V any](c *comparison, op string, f func(s Subject) (V, error)) V {
	type answer struct {
		Value  V
		Code   core.Code
		Fields map[string]string
	}
	ask := func(s Subject) answer {
		v, err := f(s)
		got := answer{Code: core.CodeOf(err)}
		if err == nil {
			got.Value = v
		} else if e, ok := err.(*core.Error); ok {
			got.Fields = e.Fields
		}
		return got
	}
	x, y := ask(c.a), ask(c.b)
	if d := gocmp.Diff(x, y, cmpopts.EquateEmpty()); d != "" {
		c.Fatalf("%s: first store -, second +:\n%s", op, d)
	}
	if x.Code == core.Internal || x.Code == core.Unavailable {
		c.Fatalf("%s: %s", op, x.Code)
	}
	return x.Value
}

// act is both for operations without an answer.
func (c *comparison) act(op string, f func(s Subject) error) {
	both(c, op, func(s Subject) (int, error) { return 0, f(s) })
}

func pick[V any](c *comparison, name string, of ...V) V { return rapid.SampledFrom(of).Draw(c.T, name) }

func (c *comparison) number(name string, from, to int) int {
	return rapid.IntRange(from, to).Draw(c.T, name)
}

// now draws a moment: tokens and leases end at 5 and 10 minutes, attempts at 15.
func (c *comparison) now() core.Instant {
	return T0 + pick(c, "now", 0, 5*minute-1, 5*minute, 10*minute-1, 10*minute, 15*minute-1, 15*minute, 16*minute)
}

func (c *comparison) person() string { return c.contest + pick(c, "person", "-p1", "-p2") }
func (c *comparison) id() string     { return c.contest + pick(c, "attempt", "-a1", "-a2", "-a3", "-a4") }
func (c *comparison) round() string  { return pick(c, "round", "r1", "r2") }

// known draws a contestant and an attempt: mostly the ones met last, so that operations meet.
func (c *comparison) known() (person, id string) {
	if c.last.ID != "" && c.number("known", 0, 3) > 0 {
		return c.last.ContestantID, c.last.ID
	}
	return c.person(), c.id()
}

// attempt draws an attempt of three questions that may clash with others in any way.
func (c *comparison) attempt() core.Attempt {
	a := attempt(c.contest, c.round(), c.person(), c.number("ordinal", 1, 3))
	a.ID, a.Paper, a.Answers = c.id(), a.Paper[:3], a.Answers[:3]
	a.UnitCode = pick(c, "unit", "a1", "a2", "b1")
	a.Unit1Code, a.BlockID = a.UnitCode[:1], pick(c, "block", "", "so", "xa")
	a.StartedAt = T0 + core.Instant(c.number("started", -1, 1))*12*60*minute
	return a
}

func (c *comparison) final(a core.Attempt) core.Attempt {
	a.Finish(pick(c, "status", core.Submitted, core.Expired), c.now(), core.Score{
		Answered: c.number("answered", 0, 3), Correct: c.number("correct", 0, 3), Points: c.number("points", 0, 6)})
	a.Receipt = pick(c, "receipt", "", c.contest+"-A", c.contest+"-"+a.ID)
	return a
}

func (c *comparison) start(rt *rapid.T) {
	c.T = rt
	a := c.attempt()
	c.act("InsertAttempt", func(s Subject) error { return s.InsertAttempt(c.ctx, a) })
	c.last = a
}

func (c *comparison) write() exam.AnswerWrite {
	person, id := c.known()
	return exam.AnswerWrite{AttemptID: id, ContestantID: person, Index: pick(c, "index", 0, 0, 1, 2, 3, -1), Choice: core.OptionSet(c.number("choice", 0, 1)),
		Marked: rapid.Bool().Draw(c.T, "marked"), Seen: pick(c, "seen", 0, 0, 1, 2), Now: c.now()}
}

func (c *comparison) save(rt *rapid.T) {
	c.T = rt
	w := c.write()
	both(c, "SaveAnswer", func(s Subject) (exam.AnswerResult, error) { return s.SaveAnswer(c.ctx, w) })
}

func (c *comparison) predict(rt *rapid.T) {
	c.T = rt
	w := c.write()
	var value *int64
	if v := int64(c.number("value", -1, 1)); v >= 0 {
		value = &v
	}
	both(c, "SavePrediction", func(s Subject) (exam.PredictionResult, error) { return s.SavePrediction(c.ctx, w, value) })
}

func (c *comparison) finish(rt *rapid.T) {
	c.T = rt
	a := c.last
	if a.ID == "" {
		a = c.attempt()
	}
	a = c.final(a)
	c.act("FinishAttempt", func(s Subject) error { return s.FinishAttempt(c.ctx, a) })
}

func (c *comparison) void(rt *rapid.T) {
	c.T = rt
	person, id := c.known()
	v := pick(c, "void", nil, &core.Void{By: "organizer:lan", At: T0, Reason: "lý do"})
	c.act("VoidAttempt", func(s Subject) error { return s.VoidAttempt(c.ctx, person, id, v) })
}

func (c *comparison) imported(rt *rapid.T) {
	c.T = rt
	as := []core.Attempt{c.final(c.attempt()), c.final(c.attempt())}
	c.act("ImportAttempts", func(s Subject) error { return s.ImportAttempts(c.ctx, as) })
}

func (c *comparison) read(rt *rapid.T) {
	c.T = rt
	person, id := c.known()
	round, now := pick(c, "of", "", "r1", "r2"), c.now()
	if a := both(c, "Attempt", func(s Subject) (core.Attempt, error) { return s.Attempt(c.ctx, person, id) }); a.ID != "" {
		c.last = a
	}
	both(c, "AttemptsOf", func(s Subject) ([]core.Attempt, error) { return s.AttemptsOf(c.ctx, person, round) })
	receipt := c.contest + "-" + id
	both(c, "AttemptByReceipt", func(s Subject) (core.Attempt, error) { return s.AttemptByReceipt(c.ctx, c.contest, receipt) })
	both(c, "ExpiredAttempts", func(s Subject) ([]core.Attempt, error) {
		as, err := s.ExpiredAttempts(c.ctx, now, 1_000_000)
		return slices.DeleteFunc(as, func(a core.Attempt) bool { return a.ContestID != c.contest }), err // not of other runs
	})
}

func (c *comparison) figures(rt *rapid.T) {
	c.T = rt
	round, now, limit, offset := pick(c, "of", "", "r1", "r2"), c.now(), c.number("limit", 1, 3), pick(c, "offset", 0, 7*3600, -8*3600)
	both(c, "Participation", func(s Subject) (core.Participation, error) { return s.Participation(c.ctx, c.contest, round) })
	both(c, "Leaders", func(s Subject) ([]core.Attempt, error) {
		return s.Leaders(c.ctx, c.contest, cmp.Or(round, "r1"), limit)
	})
	both(c, "Activity", func(s Subject) (core.Activity, error) { return s.Activity(c.ctx, c.contest, now, 3) })
	both(c, "Days", func(s Subject) ([]core.Day, error) { return s.Days(c.ctx, c.contest, offset) })
}

func (c *comparison) tokenID() string { return c.contest + pick(c, "token", "-k1", "-k2") }

func (c *comparison) token(rt *rapid.T) {
	c.T = rt
	id, now, max := c.tokenID(), c.now(), c.number("max", 1, 2)
	switch pick(c, "do", "put", "read", "try", "try", "use") {
	case "put":
		k := token(id, pick(c, "kind", core.TokenSession, core.TokenCode), pick(c, "subject", "", c.contest+"-s"))
		c.act("PutToken", func(s Subject) error { return s.PutToken(c.ctx, k) })
	case "read":
		if k := both(c, "Token", func(s Subject) (core.Token, error) { return s.Token(c.ctx, id, now) }); k.ID != "" {
			c.held = k
		}
	case "try":
		both(c, "TryToken", func(s Subject) (core.Token, error) { return s.TryToken(c.ctx, id, max, now) })
	case "use":
		both(c, "UseToken", func(s Subject) (core.Token, error) { return s.UseToken(c.ctx, id, now) })
	}
}

func (c *comparison) replaceToken(rt *rapid.T) {
	c.T = rt
	if c.held.ID == "" {
		rt.Skip("no token read yet")
	}
	k := c.held
	k.Revision++
	k.Data, k.ExpiresAt = strings.Repeat("x", c.number("data", 0, 3)), c.now()
	c.act("UpdateToken", func(s Subject) error { return s.UpdateToken(c.ctx, k) })
}

func (c *comparison) deleteTokens(rt *rapid.T) {
	c.T = rt
	id, kind, subject := c.tokenID(), pick(c, "kind", core.TokenSession, core.TokenCode), pick(c, "subject", "", c.contest+"-s")
	if rapid.Bool().Draw(rt, "one") {
		c.act("DeleteToken", func(s Subject) error { return s.DeleteToken(c.ctx, id) })
	} else {
		c.act("DeleteTokens", func(s Subject) error { return s.DeleteTokens(c.ctx, kind, subject, id) })
	}
}

func (c *comparison) claim(rt *rapid.T) {
	c.T = rt
	key, holder, now := c.contest+pick(c, "key", "-x", "-y"), pick(c, "holder", "h1", "h2"), c.now()
	switch pick(c, "do", "claim", "complete", "release") {
	case "claim":
		lease := now + pick(c, "lease", 0, 1, 5*minute)
		c.act("Claim", func(s Subject) error { return s.Claim(c.ctx, key, holder, now, lease) })
	case "complete":
		c.act("CompleteClaim", func(s Subject) error { return s.CompleteClaim(c.ctx, key, holder, now) })
	case "release":
		c.act("ReleaseClaim", func(s Subject) error { return s.ReleaseClaim(c.ctx, key, holder) })
	}
}
