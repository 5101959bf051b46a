package exam_test

import (
	"slices"
	"strings"
	"testing"

	"duthi/core"
	"duthi/core/exam"
)

func TestWholeWay(t *testing.T) { eachStore(t, wholeWay) }

func wholeWay(t *testing.T, w *world) {
	ctx, at := t.Context(), exam.FirstDay+8*60*exam.Minute
	c := w.contestant("Nguyễn Thị An", "SNV-VP")

	b, err := w.Before(ctx, w.ed, c, "dot-1", at)
	ok(t, err)
	if b.Left != 2 || b.Next != 1 || b.Minutes() != 20 || b.Shortened() || b.Running != nil || b.Best != nil || b.Refusal != nil {
		t.Fatalf("before the first start: %+v", b)
	}
	v := w.start(t, c, at)
	if v.Final || len(v.Items) != 20 || v.RemainingMillis != 20*60_000 || v.Ordinal != 1 || v.Answered != 0 {
		t.Fatalf("just started: %+v", v.Summary)
	}
	for i, item := range v.Items[:18] {
		r, err := w.Save(ctx, w.ed, answer(c, v, i, w.key(item), 0), at+exam.Minute)
		ok(t, err)
		if r.Stale || r.Rev != 1 || !slices.Equal(r.Shown, w.key(item)) || r.RemainingMillis != 19*60_000 {
			t.Fatalf("saved %+v", r)
		}
	}
	marked := answer(c, v, 2, w.key(v.Items[2]), 1)
	marked.Marked = true
	_, err = w.Save(ctx, w.ed, marked, at+exam.Minute)
	ok(t, err)
	guess := int64(4120)
	_, err = w.SavePrediction(ctx, w.ed, exam.PredictionInput{AttemptID: v.ID, ContestantID: c.ID, Value: &guess}, at+2*exam.Minute)
	ok(t, err)

	again := w.start(t, c, at+3*exam.Minute)
	if again.ID != v.ID || again.Answered != 18 || !again.Items[2].Marked || again.Items[2].Rev != 2 || *again.Prediction.Value != guess {
		t.Fatalf("resumed: %+v", again)
	}
	for i, item := range again.Items {
		if item.Text != v.Items[i].Text || item.Answered != (i < 18) {
			t.Fatalf("question %d came back otherwise", i)
		}
	}
	review, err := w.Review(ctx, w.ed, c.ID, v.ID, at+4*exam.Minute)
	ok(t, err)
	if !slices.Equal(review.Unanswered, []int{18, 19}) || !slices.Equal(review.Marked, []int{2}) || review.RemainingMillis != 16*60_000 {
		t.Fatalf("review %+v", review)
	}

	end := at + 12*exam.Minute + 43_999
	r, err := w.Submit(ctx, w.ed, c.ID, v.ID, end)
	ok(t, err)
	if r.Status != core.Submitted || r.Correct != 18 || r.Points != 90 || r.MaxPoints != 100 || r.DurationSeconds != 12*60+43 || r.SubmittedAt != end ||
		r.Left != 1 || !r.Best || !r.Certificate || r.Revealed || r.RevealAt != exam.FirstDay+exam.Day || *r.Prediction.Value != guess {
		t.Fatalf("result %+v", r)
	}
	second, err := w.Submit(ctx, w.ed, c.ID, v.ID, end+exam.Minute)
	ok(t, err)
	if second.Receipt != r.Receipt || second.SubmittedAt != end {
		t.Fatalf("submitted again: %+v", second)
	}

	check, err := w.CheckReceipt(ctx, w.ed, strings.ToLower(strings.ReplaceAll(r.Receipt, "-", " ")))
	ok(t, err)
	if !check.StillValid() || check.Correct != 18 || check.Questions != 20 || check.RoundName != "Đợt 1" || check.SubmittedAt != end || check.Receipt != r.Receipt {
		t.Fatalf("receipt %+v", check)
	}
	ok(t, w.store.VoidAttempt(ctx, c.ID, v.ID, &core.Void{By: "organizer:a", At: end, Reason: "thi hộ"}))
	check, err = w.CheckReceipt(ctx, w.ed, r.Receipt)
	ok(t, err)
	if check.StillValid() || !check.Void || !check.Intact {
		t.Fatalf("receipt of a void attempt %+v", check)
	}
	_, err = w.CheckReceipt(ctx, w.ed, "0000-0000-0000")
	wantCode(t, err, core.NotFound)
}

func TestRevealOnlyAfterTheRound(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, at, end := t.Context(), exam.FirstDay+exam.Minute, exam.FirstDay+exam.Day
	c := w.contestant("Nguyễn Thị An", "SYT")
	done := w.take(t, c, at, 5*exam.Minute, 3, 2)
	open := w.start(t, c, end-5*exam.Minute)

	for _, id := range []string{done.ID, open.ID} {
		for _, now := range []core.Instant{at + exam.Minute, end - 1} {
			_, err := w.Reveal(ctx, w.ed, c.ID, id, now)
			wantCode(t, err, core.Closed)
		}
	}
	got, err := w.Reveal(ctx, w.ed, c.ID, done.ID, end)
	ok(t, err)
	right := 0
	for i, item := range got.Items {
		if item.Right {
			right++
		}
		if item.Answered != (i < 5) || item.Right != (i < 3) || item.Explanation == "" {
			t.Fatalf("question %d: %+v", i, item)
		}
		var correct []int
		for place, o := range item.Options {
			if o.Correct {
				correct = append(correct, place)
			}
			if o.Correct && item.Right != o.Chosen && item.Answered && item.Right {
				t.Fatalf("question %d is right without option %s", i, o.Letter)
			}
		}
		if len(correct) == 0 {
			t.Fatalf("question %d has no right option", i)
		}
	}
	if right != done.Correct || !got.Revealed {
		t.Fatalf("%d right, result said %d", right, done.Correct)
	}
	_, err = w.Reveal(ctx, w.ed, c.ID, open.ID, end) // finalised on the way
	ok(t, err)

	never := exam.FixtureEdition()
	for _, rule := range []string{"never", ""} {
		never.Contest.Quiz.RevealAnswers = rule
		_, err = w.Reveal(ctx, never, c.ID, done.ID, end+exam.Day)
		wantCode(t, err, core.Closed)
	}
}

func TestBeforeStart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, end := t.Context(), exam.FirstDay+exam.Day
	c := w.contestant("Nguyễn Thị An", "SYT")
	before := func(c core.Contestant, at core.Instant) exam.BeforeStart {
		t.Helper()
		b, err := w.Before(ctx, w.ed, c, "dot-1", at)
		ok(t, err)
		return b
	}
	for _, at := range []core.Instant{end - 5*exam.Minute, end - 5*exam.Minute + 59_000} { // 23:55
		if b := before(c, at); b.Minutes() != 4 || !b.Shortened() || b.Deadline != end || b.Refusal != nil {
			t.Fatalf("at 23:55: %d minutes, %+v", b.Minutes(), b)
		}
	}
	if b := before(c, end-20*exam.Minute); b.Minutes() != 20 || b.Shortened() {
		t.Fatalf("20 minutes before the end: %+v", b)
	}
	slow := c
	slow.ExtraSeconds = 600
	if b := before(slow, exam.FirstDay); b.Minutes() != 30 || b.ExtraSeconds != 600 || b.Deadline != exam.FirstDay+30*exam.Minute {
		t.Fatalf("with extra time: %+v", b)
	}
	if b := before(slow, end-25*exam.Minute); b.Minutes() != 24 || b.Deadline != end {
		t.Fatalf("extra time near the end: %+v", b)
	}
	withdrawn, locked, foreign := c, c, c
	withdrawn.Status, locked.Status, foreign.ContestID = core.Withdrawn, core.Locked, "khac"
	for name, x := range map[string]struct {
		c    core.Contestant
		at   core.Instant
		want core.Code
	}{
		"too early": {c, exam.FirstDay - 1, core.Closed}, "too late": {c, end, core.Closed},
		"withdrawn": {withdrawn, exam.FirstDay, core.Forbidden}, "locked": {locked, exam.FirstDay, core.Forbidden},
		"of another contest": {foreign, exam.FirstDay, core.Forbidden},
	} {
		b := before(x.c, x.at)
		if b.Refusal == nil || b.Refusal.Code != x.want {
			t.Errorf("%s: %+v", name, b.Refusal)
		}
		_, _, err := w.Start(ctx, w.ed, x.c, "dot-1", x.at)
		if !core.Is(err, x.want) {
			t.Errorf("%s: started, %v", name, err)
		}
	}
	if b := before(c, end); !strings.Contains(b.Refusal.Msg, "23:59 ngày 01/10/2023") {
		t.Errorf("closed with the words %q", b.Refusal.Msg)
	}
	_, err := w.Before(ctx, w.ed, c, "dot-9", exam.FirstDay)
	wantCode(t, err, core.NotFound)

	w.take(t, c, exam.FirstDay, exam.Minute, 2, 0)
	if b := before(c, exam.FirstDay+2*exam.Minute); b.Used != 1 || b.Left != 1 || b.Next != 2 || b.Best == nil || b.Best.Correct != 2 {
		t.Fatalf("after one: %+v", b)
	}
	v := w.start(t, c, exam.FirstDay+3*exam.Minute)
	if b := before(c, exam.FirstDay+4*exam.Minute); b.Running == nil || b.Running.ID != v.ID || b.Refusal != nil || b.Left != 0 {
		t.Fatalf("with one running: %+v", b)
	}
	if b := before(c, v.Deadline); b.Running != nil || b.Refusal == nil || b.Refusal.Code != core.Limited || b.Next != 0 {
		t.Fatalf("all used: %+v", b)
	}
	_, _, err = w.Start(ctx, w.ed, c, "dot-1", v.Deadline)
	wantCode(t, err, core.Limited)
	if _, resumed, err := w.Start(ctx, w.ed, c, "dot-2", exam.FirstDay+exam.Day); err != nil || resumed {
		t.Fatalf("the next round: resumed %v, %v", resumed, err)
	}
}

func TestStartKeepsTheUnit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.contestant("Nguyễn Thị An", "SNV-CC-1")
	c.Sample = true
	a, _, err := w.Start(t.Context(), w.ed, c, "dot-1", exam.FirstDay)
	ok(t, err)
	stored, err := w.store.Attempt(t.Context(), c.ID, a.ID)
	ok(t, err)
	if stored.UnitCode != "SNV-CC-1" || stored.Unit1Code != "SNV" || stored.BlockID != "so" || !stored.Sample || stored.Seed < 0 || stored.Seed >= core.SeedLimit {
		t.Fatalf("stored %+v", stored)
	}
	for _, item := range stored.Paper {
		if strings.HasPrefix(item.ID, "thu-") {
			t.Fatalf("%s of the practice pool was drawn in a round", item.ID)
		}
	}
	again := core.DrawPaper(w.ed.Bank, w.ed.Contest.Quiz, stored.Seed)
	if len(again) != 20 || again[0].ID != stored.Paper[0].ID || again[19].ID != stored.Paper[19].ID {
		t.Fatal("the seed does not give the paper")
	}
	other := w.contestant("Trần Văn Bình", core.OtherUnit)
	a, _, err = w.Start(t.Context(), w.ed, other, "dot-1", exam.FirstDay)
	ok(t, err)
	if a.BlockID != "" || a.UnitCode != core.OtherUnit {
		t.Fatalf("of no listed unit: %+v", a)
	}
}

func TestMine(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.contestant("Nguyễn Thị An", "SYT")
	at := exam.FirstDay
	w.take(t, c, at, 10*exam.Minute, 12, 1)
	w.take(t, c, at+30*exam.Minute, 5*exam.Minute, 12, 3) // as many right, in less time
	v, _, err := w.Start(t.Context(), w.ed, c, "dot-2", at+exam.Day)
	ok(t, err)

	m, err := w.Mine(t.Context(), w.ed, c.ID, at+exam.Day+exam.Minute)
	ok(t, err)
	if len(m.Attempts) != 3 || m.Running == nil || m.Running.ID != v.ID || m.Attempts[0].ID != v.ID || m.Attempts[0].Revealed {
		t.Fatalf("mine: %+v", m)
	}
	better, worse := m.Attempts[1], m.Attempts[2]
	if !better.Best || worse.Best || better.Ordinal != 2 || better.Correct != 12 || better.Answered != 15 || !better.Revealed {
		t.Fatalf("better %+v\nworse %+v", better, worse)
	}
	if m.Certificate == nil || m.Certificate.ID != better.ID {
		t.Fatalf("certificate %+v", m.Certificate)
	}
	m, err = w.Mine(t.Context(), w.ed, c.ID, v.Deadline)
	ok(t, err)
	if m.Running != nil || m.Attempts[0].Status != core.Expired || m.Attempts[0].Valid || m.Attempts[0].SubmittedAt != v.Deadline {
		t.Fatalf("an overdue attempt without answers: %+v", m.Attempts[0])
	}
	poor := w.contestant("Lê Ba", "SYT")
	w.take(t, poor, at, exam.Minute, 9, 0)
	if m, err = w.Mine(t.Context(), w.ed, poor.ID, at+exam.Day); err != nil || m.Certificate != nil {
		t.Fatalf("45 points and a certificate: %+v, %v", m.Certificate, err)
	}
}

// Nobody reaches an attempt of somebody else, or through another contest, whatever is kept in memory.
func TestAttemptsOfOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, at := t.Context(), exam.FirstDay
	c, thief := w.contestant("Nguyễn Thị An", "SYT"), w.contestant("Trần Văn Bình", "SYT")
	v := w.start(t, c, at)
	elsewhere := exam.FixtureEdition()
	elsewhere.Contest.ID = "khac"
	for name, x := range map[string]struct {
		ed  *exam.Edition
		who string
		id  string
	}{"another's": {w.ed, thief.ID, v.ID}, "other contest": {elsewhere, c.ID, v.ID}, "no such": {w.ed, c.ID, "khong-co"}, "empty": {w.ed, c.ID, ""}} {
		calls := map[string]error{}
		for _, s := range []*exam.Service{w.Service, w.another(t)} { // with and without the attempt in memory
			_, calls["open"] = s.Open(ctx, x.ed, x.who, x.id, at)
			_, calls["review"] = s.Review(ctx, x.ed, x.who, x.id, at)
			_, calls["save"] = s.Save(ctx, x.ed, exam.AnswerInput{AttemptID: x.id, ContestantID: x.who, Shown: []int{0}}, at)
			_, calls["predict"] = s.SavePrediction(ctx, x.ed, exam.PredictionInput{AttemptID: x.id, ContestantID: x.who}, at)
			_, calls["submit"] = s.Submit(ctx, x.ed, x.who, x.id, at)
			_, calls["result"] = s.Result(ctx, x.ed, x.who, x.id, at)
			_, calls["reveal"] = s.Reveal(ctx, x.ed, x.who, x.id, at)
			for call, err := range calls {
				if !core.Is(err, core.NotFound) {
					t.Errorf("%s of %s: %v", call, name, err)
				}
			}
		}
	}
	if m, err := w.Mine(ctx, elsewhere, c.ID, at); err != nil || len(m.Attempts) != 0 || m.Running != nil {
		t.Errorf("mine through another contest: %+v, %v", m, err)
	}
	stored, err := w.store.Attempt(ctx, c.ID, v.ID)
	ok(t, err)
	if stored.Writes != 0 || stored.Final() {
		t.Fatalf("something was written: %+v", stored)
	}
}
