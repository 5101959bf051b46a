package account

import (
	"context"
	"errors"

	"duthi/core"
)

// errHasAccount does not say which value is taken, nor by whom: it is the same for phone, identity number and
// roster person.
var errHasAccount = core.Errorf(core.Conflict, "Số điện thoại hoặc thông tin này đã có tài khoản. Nếu là của anh/chị, "+
	"xin đăng nhập hoặc đặt lại mật khẩu; nếu không, xin gọi đường dây hỗ trợ.")

// SendRegistrationCode sends a code to the draft's phone. Limited says when another may be asked for;
// Unavailable when the channel fails; Invalid with Fields when pages before are not complete. The draft is
// returned with its Code state.
func (s *Service) SendRegistrationCode(ctx context.Context, token, addr string) (Draft, error) {
	d, err := s.openDraft(ctx, token)
	if err != nil {
		return Draft{}, err
	}
	now := s.cfg.Clock.Now()
	a, all := d.faults(now)
	if len(all) > 0 {
		return s.view(d), core.FieldErrors(all)
	}
	if now < d.data.ResendAfter && d.data.CodePhone == a.Phone {
		return s.view(d), tooMany(d.data.ResendAfter.Sub(now))
	}
	if err := s.mayCode(ctx, d.token.ContestID, a.Phone, addr); err != nil {
		return s.view(d), err
	}
	if s.cfg.ByChat {
		return s.showRegistrationCode(ctx, token, d, a.Phone)
	}
	code := newCode()
	t, err := s.putCode(ctx, core.Token{ID: tokenID(newSecret()), ContestID: d.token.ContestID, Purpose: "register",
		Subject: "phone:" + s.cfg.Sealer.Hash(d.token.ContestID, "phone", a.Phone)}, code)
	if err != nil {
		return s.view(d), err
	}
	if err := s.send(ctx, codeMessage(d.token.ContestID, a.Phone, code, "đăng ký dự thi")); err != nil {
		return s.view(d), err
	}
	d, err = s.changeDraft(ctx, token, func(d *draft) error {
		d.data.CodeID, d.data.CodePhone = t.ID, a.Phone
		d.data.CodeExpiresAt, d.data.ResendAfter = t.ExpiresAt, t.CreatedAt.Add(resendAfter)
		return nil
	})
	return s.view(d), err
}

// showRegistrationCode makes a code for the page to show; the one before ends.
func (s *Service) showRegistrationCode(ctx context.Context, token string, d draft, phone string) (Draft, error) {
	if old := d.data.CodeTicket; old != "" {
		if err := s.cfg.Tokens.DeleteToken(ctx, s.chatCodeID(s.chatCode(old))); err != nil {
			return s.view(d), err
		}
	}
	ticket, t, err := s.putChatCode(ctx, core.Token{ContestID: d.token.ContestID, Purpose: string(ChatRegister), Data: d.data.ContestantID + " " + MaskPhone(phone)})
	if err != nil {
		return s.view(d), err
	}
	d, err = s.changeDraft(ctx, token, func(d *draft) error {
		d.data.CodeTicket, d.data.CodePhone, d.data.CodeExpiresAt = ticket, phone, t.ExpiresAt
		return nil
	})
	if err != nil {
		return s.view(d), err
	}
	return s.RegistrationDraft(ctx, token)
}

// FinishRegistration checks the code ("" where the contest asks for none) and makes the contestant, signed in.
// Repeating it with the same draft and code is harmless. Invalid with Fields for a wrong code or a page that is
// not complete; Conflict, in neutral words, when the phone or identity number already has an account: the page
// offers sign-in and reset; Limited after too many guesses.
func (s *Service) FinishRegistration(ctx context.Context, token, code, addr string) (SignedIn, error) {
	d, err := s.openDraft(ctx, token)
	if err != nil {
		return SignedIn{}, err
	}
	a, all := d.faults(s.cfg.Clock.Now())
	if len(all) > 0 {
		return SignedIn{}, core.FieldErrors(all)
	}
	zalo, err := s.prove(ctx, d, a.Phone, code, addr)
	if err != nil {
		return SignedIn{}, err
	}
	c := s.newContestant(d, a)
	c.ZaloUserID = zalo
	key, sure, err := s.matchRoster(ctx, d.contest, a)
	if err != nil {
		return SignedIn{}, err
	}
	c.RosterKey = key
	if err := s.insertOnce(ctx, c, sure); err != nil {
		return SignedIn{}, err
	}
	// From here on the person exists; marking the draft only keeps it from being changed.
	if _, err := s.changeDraft(ctx, token, func(d *draft) error { d.data.Finished = true; return nil }); err != nil {
		s.cfg.Log.WarnContext(ctx, "registration: the draft was not closed", "error", err)
	}
	return s.startSession(ctx, c.ContestID, "contestant:"+c.ID)
}

// prove checks the one-time code where the contest asks for one; by zalo-chat it gives the Zalo user who sent it.
func (s *Service) prove(ctx context.Context, d draft, phone, code, addr string) (zalo string, err error) {
	if !s.cfg.ByChat || !d.contest.File.Registration.OTP {
		return "", s.provePhone(ctx, d, phone, code, addr)
	}
	if d.data.CodeTicket == "" || d.data.CodePhone != phone {
		return "", wrongCode("Xin lấy mã mới cho số điện thoại này.")
	}
	t, err := s.provenTicket(ctx, d.data.CodeTicket, string(ChatRegister))
	if core.Is(err, core.NotFound) {
		return "", wrongCode(message(err)) // the draft is still there, only the code is over
	}
	return t.Zalo, err
}

// provePhone checks the code that went to the phone now in the draft. The code is not used up: it belongs to
// this draft alone, which makes one person only, and a second tap on the button must not look like a failure.
func (s *Service) provePhone(ctx context.Context, d draft, phone, code, addr string) error {
	if !d.contest.File.Registration.OTP {
		return s.crowd(ctx, codesByAddress, addr)
	}
	if d.data.CodeID == "" || d.data.CodePhone != phone {
		return wrongCode("Xin lấy mã mới cho số điện thoại này.")
	}
	whom := "phone:" + s.cfg.Sealer.Hash(d.token.ContestID, "phone", phone)
	_, err := s.guessCode(ctx, d.data.CodeID, whom, code, addr)
	if core.Is(err, core.NotFound) {
		return wrongCode(message(err)) // the draft is still there, only the code is over
	}
	return err
}

func (s *Service) newContestant(d draft, a answers) core.Contestant {
	now, contestID := s.cfg.Clock.Now(), d.token.ContestID
	c := core.Contestant{ID: d.data.ContestantID, ContestID: contestID, Status: core.Active,
		Phone:      s.cfg.Sealer.Seal(contestID, "phone", a.Phone),
		NationalID: s.cfg.Sealer.Seal(contestID, "national_id", a.NationalID), PasswordHash: d.data.PasswordHash,
		Consents:  []core.Consent{{Kind: ConsentData, TextVersion: d.data.ConsentOf, At: d.data.ConsentAt}},
		CreatedAt: now, UpdatedAt: now, Revision: 1}
	if d.data.Values[FieldZalo] != "" {
		c.Consents = append(c.Consents, core.Consent{Kind: ConsentZalo, TextVersion: d.data.ConsentOf, At: d.data.ConsentAt})
	}
	a.apply(&c)
	return c
}

// insertOnce adds the person. The unique indexes decide; when the person who is there is this very one, the
// form was only sent twice. sure says how well the roster person fits.
func (s *Service) insertOnce(ctx context.Context, c core.Contestant, sure bool) error {
	if err := s.takenUnderOldKeys(ctx, c); err != nil {
		return err
	}
	err := s.cfg.People.InsertContestant(ctx, c)
	if !core.Is(err, core.Conflict) {
		return err
	}
	there, rerr := s.cfg.People.Contestant(ctx, c.ID)
	if rerr == nil && there.Phone.Hash == c.Phone.Hash {
		return nil
	}
	if rerr != nil && !core.Is(rerr, core.NotFound) {
		return rerr
	}
	if taken := takenFields(err); len(taken) == 1 && taken["zalo_user_id"] != "" {
		return errZaloTaken
	}
	if taken := takenFields(err); !sure && len(taken) == 1 && taken["roster_key"] != "" {
		c.RosterKey = "" // somebody of the same name, whom the list does not tell apart
		return s.insertOnce(ctx, c, true)
	}
	return errHasAccount
}

// takenUnderOldKeys looks for the phone and identity number as older keys sealed them: while keys are being
// replaced the unique index does not see that they are equal.
func (s *Service) takenUnderOldKeys(ctx context.Context, c core.Contestant) error {
	for field, v := range map[string]core.Sealed{"phone": c.Phone, "national_id": c.NationalID} {
		value, err := s.cfg.Sealer.Open(v)
		if err != nil || value == "" {
			if err != nil {
				return err
			}
			continue
		}
		for _, h := range s.cfg.Sealer.Hashes(c.ContestID, field, value)[1:] {
			there, err := s.cfg.People.ContestantBy(ctx, c.ContestID, field, h)
			if err == nil && there.ID != c.ID {
				return errHasAccount
			}
			if err != nil && !core.Is(err, core.NotFound) {
				return err
			}
		}
	}
	return nil
}

// takenFields gives the unique values a Conflict names.
func takenFields(err error) map[string]string {
	var e *core.Error
	if errors.As(err, &e) && e.Code == core.Conflict {
		return e.Fields
	}
	return nil
}
