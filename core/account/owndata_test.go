package account_test

import (
	"testing"
	"time"

	"duthi/core"
	"duthi/core/account"
)

func TestLostPhone(t *testing.T) { eachStore(t, lostPhone) }

func lostPhone(t *testing.T) {
	w := newWorld(t)
	in, by := w.register(goodForm()), w.owner()
	right := account.LostPhone{ContestID: contestID, FullName: "nguyen van binh", BirthDate: "31/12/1985",
		NationalID: "049085001234", NewPhone: "0977000333", Note: "Mất máy"}
	w.secret("977000333")
	wrongID, wrongName, wrongDate := right, right, right
	wrongID.NationalID, wrongName.FullName, wrongDate.BirthDate = "049085009999", "Trần Văn Bình", "30/12/1985"
	for _, l := range []account.LostPhone{wrongID, wrongName, wrongDate, right, right} {
		if err := w.ReportLostPhone(t.Context(), l, addr); err != nil {
			t.Errorf("%+v: %v; the answer must not tell", l, err)
		}
		if views, _ := w.Requests(t.Context(), by, contestID, "", 10); len(views) > 0 && l != right {
			t.Errorf("%+v filed a request", l)
		}
	}
	_, err := w.Requests(t.Context(), in.Person, contestID, "", 10)
	wantCode(t, err, core.Forbidden)
	views, err := w.Requests(t.Context(), by, contestID, core.RequestOpen, 10)
	if err != nil || len(views) != 1 || views[0].Kind != account.RequestLostPhone || views[0].New[account.FieldPhone] != "0977000333" {
		t.Fatalf("requests %+v, %v; want the one", views, err)
	}
	if _, err := w.SignIn(t.Context(), contestID, goodPhone, goodPass, addr); err != nil {
		t.Errorf("a report alone changed something: %v", err)
	}
	if err := w.DecideRequest(t.Context(), by, views[0].ID, true, "Đã gọi xác minh"); err != nil {
		t.Fatal(err)
	}
	_, err = w.Authenticate(t.Context(), in.Token)
	wantCode(t, err, core.Unauthenticated)
	if _, err := w.SignIn(t.Context(), contestID, "0977000333", goodPass, addr); err != nil {
		t.Error(err)
	}
	bad := right
	bad.NewPhone = "12"
	if err := w.ReportLostPhone(t.Context(), bad, addr); fieldOf(err, account.FieldPhone) == "" {
		t.Errorf("not a phone: %v", err)
	}
	var last error
	for range 30 {
		last = w.ReportLostPhone(t.Context(), wrongID, "198.51.100.77")
	}
	wantCode(t, last, core.Limited)
}

func TestLostPhoneWithoutIdentityNumbers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(w *world) {
		w.contest.Registration.Required = []string{"ho_ten", "ngay_sinh", "so_dien_thoai", "don_vi_cap_1", "don_vi_cap_2"}
	})
	by := w.owner()
	f := goodForm()
	delete(f, account.StepIdentity)
	f[account.StepIdentity] = map[string]string{}
	w.register(f)
	l := account.LostPhone{ContestID: contestID, FullName: "Nguyễn Văn Bình", BirthDate: "31/12/1985", UnitCode: "DL-NV", NewPhone: "0977000333"}
	elsewhere := l
	elsewhere.UnitCode = "SNV"
	for _, l := range []account.LostPhone{elsewhere, l} {
		if err := w.ReportLostPhone(t.Context(), l, addr); err != nil {
			t.Error(err)
		}
	}
	if views, err := w.Requests(t.Context(), by, contestID, "", 10); err != nil || len(views) != 1 {
		t.Errorf("%d requests, %v; want 1", len(views), err)
	}
}

func TestOwnDataAndErasure(t *testing.T) { eachStore(t, ownDataAndErasure) }

func ownDataAndErasure(t *testing.T) {
	w := newWorld(t)
	f := goodForm()
	f[account.StepConsent][account.FieldZalo] = "1"
	in, by := w.register(f), w.owner()
	d, err := w.OwnData(t.Context(), in.Person, []string{"lượt 1"}, false)
	if err != nil || d.NationalID != "•••234" || d.Phone != "0912345678" || d.Unit != "Phòng Nội vụ, UBND huyện Đại Lộc" ||
		d.BirthDate != "31/12/1985" || len(d.Consents) != 2 || d.CreatedAt != "2023-11-05T15:00:00+07:00" {
		t.Errorf("own data %+v, %v", d, err)
	}
	if d, _ = w.OwnData(t.Context(), in.Person, nil, true); d.NationalID != "049085001234" {
		t.Errorf("download holds %q", d.NationalID)
	}

	if err := w.WithdrawConsent(t.Context(), in.Person, account.ConsentZalo); err != nil {
		t.Fatal(err)
	}
	p, _ := w.Authenticate(t.Context(), in.Token)
	if !p.MayTakePart() {
		t.Error("reminders refused, and the contest with them")
	}
	w.pass(time.Hour)
	if err := w.WithdrawConsent(t.Context(), in.Person, account.ConsentData); err != nil {
		t.Fatal(err)
	}
	p, err = w.Authenticate(t.Context(), in.Token)
	if err != nil || p.MayTakePart() || p.Contestant.Status != core.Withdrawn || p.Contestant.Consents[0].WithdrawnAt != core.At(w.clock()) {
		t.Errorf("withdrawn: %+v, %v", p.Contestant, err)
	}
	text, _ := w.Consent(t.Context(), contestID)
	wantCode(t, w.GrantConsent(t.Context(), p, account.ConsentData, "another"), core.Conflict)
	if err := w.GrantConsent(t.Context(), p, account.ConsentData, text.Version); err != nil {
		t.Fatal(err)
	}
	p, _ = w.Authenticate(t.Context(), in.Token)
	if !p.MayTakePart() || len(p.Contestant.Consents) != 3 {
		t.Errorf("granted again: %+v", p.Contestant)
	}

	r, err := w.RequestErasure(t.Context(), p, "Tôi tên là Nguyễn Văn Bình")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.DecideRequest(t.Context(), by, r.ID, true, "Theo yêu cầu"); err != nil {
		t.Fatal(err)
	}
	c := w.stored(p.ContestantID)
	if c.Status != core.Erased || c.FullName+c.NameFolded+c.BirthDate+c.Email+c.PasswordHash != "" || !c.Phone.IsZero() || !c.NationalID.IsZero() || c.UnitCode != "DL-NV" {
		t.Errorf("erased: %+v", c)
	}
	if r, _ := w.store.Request(t.Context(), r.ID); r.Note != "" || r.Status != core.RequestAccepted {
		t.Errorf("the request still says %+v", r)
	}
	_, err = w.Authenticate(t.Context(), in.Token)
	wantCode(t, err, core.Unauthenticated)
	if again := w.register(goodForm()); again.Person.ContestantID == c.ID {
		t.Error("the same person came back")
	}
}
