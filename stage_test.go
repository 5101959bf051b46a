package main

import (
	"bytes"
	"context"
	"os"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/contestfile"
)

// stageContest puts the example contest into a store that has none, moved by whole days so that its third round
// ends four days from now.
func stageContest(tb testing.TB, s *services) {
	tb.Helper()
	if len(s.catalog.All()) > 0 {
		return
	}
	ctx := context.Background()
	file, err := os.Open("core/contestfile/testdata/contest.yaml")
	must(tb, err)
	defer file.Close()
	ct, err := contestfile.ParseContest(file, "contest.yaml")
	must(tb, err)
	days := time.Duration((core.At(time.Now()).Sub(ct.Rounds[2].End)/(24*time.Hour))+5) * 24 * time.Hour
	ct.Period.Start, ct.Period.End = ct.Period.Start.Add(days), ct.Period.End.Add(days)
	for i := range ct.Rounds {
		ct.Rounds[i].Start, ct.Rounds[i].End = ct.Rounds[i].Start.Add(days), ct.Rounds[i].End.Add(days)
	}
	now := core.At(time.Now())
	var list contestfile.FaultList
	var questions []core.Question
	for q, err := range table(tb, "core/contestfile/testdata/questions.csv").Questions(&list) {
		must(tb, err)
		q.Value.ContestID, q.Value.Set, q.Value.Version = ct.ID, 1, 1
		questions = append(questions, q.Value)
	}
	var units []core.Unit
	for u, err := range table(tb, "core/contestfile/testdata/units.csv").Units(&list) {
		must(tb, err)
		u.Value.ContestID, u.Value.Set = ct.ID, 1
		units = append(units, u.Value)
	}
	must(tb, list.Err())
	must(tb, s.store.StageQuestions(ctx, questions))
	must(tb, s.store.StageUnits(ctx, units))
	must(tb, s.store.SaveContest(ctx, core.ContestRecord{ID: ct.ID, Contest: *ct, QuestionSet: 1, UnitSet: 1, ActivatedAt: now, ImportedAt: now, Sample: true, Revision: 1}))
	must(tb, s.catalog.Reload(ctx))
}

func table(tb testing.TB, path string) *contestfile.Table {
	tb.Helper()
	data, err := os.ReadFile(path)
	must(tb, err)
	t, err := contestfile.OpenTable(bytes.NewReader(data), int64(len(data)), path)
	must(tb, err)
	return t
}
