package storetest

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/store"
)

var peopleTests = tests{
	{"a contestant comes back as it was", personRoundTrip},
	{"phone, national id, roster person and Zalo account are unique in a contest", personUnique},
	{"a change is guarded by revision and by the unique values", personUpdate},
	{"50 registrations of one phone: one wins", personRace},
	{"50 changes of one revision: one wins", personUpdateRace},
	{"found by each unique value", personBy},
	{"lists: filters and cursor", personList},
	{"the roster: names, hashes, pages", rosterReads},
	{"who of the roster never registered", rosterUnregistered},
}

// person makes contestant i of a contest.
func person(contest string, i int) core.Contestant {
	sealed := func(kind string) core.Sealed {
		return core.Sealed{Hash: fmt.Sprintf("%s-%s-%d", kind, contest, i), Value: "bí mật==", Last: "123"}
	}
	return core.Contestant{
		ID: fmt.Sprintf("p-%s-%04d", contest, i), ContestID: contest, Status: core.Active,
		FullName: fmt.Sprintf("Nguyễn Thị Ánh %d", i), NameFolded: fmt.Sprintf("nguyen thi anh %d", i), BirthDate: "1990-12-31",
		NationalID: sealed("id"), Phone: sealed("phone"), UnitCode: "a1", Unit1Code: "a", RosterKey: fmt.Sprint("key-", i),
		Consents:   []core.Consent{{Kind: "data", TextVersion: "v1", At: T0}},
		ZaloUserID: fmt.Sprint("zalo-", i), CreatedAt: T0, UpdatedAt: T0, Revision: 1,
	}
}

func personRoundTrip(t *testing.T, s store.Store) {
	p := person("c", 1)
	p.Gender, p.StaffCode, p.Email, p.UnitOther, p.PasswordHash = "nữ", "CB-01", "a@b.vn", "Hội \"X\" <y> & z\n", "$argon2id$v=19$…"
	p.ExtraSeconds, p.Sample = 300, true
	unset := p
	unset.Revision = 0
	ok(t, s.InsertContestant(ctx(t), unset))
	same(t, must(s.Contestant(ctx(t), p.ID))(t), p)
	_, err := s.Contestant(ctx(t), "none")
	code(t, err, core.NotFound)

	bare := core.Contestant{ID: "bare", ContestID: "c", Status: core.Erased, Revision: 1}
	ok(t, s.InsertContestant(ctx(t), bare))
	same(t, must(s.Contestant(ctx(t), "bare"))(t), bare)
	bare.ID = "bare-2" // nothing is unique that is not set
	ok(t, s.InsertContestant(ctx(t), bare))
}

// fields gives the names of the fields an error names.
func fields(err error) []string {
	e, _ := err.(*core.Error)
	if e == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(e.Fields))
}

func personUnique(t *testing.T, s store.Store) {
	ok(t, s.InsertContestant(ctx(t), person("c", 1)))
	ok(t, s.InsertContestant(ctx(t), person("other", 1)))
	clash := func(change func(p *core.Contestant)) core.Contestant {
		p := person("c", 2)
		change(&p)
		return p
	}
	one := person("c", 1)
	for want, p := range map[string]core.Contestant{
		"phone":        clash(func(p *core.Contestant) { p.Phone.Hash = one.Phone.Hash }),
		"national_id":  clash(func(p *core.Contestant) { p.NationalID.Hash = one.NationalID.Hash }),
		"roster_key":   clash(func(p *core.Contestant) { p.RosterKey = one.RosterKey }),
		"zalo_user_id": clash(func(p *core.Contestant) { p.ZaloUserID = one.ZaloUserID }),
	} {
		err := s.InsertContestant(ctx(t), p)
		code(t, err, core.Conflict)
		same(t, fields(err), []string{want})
		if err.(*core.Error).Fields[want] == "" {
			t.Errorf("no words for %s", want)
		}
	}
	two := clash(func(p *core.Contestant) { p.Phone, p.NationalID = one.Phone, one.NationalID })
	same(t, fields(s.InsertContestant(ctx(t), two)), []string{"national_id", "phone"})
	err := s.InsertContestant(ctx(t), clash(func(p *core.Contestant) { p.ID = one.ID }))
	code(t, err, core.Conflict)
	same(t, fields(err), []string{})
	ok(t, s.InsertContestant(ctx(t), person("c", 2)))
}

func personUpdate(t *testing.T, s store.Store) {
	p, q := person("c", 1), person("c", 2)
	p.Revision = 2
	code(t, s.UpdateContestant(ctx(t), p), core.Conflict) // absent
	ok(t, s.InsertContestant(ctx(t), p))
	ok(t, s.InsertContestant(ctx(t), q))
	p.FullName, p.UnitCode, p.Revision = "Trần Văn Bé", "b1", 2
	ok(t, s.UpdateContestant(ctx(t), p))
	same(t, must(s.Contestant(ctx(t), p.ID))(t), p)
	err := s.UpdateContestant(ctx(t), p)
	code(t, err, core.Conflict)
	same(t, fields(err), []string{})

	taken := p
	taken.Phone, taken.Revision = q.Phone, 3
	err = s.UpdateContestant(ctx(t), taken)
	code(t, err, core.Conflict)
	same(t, fields(err), []string{"phone"})
	same(t, must(s.Contestant(ctx(t), p.ID))(t), p)

	p.Phone, p.Revision = core.Sealed{}, 3
	ok(t, s.UpdateContestant(ctx(t), p))
	taken.Revision, taken.Phone = 4, person("c", 1).Phone // the number given up is free
	ok(t, s.UpdateContestant(ctx(t), taken))
}

func personRace(t *testing.T, s store.Store) {
	errs := together(50, func(i int) error {
		p := person("c", i)
		p.Phone = person("c", 0).Phone
		return s.InsertContestant(t.Context(), p)
	})
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
			continue
		}
		code(t, err, core.Conflict)
		same(t, fields(err), []string{"phone"})
	}
	same(t, won, 1)
	same(t, len(must(s.Contestants(ctx(t), "c", account.PeopleFilter{}, "", 100))(t)), 1)
}

func personUpdateRace(t *testing.T, s store.Store) {
	p := person("c", 1)
	ok(t, s.InsertContestant(ctx(t), p))
	codes := together(50, func(i int) core.Code {
		q := p
		q.FullName, q.Revision = fmt.Sprint("Tên ", i), 2
		return core.CodeOf(s.UpdateContestant(t.Context(), q))
	})
	if count(codes, "") != 1 || count(codes, core.Conflict) != 49 {
		t.Fatalf("want one winner: %v", codes)
	}
}

func personBy(t *testing.T, s store.Store) {
	p := person("c", 1)
	ok(t, s.InsertContestant(ctx(t), p))
	ok(t, s.InsertContestant(ctx(t), core.Contestant{ID: "bare", ContestID: "c"}))
	for field, value := range map[string]string{"phone": p.Phone.Hash, "national_id": p.NationalID.Hash, "roster_key": p.RosterKey, "zalo_user_id": p.ZaloUserID} {
		same(t, must(s.ContestantBy(ctx(t), "c", field, value))(t), p)
		_, err := s.ContestantBy(ctx(t), "other", field, value)
		code(t, err, core.NotFound)
		_, err = s.ContestantBy(ctx(t), "c", field, "")
		code(t, err, core.NotFound)
	}
	_, err := s.ContestantBy(ctx(t), "c", "full_name", p.FullName)
	code(t, err, core.Invalid)
}

func personList(t *testing.T, s store.Store) {
	var all []core.Contestant
	for i := range 30 {
		p := person("c", i)
		p.UnitCode, p.Unit1Code = fmt.Sprintf("%c%d", 'a'+i%2, i%3), string(rune('a'+i%2))
		if i%5 == 0 {
			p.Status = core.Locked
		}
		all = append(all, p)
	}
	for _, i := range []int{7, 3, 29, 0} { // not in the order of ids
		ok(t, s.InsertContestant(ctx(t), all[i]))
	}
	for i, p := range all {
		if !slices.Contains([]int{7, 3, 29, 0}, i) {
			ok(t, s.InsertContestant(ctx(t), p))
		}
	}
	ok(t, s.InsertContestant(ctx(t), person("other", 1)))

	for _, f := range []account.PeopleFilter{
		{}, {UnitCode: "a0"}, {Unit1Code: "b"}, {UnitCode: "a0", Unit1Code: "b"}, {Unit1Code: "a", UnitCode: "a1"}, {NamePart: "anh 1"}, {NamePart: "%"},
		{Status: core.Locked}, {Status: core.Active, Unit1Code: "a", NamePart: "anh 2"}, {PhoneHash: all[7].Phone.Hash}, {PhoneHash: all[7].Phone.Hash, Unit1Code: "a"},
		{NamePart: "."}, {NamePart: "nguyen"},
	} {
		var want []core.Contestant
		for _, p := range all {
			if matches(f, p) {
				want = append(want, p)
			}
		}
		var got []core.Contestant
		for after := ""; ; { // pages of 4
			page := must(s.Contestants(ctx(t), "c", f, after, 4))(t)
			got = append(got, page...)
			if len(page) < 4 {
				break
			}
			after = page[3].ID
		}
		same(t, got, want)
	}
}

func rosterUnregistered(t *testing.T, s store.Store) {
	var all []core.RosterPerson
	for i := range 60 {
		p := core.RosterPerson{ContestID: "c", Set: 3, Key: fmt.Sprintf("k%04d", i), UnitCode: fmt.Sprint("u", i%3), FullName: "Lê Văn Tám"}
		if i%2 == 0 {
			p.Phone, p.NationalID = core.Sealed{Hash: fmt.Sprint("t", i)}, core.Sealed{Hash: fmt.Sprint("n", i)}
		}
		all = append(all, p)
	}
	ok(t, s.StageRoster(ctx(t), all))
	ok(t, s.StageRoster(ctx(t), []core.RosterPerson{{ContestID: "c", Set: 2, Key: "k0000", UnitCode: "u0"}, {ContestID: "d", Set: 3, Key: "k0001", UnitCode: "u1"}}))
	for i, c := range []core.Contestant{
		{ContestID: "c", RosterKey: "k0003"}, {ContestID: "c", Phone: core.Sealed{Hash: "t6"}}, {ContestID: "c", NationalID: core.Sealed{Hash: "n12"}},
		{ContestID: "d", RosterKey: "k0009"}, {ContestID: "c", RosterKey: "k0004"}, {ContestID: "c", Phone: core.Sealed{Hash: "n18"}},
	} {
		c.ID, c.Revision = fmt.Sprint("p", i), 1
		ok(t, s.InsertContestant(ctx(t), c))
	}
	pick := func(keys ...int) (out []core.RosterPerson) {
		for _, k := range keys {
			out = append(out, all[k])
		}
		return out
	}
	list := func(units []string, after string, limit int) ([]core.RosterPerson, string) {
		people, next, err := s.RosterUnregistered(ctx(t), "c", 3, units, after, limit)
		ok(t, err)
		return people, next
	}
	people, next := list([]string{"u0"}, "", 5) // 0 3 6 9 12 are looked at
	same(t, people, pick(0, 9))
	same(t, next, "k0012")
	people, next = list([]string{"u0"}, next, 5)
	same(t, people, pick(15, 18, 21, 24, 27))
	same(t, next, "k0027")
	people, next = list([]string{"u1", "u0", "'"}, "k0055", 5)
	same(t, people, pick(57, 58))
	same(t, next, "")
	people, next = list([]string{"u9"}, "", 5)
	same(t, people, []core.RosterPerson{})
	same(t, next, "")
}

func rosterReads(t *testing.T, s store.Store) {
	var all []core.RosterPerson
	for i := range 300 {
		p := core.RosterPerson{ContestID: "c", Set: 3, Key: fmt.Sprintf("k%04d", i), UnitCode: fmt.Sprint("u", i%3),
			FullName: "Lê Văn Tám", NameFolded: fmt.Sprint("le van tam ", i%50), BirthDate: "1980-01-01"}
		if i%2 == 0 {
			p.NationalID, p.Phone, p.StaffCode = core.Sealed{Hash: fmt.Sprint("n", i/4)}, core.Sealed{Hash: fmt.Sprint("t", i)}, fmt.Sprint("s", i/4)
		}
		all = append(all, p)
	}
	ok(t, s.StageRoster(ctx(t), all[150:]))
	ok(t, s.StageRoster(ctx(t), all[:200])) // out of order and some twice
	for i := range 5 {
		ok(t, s.StageRoster(ctx(t), []core.RosterPerson{{ContestID: "c", Set: 4, Key: fmt.Sprint("k", i), NameFolded: "le van tam 1", Phone: core.Sealed{Hash: "t4"}}}))
	}
	same(t, must(s.RosterAfter(ctx(t), "c", 3, "", 1000))(t), all)
	same(t, must(s.RosterAfter(ctx(t), "c", 3, "k0099", 3))(t), all[100:103])
	same(t, must(s.RosterAfter(ctx(t), "c", 9, "", 3))(t), []core.RosterPerson{})

	pick := func(wanted func(core.RosterPerson) bool) (out []core.RosterPerson) {
		for _, p := range all {
			if wanted(p) {
				out = append(out, p)
			}
		}
		return out
	}
	named := pick(func(p core.RosterPerson) bool { return p.NameFolded == "le van tam 7" })
	same(t, must(s.RosterMatches(ctx(t), "c", 3, "le van tam 7", nil, 100))(t), named)
	same(t, must(s.RosterMatches(ctx(t), "c", 3, "le van tam 7", nil, 2))(t), named[:2])
	same(t, must(s.RosterMatches(ctx(t), "c", 3, "le van tam 7", []string{"u1", "u2", "'"}, 100))(t),
		pick(func(p core.RosterPerson) bool { return p.NameFolded == "le van tam 7" && p.UnitCode != "u0" }))
	same(t, must(s.RosterMatches(ctx(t), "c", 3, "le van", nil, 2))(t), []core.RosterPerson{})

	same(t, must(s.RosterBy(ctx(t), "c", 3, "phone", "t4"))(t), all[4:5])
	same(t, must(s.RosterBy(ctx(t), "c", 3, "national_id", "n5"))(t), []core.RosterPerson{all[20], all[22]})
	same(t, must(s.RosterBy(ctx(t), "c", 3, "staff_code", "s5"))(t), []core.RosterPerson{all[20], all[22]})
	same(t, must(s.RosterBy(ctx(t), "c", 3, "phone", ""))(t), []core.RosterPerson{})
	_, err := s.RosterBy(ctx(t), "c", 3, "full_name", "x")
	code(t, err, core.Invalid)
}
