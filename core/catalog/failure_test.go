package catalog_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"duthi/core"
	"duthi/core/catalog"
	"duthi/core/contestfile"
)

// TestNothingUnlessAll: a fault in the last row, a store that fails in the middle or at the switch leave the
// contest as it was, and the next import works.
func TestNothingUnlessAll(t *testing.T) {
	t.Parallel()
	w := full(t)
	before := w.record(t)
	next := strings.Replace(data(t, "questions.csv"), "nào?", "nào nhỉ?", 20)
	_, err := w.file(t, "questions", next+"q-last,t,1,single,Hỏi?,A,B,,,,,C,,\n")
	var faults contestfile.Faults
	if !errors.As(err, &faults) || faults[0].Row != 199 {
		t.Errorf("faulty: %v", err)
	}
	w.store.failStage, w.store.stages = 1, 0
	if _, err := w.file(t, "questions", next); err == nil {
		t.Error("a failing stage was not noticed")
	}
	w.store.failStage, w.store.failSave = 0, core.Errorf(core.Unavailable, "x")
	if _, err := w.file(t, "questions", next); !core.Is(err, core.Unavailable) {
		t.Errorf("failing switch: %v", err)
	}
	w.store.failSave = nil
	if d := cmp.Diff(before, w.record(t)); d != "" {
		t.Errorf("the record changed\n%s", d)
	}
	if left, err := w.store.Questions(t.Context(), contestID, before.QuestionSet+1); err != nil || len(left) > 0 {
		t.Errorf("%d staged rows were left, %v", len(left), err)
	}
	if r := w.must(t, "questions", next); r.Changed == 0 || w.record(t).QuestionSet != before.QuestionSet+1 {
		t.Errorf("next import: %+v", r)
	}
}

// TestLeftovers: rows that a killed import staged don't get into the next one.
func TestLeftovers(t *testing.T) {
	t.Parallel()
	w := full(t)
	rec := w.record(t)
	stray := core.Question{ContestID: contestID, Set: rec.QuestionSet + 1, ID: "stray", Version: 1, Kind: core.Single, Text: "?", Options: []string{"a", "b"}, Correct: 1}
	if err := w.store.StageQuestions(t.Context(), []core.Question{stray}); err != nil {
		t.Fatal(err)
	}
	w.must(t, "questions", strings.Replace(data(t, "questions.csv"), "nào?", "nào nhỉ?", 1))
	bank, err := w.store.Questions(t.Context(), contestID, w.record(t).QuestionSet)
	if err != nil || len(bank) != 197 {
		t.Errorf("%d questions, %v", len(bank), err)
	}
}

func TestDryRun(t *testing.T) {
	t.Parallel()
	w := full(t)
	before := w.record(t)
	tab, err := contestfile.OpenTable(strings.NewReader(rosterFile), int64(len(rosterFile)), "r.csv")
	if err != nil {
		t.Fatal(err)
	}
	r, err := w.ImportRoster(t.Context(), contestID, tab, catalog.How{By: "command", DryRun: true})
	if err != nil || r.Added != 3 || !strings.HasPrefix(r.String(), "Xem trước, chưa nhập. Thêm 3") {
		t.Errorf("%+v %v", r, err)
	}
	if d := cmp.Diff(before, w.record(t)); d != "" {
		t.Errorf("a dry run changed the record\n%s", d)
	}
}

// TestOneImportAtATime: of many at once, each is either done whole or told that another runs.
func TestOneImportAtATime(t *testing.T) {
	t.Parallel()
	w := full(t)
	var wg sync.WaitGroup
	done := make([]error, 8)
	for i := range done {
		wg.Go(func() {
			_, done[i] = w.file(t, "questions", strings.Replace(data(t, "questions.csv"), "nào?", fmt.Sprintf("nào (%d)?", i), 30))
		})
	}
	wg.Wait()
	won := 0
	for i, err := range done {
		switch {
		case err == nil:
			won++
		case !core.Is(err, core.Conflict):
			t.Errorf("import %d: %v", i, err)
		}
	}
	bank, err := w.store.Questions(t.Context(), contestID, w.record(t).QuestionSet)
	if err != nil || len(bank) != 197 || won == 0 {
		t.Fatalf("%d won, %d questions, %v", won, len(bank), err)
	}
	marks := map[string]bool{}
	for _, q := range bank {
		if _, mark, ok := strings.Cut(q.Text, "nào ("); ok {
			marks[mark[:1]] = true
		}
	}
	if len(marks) != 1 || w.record(t).QuestionSet != 1+int64(won) {
		t.Errorf("the bank is a mix of imports %v; set %d after %d imports", marks, w.record(t).QuestionSet, won)
	}
}
