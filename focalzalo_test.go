package main

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"duthi/core"
)

// switchOn has a focal point ask for the unit's reminders: the password, the code, the message to the OA.
func (w *world) switchOn(t *testing.T, cookie, name string) (user string) {
	t.Helper()
	const page = "/dau-moi/zalo"
	status, body := w.post(page, cookie, url.Values{"mat_khau": {testPassword}})
	code := linkCode.FindStringSubmatch(body)
	if status != http.StatusOK || code == nil {
		t.Fatalf("no code: %d\n%s", status, body)
	}
	user = w.zalo.sim.AddPerson(name, "")
	w.answerTo(t, user, func() { w.zalo.sim.Follow(user) }) // a greeting
	if got := w.says(t, user, "LK "+code[1]); !strings.Contains(got, "nhận nhắc dành cho đầu mối") {
		t.Fatalf("the bot says %q", got)
	}
	w.awaitFollower(t, user, func(f core.Follower) bool { return f.Follows })
	return user
}

// TestFocalPointsAreReminded goes the whole way on both stores: a focal point asks for reminders on the unit's page, a
// rule for units below the target comes due in quiet hours, and in the morning each focal point who asked gets one
// message with the unit's figures, whichever of two processes sends it; whoever did not ask, said stop or undid it gets
// none, and the plan counts them.
func TestFocalPointsAreReminded(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, env environment) {
		clock := &shifted{}
		clock.set(0, 20, 0)
		w := newWorld(t, env, clock.now)
		ed, err := w.edition(t.Context(), "")
		must(t, err)
		round := w.openRound(ed)
		snv, stc, syt := w.focal("SNV"), w.focal("STC"), w.focal("SYT")
		w.focal("SXD") // never asks

		_, body := w.get("/dau-moi", snv)
		saidIn(t, "before", body, "Nhận nhắc qua Zalo", "Bật nhận nhắc")
		if status, body := w.post("/dau-moi/zalo", snv, url.Values{"mat_khau": {"khong phai no"}}); status != http.StatusUnprocessableEntity || linkCode.MatchString(body) {
			t.Errorf("a code without the password: %d", status)
		}
		users := []string{w.switchOn(t, snv, "An"), w.switchOn(t, stc, "Bình"), w.switchOn(t, syt, "Chi")}
		_, body = w.get("/dau-moi", snv)
		saidIn(t, "switched on", body, "Đang bật", "Nhận được tin đến")
		w.checkLog(t, "organizer:dau-moi-snv", "focal.zalo")
		if got := w.says(t, users[1], "tắt nhắc"); !strings.Contains(got, "Đã tắt") {
			t.Errorf("%q", got)
		}
		_, body = w.get("/dau-moi", stc)
		saidIn(t, "stopped in the chat", body, "Đã tắt trong Zalo")
		if status, to := w.post("/dau-moi/zalo/tat", syt, nil); status != http.StatusSeeOther || to != "/dau-moi/zalo?xong=tat" {
			t.Errorf("%d %s", status, to)
		}
		w.checkLog(t, "organizer:dau-moi-syt", "focal.zalo_off")

		id := w.belowToday(clock, round, "SNV", "STC", "SYT", "SXD")
		clock.set(0, 21, 40)
		second := w.beside(t, env, clock.now)
		w.fire(t, w.services, second, w.services, second)
		w.focalTally(t, id, map[string]string{"dau-moi-snv": "planned", "dau-moi-stc": "skipped opted_out", "dau-moi-syt": "skipped unlinked", "dau-moi-sxd": "skipped unlinked"})
		_, body = w.get("/console/nhac/"+id, w.organizer(t, "chu-tri", core.Owner, nil))
		saidIn(t, "the plan", body, "1 đầu mối nhận tin về đơn vị mình, 2 đầu mối chưa bật nhận nhắc qua Zalo, 1 đầu mối không gửi được vì lý do khác.")
		if got := w.textsTo(users[0], "Chào anh/chị đầu mối"); len(got) > 0 {
			t.Errorf("in quiet hours: %q", got)
		}
		clock.set(1, 7, 5)
		for range 3 {
			w.fire(t, w.services, second)
		}
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		w.untilDone(ctx, id)
		for i, want := range []int{1, 0, 0} {
			if got := w.textsTo(users[i], "Chào anh/chị đầu mối"); len(got) != want {
				t.Errorf("focal point %d got %q", i, got)
			}
		}
		w.focalTally(t, id, map[string]string{"dau-moi-snv": "sent", "dau-moi-stc": "skipped opted_out", "dau-moi-syt": "skipped unlinked", "dau-moi-sxd": "skipped unlinked"})
		w.wantFocalMessage(t, users[0], "SNV", round.Name)
		w.stillTalks(ctx, t, users[0])
	})
}

// belowToday turns on the rule for units below the target, for some units at 21:35 of the clock's day, and names its
// broadcast.
func (w *world) belowToday(clock *shifted, round core.Round, units ...string) string {
	w.tb.Helper()
	ed, err := w.edition(w.tb.Context(), "")
	must(w.tb, err)
	r, err := w.outreach.Rule(w.tb.Context(), ed.Contest.ID, ed.Contest.ID+"."+core.RemindUnitBelow)
	must(w.tb, err)
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	today := clock.now().In(ed.Loc)
	r.On, r.RoundID, r.At, r.Audience.Units = true, round.ID, "21:35", units
	r.Days = int(day(round.End.Add(-time.Millisecond).Time(ed.Loc)).Sub(day(today)) / (24 * time.Hour))
	_, err = w.outreach.SaveRule(w.tb.Context(), "organizer:lan", *ed.Contest, r, "kế hoạch")
	must(w.tb, err)
	return r.ID + "." + round.ID + "." + today.Format("20060102")
}

// focalTally compares what became of the deliveries to focal points.
func (w *world) focalTally(t *testing.T, id string, want map[string]string) {
	t.Helper()
	all, err := w.store.Deliveries(t.Context(), id, "", core.FocalPrefix, 1000)
	must(t, err)
	got := map[string]string{}
	for _, d := range all {
		if name, ok := strings.CutPrefix(d.Person, core.FocalPrefix); ok {
			got[name] = strings.TrimSpace(d.State + " " + d.Reason)
		}
	}
	for name, state := range want {
		if got[name] != state {
			t.Errorf("%s: %q, want %q", name, got[name], state)
		}
	}
	if len(got) != len(want) {
		t.Errorf("deliveries to %v", got)
	}
}

// wantFocalMessage looks at the one message a focal point got: the unit's figures, the closing moment, the way to its page.
func (w *world) wantFocalMessage(t *testing.T, user, unit, round string) {
	t.Helper()
	p, err := w.participation(t.Context(), w.contestID(), "")
	must(t, err)
	u, ok := p.Unit(unit)
	if !ok || u.Headcount == 0 || u.Needed == 0 {
		t.Fatalf("%+v", u)
	}
	for _, m := range w.zalo.sim.Sent(user) {
		if !strings.HasPrefix(m.Text, "Chào anh/chị đầu mối") {
			continue
		}
		saidIn(t, "the message", "<main"+m.Text, u.Name, core.Number(u.People)+" / "+core.Number(u.Headcount)+" người", "còn thiếu "+core.Number(u.Needed)+" người", round+" đóng lúc 23:59 ngày ")
		if len(m.Buttons) != 2 || m.Buttons[0].Link != w.cfg.PublicURL+"/dau-moi" || m.Buttons[1].Title != "Tắt nhắc" {
			t.Errorf("buttons %+v", m.Buttons)
		}
	}
}
