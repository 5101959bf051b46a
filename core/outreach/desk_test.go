package outreach_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/outreach"
)

const organizer = "organizer:lan"

// draft makes a draft for everybody of the world.
func draft(t testing.TB, s *outreach.Service, content core.Content) core.Broadcast {
	t.Helper()
	b, err := s.Create(t.Context(), organizer, core.Broadcast{ContestID: "c", Title: "Nhắc", Content: content, Audience: core.Audience{Who: core.AudienceAll}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestDraftIsEditedUntilItIsPlanned(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 3)
	cfg := w.config()
	var lines []string
	cfg.Audit = func(_ context.Context, e core.AuditEntry) error {
		lines = append(lines, e.Action+" "+e.Actor+" "+e.Reason)
		return nil
	}
	s := outreach.New(cfg)
	b := draft(t, s, core.Content{Text: "Chào {ho_ten}."})
	b.Content.Text = "Chào {ho_tren}."
	if _, err := s.Edit(t.Context(), organizer, b); !core.Is(err, core.Invalid) {
		t.Errorf("an unknown placeholder: %v", err)
	}
	b.Content.Text = "Chào anh/chị {ho_ten}."
	b, err := s.Edit(t.Context(), organizer, b)
	if err != nil || b.Content.Text != "Chào anh/chị {ho_ten}." {
		t.Fatalf("%+v %v", b, err)
	}
	if _, err := s.Broadcast(t.Context(), "another", b.ID); !core.Is(err, core.NotFound) {
		t.Errorf("of another contest: %v", err)
	}
	if err := s.Plan(t.Context(), organizer, b.ID); err != nil {
		t.Fatal(err)
	}
	if b, err = s.PlanNow(t.Context(), b.ID); err != nil || b.State != core.BroadcastPlanned {
		t.Fatalf("%s %v", b.State, err)
	}
	if _, err := s.Edit(t.Context(), organizer, b); !core.Is(err, core.Closed) {
		t.Errorf("a plan was edited: %v", err)
	}
	again, err := s.Rework(t.Context(), organizer, b.ID)
	if err != nil || again.ID == b.ID || again.State != core.BroadcastDraft || again.Content.Text != b.Content.Text {
		t.Errorf("%+v %v", again, err)
	}
	if b, _ = s.Broadcast(t.Context(), "c", b.ID); b.State != core.BroadcastCancelled {
		t.Errorf("the plan before: %s", b.State)
	}
	want := []string{"broadcast.create organizer:lan ", "broadcast.edit organizer:lan ", "broadcast.plan organizer:lan ", "broadcast.edit organizer:lan ",
		"broadcast.cancel organizer:lan sửa lại thành bản nháp mới", "broadcast.create organizer:lan "}
	if !slices.Equal(lines, want) {
		t.Errorf("audit: %q", lines)
	}
}

// TestSurveySaysWhatThePlanWillSay counts an audience of several pages both ways.
func TestSurveySaysWhatThePlanWillSay(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 2300)
	for i := range w.people {
		switch i % 5 {
		case 1:
			w.people[i].OptedOut = true
		case 2:
			w.people[i].LastInteraction = noon.Add(-3 * 24 * time.Hour)
		case 3:
			w.people[i].UserID = ""
		}
	}
	s := outreach.New(w.config())
	b := draft(t, s, core.Content{Text: "Chào {ho_ten}."})
	b.Billed = true
	b, err := s.Edit(t.Context(), organizer, b)
	if err != nil {
		t.Fatal(err)
	}
	survey, err := s.Survey(t.Context(), b, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := s.Tally(t.Context(), b); len(n) > 0 {
		t.Errorf("counting planned something: %v", n)
	}
	if err := s.Plan(t.Context(), organizer, b.ID); err != nil {
		t.Fatal(err)
	}
	if b, err = s.PlanNow(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	f, err := s.Forecast(t.Context(), b, 100)
	if err != nil || survey.More || survey.People != 2300 || !slices.Equal(f.Counts, survey.Counts) || f.Reach != survey.Reach || f.Cost != survey.Cost || f.Cost != 460*55 {
		t.Errorf("survey %+v\nplan %+v %v", survey, f, err)
	}
	if few, err := s.Survey(t.Context(), b, 500); err != nil || !few.More || few.People != 1000 {
		t.Errorf("a part: %+v %v", few, err)
	}
}

// TestNobodyIsPromisedAnUnwritableText: of a follower whom nobody knows the plan does not count a text with a name.
func TestNobodyIsPromisedAnUnwritableText(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), core.FollowerPrefix, 2)
	s := outreach.New(w.config())
	for text, reach := range map[string]int64{"Chào {ho_ten}.": 0, "Đợt thi đang mở. {lien_ket}": 2} {
		survey, err := s.Survey(t.Context(), draft(t, s, core.Content{Text: text, UserTemplate: "7", Parameters: map[string]string{"ten": "{ho_ten}"}}), 100)
		if err != nil || survey.People != 2 || survey.Reach != reach {
			t.Errorf("%s: %+v %v", text, survey, err)
		}
	}
}

func TestSamplesGoAround(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 3)
	w.people[1].OptedOut = true
	s := outreach.New(w.config())
	b := draft(t, s, core.Content{Text: "Chào {ho_ten}.", UserTemplate: "7", Parameters: map[string]string{"ten": "{ho_ten}", "lop": "{ti_le}"}})
	var seen []string
	after := ""
	for range 4 {
		r, err := s.Sample(t.Context(), b, after)
		if err != nil {
			t.Fatal(err)
		}
		after = r.Person
		seen = append(seen, r.Person)
	}
	if want := []string{"p00000", "p00002", "p00000", "p00002"}; !slices.Equal(seen, want) {
		t.Errorf("%v, want %v: who opted out is no sample while others are there", seen, want)
	}
	previews, route, err := s.Previews(t.Context(), b, w.people[0])
	if err != nil || len(previews) != 2 || route.Channel != core.ChannelFree {
		t.Fatalf("%+v %+v %v", previews, route, err)
	}
	if m := previews[0].Message; m.Text != "Chào Nguyễn Văn p00000." || previews[0].Fault != nil {
		t.Errorf("%+v", previews[0])
	}
	if previews[1].Message.Parameters["ten"] != "Nguyễn Văn p00000" || previews[1].Fault == nil {
		t.Errorf("a placeholder without a value: %+v", previews[1])
	}
	w.people = nil
	if _, err := s.Sample(t.Context(), b, "p00002"); !core.Is(err, core.NotFound) {
		t.Errorf("nobody: %v", err)
	}
}

// TestTestGoesToOneAtOnce: the test of a message leaves no trace that would keep the real one back.
func TestTestGoesToOneAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 2)
	w.quiet = outreach.Quiet{From: 0, To: 23 * time.Hour} // it is quiet now
	s := outreach.New(w.config())
	b := draft(t, s, core.Content{Text: "Chào {ho_ten}."})
	if route, err := s.Test(t.Context(), organizer, b, "p00001"); err != nil || route.Channel != core.ChannelFree || w.got["up00001"] != 1 {
		t.Fatalf("%+v %v %v", route, err, w.got)
	}
	w.people[0].OptedOut = true
	if route, err := s.Test(t.Context(), organizer, b, "p00000"); err != nil || route.Reason != outreach.ReasonOptedOut || len(w.got) != 1 {
		t.Errorf("who opted out: %+v %v", route, err)
	}
	w.quiet = outreach.Quiet{}
	s = outreach.New(w.config())
	if err := s.Plan(t.Context(), organizer, b.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.PlanNow(t.Context(), b.ID); err != nil {
		t.Fatal(err)
	}
	if err := s.Start(t.Context(), organizer, b.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Run(t.Context()); err != nil || w.got["up00001"] != 2 {
		t.Errorf("the real one: %v %v", w.got, err)
	}
}

func TestOutcomesNamePeople(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 1203)
	s := outreach.New(w.config())
	w.start(t, "b")
	if _, err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.people = slices.Delete(w.people, 600, 601) // erased meanwhile
	b, err := s.Broadcast(t.Context(), "c", "b")
	if err != nil {
		t.Fatal(err)
	}
	var all []outreach.Outcome
	for o, err := range s.AllOutcomes(t.Context(), b) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, o)
	}
	if len(all) != 1203 || !slices.IsSortedFunc(all, func(a, b outreach.Outcome) int { return strings.Compare(a.Delivery.Person, b.Delivery.Person) }) {
		t.Fatalf("%d outcomes", len(all))
	}
	for i, o := range all {
		want := fmt.Sprintf("Nguyễn Văn p%05d", i)
		if i == 600 {
			want = ""
		}
		if o.Recipient.Person != o.Delivery.Person || o.Recipient.Values["ho_ten"] != want || o.Delivery.State != core.DeliverySent {
			t.Fatalf("%d: %+v", i, o)
		}
	}
	few, err := s.Outcomes(t.Context(), b, core.DeliverySent, "p00599", 2)
	if err != nil || len(few) != 2 || few[1].Recipient.Values["ho_ten"] == "" {
		t.Errorf("%+v %v", few, err)
	}
}

func TestRulesBeginOffAndKeepWhatIsSaved(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 1)
	s, c := outreach.New(w.config()), contest()
	rules, err := s.Rules(t.Context(), "c")
	if err != nil || len(rules) != 9 {
		t.Fatalf("%d %v", len(rules), err)
	}
	for _, r := range rules {
		if err := outreach.CheckRule(c, r); r.On || err != nil {
			t.Errorf("%s: on %v, %v", r.Kind, r.On, err)
		}
	}
	r := rules[2]
	r.On, r.Days, r.At = true, 6, "09:30"
	if r, err = s.SaveRule(t.Context(), organizer, c, r, "thử"); err != nil {
		t.Fatal(err)
	}
	stale := r
	stale.Revision = 0
	if _, err := s.SaveRule(t.Context(), organizer, c, stale, "thử"); !core.Is(err, core.Conflict) {
		t.Errorf("a stale page: %v", err)
	}
	bad := r
	bad.At, bad.Content.Text = "9 giờ", "{gi_do}"
	if _, err := s.SaveRule(t.Context(), organizer, c, bad, "thử"); !core.Is(err, core.Invalid) {
		t.Errorf("a wrong rule: %v", err)
	}
	more := r
	more.ID, more.Days, more.Revision = "", 1, 0
	if more, err = s.SaveRule(t.Context(), organizer, c, more, "thử"); err != nil {
		t.Fatal(err)
	}
	rules, err = s.Rules(t.Context(), "c")
	if err != nil || len(rules) != 10 || rules[2].ID != r.ID || rules[3].ID != more.ID || rules[2].At != "09:30" {
		t.Errorf("%+v %v", rules, err)
	}
	if got, err := s.Rule(t.Context(), "c", r.ID); err != nil || got.Days != 6 || got.By != organizer {
		t.Errorf("%+v %v", got, err)
	}
}

func TestCalendarShowsRulesAndBroadcastsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 1)
	w.quiet = outreach.DefaultQuiet()
	s, c := outreach.New(w.config()), contest()
	for _, change := range []struct {
		kind string
		at   string
	}{{core.RemindLastDay, "06:00"}, {core.RemindNotTaken, "08:00"}} {
		r, err := s.Rule(t.Context(), "c", "c."+change.kind)
		if err != nil {
			t.Fatal(err)
		}
		r.On, r.At = true, change.at
		if _, err := s.SaveRule(t.Context(), organizer, c, r, "thử"); err != nil {
			t.Fatal(err)
		}
	}
	b := core.Broadcast{ContestID: "c", Title: "Thông báo riêng", Content: core.Content{Text: "x"}, StartAt: at("2023-10-10 22:00")}
	if _, err := s.Create(t.Context(), organizer, b); err != nil {
		t.Fatal(err)
	}
	list := func() []string {
		ahead, err := s.Calendar(t.Context(), c, at("2023-10-01 00:00"), at("2023-10-20 00:00"), vietnam)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, a := range ahead {
			out = append(out, strings.TrimSpace(show(a.At)+" "+a.Kind+a.Title[:min(len(a.Title), 5)]+" "+a.State))
		}
		return out
	}
	// Round r3 closes at the midnight after 2023-10-16; today is 2023-10-02.
	want := []string{"2023-10-11 07:00 Thôn draft", "2023-10-11 08:00 not_taken", "2023-10-16 07:00 last_day"}
	if got := list(); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	w.clock.advance(at("2023-10-11 08:00").Sub(noon))
	if n, err := s.Remind(t.Context(), c, vietnam); err != nil || n != 1 {
		t.Fatalf("%d %v", n, err)
	}
	want = []string{"2023-10-11 07:00 Thôn draft", "2023-10-11 08:00 not_takennot_t planning", "2023-10-16 07:00 last_day"}
	if got := list(); !slices.Equal(got, want) {
		t.Errorf("once it is made: %q", got)
	}
}
