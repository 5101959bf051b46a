package catalog_test

import (
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/catalog"
)

// readCounter counts the readings of whole sets.
type readCounter struct {
	*brittleStore
	units, questions int
}

func (s *readCounter) Units(ctx context.Context, id string, set int64) ([]core.Unit, error) {
	s.units++
	return s.brittleStore.Units(ctx, id, set)
}

func (s *readCounter) Questions(ctx context.Context, id string, set int64) ([]core.Question, error) {
	s.questions++
	return s.brittleStore.Questions(ctx, id, set)
}

// TestReloadReadsWhatChanged: a new revision reads only the sets that are new, and a contest that was removed
// and imported again under the same id shows nothing of the old one.
func TestReloadReadsWhatChanged(t *testing.T) {
	t.Parallel()
	w := full(t)
	s := &readCounter{brittleStore: w.store}
	c := catalog.New(s, w.clock, slog.New(slog.DiscardHandler))
	look := func(units, questions int) *catalog.Edition {
		t.Helper()
		if err := c.Reload(t.Context()); err != nil {
			t.Fatal(err)
		}
		if s.units != units || s.questions != questions {
			t.Errorf("units were read %d times, want %d; questions %d, want %d", s.units, units, s.questions, questions)
		}
		e, err := c.Edition(contestID)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	first := look(1, 1)
	look(1, 1) // nothing is new
	w.contest(t, `name: "Đợt 1"`, `name: "Đợt Một"`, "kinds: [huyen]", "kinds: [huyen, xa]")
	second := look(1, 1)
	if r, _ := second.Contest.Round("dot-1"); r.Name != "Đợt Một" || second.Units.Len() != first.Units.Len() || len(second.Bank) != len(first.Bank) {
		t.Errorf("round %q, %d units, %d questions", r.Name, second.Units.Len(), len(second.Bank))
	}
	if _, err := second.Question(t.Context(), second.Bank[0].Ref()); err != nil {
		t.Error(err)
	}
	w.must(t, "questions", strings.Replace(data(t, "questions.csv"), "nào?", "nào nhỉ?", 1))
	look(1, 2)
	w.must(t, "units", strings.Replace(data(t, "units.csv"), "Văn phòng", "Phòng văn", 1))
	look(2, 2)

	again(t, w)
	third := look(3, 3)
	if third.Units.All()[0].Name != "Đơn vị mới" {
		t.Errorf("units of the removed contest: %q", third.Units.All()[0].Name)
	}
}

// again removes the contest and imports it anew, until its sets have the same numbers as before.
func again(t *testing.T, w *world) {
	t.Helper()
	before := w.record(t)
	if err := w.Remove(t.Context(), contestID, "command"); err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	w.now = w.now.Add(time.Second)
	w.mu.Unlock()
	w.contest(t)
	w.must(t, "units", data(t, "units.csv"))
	lines := strings.SplitAfterN(data(t, "units.csv"), "\n", 3)
	first := strings.SplitN(lines[1], ",", 3)
	w.must(t, "units", lines[0]+first[0]+",Đơn vị mới,"+first[2]+lines[2])
	w.must(t, "questions", data(t, "questions.csv"))
	w.must(t, "questions", strings.Replace(data(t, "questions.csv"), "nào?", "nào hả?", 1))
	if r := w.record(t); r.UnitSet != before.UnitSet || r.QuestionSet != before.QuestionSet {
		t.Fatalf("sets %d and %d, want %d and %d", r.UnitSet, r.QuestionSet, before.UnitSet, before.QuestionSet)
	}
}
