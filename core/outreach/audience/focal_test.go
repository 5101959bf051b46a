package audience_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"duthi/core"
	"duthi/core/outreach"
)

// focalPoint adds the account of a unit; user "" did not ask for reminders.
func (w *world) focalPoint(name, unit, user string, change func(*core.Organizer)) {
	w.t.Helper()
	o := core.Organizer{Name: name, FullName: "Đầu mối " + name, Role: core.FocalPoint, ContestID: "c", UnitCode: unit, ZaloUserID: user}
	if change != nil {
		change(&o)
	}
	w.must(w.store.InsertOrganizer(w.t.Context(), o))
}

// toFocalPoints is a broadcast that units' focal points get too.
func toFocalPoints(units ...string) core.Broadcast {
	return core.Broadcast{ID: "b", ContestID: "c", RoundID: "r1", Audience: core.Audience{Who: core.AudienceNotTaken, Units: units},
		Content: core.Content{Text: "{ho_ten}"}, Focal: &core.Content{Text: "{don_vi} {da_thi}/{tong_so}"}}
}

// TestFocalPointsOfAnAudience: those of units below the target come after the contestants, whether they are linked or
// not, and only where the broadcast says something to them.
func TestFocalPointsOfAnAudience(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.everybody()
	w.focalPoint("dm-yt", "yt", "z1", nil)
	w.focalPoint("dm-vp", "yt-vp", "", nil)                                           // has no headcount of its own
	w.focalPoint("dm-xa", "xa", "z2", nil)                                            // has reached the target
	w.focalPoint("dm-cu", "yt", "z3", func(o *core.Organizer) { o.Disabled = true })  // closed
	w.focalPoint("dm-la", "yt", "z1", func(o *core.Organizer) { o.ContestID = "d" })  // of another contest
	w.focalPoint("dm-2", "yt", "", nil)                                               // did not link
	w.focalPoint("lan", "yt", "z9", func(o *core.Organizer) { o.Role = core.Editor }) // no focal point
	const two, yt, lam = "~focal:dm-2", "~focal:dm-yt", "~roster:k1"
	for _, size := range []int{1, 2, 3, 100} {
		if got, want := persons(w.all(toFocalPoints(), size)), "03 04 "+two+" "+yt+" "+lam; got != want {
			t.Errorf("%d at a time: %q, want %q", size, got, want)
		}
		if got, want := persons(w.all(toFocalPoints("xa"), size)), "03"; got != want {
			t.Errorf("of a unit that is there: %q, want %q", got, want)
		}
	}
	silent := toFocalPoints()
	silent.Focal = nil
	if got := persons(w.all(silent, 9)); strings.Contains(got, "focal") {
		t.Errorf("without words for them: %q", got)
	}
	for name, gone := range map[string]bool{"dm-yt": false, "dm-2": false, "dm-xa": true, "dm-cu": true, "dm-la": true, "lan": true, "dm-vp": true} {
		r, err := w.Recipient(t.Context(), toFocalPoints(), core.FocalPrefix+name)
		if err != nil || r.Gone != gone {
			t.Errorf("%s: gone %t, %v", name, r.Gone, err)
		}
	}
	if _, err := w.Recipient(t.Context(), toFocalPoints(), core.FocalPrefix+"nobody"); !core.Is(err, core.NotFound) {
		t.Error(err)
	}
	r, err := w.Recipient(t.Context(), toFocalPoints(), yt)
	w.must(err)
	want := map[string]string{"ho_ten": "Đầu mối dm-yt", "don_vi": "Sở Y tế", "don_vi_cap_1": "Sở Y tế", "lien_ket": "https://thi.example/dau-moi",
		"ti_le": "79%", "da_thi": "999", "tong_so": "1.250", "con_thieu": "1"}
	if d := cmp.Diff(want, r.Values); d != "" {
		t.Error(d)
	}
}

// TestHowAFocalPointIsReached: by the same rules as everybody, once they asked for it.
func TestHowAFocalPointIsReached(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		follower func(*core.Follower)
		unlinked bool
		want     outreach.Route
	}{
		"follows and wrote lately": {nil, false, outreach.Route{Channel: core.ChannelFree}},
		"did not link":             {nil, true, outreach.Route{Channel: core.ChannelNone, Reason: outreach.ReasonUnlinked}},
		"said stop":                {func(f *core.Follower) { f.NoReminders = true }, false, outreach.Route{Channel: core.ChannelNone, Reason: outreach.ReasonOptedOut}},
		"unfollowed":               {func(f *core.Follower) { f.Follows, f.UnfollowedAt = false, now }, false, outreach.Route{Channel: core.ChannelNone, Reason: outreach.ReasonOptedOut}},
		"silent for three days":    {func(f *core.Follower) { f.LastInteraction = now.Add(-72 * time.Hour) }, false, outreach.Route{Channel: core.ChannelNone, Reason: outreach.ReasonWindow}},
		"silent for ten days":      {func(f *core.Follower) { f.LastInteraction = now.Add(-240 * time.Hour) }, false, outreach.Route{Channel: core.ChannelNone, Reason: outreach.ReasonNoTemplate}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			user := "z1"
			if c.unlinked {
				user = ""
			}
			w.focalPoint("dm-yt", "yt", user, nil)
			w.follower("z1", c.follower)
			b := toFocalPoints("yt")
			b.Content.UserTemplate = "t" // says what contestants should do: none of theirs
			var planned outreach.Recipient
			for _, r := range w.all(b, 9) {
				if strings.HasPrefix(r.Person, core.FocalPrefix) {
					planned = r
				}
			}
			at, err := w.Recipient(t.Context(), b, core.FocalPrefix+"dm-yt")
			w.must(err)
			for _, r := range []outreach.Recipient{planned, at} { // as planned and as sent
				if got := outreach.Choose(b, r, outreach.PricesAt(nil, now.Time(time.UTC)), now); got != c.want {
					t.Errorf("%+v, want %+v", got, c.want)
				}
			}
		})
	}
}
