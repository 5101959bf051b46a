package main

import (
	"context"
	"maps"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"duthi/core"
)

// shifted is the machine's clock, moved.
type shifted struct{ by atomic.Int64 }

func (c *shifted) now() time.Time { return time.Now().Add(time.Duration(c.by.Load())) }

// set moves the clock to an hour of the day that lies days after today, in Vietnam.
func (c *shifted) set(days int, hour, minute int) {
	loc := core.Location("Asia/Ho_Chi_Minh")
	t := time.Now().In(loc)
	c.by.Store(int64(time.Date(t.Year(), t.Month(), t.Day()+days, hour, minute, 0, 0, loc).Sub(t)))
}

// TestRuleReachesPeopleOnce lets a rule come due in quiet hours: it is planned at once and sent in the morning, to each
// person once by whichever of two processes, but not to those who took part, turned reminders off or unfollowed
// meanwhile; not while an organizer holds it either. The bot goes on talking with who was reminded.
func TestRuleReachesPeopleOnce(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, env environment) {
		clock := &shifted{}
		clock.set(0, 20, 0)
		w := newWorld(t, env, clock.now)
		people := w.people(6) // the last one has no Zalo
		var zalo []string
		for i := range 5 {
			zalo = append(zalo, w.linkZalo(people[i]))
		}
		ed, err := w.edition(t.Context(), "")
		must(t, err)
		round := w.openRound(ed)
		w.takePart(people[3], round)
		id := w.ruleToday(clock, round)

		w.fire(t, w.services)
		if _, err := w.store.Broadcast(t.Context(), id); !core.Is(err, core.NotFound) {
			t.Fatal("made before its hour", err)
		}
		clock.set(0, 21, 40)
		second := w.beside(t, env, clock.now)
		w.fire(t, w.services, second, w.services, second)
		w.wantTally(t, id, map[string]int64{"planned": 4, "skipped no_consent": 1})
		if n := len(w.textsTo(zalo[0], "Nhắc")); n != 0 {
			t.Errorf("%d messages in quiet hours", n)
		}

		w.zalo.sim.Say(zalo[1], "tắt nhắc")
		w.zalo.sim.Unfollow(zalo[2])
		w.takePart(people[4], round)
		w.awaitFollower(t, zalo[1], func(f core.Follower) bool { return f.NoReminders })
		w.awaitFollower(t, zalo[2], func(f core.Follower) bool { return !f.UnfollowedAt.IsZero() })
		must(t, w.outreach.Pause(t.Context(), "organizer:lan", id, "xem lại nội dung"))
		clock.set(1, 7, 5)
		w.fire(t, w.services, second)
		if n := len(w.textsTo(zalo[0], "Nhắc")); n != 0 {
			t.Errorf("%d messages while paused", n)
		}
		must(t, w.outreach.Resume(t.Context(), "organizer:lan", id, "đã xem lại"))
		w.fire(t, w.services, second, w.services, second)
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		w.untilDone(ctx, id)
		w.fire(t, w.services, second)

		w.wantTally(t, id, map[string]int64{"sent": 1, "skipped opted_out": 2, "skipped gone": 1, "skipped no_consent": 1})
		for i, want := range []int{1, 0, 0, 0, 0} {
			if got := w.textsTo(zalo[i], "Nhắc"); len(got) != want {
				t.Errorf("person %d got %d: %q", i, len(got), got)
			}
		}
		w.wantReminder(t, zalo[0], round.Name)
		w.stillTalks(ctx, t, zalo[0])
	})
}

// ruleToday turns on a rule for those of Sở Nội vụ who have not taken part, at 21:35 of the clock's day, and names
// its broadcast.
func (w *world) ruleToday(clock *shifted, round core.Round) string {
	w.tb.Helper()
	ed, err := w.edition(w.tb.Context(), "")
	must(w.tb, err)
	r, err := w.outreach.Rule(w.tb.Context(), ed.Contest.ID, ed.Contest.ID+"."+core.RemindNotTaken)
	must(w.tb, err)
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	today := clock.now().In(ed.Loc)
	r.On, r.RoundID, r.At = true, round.ID, "21:35"
	r.Days = int(day(round.End.Add(-time.Millisecond).Time(ed.Loc)).Sub(day(today)) / (24 * time.Hour))
	r.Audience.Units, r.Audience.Linked = []string{"SNV"}, ""
	r.Content.Text = "Nhắc {ho_ten}: {dot} đóng lúc {dong_luc}."
	r.Content.ButtonTitle, r.Content.ButtonURL = "Vào thi", "{lien_ket}"
	_, err = w.outreach.SaveRule(w.tb.Context(), "organizer:lan", *ed.Contest, r, "kế hoạch")
	must(w.tb, err)
	return r.ID + "." + round.ID + "." + today.Format("20060102")
}

// fire does what the jobs do each minute, in several processes at once, beside those that do it by themselves.
func (w *world) fire(t *testing.T, processes ...*services) {
	t.Helper()
	var all sync.WaitGroup
	for _, s := range processes {
		all.Go(func() {
			if err := s.remind(t.Context()); err != nil {
				t.Error(err)
			}
			if err := s.deliver(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

// beside opens the same store as another process does that talks with the same Zalo.
func (w *world) beside(t *testing.T, env environment, clock core.Clock) *services {
	t.Helper()
	all := maps.Clone(env)
	all["DUTHI_ZALO_APP_ID"], all["DUTHI_ZALO_APP_SECRET"], all["DUTHI_ZALO_OA_SECRET_KEY"] = w.zalo.app.AppID, w.zalo.app.AppSecret, w.zalo.app.OASecretKey
	all["DUTHI_ZALO_API_URL"], all["DUTHI_ZALO_OAUTH_URL"] = w.zalo.app.APIURL, w.zalo.app.OAuthURL
	all["DUTHI_PUBLIC_URL"] = w.cfg.PublicURL
	s, err := openServices(t.Context(), testConfig(t, all), clock, w.log)
	must(t, err)
	t.Cleanup(func() { must(t, s.close()) })
	must(t, s.load(t.Context()))
	return s
}

// takePart gives somebody a valid attempt in a round.
func (w *world) takePart(c core.Contestant, round core.Round) {
	w.tb.Helper()
	must(w.tb, w.store.ImportAttempts(w.tb.Context(), []core.Attempt{{ID: core.NewID(round.Start), ContestID: c.ContestID, RoundID: round.ID, ContestantID: c.ID,
		Ordinal: 1, UnitCode: c.UnitCode, Unit1Code: c.Unit1Code, Status: core.Submitted, StartedAt: round.Start, Deadline: round.Start.Add(time.Minute),
		SubmittedAt: round.Start.Add(time.Second), Answered: 1, Correct: 1}}))
}

// wantTally compares how many of the people this test made ended how.
func (w *world) wantTally(t *testing.T, id string, want map[string]int64) {
	t.Helper()
	got := map[string]int64{}
	all, err := w.store.Deliveries(t.Context(), id, "", "", 1000)
	must(t, err)
	for _, d := range all {
		if c, err := w.store.Contestant(t.Context(), d.Person); err == nil && !c.Sample {
			got[strings.TrimSpace(d.State+" "+d.Reason)]++
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("outcomes, want -, got +:\n%s", d)
	}
}

// wantReminder looks at the one message somebody got: the closing moment is named, and there are both buttons.
func (w *world) wantReminder(t *testing.T, userID, round string) {
	t.Helper()
	for _, m := range w.zalo.sim.Sent(userID) {
		if !strings.HasPrefix(m.Text, "Nhắc") {
			continue
		}
		if want := "Nhắc Người Thử 1: " + round + " đóng lúc 23:59 ngày "; !strings.HasPrefix(m.Text, want) {
			t.Errorf("%q does not begin with %q", m.Text, want)
		}
		if len(m.Buttons) != 2 || m.Buttons[0].Title != "Vào thi" || m.Buttons[1].Title != "Tắt nhắc" {
			t.Errorf("buttons %+v", m.Buttons)
		}
	}
}

// awaitFollower waits until the bot has noted what somebody did.
func (w *world) awaitFollower(t *testing.T, userID string, noted func(core.Follower) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		f, err := w.store.Follower(ctx, core.FollowerID(w.zalo.sim.OAID, userID))
		if err == nil && noted(f) {
			return
		}
		if ctx.Err() != nil {
			t.Fatalf("never noted: %+v, %v", f, err)
		}
	}
}

// stillTalks asks the bot after a reminder: its echo must not look like staff who took over.
func (w *world) stillTalks(ctx context.Context, t *testing.T, userID string) {
	t.Helper()
	must(t, w.zalo.sim.AwaitDelivered(ctx))
	before := len(w.zalo.sim.Sent(userID))
	w.zalo.sim.Say(userID, "lịch thi")
	if _, err := w.zalo.sim.AwaitSent(ctx, userID, before+1); err != nil {
		t.Errorf("the bot is silent after a reminder: %v", err)
	}
}

// TestUnitsBelowTarget: a rule names level-1 units, or those an organizer chose whose level-1 unit is below.
func TestUnitsBelowTarget(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	id := w.contestID()
	all, err := w.unitsBelow(t.Context(), id, nil)
	must(t, err)
	p, err := w.participation(t.Context(), id, "")
	must(t, err)
	below := map[string]bool{}
	for _, u := range p.Units {
		if u.Level == 1 && u.Headcount > 0 && u.Percent < float64(p.Target) {
			below[u.Code] = true
		}
	}
	if len(all) == 0 || len(all) != len(below) {
		t.Fatalf("%d units, want %d", len(all), len(below))
	}
	for _, code := range all {
		if !below[code] {
			t.Errorf("%s is not below", code)
		}
	}
	named, err := w.unitsBelow(t.Context(), id, []string{"SNV-VP", "none"})
	must(t, err)
	if len(named) != 1 || !below["SNV"] || named[0] != "SNV-VP" {
		t.Errorf("a unit below SNV: %v", named)
	}
}
