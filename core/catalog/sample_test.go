package catalog_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/catalog"
)

var ict = time.FixedZone("", 7*3600)

// TestSampleDates loads the sample at moments around midnight and the turn of a year.
func TestSampleDates(t *testing.T) {
	t.Parallel()
	for _, now := range []time.Time{
		time.Date(2023, 11, 11, 0, 0, 0, 0, ict), time.Date(2023, 11, 11, 23, 59, 59, 0, ict), time.Date(2026, 12, 30, 8, 0, 0, 0, ict),
		time.Date(2024, 2, 27, 23, 0, 0, 0, time.UTC), time.Date(2020, 1, 1, 0, 0, 0, 0, ict),
	} {
		c, err := catalog.SampleContest(core.At(now))
		if err != nil {
			t.Fatal(err)
		}
		day := now.In(ict).AddDate(0, 0, 4)
		if got := c.Rounds[2].End.Time(ict); got != time.Date(day.Year(), day.Month(), day.Day()+1, 0, 0, 0, 0, ict) {
			t.Errorf("%v: round 3 ends %v", now, got)
		}
		if !c.Rounds[2].Open(core.At(now)) || c.Organizer.Plan.Date != "2023-07-06" {
			t.Errorf("%v: %+v, plan of %s", now, c.Rounds[2], c.Organizer.Plan.Date)
		}
		text := fmt.Sprint(c.Rules, c.Materials, c.Notices)
		first, last := c.Period.Start.Time(ict), c.Period.End.Add(-time.Second).Time(ict)
		for _, want := range []string{
			"từ 00 giờ 00 ngày " + first.Format("02/01/2006"), "giây ngày " + last.Format("02/01/2006") + ".",
			"Đợt 3 từ " + c.Rounds[2].Start.Time(ict).Format("02/01/2006") + " đến hết " + day.Format("02/01/2006"), "ngày 15/7/2021", "ngày 06/7/2023",
		} {
			if !strings.Contains(text, want) {
				t.Errorf("%v: no %q", now, want)
			}
		}
		if strings.Contains(text, "{{") || strings.Contains(text, "}}") {
			t.Errorf("%v: braces are left", now)
		}
		if now.Year() == 2026 && regexp.MustCompile(`(01|15|16|30|31)/1[0-2]/2023|01/2024`).MatchString(text) {
			t.Errorf("a date of the contest stayed behind: %v", regexp.MustCompile(`.{30}/1[0-2]/2023`).FindAllString(text, -1))
		}
	}
}

func loadSample(t *testing.T, w *world) {
	t.Helper()
	err := w.LoadSample(t.Context(), catalog.Sample{People: w.store, Receipt: func(a *core.Attempt) string { return a.ID[:12] }}, "system")
	if err != nil {
		t.Fatal(err)
	}
}

func TestSample(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.now = time.Date(2026, 12, 30, 8, 0, 0, 0, ict)
	loadSample(t, w)
	loadSample(t, w) // the second time nothing happens
	rec, err := w.store.ContestRecord(t.Context(), catalog.SampleID)
	if err != nil || !rec.Sample || rec.Revision != 1 || rec.ActivatedAt == 0 {
		t.Fatalf("%+v %v", rec, err)
	}
	units, err := w.store.Units(t.Context(), rec.ID, rec.UnitSet)
	if err != nil {
		t.Fatal(err)
	}
	tree := core.NewUnitTree(units, rec.Contest.Blocks())
	whole, err := w.store.Participation(t.Context(), rec.ID, "")
	if err != nil {
		t.Fatal(err)
	}
	reached, blocks := 0, 0
	for code, n := range whole.ByTop {
		if u, _ := tree.Unit(code); n.People > int64(u.Headcount) {
			t.Errorf("%d of %d people of %s took part", n.People, u.Headcount, code)
		} else if n.People*100 >= 80*int64(u.Headcount) {
			reached++
		}
	}
	for range whole.ByBlock {
		blocks++
	}
	t.Logf("%d people, %d attempts, %d units reached the target", whole.Total.People, whole.Total.Attempts, reached)
	if whole.Total.People < 250 || whole.Total.Attempts < 500 || reached < 4 || blocks != 4 || len(whole.ByTop) < 12 {
		t.Errorf("%+v; %d units reached the target", whole, reached)
	}
	for _, round := range []string{"dot-1", "dot-2", "dot-3"} {
		p, err := w.store.Participation(t.Context(), rec.ID, round)
		if err != nil || p.Total.People < 60 {
			t.Errorf("%s: %+v %v", round, p.Total, err)
		}
		average := float64(p.Total.Points) / float64(max(1, p.Total.Attempts))
		if average < 60 || average > 95 {
			t.Errorf("%s: %f points on average", round, average)
		}
	}
}

// TestSampleIsSound checks every person and attempt of the sample against the rules they are supposed to have
// been made by.
func TestSampleIsSound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.now = time.Date(2026, 12, 30, 8, 0, 0, 0, ict)
	loadSample(t, w)
	now := core.At(w.now)
	rec, err := w.store.ContestRecord(t.Context(), catalog.SampleID)
	if err != nil {
		t.Fatal(err)
	}
	bank, err := w.store.Questions(t.Context(), rec.ID, 1)
	if err != nil {
		t.Fatal(err)
	}
	pool, _ := core.SplitPractice(bank, rec.Contest.Quiz)
	correct := map[core.QuestionRef]core.OptionSet{}
	for _, q := range bank {
		correct[q.Ref()] = q.Correct
	}
	statuses := map[core.AttemptStatus]int{}
	for _, p := range everybody(t, w, rec.ID) {
		if !p.Sample || p.PasswordHash != "" || p.CreatedAt > now || p.FullName == "" {
			t.Errorf("%+v", p)
		}
		as, err := w.store.AttemptsOf(t.Context(), p.ID, "")
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range as {
			statuses[a.Status]++
			r, _ := rec.Contest.Round(a.RoundID)
			if !a.Sample || !a.Valid() || !r.Open(a.StartedAt) || a.StartedAt < p.CreatedAt || a.SubmittedAt > now || a.SubmittedAt > a.Deadline || a.Deadline > r.End || a.Receipt == "" || a.BlockID == "" {
				t.Fatalf("%+v", a)
			}
			if d := cmp.Diff(core.DrawPaper(pool, rec.Contest.Quiz, a.Seed), a.Paper); d != "" {
				t.Fatalf("the paper isn't what its seed draws\n%s", d)
			}
			want := make([]core.OptionSet, len(a.Paper))
			for i, x := range a.Paper {
				want[i] = correct[x.QuestionRef]
			}
			if s := core.ScoreAnswers(a.Answers, want, 5, 100); s != (core.Score{Answered: a.Answered, Correct: a.Correct, Points: a.Points}) {
				t.Fatalf("scored %+v, stored %+v", s, a)
			}
		}
	}
	if statuses[core.Submitted] < 400 || statuses[core.Expired] == 0 {
		t.Errorf("%v", statuses)
	}
}

func everybody(t *testing.T, w *world, contest string) []core.Contestant {
	t.Helper()
	ps, err := w.store.Contestants(t.Context(), contest, account.PeopleFilter{}, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	return ps
}

// TestSampleIsReproducible: two loads at one moment give the same people and attempts, but for what is sealed.
func TestSampleIsReproducible(t *testing.T) {
	t.Parallel()
	var all [2][]core.Contestant
	for i := range all {
		w := newWorld(t)
		loadSample(t, w)
		all[i] = everybody(t, w, catalog.SampleID)
		for j := range all[i] {
			all[i][j].Phone.Value, all[i][j].NationalID.Value = "", ""
		}
	}
	if d := cmp.Diff(all[0], all[1]); d != "" || len(all[0]) != 300 {
		t.Errorf("%d people, %.500s", len(all[0]), d)
	}
}

// TestSampleAfterKill: what a killed load left doesn't stand in the way; a real contest takes the sample's place
// and the sample goes by one command.
func TestSampleAfterKill(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.store.failSave = core.Errorf(core.Unavailable, "killed")
	err := w.LoadSample(t.Context(), catalog.Sample{People: w.store}, "system")
	if !core.Is(err, core.Unavailable) {
		t.Fatal(err)
	}
	if heads, err := w.store.ContestHeads(t.Context()); err != nil || len(heads) > 0 {
		t.Errorf("half a sample is seen: %v %v", heads, err)
	}
	w.store.failSave = nil
	loadSample(t, w)
	if r := w.contest(t); !strings.Contains(r.String(), "cuộc thi đang chạy") {
		t.Errorf("%s", r)
	}
	if heads, err := w.store.ContestHeads(t.Context()); err != nil || heads[0].ID != contestID {
		t.Errorf("%v %v", heads, err)
	}
	if err := w.RemoveSample(t.Context(), "command"); err != nil {
		t.Fatal(err)
	}
	if ps := everybody(t, w, catalog.SampleID); len(ps) > 0 {
		t.Errorf("%d people are left", len(ps))
	}
}

func BenchmarkLoadSample(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		w := newWorld(b)
		b.StartTimer()
		if err := w.LoadSample(b.Context(), catalog.Sample{People: w.store}, "system"); err != nil {
			b.Fatal(err)
		}
	}
}
