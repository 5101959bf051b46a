package storetest

import (
	"testing"

	"duthi/core"
	"duthi/core/store"
)

var audienceTests = tests{
	{"contestants with their follower and what they did", audienceContestants},
	{"focal points with their follower", audienceFocalPoints},
	{"the roster without who registered", audienceRoster},
	{"followers nobody is linked with", audienceFollowers},
}

func followerOf(oa, user string) core.Follower {
	return core.Follower{ID: core.FollowerID(oa, user), OAID: oa, UserID: user, Follows: true, LastInteraction: T0, CreatedAt: T0, UpdatedAt: T0, Revision: 1}
}

type audienceList func(after string, limit int) ([]core.AudienceLine, string, error)

// pages reads a list to its end and gives its lines.
func pages(t *testing.T, list audienceList, limit int) []core.AudienceLine {
	t.Helper()
	var out []core.AudienceLine
	for after, reads := "", 0; ; reads++ {
		lines, next, err := list(after, limit)
		ok(t, err)
		if out = append(out, lines...); next == "" {
			return out
		}
		if len(lines) > limit || next <= after || reads > 50 {
			t.Fatalf("%d lines, cursor from %q to %q", len(lines), after, next)
		}
		after = next
	}
}

// everyPage wants the same lines whatever the size of the pages.
func everyPage(t *testing.T, list audienceList, want ...core.AudienceLine) {
	t.Helper()
	for _, limit := range []int{1, 2, 3, 100} {
		same(t, pages(t, list, limit), want)
	}
}

func audienceContestants(t *testing.T, s store.Store) {
	bare := core.Contestant{ID: "p-c-0000", ContestID: "c", Status: core.Erased}
	ok(t, s.InsertContestant(ctx(t), bare))
	for i := 1; i <= 4; i++ {
		ok(t, s.InsertContestant(ctx(t), person("c", i)))
	}
	ok(t, s.InsertContestant(ctx(t), person("other", 2)))
	known := followerOf("oa", "zalo-1")
	ok(t, s.InsertFollower(ctx(t), known))
	ok(t, s.InsertFollower(ctx(t), followerOf("another-oa", "zalo-2")))

	id := func(i int) string { return person("c", i).ID }
	void := finished(attempt("c", "r1", id(2), 1), minute, 1)
	void.Void = &core.Void{By: "x", At: T0, Reason: "x"}
	put(t, s, finished(attempt("c", "r1", id(1), 1), minute, 1), void, finished(attempt("c", "r2", id(4), 1), minute, 1))
	ok(t, s.InsertAttempt(ctx(t), attempt("c", "r1", id(1), 2))) // runs
	ok(t, s.InsertAttempt(ctx(t), attempt("c", "r1", id(3), 1)))

	line := func(i, used int, taken bool) core.AudienceLine {
		p := person("c", i)
		return core.AudienceLine{Key: p.ID, Status: p.Status, UnitCode: p.UnitCode, Unit1Code: p.Unit1Code, HasPhone: true, Consents: p.Consents,
			UserID: p.ZaloUserID, Used: used, Taken: taken}
	}
	erased := core.AudienceLine{Key: bare.ID, Status: core.Erased}
	first := line(1, 2, true)
	first.Follower = known
	q := core.AudienceQuery{ContestID: "c", RoundID: "r1", OAID: "oa"}
	list := func(after string, limit int) ([]core.AudienceLine, string, error) {
		return s.AudienceContestants(ctx(t), q, after, limit)
	}
	everyPage(t, list, erased, first, line(2, 1, false), line(3, 1, false), line(4, 0, false))

	q.RoundID = "" // the whole contest
	first.Used = 0
	everyPage(t, list, erased, first, line(2, 0, false), line(3, 0, false), line(4, 0, true))
	q.OAID, first.Follower = "", core.Follower{}
	everyPage(t, list, erased, first, line(2, 0, false), line(3, 0, false), line(4, 0, true))
	q.ContestID = "none"
	everyPage(t, list)
}

func audienceRoster(t *testing.T, s store.Store) {
	rows := []core.RosterPerson{
		{Key: "k1", FullName: "Lê Tám", NameFolded: "le tam", UnitCode: "u1", Phone: core.Sealed{Hash: "t1"}, NationalID: core.Sealed{Hash: "n1"}},
		{Key: "k2", UnitCode: "u2"},
		{Key: "k3", UnitCode: "u1", Phone: core.Sealed{Hash: "t3"}},                                      // by key
		{Key: "k4", UnitCode: "u1", Phone: core.Sealed{Hash: "t4"}},                                      // by phone
		{Key: "k5", UnitCode: "u1", Phone: core.Sealed{Hash: "t5"}, NationalID: core.Sealed{Hash: "n5"}}, // by national id
		{Key: "k6", UnitCode: "u3", NationalID: core.Sealed{Hash: "n6"}},
	}
	for i := range rows {
		rows[i].ContestID, rows[i].Set = "c", 3
	}
	ok(t, s.StageRoster(ctx(t), rows))
	old := rows[1]
	old.Set, old.Key = 2, "k0"
	ok(t, s.StageRoster(ctx(t), []core.RosterPerson{old}))
	insert := func(i int, contest, key, phone, nationalID string) {
		p := person(contest, i)
		p.RosterKey, p.Phone, p.NationalID = key, core.Sealed{Hash: phone}, core.Sealed{Hash: nationalID}
		ok(t, s.InsertContestant(ctx(t), p))
	}
	insert(1, "c", "k3", "x1", "y1")
	insert(2, "c", "", "t4", "y2")
	insert(3, "c", "", "x3", "n5")
	insert(4, "other", "k1", "t1", "n1")

	q := core.AudienceQuery{ContestID: "c", RosterSet: 3}
	list := func(after string, limit int) ([]core.AudienceLine, string, error) {
		return s.AudienceRoster(ctx(t), q, after, limit)
	}
	everyPage(t, list, core.AudienceLine{Key: "k1", UnitCode: "u1", HasPhone: true, Phone: "t1"}, core.AudienceLine{Key: "k2", UnitCode: "u2"},
		core.AudienceLine{Key: "k6", UnitCode: "u3"})
	q.RosterSet = 9
	everyPage(t, list)

	same(t, must(s.RosterPerson(ctx(t), "c", 3, "k1"))(t), rows[0])
	for _, none := range []struct {
		contest string
		set     int64
		key     string
	}{{"c", 3, "k0"}, {"c", 9, "k1"}, {"d", 3, "k1"}} {
		_, err := s.RosterPerson(ctx(t), none.contest, none.set, none.key)
		code(t, err, core.NotFound)
	}
}

func audienceFollowers(t *testing.T, s store.Store) {
	unfollowed := followerOf("oa", "u2")
	unfollowed.Follows, unfollowed.UnfollowedAt = false, T0+1
	all := []core.Follower{followerOf("oa", "u1"), unfollowed, followerOf("oa", "zalo-1"), followerOf("oa", "zalo-2")}
	for _, f := range append(all, followerOf("other-oa", "u1")) {
		ok(t, s.InsertFollower(ctx(t), f))
	}
	ok(t, s.InsertContestant(ctx(t), person("c", 1)))     // zalo-1
	ok(t, s.InsertContestant(ctx(t), person("other", 2))) // zalo-2, of another contest
	q := core.AudienceQuery{ContestID: "c", OAID: "oa"}
	list := func(after string, limit int) ([]core.AudienceLine, string, error) {
		return s.AudienceFollowers(ctx(t), q, after, limit)
	}
	line := func(f core.Follower) core.AudienceLine {
		return core.AudienceLine{Key: f.ID, UserID: f.UserID, Follower: f}
	}
	everyPage(t, list, line(all[0]), line(all[1]), line(all[3]))
	q.OAID = "none"
	everyPage(t, list)
}

func audienceFocalPoints(t *testing.T, s store.Store) {
	for _, o := range []core.Organizer{
		{Name: "dm-1", Role: core.FocalPoint, ContestID: "c", UnitCode: "u1", ZaloUserID: "z1"},
		{Name: "dm-2", Role: core.FocalPoint, ContestID: "c", UnitCode: "u2"},
		{Name: "dm-3", Role: core.FocalPoint, ContestID: "c", UnitCode: "u3", ZaloUserID: "z3", Disabled: true},
		{Name: "dm-4", Role: core.FocalPoint, ContestID: "c", UnitCode: "u4", ZaloUserID: "z4"},
		{Name: "dm-5", Role: core.FocalPoint, ContestID: "d", UnitCode: "u1", ZaloUserID: "z5"},
		{Name: "lan", Role: core.Owner},
	} {
		ok(t, s.InsertOrganizer(ctx(t), o))
	}
	known := followerOf("oa", "z1")
	ok(t, s.InsertFollower(ctx(t), known))
	ok(t, s.InsertFollower(ctx(t), followerOf("other-oa", "z4")))
	q := core.AudienceQuery{ContestID: "c", OAID: "oa"}
	list := func(after string, limit int) ([]core.AudienceLine, string, error) {
		return s.AudienceFocalPoints(ctx(t), q, after, limit)
	}
	everyPage(t, list, core.AudienceLine{Key: "dm-1", UnitCode: "u1", UserID: "z1", Follower: known},
		core.AudienceLine{Key: "dm-2", UnitCode: "u2"}, core.AudienceLine{Key: "dm-4", UnitCode: "u4", UserID: "z4"})
	q.ContestID = "none"
	everyPage(t, list)
}
