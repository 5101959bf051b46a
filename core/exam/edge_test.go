package exam_test

import (
	"strings"
	"testing"

	"duthi/core"
	"duthi/core/exam"
)

func TestExtraTimeIsGiven(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.contestant("Nguyễn Thị An", "SYT")
	c.ExtraSeconds = 600
	v := w.start(t, c, exam.FirstDay)
	if v.Deadline != exam.FirstDay+30*exam.Minute || v.RemainingMillis != 30*60_000 {
		t.Fatalf("deadline %d", v.Deadline)
	}
	late := w.contestant("Trần Văn Bình", "SYT")
	late.ExtraSeconds = 600
	if v = w.start(t, late, exam.FirstDay+exam.Day-25*exam.Minute); v.Deadline != exam.FirstDay+exam.Day {
		t.Fatalf("deadline %d is not the round's end", v.Deadline)
	}
}

// A process whose clock is behind must not give anybody a negative duration, which would win.
func TestSubmitByAClockBehind(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.contestant("Nguyễn Thị An", "SYT")
	v := w.start(t, c, exam.FirstDay+exam.Minute)
	r, err := w.Submit(t.Context(), w.ed, c.ID, v.ID, exam.FirstDay)
	ok(t, err)
	if r.DurationSeconds != 0 || r.SubmittedAt != v.StartedAt {
		t.Fatalf("lasted %d s, submitted at %d", r.DurationSeconds, r.SubmittedAt)
	}
}

func TestReceiptOfAlteredData(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.contestant("Nguyễn Thị An", "SYT")
	r := w.take(t, c, exam.FirstDay, exam.Minute, 5, 5)
	a, err := w.store.Attempt(t.Context(), c.ID, r.ID)
	ok(t, err)
	altered := a
	altered.ID, altered.Ordinal, altered.Correct, altered.Points = "sua", 2, 20, 100
	altered.Receipt = "000000000000"
	ok(t, w.store.ImportAttempts(t.Context(), []core.Attempt{altered}))
	check, err := w.CheckReceipt(t.Context(), w.ed, "0000 0000 0000")
	ok(t, err)
	if check.StillValid() || check.Intact {
		t.Fatalf("altered data hold good: %+v", check)
	}
	// A receipt given under the key before the last rotation still holds.
	config := w.config
	config.Secret, config.PreviousSecret = []byte("the next key, also of good length"), config.Secret
	rotated, err := exam.New(config)
	ok(t, err)
	if check, err = rotated.CheckReceipt(t.Context(), w.ed, r.Receipt); err != nil || !check.StillValid() {
		t.Fatalf("after rotation: %+v, %v", check, err)
	}
}

func TestCertificateThreshold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for right, want := range map[int]bool{9: false, 10: true, 11: true} { // 50 points are asked for
		c := w.contestant("Nguyễn Thị An", "SYT")
		r := w.take(t, c, exam.FirstDay, exam.Minute, right, 0)
		if r.Certificate != want || r.Left != 1 {
			t.Errorf("%d points: certificate %v, left %d", r.Points, r.Certificate, r.Left)
		}
		ok(t, w.store.VoidAttempt(t.Context(), c.ID, r.ID, &core.Void{Reason: "thi hộ"}))
		void, err := w.Result(t.Context(), w.ed, c.ID, r.ID, exam.FirstDay+exam.Day)
		ok(t, err)
		if void.Certificate || void.Best || void.Valid || void.Left != 0 {
			t.Errorf("a void attempt after the round: %+v", void)
		}
	}
}

// Each refusal says its own reason.
func TestRefusalsSayWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.contestant("Nguyễn Thị An", "SYT")
	v := w.start(t, c, exam.FirstDay)
	late := func(at core.Instant) string {
		_, err := w.Save(t.Context(), w.ed, answer(c, v, 0, nil, 3), at)
		wantCode(t, err, core.Closed)
		return err.Error()
	}
	if msg := late(v.Deadline); !strings.Contains(msg, "hết giờ") {
		t.Errorf("at the deadline: %s", msg)
	}
	_, err := w.Result(t.Context(), w.ed, c.ID, v.ID, exam.FirstDay)
	wantCode(t, err, core.Conflict)
	_, err = w.Submit(t.Context(), w.ed, c.ID, v.ID, exam.FirstDay+1)
	ok(t, err)
	if msg := late(v.Deadline - 1); !strings.Contains(msg, "đã nộp") {
		t.Errorf("after submitting: %s", msg)
	}
	for status, words := range map[string]string{core.Withdrawn: "rút lại đồng ý", core.Locked: "0235.3833199"} {
		x := c
		x.Status = status
		if _, _, err := w.Start(t.Context(), w.ed, x, "dot-1", exam.FirstDay); !core.Is(err, core.Forbidden) || !strings.Contains(err.Error(), words) {
			t.Errorf("%s: %v", status, err)
		}
	}
}
