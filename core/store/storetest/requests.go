package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/store"
)

var requestTests = tests{
	{"one open request per contestant and kind", requestOpen},
	{"lists by status and contestant", requestList},
}

var organizerTests = tests{
	{"accounts", organizerLife},
	{"a Zalo user has one focal point of a contest", focalZalo},
}

// matches is what a filter of contestants means.
func matches(f account.PeopleFilter, p core.Contestant) bool {
	return (f.UnitCode == "" || f.UnitCode == p.UnitCode) && (f.Unit1Code == "" || f.Unit1Code == p.Unit1Code) &&
		strings.Contains(p.NameFolded, f.NamePart) && (f.PhoneHash == "" || f.PhoneHash == p.Phone.Hash) && (f.Status == "" || f.Status == p.Status)
}

func request(id, contestant, kind string) core.Request {
	return core.Request{ID: id, ContestID: "c", ContestantID: contestant, UnitCode: "a1", Kind: kind, Status: core.RequestOpen,
		Changes: map[string]string{"ho_ten": "Lê Thị Mới", "$a.b": "dấu chấm và $"}, Note: "ghi chú", CreatedAt: T0, Revision: 1}
}

func requestOpen(t *testing.T, s store.Store) {
	r := request("q1", "p1", "correction")
	_, err := s.Request(ctx(t), "q1")
	code(t, err, core.NotFound)
	unset := r
	unset.Revision = 0
	ok(t, s.InsertRequest(ctx(t), unset))
	same(t, must(s.Request(ctx(t), "q1"))(t), r)
	code(t, s.InsertRequest(ctx(t), r), core.Conflict)
	code(t, s.InsertRequest(ctx(t), request("q2", "p1", "correction")), core.Conflict)
	ok(t, s.InsertRequest(ctx(t), request("q3", "p1", "erase")))
	ok(t, s.InsertRequest(ctx(t), request("q4", "p2", "correction")))
	ok(t, s.InsertRequest(ctx(t), request("q5", "", "lost_phone"))) // nobody known: any number
	ok(t, s.InsertRequest(ctx(t), request("q6", "", "lost_phone")))

	r.Status, r.DecidedBy, r.DecidedAt, r.Reason, r.Revision = core.RequestAccepted, "organizer:lan", T0+1, "đúng", 2
	ok(t, s.UpdateRequest(ctx(t), r))
	code(t, s.UpdateRequest(ctx(t), r), core.Conflict)
	same(t, must(s.Request(ctx(t), "q1"))(t), r)
	codes := together(50, func(i int) core.Code {
		return core.CodeOf(s.InsertRequest(t.Context(), request(fmt.Sprint("race", i), "p1", "correction")))
	})
	if count(codes, "") != 1 || count(codes, core.Conflict) != 49 {
		t.Fatalf("want one winner: %v", codes)
	}
	r.Status, r.Revision = core.RequestOpen, 3 // opening the old one again would make two
	code(t, s.UpdateRequest(ctx(t), r), core.Conflict)
}

func requestList(t *testing.T, s store.Store) {
	var all []core.Request
	for i := range 12 {
		r := request(fmt.Sprintf("q%02d", 11-i), fmt.Sprint("p", i%4), "correction")
		r.CreatedAt = T0 + core.Instant(i/2)
		if i >= 4 {
			r.Status = core.RequestRefused
		}
		ok(t, s.InsertRequest(ctx(t), r))
		all = append(all, r)
	}
	for i := 0; i < 12; i += 2 { // of the same moment, the smaller id first
		all[i], all[i+1] = all[i+1], all[i]
	}
	other := request("x", "p1", "correction")
	other.ContestID, other.ContestantID = "other", "p9"
	ok(t, s.InsertRequest(ctx(t), other))
	for _, status := range []string{"", core.RequestOpen, core.RequestRefused, core.RequestAccepted} {
		for _, who := range []string{"", "p1", "p7"} {
			var want []core.Request
			for _, r := range all {
				if (status == "" || r.Status == status) && (who == "" || r.ContestantID == who) {
					want = append(want, r)
				}
			}
			same(t, must(s.Requests(ctx(t), "c", status, who, 100))(t), want)
			same(t, must(s.Requests(ctx(t), "c", status, who, 2))(t), want[:min(2, len(want))])
		}
	}
}

func organizerLife(t *testing.T, s store.Store) {
	same(t, must(s.Organizers(ctx(t)))(t), []core.Organizer{})
	o := core.Organizer{Name: "lan", FullName: "Trần Thị Lan", Role: core.Owner, PasswordHash: "$argon2id$", CreatedAt: T0, Revision: 1}
	_, err := s.Organizer(ctx(t), "lan")
	code(t, err, core.NotFound)
	unset := o
	unset.Revision = 0
	ok(t, s.InsertOrganizer(ctx(t), unset))
	code(t, s.InsertOrganizer(ctx(t), o), core.Conflict)
	focal := core.Organizer{Name: "dau-moi-a1", Role: core.FocalPoint, ContestID: "c", UnitCode: "a1", Revision: 1}
	ok(t, s.InsertOrganizer(ctx(t), focal))
	o.Disabled, o.Revision = true, 2
	ok(t, s.UpdateOrganizer(ctx(t), o))
	code(t, s.UpdateOrganizer(ctx(t), o), core.Conflict)
	same(t, must(s.Organizer(ctx(t), "lan"))(t), o)
	same(t, must(s.Organizers(ctx(t)))(t), []core.Organizer{focal, o})
	absent := core.Organizer{Name: "none", Revision: 2}
	code(t, s.UpdateOrganizer(ctx(t), absent), core.Conflict)
}

func focalZalo(t *testing.T, s store.Store) {
	focal := func(name, contest, user string) core.Organizer {
		return core.Organizer{Name: name, Role: core.FocalPoint, ContestID: contest, UnitCode: "a1", ZaloUserID: user, Revision: 1}
	}
	taken := func(err error) {
		t.Helper()
		code(t, err, core.Conflict)
		var e *core.Error
		if !errors.As(err, &e) || e.Fields["zalo_user_id"] == "" {
			t.Fatalf("want the field named: %v", err)
		}
	}
	one := focal("dm-1", "c", "u1")
	ok(t, s.InsertOrganizer(ctx(t), one))
	ok(t, s.InsertOrganizer(ctx(t), focal("dm-2", "c", "")))
	ok(t, s.InsertOrganizer(ctx(t), focal("dm-3", "c", "")))
	ok(t, s.InsertOrganizer(ctx(t), focal("dm-4", "d", "u1")))
	taken(s.InsertOrganizer(ctx(t), focal("dm-5", "c", "u1")))
	two := focal("dm-2", "c", "u1")
	two.Revision = 2
	taken(s.UpdateOrganizer(ctx(t), two))
	same(t, must(s.FocalPointBy(ctx(t), "c", "u1"))(t), one)
	for _, none := range [][2]string{{"c", "u2"}, {"e", "u1"}} {
		_, err := s.FocalPointBy(ctx(t), none[0], none[1])
		code(t, err, core.NotFound)
	}
	codes := together(20, func(i int) core.Code { // two accounts, one Zalo
		o := focal(fmt.Sprint("dm-", 2+i%2), "c", "u9")
		o.Revision = 2
		return core.CodeOf(s.UpdateOrganizer(t.Context(), o))
	})
	if count(codes, "") != 1 || count(codes, core.Conflict) != 19 {
		t.Fatalf("want one winner: %v", codes)
	}
	one.ZaloUserID, one.Revision = "", 2
	ok(t, s.UpdateOrganizer(ctx(t), one))
	ok(t, s.InsertOrganizer(ctx(t), focal("dm-5", "c", "u1")))
}
