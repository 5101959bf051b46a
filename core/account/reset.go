package account

import (
	"context"

	"duthi/core"
)

// SendResetCode sends a code to the phone if it has an account. The answer is the same if it has none. ticket
// goes into a cookie and is shown to ResetPassword.
func (s *Service) SendResetCode(ctx context.Context, contestID, phone, addr string) (ticket string, st CodeState, err error) {
	number, err := core.NormalizePhone(phone)
	if err != nil {
		return "", st, core.FieldErrors(map[string]string{FieldPhone: message(err)})
	}
	if !s.carries(contestID) {
		return "", st, errNoChannel
	}
	if err := s.mayCode(ctx, contestID, number, addr); err != nil {
		return "", st, err
	}
	c, err := s.contestantBy(ctx, contestID, "phone", number)
	if err != nil && !core.Is(err, core.NotFound) {
		return "", st, err
	}
	if s.cfg.ByChat {
		if ticket, _, err = s.putChatCode(ctx, core.Token{ContestID: contestID, Purpose: string(ChatReset), Data: c.ID}); err != nil {
			return "", st, err
		}
		st, err = s.ResetCode(ctx, ticket)
		return ticket, st, err
	}
	code := newCode()
	ticket = newSecret()
	t, err := s.putCode(ctx, core.Token{ID: tokenID(ticket), ContestID: contestID, Purpose: "reset",
		Subject: "phone:" + s.cfg.Sealer.Hash(contestID, "phone", number), Data: c.ID}, code)
	if err != nil {
		return "", st, err
	}
	if c.ID != "" {
		s.sendLater(ctx, codeMessage(contestID, number, code, "đặt lại mật khẩu dự thi"))
	}
	return ticket, CodeState{Sent: true, Shown: MaskPhone(number), Channel: s.cfg.Channel.Name(),
		ExpiresAt: t.ExpiresAt, ResendAfter: t.CreatedAt.Add(resendAfter)}, nil
}

// ResetPassword checks the code, sets the password, signs out every device and signs in here. Invalid with
// Fields "ma" or "mat_khau" (a refused password does not use the code up); Limited after too many guesses;
// NotFound when the ticket is over.
func (s *Service) ResetPassword(ctx context.Context, ticket, code, password, addr string) (SignedIn, error) {
	if msg := checkPassword(password); msg != "" {
		return SignedIn{}, core.FieldErrors(map[string]string{FieldPassword: msg})
	}
	t, err := s.tryTicket(ctx, ticket, "reset", code, addr)
	if err != nil {
		return SignedIn{}, err
	}
	c, err := s.cfg.People.Contestant(ctx, t.Data)
	if err != nil {
		return SignedIn{}, err
	}
	if s.cfg.ByChat && c.ZaloUserID != t.Zalo { // unlinked since
		return SignedIn{}, errCodeOver
	}
	about, err := s.aboutContestant(c)
	if err != nil {
		return SignedIn{}, err
	}
	hash, err := s.redeem(ctx, t.ID, password, about...)
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

// redeem checks a new password, hashes it and only then uses up the token that allows it: Invalid with Fields
// "mat_khau" leaves the token usable; NotFound when somebody was faster.
func (s *Service) redeem(ctx context.Context, id, password string, about ...string) (hash string, err error) {
	if msg := checkPassword(password, about...); msg != "" {
		return "", core.FieldErrors(map[string]string{FieldPassword: msg})
	}
	if hash, err = s.hasher.hash(ctx, password); err != nil {
		return "", err
	}
	_, err = s.cfg.Tokens.UseToken(ctx, id, s.cfg.Clock.Now())
	return hash, err
}

// tryTicket checks a code sent for purpose, bounded over all codes of the phone and of the address; by zalo-chat,
// that its owner sent it to the OA.
func (s *Service) tryTicket(ctx context.Context, ticket, purpose, code, addr string) (core.Token, error) {
	if s.cfg.ByChat {
		return s.provenTicket(ctx, ticket, purpose)
	}
	id := tokenID(ticket)
	t, err := s.cfg.Tokens.Token(ctx, id, s.cfg.Clock.Now())
	if core.Is(err, core.NotFound) || err == nil && t.Purpose != purpose {
		return t, errCodeOver
	}
	if err != nil {
		return t, err
	}
	return s.guessCode(ctx, id, t.Subject, code, addr)
}
