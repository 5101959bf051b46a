package account

import (
	"context"
	"strings"
	"time"

	"duthi/core"
)

// resetLinkTime leaves the day to somebody who called the hotline.
const resetLinkTime = 24 * time.Hour

const purposeResetLink = "reset-link"

var errResetLink = core.Errorf(core.NotFound, "Liên kết đặt mật khẩu đã dùng hoặc đã hết hạn. Xin gọi đường dây hỗ trợ để lấy liên kết mới.")

// NewResetLink makes a one-time link with which a person whom no code reaches chooses a new password, and ends those
// made before. The reason goes into the audit log. Right: DecideRequests, as for moving an account to another phone.
func (s *Service) NewResetLink(ctx context.Context, by Person, contestantID, reason string) (link string, until core.Instant, err error) {
	if err := by.must(DecideRequests); err != nil {
		return "", 0, err
	}
	if reason = core.CleanText(reason); reason == "" {
		return "", 0, core.FieldErrors(map[string]string{"ly_do": "Nhập lý do."})
	}
	c, err := s.cfg.People.Contestant(ctx, contestantID)
	if err == nil && c.Status == core.Erased {
		err = errNoPerson
	}
	if err != nil {
		return "", 0, err
	}
	now, secret := s.cfg.Clock.Now(), newSecret()
	t := core.Token{ID: tokenID(secret), Kind: core.TokenLink, ContestID: c.ContestID, Purpose: purposeResetLink,
		Subject: purposeResetLink + ":" + c.ID, CreatedAt: now, ExpiresAt: now.Add(resetLinkTime), Revision: 1}
	e := core.AuditEntry{ContestID: c.ContestID, Actor: by.Subject(), Action: "contestant.reset_link", Subject: "contestant:" + c.ID, Reason: reason}
	err = s.audited(ctx, e, func() error {
		if err := s.cfg.Tokens.PutToken(ctx, t); err != nil {
			return err
		}
		return s.cfg.Tokens.DeleteTokens(ctx, core.TokenLink, t.Subject, t.ID)
	})
	return secret, t.ExpiresAt, err
}

// ResetLinkOwner gives whose password a link sets, without using it up; NotFound when it is used or over.
func (s *Service) ResetLinkOwner(ctx context.Context, link string) (core.Contestant, error) {
	if !looksLikeSecret(link) {
		return core.Contestant{}, errResetLink
	}
	t, err := s.cfg.Tokens.Token(ctx, tokenID(link), s.cfg.Clock.Now())
	if core.Is(err, core.NotFound) || err == nil && (t.Purpose != purposeResetLink || !t.UsedAt.IsZero()) {
		return core.Contestant{}, errResetLink
	}
	if err != nil {
		return core.Contestant{}, err
	}
	c, err := s.cfg.People.Contestant(ctx, strings.TrimPrefix(t.Subject, purposeResetLink+":"))
	if core.Is(err, core.NotFound) || err == nil && c.Status == core.Erased {
		return core.Contestant{}, errResetLink
	}
	c.PasswordHash = ""
	return c, err
}

// UseResetLink sets the password, signs out every device and signs in here (a POST, never on opening the link). Invalid
// with Fields "mat_khau" leaves the link usable; NotFound when it is used or over.
func (s *Service) UseResetLink(ctx context.Context, link, password, addr string) (SignedIn, error) {
	if err := s.crowd(ctx, signInsByAddress, addr); err != nil {
		return SignedIn{}, err
	}
	c, err := s.ResetLinkOwner(ctx, link)
	if err != nil {
		return SignedIn{}, err
	}
	about, err := s.aboutContestant(c)
	if err != nil {
		return SignedIn{}, err
	}
	hash, err := s.redeem(ctx, tokenID(link), password, about...)
	if core.Is(err, core.NotFound) {
		return SignedIn{}, errResetLink
	}
	if err != nil {
		return SignedIn{}, err
	}
	if err := s.putPassword(ctx, Person{Kind: KindContestant, ContestantID: c.ID}, hash); err != nil {
		return SignedIn{}, err
	}
	if err := s.endSessions(ctx, "contestant:"+c.ID, ""); err != nil {
		return SignedIn{}, err
	}
	return s.startSession(ctx, c.ContestID, "contestant:"+c.ID)
}
