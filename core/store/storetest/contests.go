package storetest

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/store"
)

var contestTests = tests{
	{"save, read, replace", contestSave},
	{"heads, the active one first", contestHeads},
	{"50 saves of one revision: one wins", contestRace},
}

var setTests = tests{
	{"questions", setQuestions},
	{"units keep the order staged", setUnits},
	{"a staged set is seen when the pointer moves", setPointer},
	{"dropping a set leaves the others", setDrop},
	{"thousands of rows", setLarge},
	{"files in parts", attachmentLife},
}

var removalTests = tests{
	{"a removed contest leaves nothing behind", removeContest},
}

var cancelTests = tests{
	{"a call whose context is over does nothing", cancelled},
}

func contestRecord(id string, activated core.Instant) core.ContestRecord {
	return core.ContestRecord{ID: id, ActivatedAt: activated, ImportedAt: T0, Revision: 1, Sample: true,
		Contest: core.Contest{ID: id, SchemaVersion: 1, Lang: "vi", Title: "Cuộc thi \"tìm hiểu\" <CCHC> & hơn", Timezone: "Asia/Ho_Chi_Minh",
			Period: core.Period{Start: T0, End: T0 + 100*minute}, Rounds: []core.Round{{ID: "r1", Name: "Đợt 1", Start: T0, End: T0 + minute}},
			Quiz:  core.Quiz{Questions: 30, Ranking: []core.RankCriterion{core.ByCorrect, core.ByLot}},
			Rules: []core.Article{{ID: "dieu-1", Number: 1, Title: "Mục đích"}}}}
}

func attachmentLife(t *testing.T, s store.Store) {
	big, small := make([]byte, core.AttachmentPart), []byte{0, 1, 0xff}
	for i := range big {
		big[i] = byte(i * 7)
	}
	for _, p := range []struct {
		contest, digest string
		part            int
		data            []byte
	}{{"c", "d1", 0, small}, {"c", "d1", 0, big}, {"c", "d1", 1, small}, {"c", "d2", 0, small}, {"other", "d1", 0, small}} {
		ok(t, s.PutAttachmentPart(ctx(t), p.contest, p.digest, p.part, p.data))
	}
	same(t, must(s.AttachmentPart(ctx(t), "c", "d1", 0))(t), big)
	same(t, must(s.AttachmentPart(ctx(t), "c", "d1", 1))(t), small)
	_, err := s.AttachmentPart(ctx(t), "c", "d1", 2)
	code(t, err, core.NotFound)
	ok(t, s.KeepAttachments(ctx(t), "c", []string{"d2", "d3"}))
	_, err = s.AttachmentPart(ctx(t), "c", "d1", 0)
	code(t, err, core.NotFound)
	same(t, must(s.AttachmentPart(ctx(t), "c", "d2", 0))(t), small)
	same(t, must(s.AttachmentPart(ctx(t), "other", "d1", 0))(t), small)
	ok(t, s.KeepAttachments(ctx(t), "other", nil))
	_, err = s.AttachmentPart(ctx(t), "other", "d1", 0)
	code(t, err, core.NotFound)
}

func contestSave(t *testing.T, s store.Store) {
	rec := contestRecord("c", 0)
	_, err := s.ContestRecord(ctx(t), "c")
	code(t, err, core.NotFound)
	late := rec
	late.Revision = 2
	code(t, s.SaveContest(ctx(t), late), core.Conflict) // nothing to replace
	ok(t, s.SaveContest(ctx(t), rec))
	code(t, s.SaveContest(ctx(t), rec), core.Conflict)
	same(t, must(s.ContestRecord(ctx(t), "c"))(t), rec)
	rec.QuestionSet, rec.UnitSet, rec.RosterSet, rec.Revision = 1<<40, 2, 3, 2
	ok(t, s.SaveContest(ctx(t), rec))
	code(t, s.SaveContest(ctx(t), rec), core.Conflict)
	same(t, must(s.ContestRecord(ctx(t), "c"))(t), rec)
}

func contestHeads(t *testing.T, s store.Store) {
	same(t, must(s.ContestHeads(ctx(t)))(t), []core.ContestHead{})
	for id, at := range map[string]core.Instant{"a": T0 + 5, "b": T0 + 9, "d": 0, "c": 0} {
		ok(t, s.SaveContest(ctx(t), contestRecord(id, at)))
	}
	rec := contestRecord("a", T0+7)
	rec.Revision = 2
	ok(t, s.SaveContest(ctx(t), rec))
	same(t, must(s.ContestHeads(ctx(t)))(t), []core.ContestHead{
		{ID: "b", ActivatedAt: T0 + 9, Revision: 1}, {ID: "a", ActivatedAt: T0 + 7, Revision: 2}, {ID: "c", Revision: 1}, {ID: "d", Revision: 1}})
}

func contestRace(t *testing.T, s store.Store) {
	for revision := range int64(3) {
		codes := together(50, func(i int) core.Code {
			rec := contestRecord("c", core.Instant(i))
			rec.Revision = revision + 1
			return core.CodeOf(s.SaveContest(t.Context(), rec))
		})
		if count(codes, "") != 1 || count(codes, core.Conflict) != 49 {
			t.Fatalf("want one winner: %v", codes)
		}
	}
}

func question(set int64, id string, version int) core.Question {
	return core.Question{ContestID: "c", Set: set, ID: id, Version: version, Topic: "chuyển đổi số", Level: 2, Kind: core.Multiple,
		Text: "Câu hỏi " + id + "?", Options: []string{"Một", "Hai", "\"Ba\""}, Correct: 5, Source: "Điều 1"}
}

func setQuestions(t *testing.T, s store.Store) {
	first := []core.Question{question(1, "q2", 1), question(1, "q10", 1), question(1, "q1", 1)}
	ok(t, s.StageQuestions(ctx(t), first))
	second := []core.Question{question(2, "q1", 2), question(2, "q2", 1)}
	ok(t, s.StageQuestions(ctx(t), second))
	second[0].Text = "Sửa lại"
	ok(t, s.StageQuestions(ctx(t), second))
	ok(t, s.StageQuestions(ctx(t), nil))

	same(t, must(s.Questions(ctx(t), "c", 1))(t), []core.Question{first[2], first[1], first[0]})
	same(t, must(s.Questions(ctx(t), "c", 2))(t), second)
	same(t, must(s.Questions(ctx(t), "c", 3))(t), []core.Question{})
	same(t, must(s.Questions(ctx(t), "other", 1))(t), []core.Question{})
	same(t, must(s.QuestionVersion(ctx(t), "c", core.QuestionRef{ID: "q1", Version: 1}))(t), first[2])
	same(t, must(s.QuestionVersion(ctx(t), "c", core.QuestionRef{ID: "q1", Version: 2}))(t), second[0])
	_, err := s.QuestionVersion(ctx(t), "c", core.QuestionRef{ID: "q1", Version: 3})
	code(t, err, core.NotFound)
	_, err = s.QuestionVersion(ctx(t), "other", core.QuestionRef{ID: "q1", Version: 1})
	code(t, err, core.NotFound)
}

func unit(set int64, code string) core.Unit {
	return core.Unit{ContestID: "c", Set: set, Code: code, Name: "Phòng " + code, ParentCode: "a", Kind: "phong", Headcount: 12}
}

func setUnits(t *testing.T, s store.Store) {
	units := []core.Unit{unit(1, "z"), unit(1, "b"), unit(1, "y"), unit(1, "a")}
	ok(t, s.StageUnits(ctx(t), units[:3]))
	ok(t, s.StageUnits(ctx(t), []core.Unit{unit(2, "q")}))
	ok(t, s.StageUnits(ctx(t), units[3:]))
	units[1].Name = "Phòng mới"
	ok(t, s.StageUnits(ctx(t), []core.Unit{units[1]})) // stays at its place
	same(t, must(s.Units(ctx(t), "c", 1))(t), units)
	same(t, must(s.Units(ctx(t), "c", 2))(t), []core.Unit{unit(2, "q")})
}

func setPointer(t *testing.T, s store.Store) {
	rec := contestRecord("c", T0)
	rec.UnitSet = 1
	ok(t, s.StageUnits(ctx(t), []core.Unit{unit(1, "old")}))
	ok(t, s.SaveContest(ctx(t), rec))
	current := func() []core.Unit {
		r := must(s.ContestRecord(ctx(t), "c"))(t)
		return must(s.Units(ctx(t), "c", r.UnitSet))(t)
	}
	ok(t, s.StageUnits(ctx(t), []core.Unit{unit(2, "new")}))
	same(t, current(), []core.Unit{unit(1, "old")})
	rec.UnitSet, rec.Revision = 2, 2
	ok(t, s.SaveContest(ctx(t), rec))
	same(t, current(), []core.Unit{unit(2, "new")})
}

func setDrop(t *testing.T, s store.Store) {
	for _, set := range []int64{1, 2} {
		ok(t, s.StageQuestions(ctx(t), []core.Question{question(set, "q1", 1)}))
		ok(t, s.StageUnits(ctx(t), []core.Unit{unit(set, "u")}))
		ok(t, s.StageRoster(ctx(t), []core.RosterPerson{{ContestID: "c", Set: set, Key: "k"}}))
	}
	sizes := func() (out [6]int) {
		for i := range 2 {
			out[i] = len(must(s.Questions(ctx(t), "c", int64(i+1)))(t))
			out[2+i] = len(must(s.Units(ctx(t), "c", int64(i+1)))(t))
			out[4+i] = len(must(s.RosterAfter(ctx(t), "c", int64(i+1), "", 9))(t))
		}
		return out
	}
	ok(t, s.DropSet(ctx(t), "other", "questions", 1))
	same(t, sizes(), [6]int{1, 1, 1, 1, 1, 1})
	ok(t, s.DropSet(ctx(t), "c", "questions", 1))
	same(t, sizes(), [6]int{0, 1, 1, 1, 1, 1})
	ok(t, s.DropSet(ctx(t), "c", "units", 2))
	ok(t, s.DropSet(ctx(t), "c", "roster", 1))
	ok(t, s.DropSet(ctx(t), "c", "roster", 1))
	same(t, sizes(), [6]int{0, 1, 1, 0, 0, 1})
	code(t, s.DropSet(ctx(t), "c", "people", 1), core.Invalid)
}

func setLarge(t *testing.T, s store.Store) {
	rows := 3000
	if testing.Short() {
		rows = 600 // more than one batch all the same
	}
	var units []core.Unit
	for i := range rows {
		units = append(units, unit(1, fmt.Sprintf("u%d", (i*7919)%rows)))
	}
	ok(t, s.StageUnits(ctx(t), units))
	same(t, must(s.Units(ctx(t), "c", 1))(t), units)
	ok(t, s.DropSet(ctx(t), "c", "units", 1))
	same(t, must(s.Units(ctx(t), "c", 1))(t), []core.Unit{})
}

// populate gives contest id one of everything, and says what of it can still be seen.
func populate(t *testing.T, s store.Store, id string) (left func() []string) {
	p, q, u := person(id, 1), question(1, "q1", 1), unit(1, "u")
	q.ContestID, u.ContestID = id, id
	k := token("token-"+id, core.TokenSession, "contestant:"+p.ID)
	k.ContestID = id
	r := request("request-"+id, p.ID, "erase")
	r.ContestID = id
	focal := core.Organizer{Name: "focal-" + id, Role: core.FocalPoint, ContestID: id}
	link := core.Link{Code: "link" + id, ContestID: id, Kind: "contest", CreatedAt: T0}
	running := attempt(id, "r1", p.ID, 1)
	ok(t, s.SaveContest(ctx(t), contestRecord(id, T0)))
	ok(t, s.StageQuestions(ctx(t), []core.Question{q}))
	ok(t, s.StageUnits(ctx(t), []core.Unit{u}))
	ok(t, s.StageRoster(ctx(t), []core.RosterPerson{{ContestID: id, Set: 1, Key: "k"}}))
	ok(t, s.PutAttachmentPart(ctx(t), id, "d", 0, []byte("%PDF-")))
	ok(t, s.InsertContestant(ctx(t), p))
	ok(t, s.InsertAttempt(ctx(t), running))
	put(t, s, finished(attempt(id, "r2", p.ID, 1), minute, 1))
	ok(t, s.PutToken(ctx(t), k))
	ok(t, s.InsertRequest(ctx(t), r))
	ok(t, s.InsertOrganizer(ctx(t), focal))
	ok(t, s.PutLink(ctx(t), link))
	ok(t, s.PutSnapshot(ctx(t), core.Snapshot{ID: id + "/board", ContestID: id, At: T0}))
	b := broadcast("b-"+id, id, T0)
	ok(t, s.InsertBroadcast(ctx(t), b))
	ok(t, s.PlanDeliveries(ctx(t), planned(b.ID, 250)))
	ok(t, turn(ctx(t), s, id, "2023-10-01", b.ID, 1))
	ok(t, s.InsertRule(ctx(t), core.ReminderRule{ID: "rule-" + id, ContestID: id, Kind: core.RemindOpened, Revision: 1}))
	question := asked("asked-"+id, "gui xe o dau", 1)
	question.ContestID = id
	ok(t, s.InsertAsked(ctx(t), question))
	ok(t, s.InsertTaught(ctx(t), core.TaughtAnswer{ID: "taught-" + id, ContestID: id, Version: 1, Questions: question.Samples, Answer: "Ở sân sau."}))
	seen := func(c context.Context) map[string]any {
		one := func(_ any, err error) bool { return err == nil }
		return map[string]any{
			"contest": one(s.ContestRecord(c, id)), "question": one(s.QuestionVersion(c, id, q.Ref())),
			"units": len(must(s.Units(c, id, 1))(t)) > 0, "roster": len(must(s.RosterAfter(c, id, 1, "", 1))(t)) > 0,
			"file": one(s.AttachmentPart(c, id, "d", 0)), "person": one(s.Contestant(c, p.ID)), "phone": one(s.ContestantBy(c, id, "phone", p.Phone.Hash)),
			"attempt": one(s.Attempt(c, p.ID, running.ID)), "attempts": len(must(s.AttemptsOf(c, p.ID, ""))(t)) > 0,
			"token": one(s.Token(c, k.ID, T0)), "request": one(s.Request(c, r.ID)), "focal": one(s.Organizer(c, focal.Name)),
			"asked": one(s.Asked(c, question.ID)), "taught": len(must(s.TaughtVersions(c, id))(t)) > 0,
			"link": one(s.Link(c, link.Code)), "snapshot": one(s.Snapshot(c, id+"/board")),
			"people":    len(must(s.Contestants(c, id, account.PeopleFilter{}, "", 1))(t)) > 0,
			"broadcast": one(s.Broadcast(c, b.ID)), "deliveries": len(must(s.Deliveries(c, b.ID, "", "", 1))(t)) > 0,
			"turn": turn(c, s, id, "2023-10-01", b.ID, 0) == nil, "rules": len(must(s.Rules(c, id))(t)) > 0,
		}
	}
	return func() (out []string) {
		for name, there := range seen(t.Context()) {
			if there.(bool) {
				out = append(out, name)
			}
		}
		slices.Sort(out)
		return out
	}
}

func removeContest(t *testing.T, s store.Store) {
	ok(t, s.RemoveContest(ctx(t), "gone"))
	ok(t, s.AppendAudit(ctx(t), core.AuditEntry{Seq: 1, ContestID: "gone", At: T0, Hash: "h"}))
	ok(t, s.InsertOrganizer(ctx(t), core.Organizer{Name: "owner", Role: core.Owner}))
	ok(t, s.PutToken(ctx(t), core.Token{ID: "plain", Kind: core.TokenDraft, ExpiresAt: T0 + minute}))
	gone, kept := populate(t, s, "gone"), populate(t, s, "kept")
	all := kept()
	same(t, len(all), 21)
	same(t, gone(), all)
	ok(t, s.RemoveContest(ctx(t), "gone"))
	same(t, gone(), []string{})
	same(t, kept(), all)
	same(t, len(must(s.AuditAfter(ctx(t), "gone", 0, 9))(t)), 1)
	must(s.Organizer(ctx(t), "owner"))(t)
	must(s.Token(ctx(t), "plain", T0))(t)
	same(t, must(s.Activity(ctx(t), "gone", T0, 1))(t), core.Activity{Starts: []int64{0}})
	populate(t, s, "gone") // and it can come back
	same(t, gone(), all)
}

func cancelled(t *testing.T, s store.Store) {
	over, stop := context.WithCancel(t.Context())
	stop()
	code(t, s.PutToken(over, token("k", core.TokenDraft, "")), core.Unavailable)
	_, err := s.Token(ctx(t), "k", T0)
	code(t, err, core.NotFound)
	code(t, s.StageUnits(over, []core.Unit{unit(1, "u")}), core.Unavailable)
	same(t, must(s.Units(ctx(t), "c", 1))(t), []core.Unit{})
	_, err = s.Token(over, "k", T0)
	code(t, err, core.Unavailable)
	ok(t, s.Ping(ctx(t)))
}
