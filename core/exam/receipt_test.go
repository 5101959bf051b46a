package exam

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"duthi/core"
)

// drawFinal gives a finished attempt.
func drawFinal(t *rapid.T) core.Attempt {
	n := rapid.IntRange(1, 20).Draw(t, "questions")
	a := core.Attempt{
		ID: rapid.StringMatching(`[a-z0-9]{4}`).Draw(t, "id"), ContestID: "thu", RoundID: "dot-1", ContestantID: "nguoi",
		Ordinal: rapid.IntRange(1, 3).Draw(t, "ordinal"), Status: core.Submitted, StartedAt: firstDay,
		SubmittedAt: firstDay + core.Instant(rapid.Int64Range(0, 1_200_000).Draw(t, "used")),
		Correct:     rapid.IntRange(0, n).Draw(t, "correct"), Answered: n,
		Paper: make([]core.PaperItem, n), Answers: make([]core.Answer, n),
	}
	for i := range n {
		a.Paper[i].ID, a.Paper[i].Version = rapid.StringMatching(`[a-c]`).Draw(t, "q"), 1
		a.Answers[i] = core.Answer{Choice: core.OptionSet(rapid.IntRange(0, 15).Draw(t, "choice")), Rev: i}
	}
	return a
}

func TestReceiptStandsForTheFinalState(t *testing.T) {
	t.Parallel()
	s := storeless(t)
	rapid.Check(t, func(t *rapid.T) {
		a := drawFinal(t)
		code := s.Receipt(&a)
		if len(code) != 12 || strings.Trim(code, receiptAlphabet) != "" {
			t.Fatalf("code %q", code)
		}
		same := a
		same.Void, same.Writes, same.Sample, same.Receipt = &core.Void{Reason: "x"}, 99, true, code
		if s.Receipt(&same) != code {
			t.Fatal("voiding or bookkeeping changed the code")
		}
		changes := map[string]func(*core.Attempt){
			"contestant": func(b *core.Attempt) { b.ContestantID += "x" },
			"id":         func(b *core.Attempt) { b.ID += "x" },
			"status":     func(b *core.Attempt) { b.Status = core.Expired },
			"time":       func(b *core.Attempt) { b.SubmittedAt++ },
			"correct":    func(b *core.Attempt) { b.Correct++ },
			"points":     func(b *core.Attempt) { b.Points++ },
			"prediction": func(b *core.Attempt) { b.Prediction.Value = new(int64) },
			"choice": func(b *core.Attempt) {
				b.Answers = append([]core.Answer(nil), b.Answers...)
				b.Answers[len(b.Answers)-1].Choice ^= 1
			},
			"version": func(b *core.Attempt) {
				b.Paper = append([]core.PaperItem(nil), b.Paper...)
				b.Paper[0].Version++
			},
		}
		for name, change := range changes {
			b := a
			change(&b)
			if s.Receipt(&b) == code {
				t.Fatalf("another %s has the same code", name)
			}
		}
	})
}

func TestReceiptNeedsTheKey(t *testing.T) {
	t.Parallel()
	a := core.Attempt{ID: "a", Paper: make([]core.PaperItem, 1), Answers: make([]core.Answer, 1)}
	other, err := New(Config{Secret: []byte("another key that nobody can guess")})
	if err != nil {
		t.Fatal(err)
	}
	if other.Receipt(&a) == storeless(t).Receipt(&a) {
		t.Fatal("two keys, one code")
	}
	// Receipts are on people's phones and on paper: the same key and state must give the same code for ever.
	if code := storeless(t).Receipt(&a); code != "R02RC9T8TWPB" {
		t.Fatalf("the code of a known state is %s now", code)
	}
	if _, err := New(Config{Secret: []byte("short")}); err == nil {
		t.Fatal("a short key was taken")
	}
}

// Whatever people do to a code they read from paper, it is read as meant.
func TestParseReceipt(t *testing.T) {
	t.Parallel()
	s := storeless(t)
	rapid.Check(t, func(t *rapid.T) {
		a := drawFinal(t)
		code := s.Receipt(&a)
		typed := []rune{}
		for _, r := range FormatReceipt(code) {
			likes := map[rune]string{'0': "0Oo", '1': "1IiLl", 'V': "VvUu"}[r]
			if likes == "" {
				likes = string(r) + strings.ToLower(string(r))
			}
			if r == '-' {
				likes = "- –\t.\u00a0"
			}
			typed = append(typed, rapid.SampledFrom([]rune(likes)).Draw(t, "typed"))
		}
		got, err := ParseReceipt(" " + string(typed) + "\n")
		if err != nil || got != code {
			t.Fatalf("%q is read as %q (%v), want %q", string(typed), got, err, code)
		}
	})
	for _, bad := range []string{"", "7KQ2-M9XD-4HT", "7KQ2-M9XD-4HTAA", "7KQ2-M9XD-4HT?", "7KQ2-M9XD-4HTÀ", strings.Repeat(" ", 101), "\xff7KQ2M9XD4HTA"} {
		if got, err := ParseReceipt(bad); !core.Is(err, core.Invalid) {
			t.Errorf("%q is read as %q (%v)", bad, got, err)
		}
	}
}

func FuzzParseReceipt(f *testing.F) {
	f.Add("7KQ2-M9XD-4HTA")
	f.Add("7kq2 m9xd 4hta")
	f.Add("\xff")
	f.Fuzz(func(t *testing.T, typed string) {
		code, err := ParseReceipt(typed)
		if err != nil {
			return
		}
		if again, err := ParseReceipt(FormatReceipt(code)); err != nil || again != code {
			t.Fatalf("%q: %q, then %q (%v)", typed, code, again, err)
		}
	})
}
