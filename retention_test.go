package main

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"duthi/core"
	"duthi/core/account"
)

// over gives a world whose clock is moved, at first to the contest as it is now.
func over(t *testing.T, env environment) (*world, func(core.Instant)) {
	t.Helper()
	moved := make(chan time.Duration, 1)
	moved <- 0
	w := newWorld(t, env, func() time.Time {
		d := <-moved
		moved <- d
		return time.Now().Add(d)
	})
	return w, func(at core.Instant) { <-moved; moved <- at.Sub(core.At(time.Now())) }
}

// TestRetention takes the sample contest past its time and looks at what is left of it.
func TestRetention(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, env environment) {
		t.Parallel()
		env["DUTHI_RETENTION"] = "off" // the job would do it too
		w, go2 := over(t, env)
		w.outlive(t, go2)
	})
}

func (w *world) outlive(t *testing.T, go2 func(core.Instant)) {
	t.Helper()
	ctx := t.Context()
	person := w.people(1)[0]
	w.focal("SNV")
	id := person.ContestID
	rec, err := w.store.ContestRecord(ctx, id)
	must(t, err)
	must(t, w.store.StageRoster(ctx, []core.RosterPerson{{ContestID: id, Set: 1, Key: "s:CB01", UnitCode: "SNV", FullName: "Lê Văn Danh Sách", NameFolded: "le van danh sach"}}))
	rec.RosterSet, rec.Revision = 1, rec.Revision+1
	must(t, w.store.SaveContest(ctx, rec))
	must(t, w.store.InsertRequest(ctx, core.Request{ID: core.NewID(1), ContestID: id, ContestantID: person.ID, Kind: "correction", Note: "Tôi tên là Ngọc", Status: core.RequestOpen, Revision: 1}))
	b := core.Broadcast{ID: "b", ContestID: id, State: core.BroadcastDone, PlanAfter: "s:CB01", Revision: 1}
	must(t, w.store.InsertBroadcast(ctx, b))
	must(t, w.store.PlanDeliveries(ctx, []core.Delivery{{BroadcastID: "b", Person: "s:CB01", State: core.DeliverySent, UserID: "84", Revision: 1}}))
	must(t, w.store.InsertAsked(ctx, core.AskedQuestion{ID: "q", ContestID: id, Folded: "toi la an", Samples: []string{"tôi là An, 0912345678, sao chưa có giải"}, Count: 1, Status: core.AskedOpen, Revision: 1}))
	must(t, w.store.InsertTaught(ctx, core.TaughtAnswer{ID: "t", ContestID: id, Version: 1, Questions: []string{"gửi xe ở đâu"}, Answer: "Ở sân sau.", By: "organizer:lan"}))
	must(t, w.catalog.Reload(ctx))

	if status, body := w.get("/xep-hang?dot="+rec.Contest.Rounds[0].ID, ""); status != 200 || !maskedName.MatchString(body) {
		t.Fatalf("the board: %d", status)
	}
	until, _ := rec.Contest.KeepUntil()
	go2(until - 60_000)
	must(t, w.retention(ctx))
	if c, _ := w.store.Contestant(ctx, person.ID); c.FullName == "" {
		t.Fatal("erased before its time")
	}
	figures, err := w.store.Participation(ctx, id, "")
	must(t, err)
	go2(until)
	must(t, w.retention(ctx))
	must(t, w.catalog.Reload(ctx))

	for after := ""; ; {
		people, err := w.store.Contestants(ctx, id, account.PeopleFilter{}, after, 200)
		must(t, err)
		for _, c := range people {
			if c.Status != core.Erased || c.FullName+c.NameFolded+c.BirthDate+c.StaffCode+c.Email+c.RosterKey+c.PasswordHash+c.ZaloUserID != "" || !c.Phone.IsZero() || !c.NationalID.IsZero() {
				t.Fatalf("left of a person: %+v", c)
			}
		}
		if len(people) == 0 {
			break
		}
		after = people[len(people)-1].ID
	}
	board, err := w.store.Snapshot(ctx, "board:"+id+":"+rec.Contest.Rounds[0].ID)
	if err != nil || maskedName.MatchString(board.Data) || !strings.Contains(board.Data, "Người dự thi") {
		t.Errorf("the stored board: %v %.300s", err, board.Data)
	}
	rest, err := w.store.Participation(ctx, id, "")
	if diff := cmp.Diff(figures, rest); err != nil || diff != "" {
		t.Errorf("the figures changed: %v %s", err, diff)
	}
	if all, _ := w.store.RosterAfter(ctx, id, 1, "", 9); len(all) > 0 {
		t.Errorf("the roster is there: %v", all)
	}
	requests, err := w.store.Requests(ctx, id, "", "", 99)
	if err != nil || len(requests) != 1 || requests[0].Note != "" {
		t.Errorf("requests: %+v %v", requests, err)
	}
	if q, err := w.store.Asked(ctx, "q"); !core.Is(err, core.NotFound) {
		t.Errorf("what somebody asked: %v %v", q.Samples, err)
	}
	if n, err := w.store.TaughtCount(ctx, id); n != 1 {
		t.Errorf("%d answers of organizers are left, want 1: %v", n, err)
	}
	if ds, _ := w.store.Deliveries(ctx, "b", "", "", 9); len(ds) > 0 {
		t.Errorf("deliveries: %v", ds)
	}
	if kept, _ := w.store.Broadcast(ctx, "b"); len(kept.Kept) != 1 || kept.Kept[0].Count != 1 || kept.PlanAfter != "" {
		t.Errorf("the broadcast: %+v", kept)
	}
	if _, err := w.account.SignIn(ctx, id, phoneOf(1), testPassword, "127.0.0.1"); !core.Is(err, core.Unauthenticated) {
		t.Errorf("a contestant signs in: %v", err)
	}
	if _, err := w.account.SignInOrganizer(ctx, "dau-moi-snv", testPassword, "127.0.0.1"); !core.Is(err, core.Unauthenticated) {
		t.Errorf("a focal point signs in: %v", err)
	}
	owner := w.organizer(t, "chu-tri", core.Owner, nil)
	_, log := w.get("/console/nhat-ky", owner)
	saidIn(t, "the log", log, "Bắt đầu ẩn danh dữ liệu cá nhân", "Đã ẩn danh dữ liệu cá nhân", "Chương trình", "cuộc thi mau-cchc")
	if _, body := w.get("/console", owner); !strings.Contains(body, "Dữ liệu cá nhân đã được ẩn danh ngày") {
		t.Error("the console does not say it")
	}
	lines := retentionLines(t, w)
	must(t, w.retention(ctx))
	if n := retentionLines(t, w); lines != 2 || n != lines {
		t.Errorf("%d lines in the log, %d after another run", lines, n)
	}
	if _, _, err := w.audit.Verify(ctx); err != nil {
		t.Error(err)
	}
}

// maskedName is a name as boards show it: "Nguyễn T. A.".
var maskedName = regexp.MustCompile(`\p{Lu}\p{Ll}+( \p{Lu}\.){1,4}`)

func retentionLines(t *testing.T, w *world) (n int) {
	t.Helper()
	entries, err := w.store.AuditAfter(t.Context(), "", 0, 1000)
	must(t, err)
	for _, e := range entries {
		if strings.HasPrefix(e.Action, "retention.") {
			n++
		}
	}
	return n
}

// TestRetentionGoesOnWhereItStopped cuts runs off after one batch, as a crash or the end of a run's time does.
func TestRetentionGoesOnWhereItStopped(t *testing.T) {
	t.Parallel()
	w, go2 := over(t, environment{"DUTHI_RETENTION": "off"}) // the job would do it too
	ctx := t.Context()
	e, err := w.catalog.Edition("")
	must(t, err)
	until, _ := e.Contest.KeepUntil()
	go2(until)
	for runs := 1; ; runs++ {
		gone, done, err := w.anonymise(ctx, e.Record, "system", 0) // its time is over at once
		must(t, err)
		if done {
			t.Fatal("a run without time came to its end")
		}
		if gone.People == 0 {
			break
		}
		if gone.People > retentionBatch || runs > 5 {
			t.Fatalf("run %d: %+v", runs, gone)
		}
		// The next run begins at the first again; push it on by what a longer one would have done.
		if _, _, err := w.account.ErasePeople(ctx, e.Record.ID, "", 100_000); err != nil {
			t.Fatal(err)
		}
	}
	rec, err := w.store.ContestRecord(ctx, e.Record.ID)
	if err != nil || !rec.AnonymisedAt.IsZero() {
		t.Errorf("marked as done though it is not: %v", err)
	}
	must(t, w.retention(ctx))
	rec, err = w.store.ContestRecord(ctx, e.Record.ID)
	if err != nil || rec.AnonymisedAt.IsZero() {
		t.Errorf("not marked as done: %v", err)
	}
}

func TestRetentionByCommand(t *testing.T) {
	t.Parallel()
	env := environment{"DUTHI_DATA": t.TempDir()}
	w := newWorld(t, env, nil)
	e, err := w.catalog.Edition("")
	must(t, err)
	until, _ := e.Contest.KeepUntil()
	day := until.Time(e.Loc).Format(time.DateOnly)
	if out := mustRun(t, env, "retention", "--dry-run"); !strings.HasPrefix(out, "mau-cchc\t"+day+"\tkept until then: 3") {
		t.Errorf("%q", out)
	}
	if out := mustRun(t, env, "retention"); !strings.Contains(out, "kept until then") {
		t.Errorf("done before its time: %q", out)
	}
	rec, err := w.store.ContestRecord(t.Context(), e.Record.ID)
	must(t, err)
	years := core.Instant(2 * 365 * 24 * 3600 * 1000)
	rec.Contest.Period.End -= years
	for i := range rec.Contest.Rounds {
		rec.Contest.Rounds[i].Start, rec.Contest.Rounds[i].End = rec.Contest.Rounds[i].Start-years, rec.Contest.Rounds[i].End-years
	}
	rec.Revision++
	must(t, w.store.SaveContest(t.Context(), rec))
	dry := mustRun(t, env, "retention", "--dry-run")
	done := mustRun(t, env, "retention")
	again := mustRun(t, env, "retention")
	var people int
	if _, err := fmt.Sscanf(done[strings.Index(done, "now: ")+5:], "%d people", &people); err != nil || people < 250 || !strings.Contains(dry, fmt.Sprintf("due: %d people", people)) || !strings.Contains(again, "anonymised 2") {
		t.Errorf("%q\n%q\n%q", dry, done, again)
	}
}
