package account

import (
	"context"
	"maps"
	"slices"

	"duthi/core"
)

// StartRegistration opens a draft, with the unit chosen when unitCode (from a QR code) is one of the
// contest's. token goes into a cookie of its own. addr is the client's address. Limited when the address
// opens too many.
func (s *Service) StartRegistration(ctx context.Context, contestID, unitCode, addr string) (token string, d Draft, err error) {
	c, err := s.cfg.Contest(ctx, contestID)
	if err != nil {
		return "", Draft{}, err
	}
	if err := s.crowd(ctx, draftsByAddress, addr); err != nil {
		return "", Draft{}, err
	}
	now, secret := s.cfg.Clock.Now(), newSecret()
	data := draftData{ContestantID: core.NewID(now), Values: map[string]string{}, Visited: map[Step]bool{}}
	if top, ok := c.Units.Top(unitCode); ok && asksUnit(c) {
		data.UnitPreset = true
		data.Values[FieldUnit1] = top.Code
		if top.Code != unitCode {
			data.Values[FieldUnit2] = unitCode
		}
	}
	t := core.Token{ID: tokenID(secret), Kind: core.TokenDraft, ContestID: contestID, CreatedAt: now,
		ExpiresAt: now.Add(draftTime), Revision: 1}
	if t.Data, err = s.sealDraft(contestID, data); err != nil {
		return "", Draft{}, err
	}
	if err := s.cfg.Tokens.PutToken(ctx, t); err != nil {
		return "", Draft{}, err
	}
	return secret, s.view(draft{token: t, data: data, contest: c}), nil
}

// RegistrationDraft gives a draft, or NotFound when it is over (the page then offers a new start).
func (s *Service) RegistrationDraft(ctx context.Context, token string) (Draft, error) {
	d, err := s.openDraft(ctx, token)
	if err != nil {
		return Draft{}, err
	}
	v := s.view(d)
	if s.cfg.ByChat && d.data.CodeTicket != "" {
		v.Code, err = s.chatCodeState(ctx, d.data.CodeTicket, string(ChatRegister))
		v.Code.Shown = MaskPhone(d.data.CodePhone)
	}
	return v, err
}

// SaveStep takes the fields of one page. With an Invalid error (Fields names what is wrong) the draft holds
// what was typed all the same, and is returned too. A page may be saved again at any time.
func (s *Service) SaveStep(ctx context.Context, token string, step Step, fields map[string]string) (Draft, error) {
	var hash string
	var wrong error
	if step == StepPassword {
		if hash, wrong = s.draftPassword(ctx, token, fields[FieldPassword]); hash == "" && !core.Is(wrong, core.Invalid) {
			return Draft{}, wrong
		}
	}
	d, err := s.changeDraft(ctx, token, func(d *draft) error {
		if d.data.Finished {
			return core.Errorf(core.Closed, "Đã đăng ký xong. Xin đăng nhập.")
		}
		if !slices.Contains(steps(d.contest), step) || step == StepCode {
			return core.Errorf(core.NotFound, "Không có bước này.")
		}
		d.take(step, fields, s.cfg.Clock.Now())
		if hash != "" {
			d.data.PasswordHash = hash
		}
		return nil
	})
	if err != nil {
		return Draft{}, err
	}
	v := s.view(d)
	if wrong != nil {
		v.Errors[FieldPassword] = wrong.(*core.Error).Fields[FieldPassword]
	}
	here := map[string]string{}
	for f, msg := range v.Errors {
		if StepOf(f) == step {
			here[f] = msg
		}
	}
	if len(here) > 0 {
		return v, core.FieldErrors(here)
	}
	return v, nil
}

// draftPassword checks and hashes a password for a draft. Invalid when it may not be.
func (s *Service) draftPassword(ctx context.Context, token, password string) (string, error) {
	d, err := s.openDraft(ctx, token)
	if err != nil {
		return "", err
	}
	v := d.data.Values
	if password == "" && d.data.PasswordHash != "" { // going through the pages again keeps the chosen one
		return d.data.PasswordHash, nil
	}
	if msg := checkPassword(password, v[FieldPhone], v[FieldName], v[FieldNationalID], v[FieldBirthDate]); msg != "" {
		return "", core.FieldErrors(map[string]string{FieldPassword: msg})
	}
	if err := s.allow(ctx, passwordsByDraft, d.token.ID); err != nil {
		return "", err
	}
	return s.hasher.hash(ctx, password)
}

// take puts what was typed on a page into the draft. A box that is not ticked is not in fields at all.
func (d *draft) take(step Step, fields map[string]string, now core.Instant) {
	d.data.Visited[step] = true
	for _, f := range fieldsOf[step] {
		if text, ok := fields[f]; ok {
			d.data.Values[f] = typed(text)
		} else if step == StepConsent {
			delete(d.data.Values, f)
		}
	}
	switch step {
	case StepUnit:
		if d.data.UnitPreset = false; fields[FieldUnit1] == "" {
			break
		}
		if top, ok := d.contest.Units.Top(d.data.Values[FieldUnit2]); ok && top.Code != d.data.Values[FieldUnit1] {
			delete(d.data.Values, FieldUnit2) // another level-1 unit was chosen: its parts are others
		}
	case StepConsent:
		d.data.ConsentOf, d.data.ConsentAt = "", 0
		if d.data.Values[FieldConsent] != "" {
			d.data.ConsentOf, d.data.ConsentAt = consentText(d.contest.File).Version, now
		}
	}
}

// fieldsOf are the fields a page may set; a password is never kept.
var fieldsOf = map[Step][]string{
	StepContact:  {FieldPhone, FieldEmail},
	StepName:     {FieldName, FieldBirthDate, FieldGender},
	StepIdentity: {FieldNationalID, FieldStaffCode},
	StepUnit:     {FieldUnit1, FieldUnit2, FieldUnitOther},
	StepConsent:  {FieldConsent, FieldZalo},
}

// faults gives everything that still keeps the draft from being finished, by field.
func (d *draft) faults(now core.Instant) (answers, map[string]string) {
	a := parseAnswers(d.contest, d.data.Values, now)
	all := maps.Clone(a.Errs)
	if d.data.PasswordHash == "" {
		all[FieldPassword] = "Chọn mật khẩu."
	}
	if d.data.ConsentOf != consentText(d.contest.File).Version {
		all[FieldConsent] = "Để dự thi, cần đánh dấu vào ô đồng ý."
	}
	return a, all
}

// view gives the draft as pages show it.
func (s *Service) view(d draft) Draft {
	_, all := d.faults(s.cfg.Clock.Now())
	v := Draft{ContestID: d.token.ContestID, Steps: steps(d.contest), Done: map[Step]bool{}, Errors: map[string]string{},
		Values: maps.Clone(d.data.Values), UnitPreset: d.data.UnitPreset, PasswordSet: d.data.PasswordHash != "",
		Consent: consentText(d.contest.File), ExpiresAt: d.token.ExpiresAt}
	for _, step := range v.Steps {
		v.Done[step] = step != StepCode
	}
	for f, msg := range all {
		step := StepOf(f)
		v.Done[step] = false
		if d.data.Visited[step] {
			v.Errors[f] = msg
		}
	}
	for _, step := range v.Steps {
		if !v.Done[step] {
			v.Next = step
			break
		}
	}
	if d.data.CodeID != "" {
		v.Code = CodeState{Sent: true, Shown: MaskPhone(d.data.CodePhone), Channel: s.channelName(),
			ExpiresAt: d.data.CodeExpiresAt, ResendAfter: d.data.ResendAfter}
	}
	return v
}

func (s *Service) channelName() string {
	switch {
	case s.cfg.ByChat:
		return ChannelZaloChat
	case s.cfg.Channel == nil:
		return ""
	}
	return s.cfg.Channel.Name()
}
