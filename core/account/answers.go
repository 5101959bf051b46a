package account

import (
	"duthi/core"
)

// answers is what a form says about a person, parsed. Errs gives what is wrong by field; a value with an error
// is empty.
type answers struct {
	Errs       map[string]string
	Phone      string
	Email      string
	Name       string
	BirthDate  string
	Gender     string
	NationalID string
	StaffCode  string
	UnitCode   string
	Unit1Code  string
	UnitOther  string
}

// steps gives the pages of a contest's registration, in order.
func steps(c Contest) []Step {
	r := c.File.Registration
	out := []Step{StepContact, StepName}
	id, _ := r.Asks(FieldNationalID)
	staff, _ := r.Asks(FieldStaffCode)
	if id || staff {
		out = append(out, StepIdentity)
	}
	if asksUnit(c) {
		out = append(out, StepUnit)
	}
	out = append(out, StepPassword, StepConsent)
	if r.OTP {
		out = append(out, StepCode)
	}
	return out
}

func asksUnit(c Contest) bool {
	asked, _ := c.File.Registration.Asks(FieldUnit1)
	return asked && c.Units.Len() > 0
}

// parseAnswers reads the values of a form by the contest's rules.
func parseAnswers(c Contest, v map[string]string, now core.Instant) answers {
	a := answers{Errs: map[string]string{}}
	today := now.Time(c.File.Location())
	r := c.File.Registration
	phone := core.NormalizePhone
	if r.OTP {
		phone = parseMobile
	}
	a.Phone = a.read(v, FieldPhone, true, true, phone)
	a.Name = a.read(v, FieldName, true, true, ParseName)
	for _, f := range []struct {
		field string
		into  *string
		parse func(string) (string, error)
	}{
		{FieldEmail, &a.Email, ParseEmail},
		{FieldBirthDate, &a.BirthDate, func(s string) (string, error) { return ParseBirthDate(s, today) }},
		{FieldGender, &a.Gender, ParseGender},
		{FieldNationalID, &a.NationalID, ParseNationalID},
		{FieldStaffCode, &a.StaffCode, ParseStaffCode},
	} {
		asked, required := r.Asks(f.field)
		*f.into = a.read(v, f.field, asked, required, f.parse)
	}
	a.readUnit(c, v)
	return a
}

// read parses one field: nothing when it is not asked for or may be left empty and is.
func (a *answers) read(v map[string]string, field string, asked, required bool, parse func(string) (string, error)) string {
	text := v[field]
	if !asked || core.CleanText(text) == "" && !required {
		return ""
	}
	if core.CleanText(text) == "" {
		a.Errs[field] = emptyWords[field]
		return ""
	}
	out, err := parse(text)
	if err != nil {
		a.Errs[field] = message(err)
		return ""
	}
	return out
}

var emptyWords = map[string]string{
	FieldPhone: "Nhập số điện thoại.", FieldEmail: "Nhập thư điện tử.", FieldName: "Nhập họ và tên.",
	FieldBirthDate: "Nhập ngày sinh.", FieldGender: "Chọn giới tính.", FieldNationalID: "Nhập số định danh.",
	FieldStaffCode: "Nhập mã cán bộ.",
}

// readUnit reads the unit in its two steps. Level 2 is asked only where the unit has children.
func (a *answers) readUnit(c Contest, v map[string]string) {
	a.UnitCode, a.Unit1Code = core.OtherUnit, core.OtherUnit
	if !asksUnit(c) {
		return
	}
	one, two := v[FieldUnit1], v[FieldUnit2]
	other := core.CleanText(v[FieldUnitOther])
	if one == core.OtherUnit && c.File.Registration.UnitOther {
		if len([]rune(other)) < 3 {
			a.Errs[FieldUnitOther] = "Nhập tên đơn vị để Ban Tổ chức bổ sung."
		}
		a.UnitOther = other
		return
	}
	u, ok := c.Units.Unit(one)
	_, required := c.File.Registration.Asks(FieldUnit1)
	switch {
	case one == "" && !required:
		return
	case !ok || u.ParentCode != "":
		a.Errs[FieldUnit1] = "Chọn đơn vị trong danh sách."
		return
	}
	a.UnitCode, a.Unit1Code = one, one
	asked, required := c.File.Registration.Asks(FieldUnit2)
	if !asked || len(c.Units.Children(one)) == 0 {
		return
	}
	top, ok := c.Units.Top(two)
	switch {
	case two == UnitNotListed:
		a.UnitOther = other
	case two == "" && !required:
	case !ok || two == one || top.Code != one:
		a.Errs[FieldUnit2] = "Chọn phòng, ban hoặc đơn vị trực thuộc; nếu không có, chọn “Không thấy đơn vị của tôi”."
	default:
		a.UnitCode = two
	}
}

// apply puts parsed values into a contestant's record; sealed ones are sealed by the caller.
func (a answers) apply(c *core.Contestant) {
	c.FullName, c.NameFolded = a.Name, core.Fold(a.Name)
	c.BirthDate, c.Gender, c.StaffCode, c.Email = a.BirthDate, a.Gender, a.StaffCode, a.Email
	c.UnitCode, c.Unit1Code, c.UnitOther = a.UnitCode, a.Unit1Code, a.UnitOther
}
