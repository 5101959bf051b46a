package account

import (
	"cmp"
	"context"
	"encoding/json"

	"duthi/core"
)

const phonePurpose = "phone " // and the contestant's id

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
	if s.cfg.ByChat {
		return s.askChatForPhone(ctx, p, string(box))
	}
	code := newCode()
	ticket = newSecret()
	t, err := s.putCode(ctx, core.Token{ID: tokenID(ticket), ContestID: p.ContestID, Purpose: phonePurpose + p.ContestantID,
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

// askChatForPhone makes a code for the Zalo linked with the account: the new number itself can't be proven by it.
// Conflict without a link.
func (s *Service) askChatForPhone(ctx context.Context, p Person, box string) (ticket string, st CodeState, err error) {
	c, err := s.cfg.People.Contestant(ctx, p.ContestantID)
	if err != nil {
		return "", st, err
	}
	if c.ZaloUserID == "" {
		return "", st, core.Errorf(core.Conflict, "Đổi số cần xác nhận bằng Zalo đã liên kết với tài khoản này. Liên kết Zalo trước, hoặc gọi đường dây hỗ trợ.")
	}
	if ticket, _, err = s.putChatCode(ctx, core.Token{ContestID: p.ContestID, Purpose: phonePurpose + p.ContestantID, Data: box}); err != nil {
		return "", st, err
	}
	st, err = s.PhoneCode(ctx, p, ticket)
	return ticket, st, err
}

// ConfirmPhone checks the code and changes the number at once, or files a request after the first attempt.
func (s *Service) ConfirmPhone(ctx context.Context, p Person, ticket, code, note, addr string) (Correction, error) {
	if err := p.mustBeContestant(); err != nil {
		return Correction{}, err
	}
	t, err := s.tryTicket(ctx, ticket, phonePurpose+p.ContestantID, code, addr)
	if err != nil {
		return Correction{}, err
	}
	if t, err = s.cfg.Tokens.UseToken(ctx, t.ID, s.cfg.Clock.Now()); err != nil {
		return Correction{}, err
	}
	if s.cfg.ByChat {
		now, err := s.cfg.People.Contestant(ctx, p.ContestantID)
		if err != nil || now.ZaloUserID != t.Zalo { // unlinked since
			return Correction{}, cmp.Or(err, error(errCodeOver))
		}
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
