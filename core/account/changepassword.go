package account

import (
	"context"

	"duthi/core"
)

// FieldOldPassword is the form field of the password in use.
const FieldOldPassword = "mat_khau_cu"

// ChangePassword replaces the person's password after checking the old one, and signs out every other device.
// Invalid with Fields "mat_khau_cu" or "mat_khau". addr is the client's address.
func (s *Service) ChangePassword(ctx context.Context, p Person, old, new, addr string) error {
	phc, about, err := s.passwordOf(ctx, p)
	if err != nil {
		return err
	}
	if msg := checkPassword(new, about...); msg != "" {
		return core.FieldErrors(map[string]string{FieldPassword: msg})
	}
	if composed(old) == composed(new) {
		return core.FieldErrors(map[string]string{FieldPassword: "Mật khẩu mới phải khác mật khẩu đang dùng."})
	}
	err = s.guess(ctx, p.Subject(), addr, func() (bool, error) { return s.hasher.verify(ctx, phc, old) })
	if core.Is(err, core.Unauthenticated) {
		return core.FieldErrors(map[string]string{FieldOldPassword: "Mật khẩu đang dùng chưa đúng."})
	}
	if err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, new)
	if err != nil {
		return err
	}
	if err := s.putPassword(ctx, p, hash); err != nil {
		return err
	}
	return s.endSessions(ctx, p.Subject(), p.SessionID)
}

// passwordOf gives the person's hash and what the new password must not be.
func (s *Service) passwordOf(ctx context.Context, p Person) (phc string, about []string, err error) {
	if p.Kind == KindOrganizer {
		o, err := s.cfg.Organizers.Organizer(ctx, p.Name)
		return o.PasswordHash, []string{o.Name, o.FullName}, err
	}
	c, err := s.cfg.People.Contestant(ctx, p.ContestantID)
	if err != nil {
		return "", nil, err
	}
	about, err = s.aboutContestant(c)
	return c.PasswordHash, about, err
}

// aboutContestant gives what a contestant's password must not be.
func (s *Service) aboutContestant(c core.Contestant) ([]string, error) {
	phone, err := s.cfg.Sealer.Open(c.Phone)
	if err != nil {
		return nil, err
	}
	id, err := s.cfg.Sealer.Open(c.NationalID)
	return []string{phone, id, c.FullName, FormatBirthDate(c.BirthDate)}, err
}

func (s *Service) putPassword(ctx context.Context, p Person, hash string) error {
	if p.Kind == KindOrganizer {
		_, err := s.updateOrganizer(ctx, p.Name, func(o *core.Organizer) error {
			o.PasswordHash, o.MustChange = hash, false
			return nil
		})
		return err
	}
	_, err := s.updateContestant(ctx, p.ContestantID, func(c *core.Contestant) error {
		c.PasswordHash = hash
		return nil
	})
	return err
}
