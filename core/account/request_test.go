package account_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/account"
)

func (w *world) attempted(in account.SignedIn) { w.attempts.Store(in.Person.ContestantID, true) }

func (w *world) stored(id string) core.Contestant {
	w.t.Helper()
	c, err := w.store.Contestant(w.t.Context(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func TestCorrectionBeforeTheFirstAttempt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := w.register(goodForm())
	id := in.Person.ContestantID
	if can, err := w.CanCorrect(t.Context(), in.Person); !can || err != nil {
		t.Errorf("can correct: %v, %v", can, err)
	}
	got, err := w.Correct(t.Context(), in.Person, map[string]string{account.FieldName: "Nguyễn Văn Bính", account.FieldBirthDate: "1/2/1986",
		account.FieldNationalID: "049086000777", account.FieldUnit1: "SNV", account.FieldEmail: "binh@quangnam.gov.vn"}, "")
	if err != nil || !got.Applied {
		t.Fatalf("%+v, %v", got, err)
	}
	w.secret("049086000777")
	c := w.stored(id)
	if c.FullName != "Nguyễn Văn Bính" || c.NameFolded != "nguyen van binh" || c.BirthDate != "1986-02-01" || c.NationalID.Last != "777" ||
		c.UnitCode != "SNV" || c.Unit1Code != "SNV" || c.Email == "" {
		t.Errorf("stored %+v", c)
	}
	if p, _ := w.Authenticate(t.Context(), in.Token); p.Contestant.FullName != "Nguyễn Văn Bính" {
		t.Error("the session still knows the old name")
	}
	_, err = w.Correct(t.Context(), in.Person, map[string]string{account.FieldName: "X", account.FieldUnit1: "DL"}, "")
	if fieldOf(err, account.FieldName) == "" || fieldOf(err, account.FieldUnit2) == "" {
		t.Errorf("wrong values: %v", err)
	}
	if again := w.stored(id); again.Revision != c.Revision {
		t.Error("a refused correction changed the record")
	}
	other := w.register(goodForm().with(account.FieldPhone, "0987654321").with(account.FieldNationalID, "049085000002"))
	_, err = w.Correct(t.Context(), other.Person, map[string]string{account.FieldNationalID: "049086000777"}, "")
	wantCode(t, err, core.Conflict)
	if len(err.(*core.Error).Fields) > 0 {
		t.Error("the words tell whose number it is")
	}
	_, err = w.Correct(t.Context(), in.Person, map[string]string{account.FieldPhone: "0987000111"}, "")
	if fieldOf(err, account.FieldPhone) == "" {
		t.Errorf("a phone without its code: %v", err)
	}
}

func TestCorrectionAfterAnAttemptIsARequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in, by := w.register(goodForm()), w.owner()
	w.attempted(in)
	w.secret("049086000777")
	if got, err := w.Correct(t.Context(), in.Person, map[string]string{account.FieldEmail: "b@x.vn"}, ""); err != nil || !got.Applied {
		t.Errorf("an email needs nobody: %+v, %v", got, err)
	}
	got, err := w.Correct(t.Context(), in.Person, map[string]string{account.FieldNationalID: "049086000777", account.FieldUnit1: "SNV"}, "Tôi gõ nhầm")
	if err != nil || got.Applied || got.Request.ID == "" {
		t.Fatalf("%+v, %v", got, err)
	}
	if c := w.stored(in.Person.ContestantID); c.UnitCode != "DL-NV" {
		t.Error("changed before anybody decided")
	}
	_, err = w.Correct(t.Context(), in.Person, map[string]string{account.FieldUnit1: "SNV"}, "")
	wantCode(t, err, core.Conflict)

	views, err := w.Requests(t.Context(), by, contestID, core.RequestOpen, 10)
	if err != nil || len(views) != 1 {
		t.Fatalf("%+v, %v", views, err)
	}
	v := views[0]
	if v.New[account.FieldNationalID] != "•••777" || v.Old[account.FieldNationalID] != "•••234" || v.New[account.FieldUnit2] != "Sở Nội vụ" ||
		v.Old[account.FieldUnit2] != "Phòng Nội vụ, UBND huyện Đại Lộc" || v.Person.PasswordHash != "" {
		t.Errorf("view %+v", v)
	}
	if own, _ := w.OwnRequests(t.Context(), in.Person); len(own) != 1 || own[0].Changes[account.FieldNationalID] != "•••777" {
		t.Errorf("own requests %+v", own)
	}
	if err := w.DecideRequest(t.Context(), by, v.ID, true, ""); fieldOf(err, "ly_do") == "" {
		t.Errorf("without a reason: %v", err)
	}
	if err := w.DecideRequest(t.Context(), by, v.ID, true, "Đúng với hồ sơ"); err != nil {
		t.Fatal(err)
	}
	if c := w.stored(in.Person.ContestantID); c.UnitCode != "SNV" || c.NationalID.Last != "777" {
		t.Errorf("accepted, stored %+v", c)
	}
	wantCode(t, w.DecideRequest(t.Context(), by, v.ID, false, "Nhầm"), core.Conflict)
	if log := w.trail(); !strings.Contains(log, "request.accept") {
		t.Errorf("audit log: %s", log)
	}
}

// trail gives the actions in the audit log.
func (w *world) trail() string {
	w.t.Helper()
	es, err := w.store.AuditAfter(w.t.Context(), "", 0, 1000)
	if err != nil {
		w.t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range es {
		b.WriteString(e.Actor + " " + e.Action + " " + e.Subject + " " + e.Reason + "\n")
	}
	return b.String()
}

// Of an acceptance and refusals at the same time one counts, and the record agrees with it.
func TestOneOrganizerDecides(t *testing.T) { eachStore(t, oneOrganizerDecides) }

func oneOrganizerDecides(t *testing.T) {
	w := newWorld(t)
	in, by := w.register(goodForm()), w.owner()
	w.attempted(in)
	got, err := w.Correct(t.Context(), in.Person, map[string]string{account.FieldUnit1: "SNV"}, "")
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var won []bool
	for i := range 10 {
		wg.Go(func() {
			err := w.DecideRequest(t.Context(), by, got.Request.ID, i%2 == 0, "lý do")
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won = append(won, i%2 == 0)
			} else {
				wantCode(t, err, core.Conflict)
			}
		})
	}
	wg.Wait()
	r, _ := w.store.Request(t.Context(), got.Request.ID)
	moved := w.stored(in.Person.ContestantID).UnitCode == "SNV"
	if len(won) != 1 || (r.Status == core.RequestAccepted) != won[0] || moved != won[0] {
		t.Errorf("decisions %v, request %s, moved %v", won, r.Status, moved)
	}
}

func TestAcceptedValueThatIsTakenByNow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in, by := w.register(goodForm()), w.owner()
	w.attempted(in)
	got, err := w.Correct(t.Context(), in.Person, map[string]string{account.FieldNationalID: "049085000003"}, "")
	if err != nil {
		t.Fatal(err)
	}
	w.register(goodForm().with(account.FieldPhone, "0987654321").with(account.FieldNationalID, "049085000003"))
	wantCode(t, w.DecideRequest(t.Context(), by, got.Request.ID, true, "được"), core.Conflict)
	if r, _ := w.store.Request(t.Context(), got.Request.ID); r.Status != core.RequestOpen {
		t.Errorf("status %s, want open again", r.Status)
	}
	if !strings.Contains(w.trail(), "request.accept.failed") {
		t.Error("the audit log does not say that it failed")
	}
}

func TestPhoneChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := w.register(goodForm())
	w.register(goodForm().with(account.FieldPhone, "0987654321").with(account.FieldNationalID, "049085000002"))
	change := func(phone string) (account.Correction, error) {
		if _, _, err := w.SendPhoneCode(t.Context(), in.Person, phone, "không phải mật khẩu này", addr); fieldOf(err, account.FieldPassword) == "" {
			t.Errorf("a wrong password: %v", err)
		}
		ticket, _, err := w.SendPhoneCode(t.Context(), in.Person, phone, goodPass, addr)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.ConfirmPhone(t.Context(), in.Person, ticket, other(w.phone.last(t).Code), "", addr); fieldOf(err, account.FieldCode) == "" {
			t.Errorf("a wrong code: %v", err)
		}
		return w.ConfirmPhone(t.Context(), in.Person, ticket, w.phone.last(t).Code, "", addr)
	}
	if got, err := change("0977000111"); err != nil || !got.Applied {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := w.SignIn(t.Context(), contestID, "0977000111", goodPass, addr); err != nil {
		t.Error(err)
	}
	_, err := change("0987654321")
	wantCode(t, err, core.Conflict)
	w.attempted(in)
	if got, err := change("0977000222"); err != nil || got.Applied || got.Request.Kind != account.RequestCorrection {
		t.Errorf("after an attempt: %+v, %v", got, err)
	}
	w.secret("977000111", "977000222")
}

// dyingPeople is the real store of a process that dies at its nth writing of a contestant.
type dyingPeople struct {
	account.PeopleStore
	dead bool
}

func (d *dyingPeople) UpdateContestant(ctx context.Context, c core.Contestant) error {
	d.dead = true
	return context.Canceled
}

func (d *dyingPeople) UpdateRequest(ctx context.Context, r core.Request) error {
	if d.dead {
		return context.Canceled
	}
	return d.PeopleStore.UpdateRequest(ctx, r)
}

// TestAcceptedButNotCarriedOut: the process dies between the decision and the change. The request stays in the
// list and can be accepted again, not refused.
func TestAcceptedButNotCarriedOut(t *testing.T) { eachStore(t, acceptedButNotCarriedOut) }

func acceptedButNotCarriedOut(t *testing.T) {
	w := newWorld(t)
	in, by := w.register(goodForm()), w.owner()
	w.attempted(in)
	got, err := w.Correct(t.Context(), in.Person, map[string]string{account.FieldUnit1: "SNV"}, "")
	if err != nil {
		t.Fatal(err)
	}
	cfg := w.cfg
	cfg.People = &dyingPeople{PeopleStore: w.store}
	dying := account.New(cfg)
	defer dying.Close()
	if err := dying.DecideRequest(t.Context(), by, got.Request.ID, true, "được"); err == nil {
		t.Fatal("the process did not die")
	}
	decide := func(accept bool) error { return w.DecideRequest(t.Context(), by, got.Request.ID, accept, "được") }
	wantCode(t, decide(true), core.Conflict) // somebody may still be at it
	w.pass(2 * time.Minute)
	wantCode(t, decide(false), core.Conflict)
	if open, err := w.Requests(t.Context(), by, contestID, core.RequestOpen, 10); err != nil || len(open) != 1 {
		t.Fatalf("%d open, %v", len(open), err)
	}
	if err := decide(true); err != nil {
		t.Fatal(err)
	}
	r, _ := w.store.Request(t.Context(), got.Request.ID)
	if r.Status != core.RequestAccepted || w.stored(in.Person.ContestantID).UnitCode != "SNV" {
		t.Errorf("status %s, unit %s", r.Status, w.stored(in.Person.ContestantID).UnitCode)
	}
}
