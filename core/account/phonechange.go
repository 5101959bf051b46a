package account

import (
	"context"
	"encoding/json"

	"duthi/core"
)

// SendPhoneCode checks the password and sends a code to the number a contestant wants to change to: with the number
// goes the way back into the account, so whoever finds a phone that is signed in must not be able to change it. ticket
// goes into the form or a cookie. Whether the number has an account shows only after the code. Invalid with Fields
// "so_dien_thoai" or "mat_khau".
func (s *Service) SendPhoneCode(ctx context.Context, p Person, phone, password, addr string) (ticket string, st CodeState, err error) {
	if err := p.mustBeContestant(); err != nil {
		return "", st, err
	}
	number, err := parseMobile(phone)
	if err != nil {
		return "", st, core.FieldErrors(map[string]string{FieldPhone: message(err)})
	}
	if err := s.checkOwnPassword(ctx, p, password, addr); err != nil {
		return "", st, err
	}
	if err := s.mayCode(ctx, p.ContestID, number, addr); err != nil {
		return "", st, err
	}
	box, err := json.Marshal(s.cfg.Sealer.Seal(p.ContestID, "phone", number))
	if err != nil {
		return "", st, err
	}
	code := newCode()
	ticket = newSecret()
	t, err := s.putCode(ctx, core.Token{ID: tokenID(ticket), ContestID: p.ContestID, Purpose: "phone " + p.ContestantID,
		Subject: "phone:" + s.cfg.Sealer.Hash(p.ContestID, "phone", number), Data: string(box)}, code)
	if err != nil {
		return "", st, err
	}
	if err := s.send(ctx, codeMessage(p.ContestID, number, code, "đổi số điện thoại dự thi")); err != nil {
		return "", st, err
	}
	return ticket, CodeState{Sent: true, Shown: MaskPhone(number), Channel: s.channelName(),
		ExpiresAt: t.ExpiresAt, ResendAfter: t.CreatedAt.Add(resendAfter)}, nil
}

// checkOwnPassword makes sure that it is the person who asks. Invalid with Fields "mat_khau".
func (s *Service) checkOwnPassword(ctx context.Context, p Person, password, addr string) error {
	phc, _, err := s.passwordOf(ctx, p)
	if err != nil {
		return err
	}
	err = s.guess(ctx, p.Subject(), addr, func() (bool, error) { return s.hasher.verify(ctx, phc, password) })
	if core.Is(err, core.Unauthenticated) {
		return core.FieldErrors(map[string]string{FieldPassword: "Mật khẩu chưa đúng."})
	}
	return err
}

// ConfirmPhone checks the code and changes the number at once, or files a request after the first attempt.
func (s *Service) ConfirmPhone(ctx context.Context, p Person, ticket, code, note, addr string) (Correction, error) {
	if err := p.mustBeContestant(); err != nil {
		return Correction{}, err
	}
	t, err := s.tryTicket(ctx, ticket, "phone "+p.ContestantID, code, addr)
	if err != nil {
		return Correction{}, err
	}
	if t, err = s.cfg.Tokens.UseToken(ctx, t.ID, s.cfg.Clock.Now()); err != nil {
		return Correction{}, err
	}
	values, err := s.openChanges(map[string]string{FieldPhone: t.Data})
	if err != nil {
		return Correction{}, err
	}
	contest, err := s.cfg.Contest(ctx, p.ContestID)
	if err != nil {
		return Correction{}, err
	}
	c, err := s.cfg.People.Contestant(ctx, p.ContestantID)
	if err != nil {
		return Correction{}, err
	}
	return s.correct(ctx, contest, c, values, note)
}
