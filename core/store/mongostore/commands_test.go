package mongostore

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/exam"
)

// TestCommandsPerOperation counts what the exam service costs the database: the commands of each operation as
// the driver sends them.
func TestCommandsPerOperation(t *testing.T) {
	t.Parallel()
	s, log := openWatched(t)
	ctx, ed := t.Context(), edition()
	an := core.Contestant{ID: "p1", ContestID: "c", Status: core.Active, FullName: "Nguyễn Thị An", UnitCode: "u1", Unit1Code: "u1"}
	must(t, s.InsertContestant(ctx, an))
	ex, err := exam.New(exam.Config{Attempts: s, Figures: s, Claims: s, Secret: []byte(strings.Repeat("k", 32)), Log: slog.New(slog.DiscardHandler),
		Edition: func(context.Context, string) (*exam.Edition, error) { return ed, nil }, Person: s.Contestant})
	must(t, err)
	log.take()

	var a core.Attempt
	save := func(index, option, seen int) error {
		_, err := ex.Save(ctx, ed, exam.AnswerInput{AttemptID: a.ID, ContestantID: an.ID, Index: index, Shown: []int{option}, Seen: seen}, start+1)
		return err
	}
	steps := []struct {
		name string
		do   func() error
		want []string
	}{
		{"start", func() (err error) { a, _, err = ex.Start(ctx, ed, an, "r1", start); return err }, []string{"find attempts", "insert attempts"}},
		{"save", func() error { return save(0, 1, 0) }, []string{"update attempts"}},
		{"save from a second device", func() error { return save(0, 0, 0) }, []string{"update attempts", "find attempts"}},
		{"open", func() error { _, err := ex.Open(ctx, ed, an.ID, a.ID, start+2); return err }, []string{"find attempts"}},
		{"submit and see the result", func() error { _, err := ex.Submit(ctx, ed, an.ID, a.ID, start+3); return err }, []string{"find attempts", "update attempts", "find attempts"}},
		{"unit table, computed", func() error { _, err := ex.Participation(ctx, ed, "r1", start+4); return err }, snapshot("aggregate attempts")},
		{"unit table again", func() error { _, err := ex.Participation(ctx, ed, "r1", start+5); return err }, nil},
		{"board, computed", func() error { _, err := ex.Board(ctx, ed, "r1", start+6); return err }, snapshot("find attempts", "find contestants")},
		{"board again", func() error { _, err := ex.Board(ctx, ed, "r1", start+7); return err }, nil},
	}
	for _, step := range steps {
		if err := step.do(); err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		got := names(log.take())
		if !slices.Equal(got, step.want) {
			t.Errorf("%s: %d commands %q, want %q", step.name, len(got), got, step.want)
		}
		t.Logf("%s: %d (%s)", step.name, len(got), strings.Join(got, ", "))
	}
}

// snapshot gives the commands of a live table that is computed, which one process does every 30 seconds.
func snapshot(queries ...string) []string {
	return slices.Concat([]string{"find snapshots", "update claims"}, queries, []string{"update snapshots", "delete claims"})
}

// edition is a small contest whose round is open.
func edition() *exam.Edition {
	c := &core.Contest{ID: "c", Timezone: "Asia/Ho_Chi_Minh", Rounds: []core.Round{{ID: "r1", Start: start, End: start.Add(time.Hour)}},
		Quiz: core.Quiz{Questions: 3, DurationMinutes: 15, AttemptsPerRound: 2, PointsPerAnswer: 10, RevealAnswers: "after_round"}}
	ed := &exam.Edition{Contest: c, Loc: c.Location(), Units: core.NewUnitTree([]core.Unit{{ContestID: "c", Code: "u1", Name: "Sở Y tế", Headcount: 10}}, nil)}
	for _, id := range []string{"q1", "q2", "q3", "q4"} {
		ed.Bank = append(ed.Bank, core.Question{ContestID: "c", ID: id, Version: 1, Kind: core.Single, Text: id, Options: []string{"A", "B"}, Correct: 1})
	}
	ed.Question = func(_ context.Context, ref core.QuestionRef) (core.Question, error) {
		i := slices.IndexFunc(ed.Bank, func(q core.Question) bool { return q.Ref() == ref })
		if i < 0 {
			return core.Question{}, notFound()
		}
		return ed.Bank[i], nil
	}
	return ed
}
