package account_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/account"
)

func TestRegistrationWholeWay(t *testing.T) { eachStore(t, registrationWholeWay) }

func registrationWholeWay(t *testing.T) {
	w := newWorld(t)
	in := w.register(goodForm())
	p, err := w.Authenticate(t.Context(), in.Token)
	if err != nil {
		t.Fatal(err)
	}
	c := p.Contestant
	if c.FullName != "Nguyễn Văn Bình" || c.BirthDate != "1985-12-31" || c.UnitCode != "DL-NV" || c.Unit1Code != "DL" || c.Status != core.Active {
		t.Errorf("registered as %+v", c)
	}
	if c.NationalID.Last != "234" || c.Phone.Last != "678" || c.PasswordHash != "" {
		t.Errorf("sealed values: %+v %+v, hash %q", c.NationalID, c.Phone, c.PasswordHash)
	}
	text, _ := w.Consent(t.Context(), contestID)
	if len(c.Consents) != 1 || c.Consents[0].TextVersion != text.Version || c.Consents[0].At != core.At(w.clock()) {
		t.Errorf("consents %+v, want the version %s shown", c.Consents, text.Version)
	}
	if !p.MayTakePart() {
		t.Error("may not take part")
	}
}

func TestStepsFollowTheContest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) {
		w.contest.Registration = core.Registration{Required: []string{"ho_ten", "so_dien_thoai"}}
	})
	_, d, err := w.StartRegistration(t.Context(), contestID, "", addr)
	want := []account.Step{account.StepContact, account.StepName, account.StepPassword, account.StepConsent}
	if err != nil || !slices.Equal(d.Steps, want) {
		t.Errorf("steps %v, %v; want %v", d.Steps, err, want)
	}
	f := goodForm()
	in := w.register(form{account.StepContact: f[account.StepContact], account.StepPassword: f[account.StepPassword],
		account.StepConsent: f[account.StepConsent], account.StepName: {account.FieldName: "Nguyễn Văn Bình"},
		account.StepIdentity: {}})
	if in.Person.Contestant.UnitCode != core.OtherUnit {
		t.Errorf("unit %q of a contest without units", in.Person.Contestant.UnitCode)
	}
}

// What was typed stays, right or wrong, over a restart too; each fault is named beside its field.
func TestDraftKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	token, _, err := w.StartRegistration(t.Context(), contestID, "", addr)
	if err != nil {
		t.Fatal(err)
	}
	d, err := w.SaveStep(t.Context(), token, account.StepName, map[string]string{account.FieldName: "Bình", account.FieldBirthDate: "32/13/1985"})
	wantCode(t, err, core.Invalid)
	if fieldOf(err, account.FieldName) == "" || fieldOf(err, account.FieldBirthDate) == "" || len(err.(*core.Error).Fields) != 2 {
		t.Errorf("fields %v, want both of this page and none of another", err.(*core.Error).Fields)
	}
	for _, s := range []*account.Service{w.Service, restarted(w)} {
		got, err := s.RegistrationDraft(t.Context(), token)
		if err != nil {
			t.Fatal(err)
		}
		if got.Values[account.FieldName] != "Bình" || got.Values[account.FieldBirthDate] != "32/13/1985" || got.Errors[account.FieldName] == "" {
			t.Errorf("draft %+v lost something", got)
		}
	}
	if d.Next != account.StepContact || d.Done[account.StepName] {
		t.Errorf("next %q, done %v", d.Next, d.Done)
	}
	_, err = w.SaveStep(t.Context(), token, account.StepPassword, map[string]string{account.FieldPassword: "12345678"})
	wantCode(t, err, core.Invalid)
	if got, _ := w.RegistrationDraft(t.Context(), token); got.Values[account.FieldPassword] != "" || got.PasswordSet {
		t.Error("a password is kept readable, or a refused one at all")
	}
	_, err = w.FinishRegistration(t.Context(), token, "123456", addr)
	wantCode(t, err, core.Invalid)
	w.pass(3 * time.Hour)
	_, err = w.RegistrationDraft(t.Context(), token)
	wantCode(t, err, core.NotFound)
}

func restarted(w *world) *account.Service {
	s := account.New(w.cfg)
	w.t.Cleanup(func() { s.Close() })
	return s
}

func TestUnits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, c := range map[string]struct {
		one, two, other string
		wrong           string
		unit, unit1     string
	}{
		"level 2":              {"DL", "DL-TC", "", "", "DL-TC", "DL"},
		"without children":     {"SNV", "", "", "", "SNV", "SNV"},
		"not listed":           {"DL", account.UnitNotListed, "Trạm khuyến nông", "", "DL", "DL"},
		"other":                {core.OtherUnit, "", "Công ty nước sạch", "", core.OtherUnit, core.OtherUnit},
		"other without name":   {core.OtherUnit, "", "", account.FieldUnitOther, "", ""},
		"level 2 missing":      {"DL", "", "", account.FieldUnit2, "", ""},
		"part of another unit": {"SNV", "DL-NV", "", "", "SNV", "SNV"},
		"level 2 as level 1":   {"DL-NV", "", "", account.FieldUnit1, "", ""},
		"made up":              {"XXX", "", "", account.FieldUnit1, "", ""},
		"nothing":              {"", "", "", account.FieldUnit1, "", ""},
	} {
		token, _, err := w.StartRegistration(t.Context(), contestID, "", addr)
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.SaveStep(t.Context(), token, account.StepUnit, map[string]string{account.FieldUnit1: c.one, account.FieldUnit2: c.two, account.FieldUnitOther: c.other})
		if (c.wrong != "") != (err != nil) || c.wrong != "" && fieldOf(err, c.wrong) == "" {
			t.Errorf("%s: error %v, want one at %q", name, err, c.wrong)
		}
	}
	in := w.register(goodForm().with(account.FieldUnit1, "DL").with(account.FieldUnit2, account.UnitNotListed).with(account.FieldUnitOther, "Trạm khuyến nông"))
	if c := in.Person.Contestant; c.UnitCode != "DL" || c.UnitOther != "Trạm khuyến nông" {
		t.Errorf("unit %q %q", c.UnitCode, c.UnitOther)
	}
}

func TestUnitFromQR(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for code, want := range map[string][2]string{"DL-NV": {"DL", "DL-NV"}, "SNV": {"SNV", ""}, "no-such": {"", ""}} {
		_, d, err := w.StartRegistration(t.Context(), contestID, code, addr)
		if err != nil || d.Values[account.FieldUnit1] != want[0] || d.Values[account.FieldUnit2] != want[1] || d.UnitPreset != (want[0] != "") {
			t.Errorf("QR of %s: %+v %v", code, d.Values, err)
		}
	}
}

func TestConsentIsNeverTaken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	f := goodForm()
	delete(f, account.StepConsent)
	token := w.fill(f)
	if d, _ := w.RegistrationDraft(t.Context(), token); d.Next != account.StepConsent {
		t.Errorf("next %q, want the consent page", d.Next)
	}
	_, err := w.SaveStep(t.Context(), token, account.StepConsent, nil)
	wantCode(t, err, core.Invalid)
	_, err = w.SendRegistrationCode(t.Context(), token, addr)
	wantCode(t, err, core.Invalid)
	if _, err = w.SaveStep(t.Context(), token, account.StepConsent, map[string]string{account.FieldConsent: "1", account.FieldZalo: "1"}); err != nil {
		t.Fatal(err)
	}
	if _, err = w.SaveStep(t.Context(), token, account.StepConsent, map[string]string{account.FieldConsent: "1"}); err != nil {
		t.Fatal(err)
	}
	// The text changes before the end: what was ticked was another one.
	w.contest.DataProtection = &core.Protection{RetentionMonths: 24}
	d, _ := w.RegistrationDraft(t.Context(), token)
	if d.Next != account.StepConsent {
		t.Errorf("next %q after the text changed, want consent again", d.Next)
	}
	if _, err = w.SaveStep(t.Context(), token, account.StepConsent, map[string]string{account.FieldConsent: "1"}); err != nil {
		t.Fatal(err)
	}
	in, err := w.FinishRegistration(t.Context(), token, w.sendCode(token), addr)
	if err != nil || len(in.Person.Contestant.Consents) != 1 {
		t.Errorf("consents %+v, %v; the second box was taken back", in.Person.Contestant, err)
	}
}

// other gives a code that is not code.
func TestFinishingTwiceMakesOnePerson(t *testing.T) { eachStore(t, finishingTwiceMakesOnePerson) }

func finishingTwiceMakesOnePerson(t *testing.T) {
	w := newWorld(t)
	token := w.fill(goodForm())
	code := w.sendCode(token)
	var mu sync.Mutex
	ids := map[string]int{}
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			in, err := w.FinishRegistration(t.Context(), token, code, addr)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				ids[in.Person.ContestantID]++
			} else if !core.Is(err, core.Limited) {
				t.Errorf("finish: %v", err)
			}
		})
	}
	wg.Wait()
	if len(ids) != 1 {
		t.Errorf("persons %v, want one", ids)
	}
	for _, n := range ids {
		if n != 5 {
			t.Errorf("%d taps succeeded, want the 5 tries a code has", n)
		}
	}
	if n := len(w.everyone()); n != 1 {
		t.Errorf("%d contestants in the store, want 1", n)
	}
}

func (w *world) everyone() []core.Contestant {
	w.t.Helper()
	cs, err := w.store.Contestants(w.t.Context(), contestID, account.PeopleFilter{}, "", 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	return cs
}

func TestOnePhoneManyDrafts(t *testing.T) { eachStore(t, onePhoneManyDrafts) }

func onePhoneManyDrafts(t *testing.T) {
	w := newWorld(t, func(w *world) { w.contest.Registration.OTP = false })
	tokens := make([]string, 50)
	for i := range tokens {
		tokens[i] = w.fill(goodForm().with(account.FieldNationalID, "0490850"+string(rune('0'+i/10))+string(rune('0'+i%10))+"123"))
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	won := 0
	for _, token := range tokens {
		wg.Go(func() {
			_, err := w.FinishRegistration(t.Context(), token, "", addr)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won++
			} else {
				wantCode(t, err, core.Conflict)
			}
		})
	}
	wg.Wait()
	if n := len(w.everyone()); won != 1 || n != 1 {
		t.Errorf("%d finished, %d in the store; want 1 and 1", won, n)
	}
}

// A taken phone and a taken identity number give the same words, and change nothing for who has them.
func TestTakenValuesAreNeutral(t *testing.T) { eachStore(t, takenValuesAreNeutral) }

func takenValuesAreNeutral(t *testing.T) {
	w := newWorld(t)
	w.register(goodForm())
	const newPass = "mật khẩu của kẻ khác"
	samePhone := w.fill(goodForm().with(account.FieldNationalID, "049085009999").with(account.FieldPassword, newPass))
	sameID := w.fill(goodForm().with(account.FieldPhone, "0987654321").with(account.FieldPassword, newPass))
	_, err1 := w.FinishRegistration(t.Context(), samePhone, w.sendCode(samePhone), addr)
	_, err2 := w.FinishRegistration(t.Context(), sameID, w.sendCode(sameID), addr)
	wantCode(t, err1, core.Conflict)
	wantCode(t, err2, core.Conflict)
	if err1.Error() != err2.Error() || len(err1.(*core.Error).Fields) > 0 {
		t.Errorf("the words tell what is taken: %v / %v", err1, err2)
	}
	_, err := w.SignIn(t.Context(), contestID, goodPhone, newPass, addr)
	wantCode(t, err, core.Unauthenticated)
	if _, err = w.SignIn(t.Context(), contestID, goodPhone, goodPass, addr); err != nil {
		t.Error(err)
	}
}

// Five tries a code are little, but codes can be asked for again and again.
