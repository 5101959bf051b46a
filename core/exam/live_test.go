package exam_test

import (
	"encoding/json"
	"strings"
	"testing"

	"duthi/core"
	"duthi/core/exam"
)

func TestParticipationIsShared(t *testing.T) { eachStore(t, participationIsShared) }

func participationIsShared(t *testing.T, w *world) {
	other := w.another(t)
	at := exam.FirstDay
	w.take(t, w.contestant("Nguyễn Thị An", "SNV-VP"), at, exam.Minute, 3, 0)

	people := func(s *exam.Service, now core.Instant) (n int64, computed core.Instant) {
		t.Helper()
		p, err := s.Participation(t.Context(), w.ed, "", now)
		ok(t, err)
		return p.Total.People, p.At
	}
	t1 := at + 10*exam.Minute
	together(50, func(i int) {
		s := []*exam.Service{w.Service, other}[i%2]
		if n, computed := people(s, t1); n != 1 || computed != t1 {
			t.Errorf("%d people, computed at %d", n, computed)
		}
	})
	if n := w.store.participations.Load(); n > 2 { // each process at most once; the second waits for nobody on a cold start
		t.Errorf("computed %d times", n)
	}
	w.take(t, w.contestant("Trần Văn Bình", "SYT"), at, exam.Minute, 3, 0)
	before := w.store.participations.Load()
	if n, computed := people(w.Service, t1+29_999); n != 1 || computed != t1 {
		t.Errorf("%d people, computed at %d: before 30 s", n, computed)
	}
	if n, computed := people(w.Service, t1+30_000); n != 2 || computed != t1+30_000 {
		t.Errorf("%d people, computed at %d: after 30 s", n, computed)
	}
	if n, computed := people(other, t1+40_000); n != 2 || computed != t1+30_000 {
		t.Errorf("the other process has %d people, computed at %d", n, computed)
	}
	if n := w.store.participations.Load() - before; n != 1 {
		t.Errorf("computed %d times", n)
	}

	// While another process is at it, the last table is shown.
	ok(t, w.store.Claim(t.Context(), "table:participation:thu:", "somebody", t1+60_000, t1+80_000))
	if n, computed := people(w.Service, t1+61_000); n != 2 || computed != t1+30_000 {
		t.Errorf("%d people, computed at %d", n, computed)
	}
	if _, computed := people(w.Service, t1+81_000); computed != t1+81_000 {
		t.Errorf("a process that died at it stops the table at %d", computed)
	}
	_, err := w.Participation(t.Context(), w.ed, "dot-9", t1)
	wantCode(t, err, core.NotFound)
}

// The pages outlive the database: what was computed last is shown with its time.
func TestTablesOutliveTheDatabase(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at := exam.FirstDay
	w.take(t, w.contestant("Nguyễn Thị An", "SNV-VP"), at, exam.Minute, 3, 0)
	t1 := at + 10*exam.Minute
	ok(t, w.Warm(t.Context(), w.ed, t1))
	ok(t, w.store.Close())

	for _, now := range []core.Instant{t1 + exam.Minute, t1 + exam.Minute + 1, t1 + 60*exam.Minute} {
		p, err := w.Participation(t.Context(), w.ed, "dot-1", now)
		if err != nil || p.At != t1 || p.Total.People != 1 {
			t.Fatalf("participation: %+v, %v", p, err)
		}
		b, err := w.Board(t.Context(), w.ed, "dot-1", now)
		if err != nil || b.At != t1 || len(b.Bands) != 1 {
			t.Fatalf("board: %+v, %v", b, err)
		}
	}
	if _, err := w.another(t).Board(t.Context(), w.ed, "dot-1", t1); err == nil {
		t.Fatal("a process that never saw the board shows one")
	}
}

func TestBoardGivesNothingAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at := exam.FirstDay
	for i, name := range []string{"Phạm Thị Giang", "Nguyễn Thị An", "Trần Văn Bình", "Lê Ba"} {
		w.take(t, w.contestant(name, "SNV-VP"), at, core.Instant(i+1)*exam.Minute, 20-i, i)
	}
	gone := w.contestant("Hoàng Thị Én", core.OtherUnit)
	w.take(t, gone, at, exam.Minute, 1, 0)
	delete(w.people, gone.ID)

	b, err := w.Board(t.Context(), w.ed, "dot-1", at+10*exam.Minute)
	ok(t, err)
	var lines []string
	for _, e := range b.Bands[0].Entries {
		lines = append(lines, e.Name+", "+e.Unit)
	}
	want := "Lê B., Sở Nội vụ|Người dự thi, Đơn vị khác|Nguyễn T. A., Sở Nội vụ|Phạm T. G., Sở Nội vụ|Trần V. B., Sở Nội vụ"
	if got := strings.Join(lines, "|"); got != want || b.People != 5 || b.Attempts != 5 {
		t.Errorf("board %s, %+v", got, b)
	}
	data, err := json.Marshal(b)
	ok(t, err)
	for _, secret := range []string{"correct", "points", "duration", "Giang", "\"rank"} {
		if strings.Contains(string(data), secret) {
			t.Errorf("the board holds %q: %s", secret, data)
		}
	}
	_, err = w.Board(t.Context(), w.ed, "dot-9", at)
	wantCode(t, err, core.NotFound)
}

func TestDashboard(t *testing.T) { eachStore(t, dashboard) }

func dashboard(t *testing.T, w *world) {
	at := exam.FirstDay
	w.take(t, w.contestant("Nguyễn Thị An", "SNV-VP"), at, exam.Minute, 3, 0)
	now := at + exam.Day + 9*exam.Minute
	c := w.contestant("Trần Văn Bình", "SYT")
	_, _, err := w.Start(t.Context(), w.ed, c, "dot-2", now-2*exam.Minute)
	ok(t, err)

	d, err := w.Dashboard(t.Context(), w.ed, now)
	ok(t, err)
	if d.Activity.Inside != 1 || len(d.Activity.Starts) != 30 || d.Activity.Starts[27]+d.Activity.Starts[28] != 1 {
		t.Errorf("activity %+v", d.Activity)
	}
	if len(d.Days) != 2 || d.Days[0] != (core.Day{Date: "2023-10-01", NewPeople: 1, Attempts: 1}) || d.Today != (core.Day{Date: "2023-10-02"}) {
		t.Errorf("days %+v, today %+v", d.Days, d.Today)
	}
	if d.Participation.Total.People != 1 || d.Participation.UnitsTotal != 3 || d.At != now {
		t.Errorf("%+v", d.Participation.Total)
	}
}
