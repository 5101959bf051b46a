package audience_test

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"duthi/core"
	"duthi/core/catalog"
	"duthi/core/outreach"
	"duthi/core/outreach/audience"
	"duthi/core/store/sqlitestore"
)

const now core.Instant = 1_696_222_800_000

// world is a contest with people of every kind.
type world struct {
	*audience.Service
	store *sqlitestore.Store
	t     *testing.T
	open  int // phones opened
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func sealed(v string) core.Sealed {
	if v == "" {
		return core.Sealed{}
	}
	return core.Sealed{Hash: v, Value: v}
}

// newWorld has two blocks: Sở Y tế (yt) with Văn phòng (yt-vp) below it, and Xã A (xa).
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t}
	var err error
	w.store, err = sqlitestore.Open(t.Context(), t.TempDir(), nil)
	w.must(err)
	t.Cleanup(func() { w.store.Close() })
	c := core.Contest{ID: "c", Timezone: "Asia/Ho_Chi_Minh", Quiz: core.Quiz{AttemptsPerRound: 2}, Rounds: []core.Round{{ID: "r1"}},
		Prizes: &core.Prizes{CollectivePerGroup: &core.CollectivePrize{Groups: []core.Block{{ID: "so", Kinds: []string{"so"}}, {ID: "xa", Kinds: []string{"xa"}}}}}}
	w.must(w.store.StageUnits(t.Context(), []core.Unit{{ContestID: "c", Set: 1, Code: "yt", Name: "Sở Y tế", Kind: "so"},
		{ContestID: "c", Set: 1, Code: "yt-vp", Name: "Văn phòng", ParentCode: "yt"}, {ContestID: "c", Set: 1, Code: "xa", Name: "Xã A", Kind: "xa"}}))
	w.must(w.store.StageRoster(t.Context(), []core.RosterPerson{
		{ContestID: "c", Set: 1, Key: "k1", FullName: "Lê Tám", NameFolded: "le tam", UnitCode: "yt-vp", Phone: sealed("0911")},
		{ContestID: "c", Set: 1, Key: "k2", FullName: "Đã Đăng Ký", NameFolded: "da dang ky", UnitCode: "xa", Phone: sealed("0912")}}))
	w.must(w.store.SaveContest(t.Context(), core.ContestRecord{ID: "c", Contest: c, UnitSet: 1, RosterSet: 1, Revision: 1}))
	cat := catalog.New(w.store, func() time.Time { return now.Time(time.UTC) }, slog.New(slog.DiscardHandler))
	w.must(cat.Reload(t.Context()))
	w.Service = audience.New(audience.Config{Store: w.store, Edition: cat.Edition, OAID: func(context.Context) string { return "oa" }, Entry: "https://thi.example/",
		Desk: "https://thi.example/dau-moi",
		Figures: func(context.Context, string) (map[string]audience.Figures, error) {
			return map[string]audience.Figures{"yt": {People: 999, Headcount: 1250, Percent: 79.9, Needed: 1}, "xa": {People: 9, Headcount: 9, Percent: 100, Reached: true}}, nil
		},
		Open: func(v core.Sealed) (string, error) { w.open++; return v.Value, nil }})
	return w
}

// contestant adds somebody with a phone who agreed to be reminded.
func (w *world) contestant(id, unit string, change func(*core.Contestant)) {
	w.t.Helper()
	c := core.Contestant{ID: id, ContestID: "c", Status: core.Active, FullName: "Tên " + id, UnitCode: unit, Unit1Code: strings.TrimSuffix(unit, "-vp"),
		Phone: sealed("phone-" + id), Consents: []core.Consent{{Kind: "zalo", At: now}}}
	if change != nil {
		change(&c)
	}
	w.must(w.store.InsertContestant(w.t.Context(), c))
}

func (w *world) follower(user string, change func(*core.Follower)) {
	w.t.Helper()
	f := core.Follower{ID: core.FollowerID("oa", user), OAID: "oa", UserID: user, Follows: true, LastInteraction: now}
	if change != nil {
		change(&f)
	}
	w.must(w.store.InsertFollower(w.t.Context(), f))
}

func (w *world) attempt(person string, ordinal, answered int) {
	w.t.Helper()
	w.must(w.store.ImportAttempts(w.t.Context(), []core.Attempt{{ID: fmt.Sprint(person, ordinal), ContestID: "c", RoundID: "r1", ContestantID: person, Ordinal: ordinal,
		UnitCode: "yt", Unit1Code: "yt", Status: core.Submitted, StartedAt: now, Deadline: now + 1, SubmittedAt: now + 1, Answered: answered}}))
}

// everybody adds people of every kind.
func (w *world) everybody() {
	w.contestant("01", "yt", func(c *core.Contestant) { c.ZaloUserID = "u1" }) // took part, one attempt left
	w.contestant("02", "yt-vp", nil)                                           // used both, one of them empty
	w.contestant("03", "xa", func(c *core.Contestant) { c.RosterKey = "k2" })  // never took part
	w.contestant("04", core.OtherUnit, func(c *core.Contestant) { c.UnitOther = "Công ty X" })
	w.contestant("05", "yt", func(c *core.Contestant) { c.Status = core.Erased })
	w.contestant("06", "yt", func(c *core.Contestant) { c.Status = core.Locked })
	w.attempt("01", 1, 3)
	w.attempt("02", 1, 0)
	w.attempt("02", 2, 1)
	w.follower("u1", nil)
	w.follower("u2", nil)
	w.follower("u3", func(f *core.Follower) { f.Follows = false }) // wrote once, never followed
}

// all reads an audience in pages of a size.
func (w *world) all(b core.Broadcast, size int) []outreach.Recipient {
	w.t.Helper()
	var out []outreach.Recipient
	for after := ""; ; {
		page, err := w.Recipients(w.t.Context(), b, after, size)
		w.must(err)
		out = append(out, page...)
		if len(page) < size {
			return out
		}
		after = page[len(page)-1].Person
	}
}

func persons(all []outreach.Recipient) string {
	var names []string
	for _, r := range all {
		names = append(names, r.Person)
	}
	return strings.Join(names, " ")
}

func TestWhoIsInAnAudience(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.everybody()
	const lam, u2 = "~roster:k1", "~zalo:oa/u2"
	for _, c := range []struct {
		a    core.Audience
		want string
	}{
		{core.Audience{}, "01 02 03 04 " + lam + " " + u2},
		{core.Audience{Who: core.AudienceAll}, "01 02 03 04 " + lam + " " + u2},
		{core.Audience{Who: core.AudienceRegistered}, "01 02 03 04"},
		{core.Audience{Who: core.AudienceTaken}, "01 02"},
		{core.Audience{Who: core.AudienceNotTaken}, "03 04 " + lam},
		{core.Audience{Who: core.AudienceUnused}, "01 03 04"},
		{core.Audience{Who: core.AudienceOnlyRoster}, lam},
		{core.Audience{Who: core.AudienceFollowers}, u2},
		{core.Audience{Units: []string{"yt"}}, "01 02 " + lam},
		{core.Audience{Units: []string{"yt-vp"}}, "02 " + lam},
		{core.Audience{Units: []string{core.OtherUnit, "xa"}}, "03 04"},
		{core.Audience{Blocks: []string{"xa"}}, "03"},
		{core.Audience{Blocks: []string{"so"}, Units: []string{"yt-vp", "xa"}}, "02 " + lam},
		{core.Audience{Units: []string{"none"}}, ""},
		{core.Audience{Linked: "yes"}, "01"},
		{core.Audience{Linked: "no"}, "02 03 04 " + lam + " " + u2},
		{core.Audience{Who: core.AudienceOnlyRoster, Linked: "yes"}, ""},
		{core.Audience{People: []string{"03", "01", "05", "nobody", "01", lam}, Who: core.AudienceTaken}, "01 03 " + lam},
	} {
		for _, size := range []int{1, 2, 4, 100} {
			b := core.Broadcast{ID: "b", ContestID: "c", RoundID: "r1", Audience: c.a}
			if got := persons(w.all(b, size)); got != c.want {
				t.Errorf("%+v, %d at a time: %q, want %q", c.a, size, got, c.want)
			}
		}
	}
	b := core.Broadcast{ID: "b", ContestID: "c", RoundID: "r1", Content: core.Content{PhoneTemplate: "t"}}
	if got := persons(w.all(b, 9)); strings.Contains(got, "zalo") {
		t.Errorf("a follower who may also be reached by phone: %s", got)
	}
}

// TestPlanningOpensNoPhone: they are opened one by one, when a message goes.
func TestPlanningOpensNoPhone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.everybody()
	b := core.Broadcast{ID: "b", ContestID: "c", RoundID: "r1"}
	for _, r := range w.all(b, 100) {
		if strings.HasPrefix(r.Phone, "phone-") || strings.HasPrefix(r.Phone, "09") {
			t.Errorf("%+v", r)
		}
	}
	if w.open != 0 {
		t.Errorf("%d phones opened", w.open)
	}
	if r, err := w.Recipient(t.Context(), b, "02"); err != nil || r.Phone != "phone-02" {
		t.Errorf("%+v, %v", r, err)
	}
}

func TestValues(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.everybody()
	b := core.Broadcast{ID: "b", ContestID: "c", RoundID: "r1", Content: core.Content{Text: "{ti_le}"}}
	link := "https://thi.example/"
	for person, want := range map[string]map[string]string{
		"01":          {"ho_ten": "Tên 01", "don_vi": "Sở Y tế", "don_vi_cap_1": "Sở Y tế", "con_luot": "1", "ti_le": "79%", "da_thi": "999", "tong_so": "1.250", "con_thieu": "1", "lien_ket": link},
		"02":          {"ho_ten": "Tên 02", "don_vi": "Văn phòng, Sở Y tế", "don_vi_cap_1": "Sở Y tế", "con_luot": "0", "ti_le": "79%", "da_thi": "999", "tong_so": "1.250", "con_thieu": "1", "lien_ket": link},
		"04":          {"ho_ten": "Tên 04", "don_vi": "Công ty X", "don_vi_cap_1": "Công ty X", "con_luot": "2", "lien_ket": link},
		"~roster:k1":  {"ho_ten": "Lê Tám", "don_vi": "Văn phòng, Sở Y tế", "don_vi_cap_1": "Sở Y tế", "con_luot": "2", "ti_le": "79%", "da_thi": "999", "tong_so": "1.250", "con_thieu": "1", "lien_ket": link},
		"~zalo:oa/u2": {"lien_ket": link},
	} {
		r, err := w.Recipient(t.Context(), b, person)
		if d := cmp.Diff(want, r.Values); err != nil || d != "" {
			t.Errorf("%s: %v\n%s", person, err, d)
		}
	}
}

// TestWhoMayBeReminded: what somebody said about reminders counts wherever they said it.
func TestWhoMayBeReminded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		person   func(*core.Contestant)
		follower func(*core.Follower)
		want     string // reason, or channel
	}{
		"agreed and follows": {nil, nil, core.ChannelFree},
		"never agreed":       {func(c *core.Contestant) { c.Consents = nil }, nil, outreach.ReasonNoConsent},
		"took it back":       {func(c *core.Contestant) { c.Consents[0].WithdrawnAt = now }, nil, outreach.ReasonOptedOut},
		"agreed again": {func(c *core.Contestant) {
			c.Consents = []core.Consent{{Kind: "zalo", WithdrawnAt: now}, {Kind: "zalo"}}
		}, nil, core.ChannelFree},
		"took all back":       {func(c *core.Contestant) { c.Status = core.Withdrawn }, nil, outreach.ReasonOptedOut},
		"said stop":           {nil, func(f *core.Follower) { f.NoReminders = true }, outreach.ReasonOptedOut},
		"unfollowed":          {nil, func(f *core.Follower) { f.Follows, f.UnfollowedAt = false, now }, outreach.ReasonOptedOut},
		"demanded erasure":    {nil, func(f *core.Follower) { f.WithdrawnAt = now }, outreach.ReasonOptedOut},
		"does not follow":     {nil, func(f *core.Follower) { f.Follows = false }, core.ChannelPhoneTemplate},
		"has no Zalo":         {func(c *core.Contestant) { c.ZaloUserID = "" }, nil, core.ChannelPhoneTemplate},
		"has nothing at all":  {func(c *core.Contestant) { c.ZaloUserID, c.Phone = "", core.Sealed{} }, nil, outreach.ReasonNoChannel},
		"silent for ten days": {nil, func(f *core.Follower) { f.LastInteraction = now.Add(-240 * time.Hour) }, core.ChannelPhoneTemplate},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.contestant("01", "yt", func(p *core.Contestant) {
				p.ZaloUserID = "u1"
				if c.person != nil {
					c.person(p)
				}
			})
			w.follower("u1", c.follower)
			b := core.Broadcast{ID: "b", ContestID: "c", Content: core.Content{Text: "x", PhoneTemplate: "t"}, Audience: core.Audience{Who: core.AudienceRegistered}}
			planned := w.all(b, 9)
			at, err := w.Recipient(t.Context(), b, "01")
			if err != nil || len(planned) != 1 {
				t.Fatal(planned, err)
			}
			for _, r := range []outreach.Recipient{planned[0], at} { // as planned and as sent
				got := outreach.Choose(b, r, outreach.PricesAt(nil, now.Time(time.UTC)), now)
				if !slices.Contains([]string{got.Channel, got.Reason}, c.want) {
					t.Errorf("%+v, want %s", got, c.want)
				}
			}
		})
	}
}

// TestPeopleChangeAfterThePlan: nobody is reached twice, or though they are no longer meant.
func TestPeopleChangeAfterThePlan(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := core.Broadcast{ID: "b", ContestID: "c", RoundID: "r1", Audience: core.Audience{Who: core.AudienceNotTaken}}
	w.contestant("01", "yt", nil)
	w.follower("u2", nil)
	gone := func(what string, b core.Broadcast, person string, want bool) {
		t.Helper()
		r, err := w.Recipient(t.Context(), b, person)
		if err != nil || r.Gone != want || r.Person != person {
			t.Errorf("%s: %+v, %v", what, r, err)
		}
	}
	gone("before", b, "01", false)
	w.attempt("01", 1, 1)
	gone("took part", b, "01", true)

	gone("on the roster", b, "~roster:k1", false)
	w.contestant("02", "yt", func(c *core.Contestant) { c.Phone = sealed("0911") })
	gone("registered since", b, "~roster:k1", false) // reached as who they are now
	only := b
	only.Audience.Who = core.AudienceOnlyRoster
	gone("registered since, where only others are meant", only, "~roster:k1", true)
	w.must(w.store.PlanDeliveries(t.Context(), []core.Delivery{{BroadcastID: "b", Person: "02", State: core.DeliveryPlanned}}))
	gone("planned as a contestant too", b, "~roster:k1", true)

	all := core.Broadcast{ID: "b", ContestID: "c", Audience: core.Audience{Who: core.AudienceFollowers}}
	gone("follower", all, "~zalo:oa/u2", false)
	w.contestant("03", "yt", func(c *core.Contestant) { c.ZaloUserID = "u2" })
	gone("linked since", all, "~zalo:oa/u2", true)
	if _, err := w.Recipient(t.Context(), b, "nobody"); !core.Is(err, core.NotFound) {
		t.Error(err)
	}
	if _, err := w.Recipient(t.Context(), b, "~roster:none"); !core.Is(err, core.NotFound) {
		t.Error(err)
	}
}
