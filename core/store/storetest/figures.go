package storetest

import (
	"fmt"
	"testing"

	"duthi/core"
	"duthi/core/store"
)

var figureTests = tests{
	{"participation by unit, level-1 unit and block", figureParticipation},
	{"a person who moved counts once in all, in each unit once", figureMoved},
	{"leaders: each person's best, in order", figureLeaders},
	{"activity of the last minutes", figureActivity},
	{"days of the contest's zone", figureDays},
	{"registered people by unit", figureRegistered},
	{"who of a unit took part", figureTookPart},
	{"snapshots: the newest stays", figureSnapshots},
	{"an empty contest has empty figures", figureEmpty},
}

// put stores attempts that are over, as they are.
func put(t *testing.T, s store.Store, as ...core.Attempt) {
	t.Helper()
	ok(t, s.ImportAttempts(t.Context(), as))
}

// in gives a started in a unit.
func in(a core.Attempt, unit, top, block string) core.Attempt {
	a.UnitCode, a.Unit1Code, a.BlockID = unit, top, block
	return a
}

func figureParticipation(t *testing.T, s store.Store) {
	empty := finished(attempt("c", "r1", "p4", 1), minute, 0)
	empty.Answered = 0
	void := finished(attempt("c", "r1", "p5", 1), minute, 5)
	void.Void = &core.Void{By: "organizer:lan", At: T0, Reason: "x"}
	expired := in(finished(attempt("c", "r2", "p2", 1), minute, 1), "b1", "b", "")
	expired.Status = core.Expired
	put(t, s,
		in(finished(attempt("c", "r1", "p1", 1), minute, 5), "a1", "a", "so"),
		in(finished(attempt("c", "r1", "p1", 2), minute, 2), "a1", "a", "so"),
		in(finished(attempt("c", "r2", "p1", 1), minute, 3), "a1", "a", "so"),
		in(finished(attempt("c", "r1", "p2", 1), minute, 4), "a2", "a", "so"),
		expired,
		in(finished(attempt("c", "r1", "p3", 1), minute, 0), "x", "x", "xa"),
		empty, void,
		finished(attempt("other", "r1", "p6", 1), minute, 5),
	)
	ok(t, s.InsertAttempt(ctx(t), attempt("c", "r1", "p7", 1))) // runs
	n := func(people, attempts, correct int64) core.Count {
		return core.Count{People: people, Attempts: attempts, Points: 2 * correct}
	}
	same(t, must(s.Participation(ctx(t), "c", ""))(t), core.Participation{
		Total:   n(3, 6, 15),
		ByBlock: map[string]core.Count{"so": n(2, 4, 14), "xa": n(1, 1, 0)},
		ByTop:   map[string]core.Count{"a": n(2, 4, 14), "b": n(1, 1, 1), "x": n(1, 1, 0)},
		ByUnit:  map[string]core.Count{"a1": n(1, 3, 10), "a2": n(1, 1, 4), "b1": n(1, 1, 1), "x": n(1, 1, 0)},
	})
	same(t, must(s.Participation(ctx(t), "c", "r1"))(t), core.Participation{
		Total:   n(3, 4, 11),
		ByBlock: map[string]core.Count{"so": n(2, 3, 11), "xa": n(1, 1, 0)},
		ByTop:   map[string]core.Count{"a": n(2, 3, 11), "x": n(1, 1, 0)},
		ByUnit:  map[string]core.Count{"a1": n(1, 2, 7), "a2": n(1, 1, 4), "x": n(1, 1, 0)},
	})
}

func figureMoved(t *testing.T, s store.Store) {
	put(t, s,
		in(finished(attempt("c", "r1", "p1", 1), minute, 1), "a1", "a", "so"),
		in(finished(attempt("c", "r1", "p1", 2), minute, 1), "a2", "a", "so"),
		in(finished(attempt("c", "r1", "p1", 3), minute, 1), "b1", "b", "so"),
		in(finished(attempt("c", "r2", "p1", 1), minute, 1), "b1", "b", "xa"), // the unit changed its block
		in(finished(attempt("c", "r2", "p2", 1), minute, 1), "b1", "b", "xa"),
	)
	n := func(people, attempts int64) core.Count {
		return core.Count{People: people, Attempts: attempts, Points: 2 * attempts}
	}
	same(t, must(s.Participation(ctx(t), "c", ""))(t), core.Participation{
		Total:   n(2, 5),
		ByBlock: map[string]core.Count{"so": n(1, 3), "xa": n(2, 2)},
		ByTop:   map[string]core.Count{"a": n(1, 2), "b": n(2, 3)},
		ByUnit:  map[string]core.Count{"a1": n(1, 1), "a2": n(1, 1), "b1": n(2, 3)},
	})
	same(t, must(s.Participation(ctx(t), "c", "r1"))(t), core.Participation{
		Total:   n(1, 3),
		ByBlock: map[string]core.Count{"so": n(1, 3)},
		ByTop:   map[string]core.Count{"a": n(1, 2), "b": n(1, 1)},
		ByUnit:  map[string]core.Count{"a1": n(1, 1), "a2": n(1, 1), "b1": n(1, 1)},
	})
}

func figureLeaders(t *testing.T, s store.Store) {
	at := func(person string, ordinal, correct int, seconds, start core.Instant) core.Attempt {
		a := attempt("c", "r1", person, ordinal)
		a.StartedAt = T0 + start
		a.Answers[0], a.Writes = core.Answer{Choice: 1, Rev: 1, At: T0}, 1
		v := int64(7)
		a.Prediction = core.Prediction{Value: &v, Rev: 1}
		return finished(a, seconds*1000, correct)
	}
	void := at("p9", 1, 5, 1, 0)
	void.Void = &core.Void{By: "x", At: T0, Reason: "x"}
	ok(t, s.InsertAttempt(ctx(t), attempt("c", "r1", "p8", 1)))
	put(t, s, void,
		at("p1", 1, 4, 60, 0), at("p1", 2, 5, 90, 0), at("p1", 3, 5, 91, 0),
		at("p2", 1, 5, 90, -1), // submitted a moment earlier
		at("p3", 1, 5, 60, 0),
		at("p4", 1, 3, 10, 0), at("p4", 2, 3, 10, 0), // the same in all but id
		at("p5", 1, 0, 10, 0),
	)
	other := at("p6", 1, 5, 1, 0)
	other.RoundID = "r2"
	put(t, s, other)
	var want []core.Attempt
	for _, a := range []core.Attempt{at("p3", 1, 5, 60, 0), at("p2", 1, 5, 90, -1), at("p1", 2, 5, 90, 0), at("p4", 1, 3, 10, 0), at("p5", 1, 0, 10, 0)} {
		a.Paper, a.Answers, a.Prediction, a.Writes = nil, nil, core.Prediction{}, 0
		want = append(want, a)
	}
	same(t, must(s.Leaders(ctx(t), "c", "r1", 10))(t), want)
	same(t, must(s.Leaders(ctx(t), "c", "r1", 3))(t), want[:3])
}

func figureActivity(t *testing.T, s store.Store) {
	now := T0 + 60*minute
	for i, age := range []core.Instant{0, 1, minute - 1, minute, 2*minute + 5, 3*minute - 1, 3 * minute, -1} {
		a := attempt("c", "r1", fmt.Sprint("p", i), 1)
		a.StartedAt, a.Deadline = now-age, now-age+2*minute
		ok(t, s.InsertAttempt(ctx(t), a))
	}
	over := finished(attempt("c", "r1", "q", 1), minute, 1)
	over.StartedAt, over.Deadline = now-5, now+minute
	put(t, s, over)
	ok(t, s.InsertAttempt(ctx(t), attempt("other", "r1", "q2", 1)))
	// Inside: ages below two minutes, and the one that starts in a moment. A deadline of now is over.
	same(t, must(s.Activity(ctx(t), "c", now, 3))(t), core.Activity{Inside: 5, Starts: []int64{2, 1, 4}})
	same(t, must(s.Activity(ctx(t), "c", now, 1))(t), core.Activity{Inside: 5, Starts: []int64{4}})
}

func figureDays(t *testing.T, s store.Store) {
	const hour = 60 * minute
	at := func(person string, ordinal int, start core.Instant) core.Attempt {
		a := attempt("c", "r1", person, ordinal)
		a.StartedAt = start
		return finished(a, minute, 1)
	}
	put(t, s, // T0 is 07:00 on 1 October in UTC+7
		at("p1", 1, T0), at("p2", 1, T0+17*hour-1), at("p1", 2, T0+17*hour), at("p3", 1, T0+18*hour),
		at("p2", 2, T0+100*hour), at("p4", 1, T0-8*hour),
	)
	ok(t, s.InsertAttempt(ctx(t), attempt("c", "r1", "p9", 1)))
	same(t, must(s.Days(ctx(t), "c", 7*3600))(t), []core.Day{
		{Date: "2023-09-30", NewPeople: 1, Attempts: 1},
		{Date: "2023-10-01", NewPeople: 2, Attempts: 2},
		{Date: "2023-10-02", NewPeople: 1, Attempts: 2},
		{Date: "2023-10-05", Attempts: 1},
	})
	same(t, must(s.Days(ctx(t), "c", -8*3600))(t), []core.Day{
		{Date: "2023-09-30", NewPeople: 2, Attempts: 2},
		{Date: "2023-10-01", NewPeople: 2, Attempts: 3},
		{Date: "2023-10-04", Attempts: 1},
	})
}

func figureRegistered(t *testing.T, s store.Store) {
	for i, u := range []string{"a1", "a1", "a2", core.OtherUnit} {
		p := person("c", i)
		p.UnitCode, p.Unit1Code = u, "a"
		if u == core.OtherUnit {
			p.Unit1Code = u
		}
		ok(t, s.InsertContestant(ctx(t), p))
	}
	for i, status := range []string{core.Withdrawn, core.Locked, core.Erased} {
		p := person("c", 10+i)
		p.UnitCode, p.Unit1Code, p.Status = "a1", "a", status
		ok(t, s.InsertContestant(ctx(t), p))
	}
	ok(t, s.InsertContestant(ctx(t), person("other", 1)))
	byTop, byUnit, err := s.Registered(ctx(t), "c")
	ok(t, err)
	same(t, byTop, map[string]int64{"a": 3, core.OtherUnit: 1})
	same(t, byUnit, map[string]int64{"a1": 2, "a2": 1, core.OtherUnit: 1})
}

func figureTookPart(t *testing.T, s store.Store) {
	for i, u := range []string{"a1", "a1", "a2", "b1", "a1"} {
		p := person("c", i)
		p.UnitCode, p.Unit1Code = u, u[:1]
		ok(t, s.InsertContestant(ctx(t), p))
	}
	id := func(i int) string { return person("c", i).ID }
	put(t, s,
		in(finished(attempt("c", "r1", id(0), 1), minute, 1), "a1", "a", ""),
		in(finished(attempt("c", "r2", id(0), 1), minute, 1), "a1", "a", ""),
		in(finished(attempt("c", "r1", id(2), 1), minute, 1), "b9", "b", ""), // moved since
		in(finished(attempt("c", "r1", id(3), 1), minute, 1), "a1", "a", ""), // moved away
	)
	void := finished(attempt("c", "r1", id(4), 1), minute, 1)
	void.Void = &core.Void{By: "x", At: T0, Reason: "x"}
	put(t, s, void)
	ok(t, s.InsertAttempt(ctx(t), attempt("c", "r1", id(1), 1)))
	same(t, must(s.TookPart(ctx(t), "c", "a1", true))(t), map[string]bool{id(0): true})
	same(t, must(s.TookPart(ctx(t), "c", "a", false))(t), map[string]bool{id(0): true, id(2): true})
	same(t, must(s.TookPart(ctx(t), "c", "b", false))(t), map[string]bool{id(3): true})
	same(t, must(s.TookPart(ctx(t), "other", "a", false))(t), map[string]bool{})
}

func figureSnapshots(t *testing.T, s store.Store) {
	_, err := s.Snapshot(ctx(t), "c/board")
	code(t, err, core.NotFound)
	for _, at := range []core.Instant{5, 9, 7, 9} {
		ok(t, s.PutSnapshot(ctx(t), core.Snapshot{ID: "c/board", ContestID: "c", At: T0 + at, Data: fmt.Sprintf(`{"at":%d}`, at), Revision: 4}))
	}
	same(t, must(s.Snapshot(ctx(t), "c/board"))(t), core.Snapshot{ID: "c/board", ContestID: "c", At: T0 + 9, Data: `{"at":9}`, Revision: 4})
	together(20, func(i int) error {
		return s.PutSnapshot(t.Context(), core.Snapshot{ID: "c/race", At: core.Instant(1 + i*7%20)})
	})
	same(t, must(s.Snapshot(ctx(t), "c/race"))(t).At, core.Instant(20))
}

func figureEmpty(t *testing.T, s store.Store) {
	same(t, must(s.Participation(ctx(t), "c", ""))(t), core.Participation{})
	same(t, must(s.Participation(ctx(t), "c", "r1"))(t), core.Participation{})
	same(t, must(s.Leaders(ctx(t), "c", "r1", 10))(t), []core.Attempt{})
	same(t, must(s.Activity(ctx(t), "c", T0, 2))(t), core.Activity{Starts: []int64{0, 0}})
	same(t, must(s.Days(ctx(t), "c", 25200))(t), []core.Day{})
	byTop, byUnit, err := s.Registered(ctx(t), "c")
	ok(t, err)
	same(t, len(byTop)+len(byUnit), 0)
	same(t, must(s.TookPart(ctx(t), "c", "a", true))(t), map[string]bool{})
}
