package account_test

import (
	"strings"
	"testing"

	"duthi/core"
	"duthi/core/account"
)

type form map[account.Step]map[string]string

func goodForm() form {
	return form{
		account.StepContact:  {account.FieldPhone: goodPhone},
		account.StepName:     {account.FieldName: "Nguyễn Văn Bình", account.FieldBirthDate: "31/12/1985"},
		account.StepIdentity: {account.FieldNationalID: "049 085 001 234"},
		account.StepUnit:     {account.FieldUnit1: "DL", account.FieldUnit2: "DL-NV"},
		account.StepPassword: {account.FieldPassword: goodPass},
		account.StepConsent:  {account.FieldConsent: "1"},
	}
}

func (f form) with(field, value string) form {
	f[account.StepOf(field)][field] = value
	return f
}

func (w *world) fill(f form) string {
	w.t.Helper()
	token, d, err := w.StartRegistration(w.t.Context(), contestID, "", addr)
	if err != nil {
		w.t.Fatal(err)
	}
	for _, step := range d.Steps {
		if step == account.StepCode || f[step] == nil {
			continue
		}
		if d, err = w.SaveStep(w.t.Context(), token, step, f[step]); err != nil {
			w.t.Fatalf("step %s: %v %v", step, err, d.Errors)
		}
	}
	if phone, err := core.NormalizePhone(f[account.StepContact][account.FieldPhone]); err == nil {
		w.secret(phone, phone[3:], strings.ReplaceAll(f[account.StepIdentity][account.FieldNationalID], " ", ""), goodPass, token)
	}
	return token
}

func (w *world) register(f form) account.SignedIn {
	w.t.Helper()
	token, code := w.fill(f), ""
	if w.contest.Registration.OTP {
		code = w.sendCode(token)
	}
	in, err := w.FinishRegistration(w.t.Context(), token, code, addr)
	if err != nil {
		w.t.Fatal(err)
	}
	w.secret(in.Token)
	return in
}

func (w *world) sendCode(token string) string {
	w.t.Helper()
	if _, err := w.SendRegistrationCode(w.t.Context(), token, addr); err != nil {
		w.t.Fatal(err)
	}
	return w.phone.last(w.t).Code
}

func (w *world) owner() account.Person {
	return w.organizer("chu-quan", core.Owner)
}

func (w *world) organizer(name string, role core.Role) account.Person {
	w.t.Helper()
	pass, err := w.AddOrganizer(w.t.Context(), account.CommandLine(), name, "", role)
	if err != nil {
		w.t.Fatal(err)
	}
	in, err := w.SignInOrganizer(w.t.Context(), name, pass, addr)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := w.ChangePassword(w.t.Context(), in.Person, pass, goodPass+name, addr); err != nil {
		w.t.Fatal(err)
	}
	w.secret(pass)
	p, err := w.Authenticate(w.t.Context(), in.Token)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func wantCode(t testing.TB, err error, code core.Code) {
	t.Helper()
	if core.CodeOf(err) != code {
		t.Errorf("error %v, want code %q", err, code)
	}
}

func fieldOf(err error, field string) string {
	e, ok := err.(*core.Error)
	if !ok {
		return ""
	}
	return e.Fields[field]
}
