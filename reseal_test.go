package main

import (
	"strings"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/account"
)

// TestKeyIsReplaced goes from one secret key to the next: under both everything is found, after reseal the new
// one is enough, and people stay who they are on the roster.
func TestKeyIsReplaced(t *testing.T) {
	t.Parallel()
	first, second := strings.Repeat("ab", core.KeySize), strings.Repeat("cd", core.KeySize)
	env := environment{"DUTHI_DATA": t.TempDir(), "DUTHI_SECRET_KEY": first, "DUTHI_SAMPLE": "auto"}
	w := newWorld(t, env, nil)
	person := w.people(1)[0]
	now := core.At(time.Now())
	staff := core.RosterPerson{ContestID: person.ContestID, Set: 1, Key: "n:x", UnitCode: "SNV", FullName: "An", NameFolded: "an",
		NationalID: w.sealer.Seal(person.ContestID, "national_id", "049085000001"), Phone: w.sealer.Seal(person.ContestID, "phone", "+84900000009")}
	must(t, w.store.StageRoster(t.Context(), []core.RosterPerson{staff}))
	rec, err := w.store.ContestRecord(t.Context(), person.ContestID)
	must(t, err)
	rec.RosterSet, rec.Revision = 1, rec.Revision+1
	must(t, w.store.SaveContest(t.Context(), rec))
	phone := `{"hash":"` + person.Phone.Hash + `","value":"` + person.Phone.Value + `","last":"` + person.Phone.Last + `"}`
	must(t, w.store.InsertRequest(t.Context(), core.Request{ID: core.NewID(now), ContestID: person.ContestID, ContestantID: person.ID,
		Kind: account.RequestLostPhone, Changes: map[string]string{account.FieldPhone: phone}, Status: core.RequestOpen, CreatedAt: now, Revision: 1}))
	w.stop()

	env["DUTHI_SECRET_KEY"], env["DUTHI_SECRET_KEY_OLD"] = second, first
	besideStore(t, env, func(tb testing.TB, s *services) { checkSealed(tb, s, person) })
	if out := mustRun(t, env, "reseal"); out == "0\n" {
		t.Error("nothing was sealed anew")
	}
	if out := mustRun(t, env, "reseal"); out != "0\n" {
		t.Errorf("the second time %s records were sealed anew", strings.TrimSpace(out))
	}
	delete(env, "DUTHI_SECRET_KEY_OLD")
	besideStore(t, env, func(tb testing.TB, s *services) { checkSealed(tb, s, person) })
	if out := mustRun(t, env, "export", "roster"); !strings.Contains(out, "SNV,An,,049085000001,") {
		t.Errorf("roster: %s", out)
	}
	roster := writeFile(t, "roster.csv", "unit_code,full_name,national_id,phone\nSNV,An,049085000001,0900000009\n")
	if out := mustRun(t, env, "import", "roster", roster); !strings.Contains(out, "Không có gì thay đổi") {
		t.Errorf("the same person under the new key: %s", out)
	}
}

// checkSealed signs the person in and opens what is sealed.
func checkSealed(tb testing.TB, s *services, person core.Contestant) {
	tb.Helper()
	in, err := s.account.SignIn(tb.Context(), person.ContestID, phoneOf(1), testPassword, "127.0.0.1")
	must(tb, err)
	if in.Person.ContestantID != person.ID {
		tb.Errorf("signed in as %+v", in.Person)
	}
	views, err := s.account.Requests(tb.Context(), account.CommandLine(), person.ContestID, core.RequestOpen, 10)
	must(tb, err)
	if len(views) != 1 || views[0].New[account.FieldPhone] != phoneOf(1) {
		tb.Errorf("requests: %+v", views)
	}
}
