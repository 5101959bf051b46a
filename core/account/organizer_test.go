package account_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/account"
)

func TestFirstOrganizer(t *testing.T) { eachStore(t, firstOrganizer) }

func firstOrganizer(t *testing.T) {
	w := newWorld(t)
	var mu sync.Mutex
	var passwords []string
	var wg sync.WaitGroup
	var name string
	for range 5 { // processes that start together
		wg.Go(func() {
			n, pass, err := w.EnsureFirstOrganizer(t.Context())
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				t.Error(err)
			}
			if pass != "" {
				name, passwords = n, append(passwords, pass)
			}
		})
	}
	wg.Wait()
	if len(passwords) != 1 {
		t.Fatalf("%d passwords printed, want one", len(passwords))
	}
	w.secret(passwords[0])
	in, err := w.SignInOrganizer(t.Context(), strings.ToUpper(name), passwords[0], addr)
	if err != nil || in.Person.Role != core.Owner || !in.Person.MustChange || in.Person.May(account.SeeFigures) {
		t.Fatalf("%+v, %v; want an owner who must change the password first", in.Person, err)
	}
	_, err = w.AddOrganizer(t.Context(), in.Person, "an-binh", "", core.Editor)
	wantCode(t, err, core.Forbidden)
	if err := w.ChangePassword(t.Context(), in.Person, passwords[0], goodPass, addr); err != nil {
		t.Fatal(err)
	}
	p, err := w.Authenticate(t.Context(), in.Token)
	if err != nil || !p.May(account.ManageOrganizers) || p.MustChange {
		t.Errorf("%+v, %v", p, err)
	}
	if _, pass, err := w.EnsureFirstOrganizer(t.Context()); pass != "" || err != nil {
		t.Errorf("another first password %q, %v", pass, err)
	}
}

func TestOrganizers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	owner := w.owner()
	for name, role := range map[string]core.Role{"a": core.Editor, "Tên Có Dấu": core.Editor, "an-binh": "admin", "an-binh2": core.FocalPoint} {
		_, err := w.AddOrganizer(t.Context(), owner, name, "", role)
		wantCode(t, err, core.Invalid)
	}
	viewer := w.organizer("xem-thoi", core.Viewer)
	_, err := w.AddOrganizer(t.Context(), viewer, "an-binh", "", core.Viewer)
	wantCode(t, err, core.Forbidden)
	_, err = w.AddOrganizer(t.Context(), account.Person{}, "an-binh", "", core.Viewer)
	wantCode(t, err, core.Forbidden)
	_, err = w.AddOrganizer(t.Context(), owner, "xem-thoi", "", core.Viewer)
	wantCode(t, err, core.Conflict)

	in, err := w.SignInOrganizer(t.Context(), "xem-thoi", goodPass+"xem-thoi", addr)
	if err != nil {
		t.Fatal(err)
	}
	pass, err := w.ResetOrganizer(t.Context(), owner, "xem-thoi", core.Reviewer)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Authenticate(t.Context(), in.Token)
	wantCode(t, err, core.Unauthenticated)
	if in, err = w.SignInOrganizer(t.Context(), "xem-thoi", pass, addr); err != nil || in.Person.Role != core.Reviewer || !in.Person.MustChange {
		t.Errorf("after reset: %+v, %v", in.Person, err)
	}
	if err := w.DisableOrganizer(t.Context(), owner, "xem-thoi"); err != nil {
		t.Fatal(err)
	}
	_, err = w.Authenticate(t.Context(), in.Token)
	wantCode(t, err, core.Unauthenticated)
	_, err = w.SignInOrganizer(t.Context(), "xem-thoi", pass, addr)
	_, nobody := w.SignInOrganizer(t.Context(), "khong-ai", pass, addr)
	if !core.Is(err, core.Unauthenticated) || err.Error() != nobody.Error() {
		t.Errorf("a disabled account: %v; nobody's: %v", err, nobody)
	}
	wantCode(t, w.DisableOrganizer(t.Context(), owner, owner.Name), core.Conflict)
	_, err = w.ResetOrganizer(t.Context(), owner, owner.Name, core.Viewer)
	wantCode(t, err, core.Conflict)
	all, err := w.Organizers(t.Context(), owner, "")
	if err != nil || len(all) != 2 || all[0].PasswordHash != "" {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestOrganizerSessionEndsAfterADayOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.owner()
	in, err := w.SignInOrganizer(t.Context(), "chu-quan", goodPass+"chu-quan", addr)
	if err != nil {
		t.Fatal(err)
	}
	w.pass(12*time.Hour + time.Second)
	_, err = w.Authenticate(t.Context(), in.Token)
	wantCode(t, err, core.Unauthenticated)
}

func TestRightsAreATable(t *testing.T) {
	t.Parallel()
	all := []account.Right{account.SeeFigures, account.SeePeople, account.RevealContacts, account.EditContent, account.EditPeople,
		account.DecideRequests, account.ReviewResults, account.SendMessages, account.ManageFocal, account.ManageOrganizers}
	want := map[core.Role]string{core.Owner: "1111111111", core.Editor: "1111110110", core.Reviewer: "1110011000",
		core.Viewer: "1100000000", core.FocalPoint: "1100000000", "": "0000000000"}
	for role, row := range want {
		for i, r := range all {
			p := account.Person{Kind: account.KindOrganizer, Role: role}
			if p.May(r) != (row[i] == '1') {
				t.Errorf("%q may %s: %v", role, r, p.May(r))
			}
			if contestant := (account.Person{Kind: account.KindContestant, Role: role}); contestant.May(r) {
				t.Errorf("a contestant may %s", r)
			}
		}
	}
}

func TestFocalPoint(t *testing.T) { eachStore(t, focalPoint) }

func focalPoint(t *testing.T) {
	w := newWorld(t)
	by := w.owner()
	name, link, err := w.AddFocalPoint(t.Context(), by, contestID, "DL", "Lê Thị Đầu Mối")
	if err != nil || name != "dm-dl" {
		t.Fatalf("%s, %v", name, err)
	}
	w.secret(link)
	_, err = w.SignInOrganizer(t.Context(), name, "", addr)
	wantCode(t, err, core.Unauthenticated)
	for range 3 { // previews of the link open it first
		if o, err := w.Activation(t.Context(), link); err != nil || o.UnitCode != "DL" {
			t.Fatalf("%+v, %v", o, err)
		}
	}
	if _, err = w.ActivateFocalPoint(t.Context(), link, "ngắn", addr); fieldOf(err, account.FieldPassword) == "" {
		t.Errorf("a bad password: %v", err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	var won []account.SignedIn
	for range 20 {
		wg.Go(func() {
			in, err := w.ActivateFocalPoint(t.Context(), link, goodPass, addr)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				won = append(won, in)
			} else {
				wantCode(t, err, core.NotFound)
			}
		})
	}
	wg.Wait()
	if len(won) != 1 {
		t.Fatalf("%d activations with one link", len(won))
	}
	focal := won[0].Person
	_, err = w.Activation(t.Context(), link)
	wantCode(t, err, core.NotFound)

	mine := w.register(goodForm())
	theirs := w.register(goodForm().with(account.FieldPhone, "0987654321").with(account.FieldNationalID, "049085000002").with(account.FieldUnit1, "SNV").with(account.FieldUnit2, ""))
	cs, err := w.SearchPeople(t.Context(), focal, contestID, account.Query{}, "", 50)
	if err != nil || len(cs) != 1 || cs[0].ID != mine.Person.ContestantID {
		t.Errorf("sees %+v, %v; want own people only", cs, err)
	}
	_, err = w.SearchPeople(t.Context(), focal, contestID, account.Query{UnitCode: "SNV"}, "", 50)
	wantCode(t, err, core.Forbidden)
	_, err = w.ContestantByID(t.Context(), focal, theirs.Person.ContestantID)
	wantCode(t, err, core.NotFound)
	if _, err = w.ContestantByID(t.Context(), focal, mine.Person.ContestantID); err != nil {
		t.Error(err)
	}
	_, err = w.RevealPhone(t.Context(), focal, mine.Person.ContestantID, "")
	wantCode(t, err, core.Forbidden)

	// Another person takes over: the first one is out, old links are dead.
	_, link2, err := w.AddFocalPoint(t.Context(), by, contestID, "DL", "Người mới")
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Authenticate(t.Context(), won[0].Token)
	wantCode(t, err, core.Unauthenticated)
	_, err = w.SignInOrganizer(t.Context(), name, goodPass, addr)
	wantCode(t, err, core.Unauthenticated)
	_, link3, _ := w.AddFocalPoint(t.Context(), by, contestID, "DL", "Người mới")
	_, err = w.ActivateFocalPoint(t.Context(), link2, goodPass, addr)
	wantCode(t, err, core.NotFound)
	w.pass(7 * 24 * time.Hour)
	_, err = w.ActivateFocalPoint(t.Context(), link3, goodPass, addr)
	wantCode(t, err, core.NotFound)
}

func TestPeopleForTheConsole(t *testing.T) { eachStore(t, peopleForTheConsole) }

func peopleForTheConsole(t *testing.T) {
	w := newWorld(t)
	by, viewer := w.owner(), w.organizer("xem-thoi", core.Viewer)
	a := w.register(goodForm())
	b := w.register(goodForm().with(account.FieldName, "Trần Thị Ánh").with(account.FieldPhone, "0987654321").with(account.FieldNationalID, "049085000002").
		with(account.FieldUnit1, core.OtherUnit).with(account.FieldUnit2, "").with(account.FieldUnitOther, "Công ty nước sạch"))
	for text, want := range map[account.Query]string{
		{Text: "van binh"}:           a.Person.ContestantID,
		{Text: "ÁNH"}:                b.Person.ContestantID,
		{Text: "0912345678"}:         a.Person.ContestantID,
		{UnitCode: "DL"}:             a.Person.ContestantID,
		{UnitCode: "DL-NV"}:          a.Person.ContestantID,
		{UnitCode: core.OtherUnit}:   b.Person.ContestantID,
		{Text: "0911111111"}:         "",
		{Text: "a", UnitCode: "SNV"}: "",
	} {
		cs, err := w.SearchPeople(t.Context(), viewer, contestID, text, "", 10)
		got := ""
		for _, c := range cs {
			got += c.ID
			if c.PasswordHash != "" {
				t.Error("a password hash left the service")
			}
		}
		if err != nil || got != want {
			t.Errorf("%+v: %q, %v; want %q", text, got, err, want)
		}
	}
	id := b.Person.ContestantID
	wantCode(t, w.ResolveUnit(t.Context(), viewer, id, "SNV", "x"), core.Forbidden)
	if err := w.ResolveUnit(t.Context(), by, id, "no-such", "x"); fieldOf(err, account.FieldUnit1) == "" {
		t.Errorf("no such unit: %v", err)
	}
	if err := w.ResolveUnit(t.Context(), by, id, "DL-TC", "Đã bổ sung"); err != nil {
		t.Fatal(err)
	}
	if err := w.GrantExtraTime(t.Context(), by, id, 600, "Khuyết tật"); err != nil {
		t.Fatal(err)
	}
	if err := w.SetLocked(t.Context(), by, id, true, "Thi hộ"); err != nil {
		t.Fatal(err)
	}
	p, err := w.Authenticate(t.Context(), b.Token)
	if err != nil || p.MayTakePart() || p.Contestant.UnitCode != "DL-TC" || p.Contestant.Unit1Code != "DL" || p.Contestant.UnitOther != "" || p.Contestant.ExtraSeconds != 600 {
		t.Errorf("%+v, %v", p.Contestant, err)
	}
	if err := w.SetLocked(t.Context(), by, id, false, "Nhầm"); err != nil {
		t.Fatal(err)
	}
	phone, err := w.RevealPhone(t.Context(), by, id, "Gọi xác minh")
	if err != nil || phone != "+84987654321" {
		t.Errorf("%q, %v", phone, err)
	}
	if err := w.Erase(t.Context(), by, id, "Theo đơn"); err != nil {
		t.Fatal(err)
	}
	wantCode(t, w.SetLocked(t.Context(), by, id, true, "x"), core.Conflict)
	trail := w.trail()
	for _, action := range []string{"contestant.unit DL-TC", "contestant.extra_time 600", "contestant.lock", "contestant.unlock", "contestant.reveal_phone", "contestant.erase"} {
		if !strings.Contains(trail, "organizer:chu-quan "+action+" contestant:"+id) {
			t.Errorf("the audit log lacks %s", action)
		}
	}
}

// TestOwnersTakeEachOtherAway: whatever two owners do to each other at the same moment, one can sign in after.
func TestOwnersTakeEachOtherAway(t *testing.T) { eachStore(t, ownersTakeEachOtherAway) }

func ownersTakeEachOtherAway(t *testing.T) {
	w := newWorld(t)
	by := account.CommandLine()
	for round := range 20 {
		names := [2]string{fmt.Sprint("lan", round), fmt.Sprint("hoa", round)}
		for _, name := range names {
			if _, err := w.AddOrganizer(t.Context(), by, name, "", core.Owner); err != nil {
				t.Fatal(err)
			}
		}
		var wg sync.WaitGroup
		for i, name := range names {
			wg.Go(func() {
				if i == 0 && round%2 == 0 {
					_, _ = w.ResetOrganizer(t.Context(), by, name, core.Viewer)
				} else {
					_ = w.DisableOrganizer(t.Context(), by, name)
				}
			})
		}
		wg.Wait()
		all, err := w.store.Organizers(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		owners := 0
		for _, o := range all {
			if o.Role == core.Owner && !o.Disabled {
				owners++
				o.Disabled = true // the next round begins with its own two
				o.Revision++
				if err := w.store.UpdateOrganizer(t.Context(), o); err != nil {
					t.Fatal(err)
				}
			}
		}
		if owners == 0 {
			t.Fatalf("round %d: no owner is left", round)
		}
	}
}
