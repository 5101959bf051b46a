package storetest

import (
	"fmt"
	"testing"

	"duthi/core"
	"duthi/core/store"
)

var linkTests = tests{
	{"codes and targets are unique", linkUnique},
	{"scans are counted exactly", linkScans},
}

var auditTests = tests{
	{"entries in order, numbers once", auditChain},
	{"50 appends of one number: one wins", auditRace},
}

func linkUnique(t *testing.T, s store.Store) {
	_, err := s.Link(ctx(t), "abc123")
	code(t, err, core.NotFound)
	l := core.Link{Code: "abc123", ContestID: "c", Kind: "unit", Ref: "so-noi-vu", CreatedAt: T0}
	ok(t, s.PutLink(ctx(t), l))
	code(t, s.PutLink(ctx(t), l), core.Conflict)
	twin := l
	twin.Code = "other1"
	code(t, s.PutLink(ctx(t), twin), core.Conflict)
	whole := core.Link{Code: "whole1", ContestID: "c", Kind: "contest", CreatedAt: T0}
	ok(t, s.PutLink(ctx(t), whole))
	again := whole
	again.Code = "whole2" // no ref is a ref like others
	code(t, s.PutLink(ctx(t), again), core.Conflict)
	place := core.Link{Code: "place1", ContestID: "c", Kind: "place", Ref: "Cổng UBND", CreatedAt: T0}
	ok(t, s.PutLink(ctx(t), place))
	ok(t, s.PutLink(ctx(t), core.Link{Code: "else01", ContestID: "other", Kind: "contest", CreatedAt: T0}))

	same(t, must(s.Link(ctx(t), "abc123"))(t), l)
	same(t, must(s.LinkOf(ctx(t), "c", "contest", ""))(t), whole)
	same(t, must(s.LinkOf(ctx(t), "c", "place", "Cổng UBND"))(t), place)
	_, err = s.LinkOf(ctx(t), "c", "unit", "none")
	code(t, err, core.NotFound)
	same(t, must(s.Links(ctx(t), "c"))(t), []core.Link{whole, place, l})
}

func linkScans(t *testing.T, s store.Store) {
	code(t, s.AddScans(ctx(t), "none", 1, T0), core.NotFound)
	ok(t, s.PutLink(ctx(t), core.Link{Code: "l", ContestID: "c", Kind: "contest"}))
	for _, err := range together(50, func(i int) error { return s.AddScans(t.Context(), "l", 3, T0+core.Instant(i*13%50)) }) {
		ok(t, err)
	}
	same(t, must(s.Link(ctx(t), "l"))(t), core.Link{Code: "l", ContestID: "c", Kind: "contest", Scans: 150, LastScan: T0 + 49})
}

func auditChain(t *testing.T, s store.Store) {
	_, err := s.LastAudit(ctx(t))
	code(t, err, core.NotFound)
	var all []core.AuditEntry
	for i := range 10 {
		e := core.AuditEntry{Seq: int64(i + 1), At: T0 + core.Instant(i), ContestID: []string{"", "c", "d"}[i%3], Actor: "system", Action: "import.questions",
			Subject: "x", Reason: "lý do", Data: `{"n":1}`, PrevHash: fmt.Sprint("h", i), Hash: fmt.Sprint("h", i+1)}
		ok(t, s.AppendAudit(ctx(t), e))
		all = append(all, e)
	}
	same(t, must(s.LastAudit(ctx(t)))(t), all[9])
	same(t, must(s.AuditAfter(ctx(t), "", 0, 100))(t), all)
	same(t, must(s.AuditAfter(ctx(t), "", 4, 3))(t), all[4:7])
	same(t, must(s.AuditAfter(ctx(t), "c", 0, 100))(t), []core.AuditEntry{all[1], all[4], all[7]})
	same(t, must(s.AuditAfter(ctx(t), "c", 5, 1))(t), []core.AuditEntry{all[7]})
	same(t, must(s.AuditAfter(ctx(t), "", 10, 1))(t), []core.AuditEntry{})
}

func auditRace(t *testing.T, s store.Store) {
	codes := together(50, func(i int) core.Code {
		return core.CodeOf(s.AppendAudit(t.Context(), core.AuditEntry{Seq: 1, Hash: fmt.Sprint(i)}))
	})
	if count(codes, "") != 1 || count(codes, core.Conflict) != 49 {
		t.Fatalf("want one winner: %v", codes)
	}
}
