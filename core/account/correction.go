package account

import (
	"context"
	"maps"

	"duthi/core"
)

// Correction says what became of the changes a contestant asked for.
type Correction struct {
	Applied bool         // changed at once: there was no attempt yet
	Request core.Request // otherwise what an organizer will decide
}

// freeFields may be changed at any time: no result depends on them.
var freeFields = map[string]bool{FieldEmail: true}

// CanCorrect reports whether the contestant may still correct their data alone.
func (s *Service) CanCorrect(ctx context.Context, p Person) (bool, error) {
	if err := p.mustBeContestant(); err != nil {
		return false, err
	}
	has, err := s.cfg.HasAttempt(ctx, p.ContestantID)
	return !has, err
}

// OwnFields gives the contestant's data by form field, as they would type them, for the correction form. The
// identity number is left out.
func (s *Service) OwnFields(ctx context.Context, p Person) (map[string]string, error) {
	if err := p.mustBeContestant(); err != nil {
		return nil, err
	}
	c, err := s.cfg.People.Contestant(ctx, p.ContestantID)
	if err != nil {
		return nil, err
	}
	contest, err := s.cfg.Contest(ctx, p.ContestID)
	if err != nil {
		return nil, err
	}
	v, err := s.formValues(contest, c)
	delete(v, FieldNationalID)
	return v, err
}

// formValues gives a record as the values of a registration form.
func (s *Service) formValues(contest Contest, c core.Contestant) (map[string]string, error) {
	phone, err := s.cfg.Sealer.Open(c.Phone)
	if err != nil {
		return nil, err
	}
	id, err := s.cfg.Sealer.Open(c.NationalID)
	if err != nil {
		return nil, err
	}
	v := map[string]string{FieldName: c.FullName, FieldBirthDate: FormatBirthDate(c.BirthDate), FieldGender: c.Gender,
		FieldStaffCode: c.StaffCode, FieldEmail: c.Email, FieldPhone: phone, FieldNationalID: id,
		FieldUnit1: c.Unit1Code, FieldUnit2: c.UnitCode, FieldUnitOther: c.UnitOther}
	if c.UnitCode == c.Unit1Code {
		v[FieldUnit2] = ""
		if len(contest.Units.Children(c.UnitCode)) > 0 {
			v[FieldUnit2] = UnitNotListed
		}
	}
	return v, nil
}

// Correct changes the contestant's own data, or files a request after the first attempt. fields holds only
// what is to change, named as in the registration; note explains it to the organizer. Where codes are asked
// for, the phone is changed by SendPhoneCode and ConfirmPhone instead. Invalid with Fields; Conflict when the
// new number has an account (neutral words) or a request is waiting already.
func (s *Service) Correct(ctx context.Context, p Person, fields map[string]string, note string) (Correction, error) {
	if err := p.mustBeContestant(); err != nil {
		return Correction{}, err
	}
	contest, err := s.cfg.Contest(ctx, p.ContestID)
	if err != nil {
		return Correction{}, err
	}
	if _, phone := fields[FieldPhone]; phone && contest.File.Registration.OTP {
		return Correction{}, core.FieldErrors(map[string]string{FieldPhone: "Đổi số điện thoại cần mã xác thực, ở mục Đổi số điện thoại."})
	}
	c, err := s.cfg.People.Contestant(ctx, p.ContestantID)
	if err != nil {
		return Correction{}, err
	}
	values, err := s.changesOf(contest, c, fields)
	if err != nil {
		return Correction{}, err
	}
	return s.correct(ctx, contest, c, values, note)
}

// correct applies parsed values at once or asks an organizer.
func (s *Service) correct(ctx context.Context, contest Contest, c core.Contestant, values map[string]string, note string) (Correction, error) {
	if len(values) == 0 {
		return Correction{Applied: true}, nil
	}
	free := true
	for f := range values {
		free = free && freeFields[f]
	}
	if !free {
		has, err := s.cfg.HasAttempt(ctx, c.ID)
		if err != nil {
			return Correction{}, err
		}
		if has {
			r, err := s.fileRequest(ctx, c, RequestCorrection, values, note)
			return Correction{Request: r}, err
		}
	}
	_, err := s.applyChanges(ctx, contest, c.ID, values)
	return Correction{Applied: err == nil}, err
}

// changesOf parses the fields together with what the record holds and gives those that are really new, in the
// form they are stored in.
func (s *Service) changesOf(contest Contest, c core.Contestant, fields map[string]string) (map[string]string, error) {
	old, err := s.formValues(contest, c)
	if err != nil {
		return nil, err
	}
	v := maps.Clone(old)
	wanted := map[string]string{}
	for f := range old {
		if text, given := fields[f]; given {
			v[f] = typed(text)
		}
	}
	if fields[FieldUnit1] != "" && fields[FieldUnit1] != old[FieldUnit1] && fields[FieldUnit2] == "" {
		v[FieldUnit2] = "" // the old part belongs to the old unit
	}
	a := parseAnswers(contest, v, s.cfg.Clock.Now())
	before := parseAnswers(contest, old, s.cfg.Clock.Now())
	wrong := map[string]string{}
	for f, msg := range a.Errs {
		_, given := fields[f]
		_, unit := fields[FieldUnit1]
		if given || unit && StepOf(f) == StepUnit { // old gaps in other fields are no reason to refuse
			wrong[f] = msg
		}
	}
	if len(wrong) > 0 {
		return nil, core.FieldErrors(wrong)
	}
	now := a.values()
	for f, was := range before.values() {
		if _, given := fields[f]; given && now[f] != was {
			wanted[f] = now[f]
		}
	}
	if a.UnitCode != before.UnitCode || a.UnitOther != before.UnitOther {
		if _, given := fields[FieldUnit1]; given {
			wanted[FieldUnit1], wanted[FieldUnit2], wanted[FieldUnitOther] = a.Unit1Code, a.UnitCode, a.UnitOther
		}
	}
	return wanted, nil
}

// values gives the parsed answers by field, units left out.
func (a answers) values() map[string]string {
	return map[string]string{FieldName: a.Name, FieldBirthDate: a.BirthDate, FieldGender: a.Gender,
		FieldNationalID: a.NationalID, FieldStaffCode: a.StaffCode, FieldPhone: a.Phone, FieldEmail: a.Email}
}

// readable gives a record by field in words, identity number masked.
func (s *Service) readable(contest Contest, c core.Contestant) (map[string]string, error) {
	phone, err := s.cfg.Sealer.Open(c.Phone)
	if err != nil {
		return nil, err
	}
	v := map[string]string{FieldName: c.FullName, FieldBirthDate: c.BirthDate, FieldGender: c.Gender,
		FieldStaffCode: c.StaffCode, FieldEmail: c.Email, FieldPhone: phone, FieldNationalID: maskLast(c.NationalID),
		FieldUnit1: c.Unit1Code, FieldUnit2: c.UnitCode, FieldUnitOther: c.UnitOther}
	for f, value := range v {
		if f != FieldNationalID {
			v[f] = readableValue(contest, f, value)
		}
	}
	return v, nil
}

// readableValue words a stored value: dates as they are written, units by name, identity numbers masked.
func readableValue(contest Contest, field, value string) string {
	switch field {
	case FieldBirthDate:
		return FormatBirthDate(value)
	case FieldNationalID:
		return "•••" + value[max(0, len(value)-3):]
	case FieldPhone:
		if len(value) > 3 && value[:3] == "+84" {
			return "0" + value[3:]
		}
	case FieldUnit1, FieldUnit2:
		return unitWords(contest, value, "")
	}
	return value
}

// unitWords names a unit with its parents; other is what was typed for one that is not listed.
func unitWords(contest Contest, code, other string) string {
	name := contest.Units.FullName(code)
	switch {
	case code == core.OtherUnit && other != "":
		return "Đơn vị khác: " + other
	case code == core.OtherUnit:
		return "Đơn vị khác"
	case other != "":
		return name + " (" + other + ")"
	}
	return name
}
