package outreach_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"duthi/core"
	"duthi/core/outreach"
)

func at(s string) core.Instant {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, vietnam)
	if err != nil {
		panic(err)
	}
	return core.At(t)
}

func show(i core.Instant) string {
	if i.IsZero() {
		return "never"
	}
	return i.Time(vietnam).Format("2006-01-02 15:04")
}

// contest is 75 days of five rounds of 15 days, each closing at the exclusive midnight after its last day.
func contest() core.Contest {
	c := core.Contest{ID: "c", Title: "Cuộc thi", ShortTitle: "Tìm hiểu CCHC", TargetPercent: 80, Contacts: core.Contacts{Hotline: "1900 1234"}}
	for i := range 5 {
		start := at("2023-09-02 07:00").Add(time.Duration(i) * 15 * 24 * time.Hour)
		c.Rounds = append(c.Rounds, core.Round{ID: fmt.Sprint("r", i+1), Name: fmt.Sprint("Đợt ", i+1), Start: start, End: start.Add(15*24*time.Hour - 7*time.Hour)})
	}
	return c
}

func TestChoose(t *testing.T) {
	t.Parallel()
	now := at("2026-11-05 09:00")
	full := core.Content{Text: "x", UserTemplate: "t1", PhoneTemplate: "t2"}
	linked := func(ago time.Duration) outreach.Recipient {
		return outreach.Recipient{UserID: "u", Follows: true, LastInteraction: now.Add(-ago)}
	}
	phone := outreach.Recipient{Phone: "0912345678"}
	both := linked(8 * 24 * time.Hour)
	both.Phone = phone.Phone
	away := both
	away.Follows = false
	out := both
	out.OptedOut = true
	for _, c := range []struct {
		name    string
		content core.Content
		billed  bool
		r       outreach.Recipient
		want    string
	}{
		{"inside two days", full, true, linked(time.Hour), "consultation 0"},
		{"just inside", full, true, linked(47*time.Hour + 50*time.Minute), "consultation 0"},
		{"too near the end of the free window", full, true, linked(47*time.Hour + 51*time.Minute), "consultation_billed 55"},
		{"billed is not allowed", full, false, linked(3 * 24 * time.Hour), "template_user 560"},
		{"billed is not allowed, no template", core.Content{Text: "x"}, false, linked(3 * 24 * time.Hour), "none 0 window"},
		{"after seven days", full, true, linked(8 * 24 * time.Hour), "template_user 560"},
		{"after seven days, no template", core.Content{Text: "x"}, true, linked(8 * 24 * time.Hour), "none 0 no_template"},
		{"never spoke", full, true, outreach.Recipient{UserID: "u", Follows: true}, "template_user 560"},
		{"templates only", core.Content{PhoneTemplate: "t2"}, true, both, "template_phone 800"},
		{"phone only", full, true, phone, "template_phone 800"},
		{"phone only, no template", core.Content{Text: "x"}, true, phone, "none 0 no_template"},
		{"unfollowed, phone left", full, true, away, "template_phone 800"},
		{"opted out", full, true, out, "none 0 opted_out"},
		{"nothing known", full, true, outreach.Recipient{}, "none 0 no_channel"},
	} {
		r := outreach.Choose(core.Broadcast{Content: c.content, Billed: c.billed}, c.r, outreach.DefaultPrices()[0], now)
		if got := strings.TrimSpace(fmt.Sprint(r.Channel, " ", r.Cost, " ", r.Reason)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestPricesAt(t *testing.T) {
	t.Parallel()
	all := []outreach.Prices{{From: "2027-01-01", Billed: 70}, {From: "2026-01-01", Billed: 55}, {From: "2026-06-01", Billed: 60}}
	for day, want := range map[string]int64{"2025-01-01": 55, "2026-01-01": 55, "2026-05-31": 55, "2026-06-01": 60, "2027-01-01": 70, "2030-01-01": 70} {
		if got := outreach.PricesAt(all, at(day+" 00:00").Time(vietnam)).Billed; got != want {
			t.Errorf("%s: %d, want %d", day, got, want)
		}
	}
}

func TestQuiet(t *testing.T) {
	t.Parallel()
	q := outreach.DefaultQuiet()
	q.Weekdays, q.Days = []time.Weekday{time.Sunday}, []string{"2023-09-04"}
	for from, want := range map[string]string{
		"2023-09-01 07:00": "2023-09-01 07:00",
		"2023-09-01 21:29": "2023-09-01 21:29",
		"2023-09-01 21:30": "2023-09-02 07:00",
		"2023-09-02 00:10": "2023-09-02 07:00",
		"2023-09-02 06:59": "2023-09-02 07:00",
		"2023-09-02 22:00": "2023-09-05 07:00", // a Saturday; Sunday and the holiday are quiet
		"2023-09-03 12:00": "2023-09-05 07:00",
	} {
		if got := show(q.Next(at(from), vietnam)); got != want {
			t.Errorf("from %s: %s, want %s", from, got, want)
		}
	}
	lunch := outreach.Quiet{From: 12 * time.Hour, To: 13 * time.Hour}
	if got := show(lunch.Next(at("2023-09-01 12:30"), vietnam)); got != "2023-09-01 13:00" {
		t.Error(got)
	}
	if got := (outreach.Quiet{}).Next(at("2023-09-01 03:00"), vietnam); got != at("2023-09-01 03:00") {
		t.Error(show(got))
	}
	all := outreach.Quiet{Weekdays: []time.Weekday{0, 1, 2, 3, 4, 5, 6}}
	if got := all.Next(at("2023-09-01 12:30"), vietnam); got != 0 {
		t.Error(show(got))
	}
}

func TestFinish(t *testing.T) {
	t.Parallel()
	q := outreach.DefaultQuiet()
	for _, c := range []struct {
		from  string
		count int64
		rate  int
		want  string
	}{
		{"2023-09-01 08:00", 6000, 100, "2023-09-01 09:00"},
		{"2023-09-01 21:00", 6000, 100, "2023-09-02 07:30"},
		{"2023-09-01 23:00", 6000, 100, "2023-09-02 08:00"},
		{"2023-09-01 07:00", 1_000_000, 2000, "2023-09-01 15:20"},
		{"2023-09-01 07:00", 1_000_000, 100, "2023-09-12 14:10"}, // 870 minutes a day
		{"2023-09-01 08:00", 0, 100, "2023-09-01 08:00"},
	} {
		if got := show(q.Finish(at(c.from), c.count, c.rate, vietnam)); got != c.want {
			t.Errorf("%d from %s at %d a minute: %s, want %s", c.count, c.from, c.rate, got, c.want)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	values := outreach.ContestValues(contest(), "r2", vietnam)
	want := map[string]string{"cuoc_thi": "Tìm hiểu CCHC", "hotline": "1900 1234", "muc_tieu": "80%", "dot": "Đợt 2",
		"mo_luc": "07:00 ngày 17/09", "dong_luc": "23:59 ngày 01/10"}
	if d := cmp.Diff(want, values); d != "" {
		t.Error(d)
	}
	got, err := outreach.Render("Anh/chị {ho_ten}: {dot} đóng lúc {dong_luc}.", map[string]string{"ho_ten": "Lê An"}, values)
	if err != nil || got != "Anh/chị Lê An: Đợt 2 đóng lúc 23:59 ngày 01/10." {
		t.Error(got, err)
	}
	for _, text := range []string{"{ten}", "{ho_ten", "ho_ten}", "{{ho_ten}}", "{}", "{con_luot}", "{Ho_ten}"} {
		if out, err := outreach.Render(text, map[string]string{"ho_ten": "Lê {An}"}, values); !core.Is(err, core.Invalid) {
			t.Errorf("%s: %q, %v", text, out, err)
		}
	}
	if out, err := outreach.Render("{ho_ten}", map[string]string{"ho_ten": "Lê {dot}"}, values); out != "Lê {dot}" || err != nil {
		t.Errorf("a value is not a text with placeholders: %q, %v", out, err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for field, b := range map[string]core.Broadcast{
		"":                {RoundID: "r1", Content: core.Content{Text: "{ho_ten} {dong_luc}", ButtonTitle: "Vào thi", ButtonURL: "{lien_ket}"}},
		"text":            {Content: core.Content{Text: "Chào {ten}"}},
		"button_url":      {Content: core.Content{Text: "x", ButtonTitle: "Vào thi"}},
		"parameters.khac": {Content: core.Content{UserTemplate: "1", Parameters: map[string]string{"khac": "{gi_do}"}}},
		"parameters.dài":  {Content: core.Content{UserTemplate: "1", Parameters: map[string]string{"dài": "x"}}},
		"parameters.dai":  {Content: core.Content{UserTemplate: "1", Parameters: map[string]string{"dai": strings.Repeat("ă", outreach.ParameterMost+1)}}},
		"user_template":   {Content: core.Content{UserTemplate: "../x y"}},
		"phone_template":  {Content: core.Content{PhoneTemplate: strings.Repeat("1", 41)}},
		"title":           {Title: strings.Repeat("ă", outreach.TitleMost+1), Content: core.Content{Text: "x"}},
		"button_title":    {Content: core.Content{Text: "x", ButtonTitle: strings.Repeat("ă", outreach.ButtonMost+1), ButtonURL: "https://thi.example"}},
	} {
		err := outreach.Check(b)
		if field == "" {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		if e, ok := err.(*core.Error); !ok || e.Code != core.Invalid || e.Fields[field] == "" || len(e.Fields) != 1 {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := outreach.Check(core.Broadcast{Content: core.Content{Text: "{dong_luc}"}}); !core.Is(err, core.Invalid) {
		t.Error("a text about a round needs one")
	}
	if err := outreach.Check(core.Broadcast{}); !core.Is(err, core.Invalid) {
		t.Error("nothing to say")
	}
}

func TestCheckTextAndLink(t *testing.T) {
	t.Parallel()
	for field, all := range map[string][]core.Content{
		"text": {{Text: strings.Repeat("ă", outreach.TextMost+1)}, {Text: " \n"}, {Text: "{ho_ten"}, {Text: "ho_ten}"}},
		"button_url": {{Text: "x", QR: true}, {Text: "x", ButtonTitle: "B", ButtonURL: "javascript:alert(1)"}, {Text: "x", ButtonTitle: "B", ButtonURL: "https://thi.example/{don_vi}"},
			{Text: "x", ButtonTitle: "B", ButtonURL: "thi.example"}, {Text: "x", ButtonURL: "{lien_ket}"}},
		"": {{Text: strings.Repeat("ă", outreach.TextMost)}, {Text: "x", ButtonTitle: "B", ButtonURL: "{lien_ket}?tu=nhac", QR: true}, {Text: "x", ButtonTitle: "B", ButtonURL: "http://thi.example/a"},
			{UserTemplate: "tb_7-A", PhoneTemplate: "123", Parameters: map[string]string{"Ten_1": "{ho_ten}"}}},
	} {
		for _, c := range all {
			err := outreach.Check(core.Broadcast{RoundID: "r1", Content: c})
			if e, _ := err.(*core.Error); (err == nil) != (field == "") || err != nil && e.Fields[field] == "" {
				t.Errorf("%q: %+v: %v", field, c, err)
			}
		}
	}
}

// TestSavedAfterItsMoment: a rule that is switched on does not send what was due before; what is due when its text is
// changed is sent.
func TestSavedAfterItsMoment(t *testing.T) {
	t.Parallel()
	for since, want := range map[time.Duration]int{time.Hour: 0, 30 * time.Second: 1} {
		w := newWorld(openStore(t), "c", 0)
		c := contest()
		w.clock.at.Store(int64(at("2023-10-16 08:00").Add(since)))
		s := outreach.New(w.config())
		r := core.ReminderRule{ID: "n", Kind: core.RemindLastDay, Content: core.Content{Text: "{dot}"}, On: true}
		if _, err := s.SaveRule(t.Context(), "organizer:lan", c, r, "bật"); err != nil {
			t.Fatal(err)
		}
		if n, err := s.Remind(t.Context(), c, vietnam); n != want || err != nil {
			t.Errorf("saved %v after its moment: %d made, %v", since, n, err)
		}
	}
}

// TestWholeContest lets rules run through 75 days, minute by quarter of an hour, and counts what they make.
func TestWholeContest(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "c", 0)
	c := contest()
	text := core.Content{Text: "{dot} đóng lúc {dong_luc}."}
	for i, r := range []core.ReminderRule{
		{Kind: core.RemindBeforeOpen, Days: 1}, {Kind: core.RemindOpened}, {Kind: core.RemindDaysLeft, Days: 3}, {Kind: core.RemindLastDay},
		{Kind: core.RemindUnused, Days: 2, RoundID: "r3"}, {Kind: core.RemindNotTaken, Days: 5, At: "19:30"},
		{Kind: core.RemindUnitBelow, Days: 40}, {Kind: core.RemindResults}, {Kind: core.RemindLastDay, At: "20:00"},
	} {
		r.ID, r.ContestID, r.Content, r.On = fmt.Sprint("n", i), "c", text, i != 8
		if err := outreach.CheckRule(c, r); err != nil {
			t.Fatal(err)
		}
		if err := w.store.InsertRule(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	w.clock.at.Store(int64(at("2023-08-30 00:00")))
	made := 0
	for w.clock.nowInstant() < at("2023-11-20 00:00") {
		for range 2 { // two processes
			n, err := outreach.New(w.config()).Remind(t.Context(), c, vietnam)
			if err != nil {
				t.Fatal(err)
			}
			made += n
		}
		w.clock.advance(3 * time.Hour)
	}
	all, err := w.store.Broadcasts(t.Context(), "c", 1000)
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]int{}
	var third []string
	for _, b := range all {
		by[b.RuleID]++
		if b.RoundID == "r3" {
			third = append(third, show(b.StartAt)+" "+b.Title)
		}
	}
	want := map[string]int{"n0": 5, "n1": 5, "n2": 5, "n3": 5, "n4": 1, "n5": 5}
	if d := cmp.Diff(want, by); d != "" || made != 26 {
		t.Errorf("%d made: %s", made, d)
	}
	slices.Sort(third)
	if d := cmp.Diff([]string{"2023-10-01 08:00 before_open", "2023-10-02 07:00 opened", "2023-10-11 19:30 not_taken", "2023-10-13 08:00 days_left",
		"2023-10-14 08:00 unused", "2023-10-16 08:00 last_day"}, third); d != "" {
		t.Error(d)
	}
}
