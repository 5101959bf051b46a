package mongostore

import (
	"slices"
	"strings"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/exam"
)

// TestNoCollectionScan runs every method and asks the server how it would do each query and write that was
// sent: none may read a whole collection, and by the rules of MongoDB's planner an index must serve each well
// (see usable). The planners of some test servers leave partial indexes aside, and _id too when it is not
// alone; there the rules alone decide, and the log says how often.
func TestNoCollectionScan(t *testing.T) {
	t.Parallel()
	s, log := openWatched(t)
	everyOperation(t, s)
	commands := log.take()
	indexes := indexesOf(t, s)
	weak := strings.Contains(planOf(t, s, doc("find", "attempts", "filter", own("p", "a"))), "COLLSCAN")
	seen, byRule := map[string]bool{}, 0
	for _, command := range commands {
		for _, q := range explainable(command) {
			if seen[q.String()] {
				continue
			}
			seen[q.String()] = true
			plan := planOf(t, s, q)
			scans := strings.Contains(plan, "COLLSCAN")
			if scans {
				byRule++
			}
			if scans && !weak || !usable(indexes[collection(q)], q) {
				t.Errorf("no index serves %s\n%.600s", q, plan)
			}
		}
	}
	if len(seen) < 100 {
		t.Errorf("only %d queries seen: is every method called?", len(seen))
	}
	t.Logf("%d different queries and writes explained, %d of them by rule", len(seen), byRule)
}

// planOf gives the server's plan for a command.
func planOf(t *testing.T, s *Store, q bson.D) string {
	var plan bson.Raw
	if err := s.db.RunCommand(t.Context(), doc("explain", q, "verbosity", "queryPlanner")).Decode(&plan); err != nil {
		t.Errorf("explain %s: %v", q, err)
	}
	return plan.String()
}

func collection(q bson.D) string {
	name, _ := q[0].Value.(string)
	if raw, ok := q[0].Value.(bson.RawValue); ok {
		name, _ = raw.StringValueOK()
	}
	return name
}

// explainable gives the reads of a command in the form explain takes. The filter of a write is explained as a
// find: it is the same query, and some servers don't plan writes.
func explainable(c bson.Raw) []bson.D {
	elems, _ := c.Elements()
	name := elems[0].Key()
	coll, _ := elems[0].Value().StringValueOK()
	find := func(filter bson.Raw) bson.D { return doc("find", coll, "filter", filter) }
	pick := func(fields ...string) bson.D {
		var d bson.D
		for _, e := range elems {
			if slices.Contains(fields, e.Key()) {
				d = append(d, bson.E{Key: e.Key(), Value: e.Value()})
			}
		}
		return d
	}
	var out []bson.D
	switch name {
	case "find":
		out = append(out, pick("find", "filter", "sort", "projection", "limit"))
	case "aggregate":
		out = append(out, append(pick("aggregate", "pipeline"), bson.E{Key: "cursor", Value: doc()}))
	case "findAndModify":
		out = append(out, find(c.Lookup("query").Document()))
	case "update", "delete":
		list, _ := c.Lookup(name + "s").Array().Values()
		for _, w := range list {
			out = append(out, find(w.Document().Lookup("q").Document()))
		}
	}
	return out
}

// everyOperation calls every method that queries, with rows to find.
func everyOperation(t *testing.T, s *Store) {
	contestOperations(t, s)
	peopleOperations(t, s)
	tokenOperations(t, s)
	attemptOperations(t, s)
	otherOperations(t, s)
	talkOperations(t, s)
	outreachOperations(t, s)
	audienceOperations(t, s)
	ctx := t.Context()
	must(t, s.DropSet(ctx, "c", "units", 1))
	must(t, s.RemoveContest(ctx, "c"))
}

func contestOperations(t *testing.T, s *Store) {
	ctx := t.Context()
	must(t, s.SaveContest(ctx, core.ContestRecord{ID: "c", Revision: 1}))
	must(t, s.SaveContest(ctx, core.ContestRecord{ID: "c", Revision: 2}))
	must(t, s.StageQuestions(ctx, []core.Question{{ContestID: "c", Set: 1, ID: "q1", Version: 3}}))
	must(t, s.StageUnits(ctx, []core.Unit{{ContestID: "c", Set: 1, Code: "u1"}}))
	must(t, s.StageRoster(ctx, []core.RosterPerson{{ContestID: "c", Set: 1, Key: "k", UnitCode: "u1", NameFolded: "an", Phone: core.Sealed{Hash: "p"}, NationalID: core.Sealed{Hash: "n"}, StaffCode: "s"}}))
	ask(t)(s.ContestHeads(ctx))
	ask(t)(s.ContestRecord(ctx, "c"))
	ask(t)(s.Questions(ctx, "c", 1))
	ask(t)(s.Units(ctx, "c", 1))
	ask(t)(s.QuestionVersion(ctx, "c", core.QuestionRef{ID: "q1", Version: 3}))
	ask(t)(s.RosterAfter(ctx, "c", 1, "", 10))
	ask(t)(s.RosterMatches(ctx, "c", 1, "an", nil, 10))
	ask(t)(s.RosterMatches(ctx, "c", 1, "an", []string{"u1", "u2"}, 10))
	if _, _, err := s.RosterUnregistered(ctx, "c", 1, []string{"u1", "u2"}, "a", 10); err != nil {
		t.Error(err)
	}
	for _, field := range []string{"phone", "national_id", "staff_code"} {
		if got, err := s.RosterBy(ctx, "c", 1, field, field[:1]); err != nil || len(got) != 1 {
			t.Errorf("RosterBy %s: %v, %v", field, got, err)
		}
	}
}

func ask(t *testing.T) func(any, error) {
	return func(_ any, err error) {
		t.Helper()
		must(t, err)
	}
}

func peopleOperations(t *testing.T, s *Store) {
	ctx := t.Context()
	p := core.Contestant{ID: "p1", ContestID: "c", Status: core.Active, NameFolded: "an", UnitCode: "u1.1", Unit1Code: "u1",
		Phone: core.Sealed{Hash: "p"}, NationalID: core.Sealed{Hash: "n"}, RosterKey: "r", ZaloUserID: "z", Revision: 1}
	must(t, s.InsertContestant(ctx, p))
	p.Revision = 2
	must(t, s.UpdateContestant(ctx, p))
	ask(t)(s.Contestant(ctx, "p1"))
	for _, field := range []string{"phone", "national_id", "roster_key", "zalo_user_id"} {
		ask(t)(s.ContestantBy(ctx, "c", field, field[:1]))
	}
	for _, f := range []account.PeopleFilter{{}, {UnitCode: "u1.1"}, {Unit1Code: "u1"}, {NamePart: "n"}, {PhoneHash: "p"}, {Status: core.Active}} {
		if got, err := s.Contestants(ctx, "c", f, "", 10); err != nil || len(got) != 1 {
			t.Errorf("Contestants %+v: %v, %v", f, got, err)
		}
	}
	r := core.Request{ID: "q1", ContestID: "c", ContestantID: "p1", Kind: "correction", Status: core.RequestOpen, Revision: 1}
	must(t, s.InsertRequest(ctx, r))
	r.Revision = 2
	must(t, s.UpdateRequest(ctx, r))
	ask(t)(s.Request(ctx, "q1"))
	ask(t)(s.Requests(ctx, "c", "", "", 10))
	ask(t)(s.Requests(ctx, "c", core.RequestOpen, "", 10))
	ask(t)(s.Requests(ctx, "c", "", "p1", 10))
	ask(t)(s.Requests(ctx, "c", core.RequestOpen, "p1", 10))
	o := core.Organizer{Name: "an", Role: core.FocalPoint, ContestID: "c", Revision: 1}
	must(t, s.InsertOrganizer(ctx, o))
	o.Revision = 2
	must(t, s.UpdateOrganizer(ctx, o))
	ask(t)(s.Organizer(ctx, "an"))
	_, err := s.FocalPointBy(ctx, "c", "none")
	if !core.Is(err, core.NotFound) {
		t.Fatal(err)
	}
	ask(t)(s.Organizers(ctx))
}

func tokenOperations(t *testing.T, s *Store) {
	ctx := t.Context()
	for _, id := range []string{"t1", "t2", "t3"} {
		must(t, s.PutToken(ctx, core.Token{ID: id, Kind: core.TokenSession, ContestID: "c", Subject: "contestant:p1", ExpiresAt: start, Revision: 1}))
	}
	must(t, s.UpdateToken(ctx, core.Token{ID: "t3", Kind: core.TokenSession, Subject: "contestant:p1", ExpiresAt: start, Revision: 2}))
	ask(t)(s.Token(ctx, "t1", start-1))
	ask(t)(s.TryToken(ctx, "t1", 1, start-1))
	_, err := s.TryToken(ctx, "t1", 1, start-1)
	wantCode(t, err, core.Limited)
	ask(t)(s.UseToken(ctx, "t1", start-1))
	_, err = s.UseToken(ctx, "t1", start-1)
	wantCode(t, err, core.NotFound)
	must(t, s.DeleteToken(ctx, "t2"))
	must(t, s.DeleteTokens(ctx, core.TokenSession, "contestant:p1", "t1"))
	_, err = s.Token(ctx, "t3", start-1)
	wantCode(t, err, core.NotFound)
	if n, err := s.DeleteExpiredTokens(ctx, start+1, 10); n != 1 || err != nil {
		t.Errorf("DeleteExpiredTokens: %d, %v", n, err)
	}
}

func attemptOperations(t *testing.T, s *Store) {
	ctx := t.Context()
	a := running("a1", "p1", 1, 3)
	must(t, s.InsertAttempt(ctx, a))
	w := exam.AnswerWrite{AttemptID: "a1", ContestantID: "p1", Index: 1, Choice: 2, Now: start + 1}
	for _, want := range []exam.SaveOutcome{exam.Saved, exam.Saved} {
		if r, err := s.SaveAnswer(ctx, w); err != nil || r.Outcome != want {
			t.Errorf("SaveAnswer: %+v, %v", r, err)
		}
	}
	value := int64(0)
	for range 2 {
		if r, err := s.SavePrediction(ctx, w, &value); err != nil || r.Outcome != exam.Saved {
			t.Errorf("SavePrediction: %+v, %v", r, err)
		}
	}
	ask(t)(s.ExpiredAttempts(ctx, a.Deadline, 10))
	if act, err := s.Activity(ctx, "c", start+1, 5); err != nil || act.Inside != 1 || act.Starts[4] != 1 {
		t.Errorf("Activity: %+v, %v", act, err)
	}
	a, err := s.Attempt(ctx, "p1", "a1")
	must(t, err)
	if a.Writes != 2 || a.Answers[1].Choice != 2 || a.Prediction.Value == nil || a.Paper[2].ID != "q1" || len(a.Paper[2].Order) != 3 {
		t.Errorf("read back %+v", a)
	}
	a.Finish(core.Submitted, start.Add(time.Minute), core.Score{Answered: 1, Correct: 1, Points: 10})
	a.Receipt = "x"
	must(t, s.FinishAttempt(ctx, a))
	wantCode(t, s.FinishAttempt(ctx, a), core.Conflict)
	must(t, s.VoidAttempt(ctx, "p1", "a1", &core.Void{By: "an", At: start, Reason: "thử"}))
	must(t, s.VoidAttempt(ctx, "p1", "a1", nil))
	must(t, s.ImportAttempts(ctx, []core.Attempt{a}))
	ask(t)(s.AttemptByReceipt(ctx, "c", "x"))
	ask(t)(s.AttemptsOf(ctx, "p1", ""))
	ask(t)(s.AttemptsOf(ctx, "p1", "r1"))
	figureOperations(t, s)
}

func figureOperations(t *testing.T, s *Store) {
	ctx := t.Context()
	for _, round := range []string{"", "r1"} {
		p, err := s.Participation(ctx, "c", round)
		must(t, err)
		want := core.Count{People: 1, Attempts: 1, Points: 10}
		if p.Total != want || p.ByBlock["b"] != want || p.ByTop["u1"] != want || p.ByUnit["u1.1"] != want {
			t.Errorf("Participation(%q): %+v", round, p)
		}
		if l, err := s.Leaders(ctx, "c", round, 10); err != nil || len(l) != 1 {
			t.Errorf("Leaders(%q): %v, %v", round, l, err)
		}
	}
	if days, err := s.Days(ctx, "c", 7*3600); err != nil || len(days) != 1 || days[0] != (core.Day{Date: "2023-11-15", NewPeople: 1, Attempts: 1}) {
		t.Errorf("Days: %+v, %v", days, err)
	}
	if top, unit, err := s.Registered(ctx, "c"); err != nil || top["u1"] != 1 || unit["u1.1"] != 1 {
		t.Errorf("Registered: %v %v %v", top, unit, err)
	}
	for _, deep := range []bool{true, false} {
		unit := "u1"
		if deep {
			unit = "u1.1"
		}
		if took, err := s.TookPart(ctx, "c", unit, deep); err != nil || !took["p1"] {
			t.Errorf("TookPart(%s): %v, %v", unit, took, err)
		}
	}
}

func otherOperations(t *testing.T, s *Store) {
	ctx := t.Context()
	must(t, s.PutSnapshot(ctx, core.Snapshot{ID: "board/c/r1", ContestID: "c", At: 2}))
	must(t, s.PutSnapshot(ctx, core.Snapshot{ID: "board/c/r1", At: 1, Data: "old"}))
	if snap, err := s.Snapshot(ctx, "board/c/r1"); err != nil || snap.Data != "" {
		t.Errorf("Snapshot: %+v, %v", snap, err)
	}
	must(t, s.AppendAudit(ctx, core.AuditEntry{Seq: 1, ContestID: "c"}))
	wantCode(t, s.AppendAudit(ctx, core.AuditEntry{Seq: 1}), core.Conflict)
	ask(t)(s.LastAudit(ctx))
	ask(t)(s.AuditAfter(ctx, "", 0, 10))
	ask(t)(s.AuditAfter(ctx, "c", 0, 10))
	must(t, s.PutLink(ctx, core.Link{Code: "abc", ContestID: "c", Kind: "contest"}))
	wantCode(t, s.PutLink(ctx, core.Link{Code: "abd", ContestID: "c", Kind: "contest"}), core.Conflict)
	ask(t)(s.Link(ctx, "abc"))
	ask(t)(s.LinkOf(ctx, "c", "contest", ""))
	ask(t)(s.Links(ctx, "c"))
	must(t, s.AddScans(ctx, "abc", 3, start))
	must(t, s.Claim(ctx, "k", "me", start, start+10))
	wantCode(t, s.Claim(ctx, "k", "you", start, start+10), core.Conflict)
	must(t, s.CompleteClaim(ctx, "k", "me", start))
	wantCode(t, s.Claim(ctx, "k", "me", start+20, start+30), core.Conflict)
	must(t, s.Claim(ctx, "k2", "me", start, start+10))
	must(t, s.ReleaseClaim(ctx, "k2", "me"))
	must(t, s.Claim(ctx, "k2", "you", start, start+10))
	must(t, s.DeleteClaims(ctx, start+100))
}
