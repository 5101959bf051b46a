package audience_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"duthi/core"
	"duthi/core/catalog"
	"duthi/core/outreach"
	"duthi/core/outreach/audience"
	"duthi/core/store/sqlitestore"
	"duthi/core/zalo"
	"duthi/core/zalo/zalosim"
)

// season is a contest of five rounds of 15 days, from its first reminder to its end, with two processes that remind.
type season struct {
	*world
	clock   *zalosim.Clock
	sim     *zalosim.Sim
	edition *catalog.Edition
	jobs    []*outreach.Service
	users   map[string]string // Zalo user or phone -> name
	names   map[string]member
}

// roundDays is a round's length, rounds how many there are: 75 days.
const rounds, roundDays = 5, 15

// member is one person of the season: what they do, by days since the first round opened (0 … 74).
type member struct {
	unit       string
	roster     bool // on the staff list only, until registers
	registers  int  // the day on which they do, of roster
	stranger   bool // follows the OA, nobody knows them
	linked     bool
	noConsent  bool
	attempts   int // in every round, on its 7th day at noon
	optsOut    int // says so in the chat at noon of the day; 0: never
	unfollows  int
	withdraws  int // takes their consent back
	contestant string
}

// members are three of each kind.
func members() map[string]member {
	out := map[string]member{}
	for i, unit := range []string{"yt", "yt-vp", "xa"} {
		for kind, m := range map[string]member{
			"thi rồi": {linked: true, attempts: 1}, "hết lượt": {linked: true, attempts: 2}, "chưa thi": {linked: true}, "tắt nhắc": {linked: true, optsOut: 20},
			"bỏ quan tâm": {linked: true, unfollows: 33}, "rút đồng ý": {linked: true, withdraws: 40}, "không đồng ý": {linked: true, noConsent: true},
			"chỉ có số": {}, "chưa đăng ký": {roster: true}, "đăng ký sau": {roster: true, registers: 10}, "người lạ": {stranger: true},
		} {
			m.unit = unit
			out[fmt.Sprint(kind, " ", i)] = m
		}
	}
	return out
}

// reachable says whether a reminder of the morning of a day goes to the member.
func (m member) reachable(day int) bool {
	gone := func(since int) bool { return since > 0 && day > since }
	return !m.noConsent && !gone(m.optsOut) && !gone(m.unfollows) && !gone(m.withdraws)
}

// due says which rules have a member get a reminder on the morning of a day, as the rules' words say it.
func (m member) due(day int) (kinds []string) {
	if day == -1 && !m.stranger {
		return []string{core.RemindBeforeOpen}
	}
	round, in := day/roundDays, day%roundDays
	if day < 0 || round >= rounds {
		return nil
	}
	registered := !m.roster || m.registers > 0 && day > m.registers
	took := m.attempts > 0 && in > 6
	is := func(day int, who bool, kind string) {
		if in == day && who {
			kinds = append(kinds, kind)
		}
	}
	is(7, m.stranger, "followers")
	if m.stranger {
		return kinds
	}
	is(0, true, core.RemindOpened)
	is(9, !took, core.RemindNotTaken)
	is(10, !took && strings.HasPrefix(m.unit, "yt") && round < 3, core.RemindUnitBelow)
	is(11, true, core.RemindDaysLeft)
	is(12, registered && m.attempts < 2, core.RemindUnused)
	is(14, true, core.RemindLastDay)
	is(14, round < rounds-1, core.RemindBeforeOpen) // of the next round: the cap leaves one of the two
	return kinds
}

var vietnam = time.FixedZone("+07", 7*3600)

func (s *season) day0() time.Time { return time.Date(2023, 9, 2, 0, 0, 0, 0, vietnam) }

func newSeason(t *testing.T) *season {
	t.Helper()
	s := &season{world: &world{t: t}, users: map[string]string{}, names: members()}
	s.clock = zalosim.NewClock(s.day0().AddDate(0, 0, -3))
	s.sim = &zalosim.Sim{Clock: s.clock, Limits: zalosim.Limits{FreeWindow: 2400 * time.Hour, Window: 2400 * time.Hour, CallsPerMinute: 1 << 30, PackageQuota: 1 << 30, DailyTemplates: 1 << 30, AccessLife: 1e5 * time.Hour}}
	var err error
	s.store, err = sqlitestore.Open(t.Context(), t.TempDir(), nil)
	s.must(err)
	t.Cleanup(func() { s.store.Close() })
	c := core.Contest{ID: "c", Title: "Cuộc thi", Timezone: "Asia/Ho_Chi_Minh", TargetPercent: 80, Quiz: core.Quiz{AttemptsPerRound: 2}}
	for i := range rounds {
		from := s.day0().AddDate(0, 0, i*roundDays)
		c.Rounds = append(c.Rounds, core.Round{ID: fmt.Sprint("r", i), Name: fmt.Sprint("Đợt ", i+1), Start: core.At(from.Add(7 * time.Hour)), End: core.At(from.AddDate(0, 0, roundDays))})
	}
	s.must(s.store.StageUnits(t.Context(), []core.Unit{{ContestID: "c", Set: 1, Code: "yt", Name: "Sở Y tế", Kind: "so"},
		{ContestID: "c", Set: 1, Code: "yt-vp", Name: "Văn phòng", ParentCode: "yt"}, {ContestID: "c", Set: 1, Code: "xa", Name: "Xã A", Kind: "xa"}}))
	s.must(s.store.SaveContest(t.Context(), core.ContestRecord{ID: "c", Contest: c, UnitSet: 1, RosterSet: 1, Revision: 1}))
	for i, name := range slices.Sorted(maps.Keys(s.names)) {
		s.enter(i, name)
	}
	cat := catalog.New(s.store, s.clock.Now, slog.New(slog.DiscardHandler))
	s.must(cat.Reload(t.Context()))
	s.edition, err = cat.Edition("c")
	s.must(err)
	for range 2 {
		s.jobs = append(s.jobs, s.process(cat))
	}
	s.rules()
	return s
}

// process is one that reminds, plans and sends.
func (s *season) process(cat *catalog.Catalog) *outreach.Service {
	api := httptest.NewServer(s.sim.API())
	s.t.Cleanup(api.Close)
	token := func(context.Context, string) (string, error) { return s.sim.Tokens().Access, nil }
	people := audience.New(audience.Config{Store: s.store, Edition: cat.Edition, OAID: func(context.Context) string { return s.sim.OAID }, Entry: "https://thi.example/",
		Figures: func(context.Context, string) (map[string]audience.Figures, error) {
			return map[string]audience.Figures{"yt": {Percent: 41.2}, "xa": {Percent: 85, Reached: true}}, nil
		},
		Open: func(v core.Sealed) (string, error) { return v.Value, nil }})
	postman := outreach.NewPostman(zalo.NewClient(zalo.ClientConfig{Token: token, APIURL: api.URL, BusinessURL: api.URL, Clock: s.clock.Now}), nil)
	prices := outreach.DefaultPrices()[0]
	prices.Free, prices.Window = 2400*time.Hour, 2400*time.Hour
	return outreach.New(outreach.Config{Broadcasts: s.store, Deliveries: s.store, Recipients: people.Recipients, Recipient: people.Recipient, Send: postman.Send,
		Clock: s.clock.Now, Prices: []outreach.Prices{prices}, Quiet: outreach.Quiet{From: 21*time.Hour + 30*time.Minute, To: 7 * time.Hour},
		Contest: func(_ context.Context, b core.Broadcast) (map[string]string, *time.Location, error) {
			return outreach.ContestValues(*s.edition.Contest, b.RoundID, s.edition.Loc), s.edition.Loc, nil
		},
		Below: func(context.Context, string, []string) ([]string, error) {
			if s.clock.Now().Before(s.day0().AddDate(0, 0, 3*roundDays)) {
				return []string{"yt"}, nil
			}
			return nil, nil // they caught up
		}})
}

// rules turns on every rule a contest begins with that can be, by template to phones too, and one for followers nobody knows.
func (s *season) rules() {
	all := slices.DeleteFunc(outreach.DefaultRules("c"), func(r core.ReminderRule) bool { return r.Kind == core.RemindCertificates }) // none are issued
	for i := range all {
		all[i].On, all[i].Content.PhoneTemplate, all[i].Content.Parameters = true, "100", map[string]string{"ten": "{ho_ten}"}
	}
	all = append(all, core.ReminderRule{ID: "c.lạ", ContestID: "c", Kind: core.RemindDaysLeft, Days: 7, At: "08:00", On: true,
		Audience: core.Audience{Who: core.AudienceFollowers}, Content: core.Content{Text: "{dot} đóng lúc {dong_luc}."}})
	for _, r := range all {
		_, err := s.jobs[0].SaveRule(s.t.Context(), "organizer:lan", *s.edition.Contest, r, "kế hoạch")
		s.must(err)
	}
}

// enter adds a member as they are before the contest.
func (s *season) enter(i int, name string) {
	m := s.names[name]
	phone := fmt.Sprintf("849%08d", i)
	s.users[phone] = name
	key := fmt.Sprintf("s:%02d", i)
	if m.roster {
		s.must(s.store.StageRoster(s.t.Context(), []core.RosterPerson{{ContestID: "c", Set: 1, Key: key, FullName: name, NameFolded: core.Fold(name), UnitCode: m.unit, Phone: sealed(phone)}}))
		return
	}
	var user string
	if m.linked || m.stranger {
		user = s.sim.AddPerson(name, phone)
		s.users[user] = name
		s.sim.Follow(user)
		s.sim.Say(user, "xin chào")
		s.must(s.store.InsertFollower(s.t.Context(), core.Follower{ID: core.FollowerID(s.sim.OAID, user), OAID: s.sim.OAID, UserID: user, Follows: true,
			LastInteraction: core.At(s.clock.Now()), Revision: 1}))
	}
	if !m.stranger {
		s.register(i, name, user)
	}
}

func (s *season) register(i int, name, user string) {
	m := s.names[name]
	m.contestant = fmt.Sprintf("p%02d", i)
	s.names[name] = m
	s.contestant(m.contestant, m.unit, func(c *core.Contestant) {
		c.FullName, c.Phone, c.ZaloUserID, c.Revision = name, sealed(fmt.Sprintf("849%08d", i)), user, 1
		if m.noConsent {
			c.Consents = nil
		}
	})
}

// noon lets members do what they do at noon of a day.
func (s *season) noon(day int) {
	ctx, now := s.t.Context(), core.At(s.clock.Now())
	for i, name := range slices.Sorted(maps.Keys(s.names)) {
		m := s.names[name]
		if m.registers == day && day > 0 {
			s.register(i, name, "")
		}
		if day%roundDays == 6 && day/roundDays < rounds {
			for n := range m.attempts {
				s.must(s.store.ImportAttempts(ctx, []core.Attempt{{ID: fmt.Sprint(name, day, n), ContestID: "c", RoundID: fmt.Sprint("r", day/roundDays), ContestantID: m.contestant,
					Ordinal: n + 1, UnitCode: m.unit, Unit1Code: m.unit, Status: core.Submitted, StartedAt: now, Deadline: now + 1, SubmittedAt: now + 1, Answered: 3}}))
			}
		}
		if day > 0 && (m.optsOut == day || m.unfollows == day || m.withdraws == day) {
			c, err := s.store.Contestant(ctx, m.contestant)
			s.must(err)
			f, err := s.store.Follower(ctx, core.FollowerID(s.sim.OAID, c.ZaloUserID))
			s.must(err)
			switch f.Revision++; day {
			case m.optsOut:
				f.NoReminders = true
			case m.unfollows:
				f.Follows, f.UnfollowedAt = false, now
				s.sim.Unfollow(c.ZaloUserID)
			case m.withdraws:
				c.Consents[0].WithdrawnAt = now
				c.Revision++
				s.must(s.store.UpdateContestant(ctx, c))
			}
			s.must(s.store.UpdateFollower(ctx, f))
		}
	}
}

// tick does what the jobs do, in both processes at once.
func (s *season) tick() {
	var both sync.WaitGroup
	for _, j := range s.jobs {
		both.Go(func() {
			if _, err := j.Remind(s.t.Context(), *s.edition.Contest, s.edition.Loc); err != nil {
				s.t.Error(err)
			}
			if _, err := j.Run(s.t.Context()); err != nil {
				s.t.Error(err)
			}
		})
	}
	both.Wait()
}

// TestWholeContest lives through 75 days half an hour at a time, with every rule on, and counts at Zalo what each person
// got on each day: whoever should get a reminder gets one, nobody two in a day, nobody in quiet hours, nobody after
// saying no.
func TestWholeContest(t *testing.T) {
	t.Parallel()
	s := newSeason(t)
	for s.clock.Now().Before(s.day0().AddDate(0, 0, rounds*roundDays+2)) {
		now := s.clock.Now().In(vietnam)
		if now.Hour() == 12 && now.Minute() == 0 {
			s.noon(int(now.Sub(s.day0()).Hours()) / 24)
		}
		s.tick()
		s.clock.Advance(30 * time.Minute)
	}
	got, want := map[string]int{}, map[string]int{}
	hours := map[int]int{}
	for _, m := range s.sim.Sent("") {
		at := m.At.In(vietnam)
		name := s.users[m.UserID+m.Phone]
		day := int(at.Sub(s.day0().AddDate(0, 0, -3)).Hours())/24 - 3
		got[fmt.Sprintf("%s, ngày %d", name, day)]++
		hours[at.Hour()]++
		if at.Hour() < 7 || at.Hour() > 21 || at.Hour() == 21 && at.Minute() >= 30 {
			t.Errorf("%s got a message at %v", name, at)
		}
	}
	total, capped := 0, 0
	for name, m := range s.names {
		for day := -3; day < rounds*roundDays+2; day++ {
			if kinds := m.due(day); len(kinds) > 0 && m.reachable(day) {
				want[fmt.Sprintf("%s, ngày %d", name, day)] = 1
				total++
				capped += len(kinds) - 1
			}
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("messages for each person and day, want -, got +:\n%s", d)
	}
	t.Logf("%d people, %d days, %d messages counted; %d more due on the same day were left out by the cap; by hour: %v", len(s.names), rounds*roundDays, total, capped, hours)
}
