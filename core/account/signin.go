package account

import (
	"context"

	"duthi/core"
	"duthi/core/cache"
)

var errWrongSignIn = core.Errorf(core.Unauthenticated, "Số điện thoại hoặc mật khẩu chưa đúng.")

// SignIn checks phone and password. Unauthenticated with one message for every reason; Limited after too many
// failures; Unavailable with RetryAfter when too many people sign in at once (the page waits and retries).
func (s *Service) SignIn(ctx context.Context, contestID, phone, password, addr string) (SignedIn, error) {
	number, err := core.NormalizePhone(phone)
	if err != nil {
		return SignedIn{}, core.FieldErrors(map[string]string{FieldPhone: message(err)})
	}
	whom := s.cfg.Sealer.Hash(contestID, "phone", number)
	var c core.Contestant
	err = s.guess(ctx, whom, addr, func() (bool, error) {
		c, err = s.contestantBy(ctx, contestID, "phone", number)
		if err != nil && !core.Is(err, core.NotFound) {
			return false, err
		}
		return s.hasher.verify(ctx, c.PasswordHash, password) // of nobody too, so that it takes as long
	})
	if core.Is(err, core.Unauthenticated) {
		return SignedIn{}, errWrongSignIn
	}
	if err != nil {
		return SignedIn{}, err
	}
	return s.startSession(ctx, c.ContestID, "contestant:"+c.ID)
}

// guess runs one check of a password within the limits. whom names the account (never in readable form for a
// phone). Unauthenticated when the check says no.
func (s *Service) guess(ctx context.Context, whom, addr string, check func() (bool, error)) error {
	from := network(addr)
	if err := s.crowd(ctx, signInsByAddress, addr); err != nil {
		return err
	}
	if err := s.peek(ctx, failuresByAddress, from); err != nil {
		return err
	}
	if err := s.peek(ctx, failuresByAccount, whom); err != nil {
		return err
	}
	slow := cache.LimitKey("signin", whom+"|"+from)
	if ok, wait := s.cfg.Cache.Attempt(ctx, slow, slowAccount); !ok {
		return tooMany(wait)
	}
	right, err := check()
	if right || err != nil {
		// A check that did not take place (the queue was full, the store away) must not slow down whoever comes
		// back as told; what guessers could gain by it the two counts of failures bound.
		s.cfg.Cache.Forgive(ctx, slow)
		return err
	}
	s.cfg.Cache.Allow(ctx, cache.LimitKey(failuresByAddress.name, from), failuresByAddress.count, failuresByAddress.window)
	s.cfg.Cache.Allow(ctx, cache.LimitKey(failuresByAccount.name, whom), failuresByAccount.count, failuresByAccount.window)
	return errWrongSignIn
}

// contestantBy finds a person by a value that is sealed in the record, under whichever key it was sealed.
func (s *Service) contestantBy(ctx context.Context, contestID, field, value string) (core.Contestant, error) {
	none := core.Errorf(core.NotFound, "Không tìm thấy người dự thi.")
	for _, h := range s.cfg.Sealer.Hashes(contestID, field, value) {
		c, err := s.cfg.People.ContestantBy(ctx, contestID, field, h)
		if !core.Is(err, core.NotFound) {
			return c, err
		}
	}
	return core.Contestant{}, none
}

// updateContestant reads a person, changes the record and writes it back, again when somebody was faster.
// change may refuse with an error, which is returned.
func (s *Service) updateContestant(ctx context.Context, id string, change func(c *core.Contestant) error) (core.Contestant, error) {
	for {
		c, err := s.cfg.People.Contestant(ctx, id)
		if err != nil {
			return c, err
		}
		if err := change(&c); err != nil {
			return c, err
		}
		c.UpdatedAt = s.cfg.Clock.Now()
		c.Revision++
		err = s.cfg.People.UpdateContestant(ctx, c)
		if err == nil {
			s.changed(ctx, "contestant:"+id)
			return c, nil
		}
		if !movedOn(err) || ctx.Err() != nil {
			return c, err
		}
	}
}

// movedOn reports whether a guarded write failed only because somebody else wrote first: a Conflict that names
// no unique value.
func movedOn(err error) bool {
	return core.Is(err, core.Conflict) && len(takenFields(err)) == 0
}
