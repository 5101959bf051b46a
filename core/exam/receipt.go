package exam

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strconv"
	"strings"
	"unicode"

	"duthi/core"
)

// ReceiptCheck is what anyone holding a receipt may see.
type ReceiptCheck struct {
	Receipt     string // grouped
	RoundName   string
	Ordinal     int
	SubmittedAt core.Instant
	Correct     int
	Questions   int
	Void        bool // taken out of the result by the organizer
	Intact      bool // what is stored is what the receipt was given for
}

// StillValid reports whether the attempt still counts.
func (c ReceiptCheck) StillValid() bool { return c.Intact && !c.Void }

// CheckReceipt looks up a receipt as typed. Invalid when it can't be one, NotFound when the contest has none.
func (s *Service) CheckReceipt(ctx context.Context, ed *Edition, typed string) (ReceiptCheck, error) {
	code, err := ParseReceipt(typed)
	if err != nil {
		return ReceiptCheck{}, err
	}
	a, err := s.attempts.AttemptByReceipt(ctx, ed.Contest.ID, code)
	if core.Is(err, core.NotFound) {
		return ReceiptCheck{}, core.Wrap(core.NotFound, "Không có bài thi nào mang mã này. Hãy xem lại từng ký tự.", err)
	}
	if err != nil {
		return ReceiptCheck{}, err
	}
	c := ReceiptCheck{
		Receipt: FormatReceipt(code), RoundName: ed.roundOf(&a).Name, Ordinal: a.Ordinal, SubmittedAt: a.SubmittedAt,
		Correct: a.Correct, Questions: len(a.Paper), Void: a.Void != nil,
	}
	state := finalState(&a)
	for _, key := range s.keys.receipt {
		c.Intact = c.Intact || hmac.Equal([]byte(receiptOf(key, state)), []byte(code))
	}
	if !c.Intact {
		s.log.WarnContext(ctx, "a stored attempt does not match its receipt", "attempt", a.ID)
	}
	return c, nil
}

// Receipt gives the code of a finished attempt's state, 12 characters without separators. It is what Submit
// stores; makers of sample data use it too.
func (s *Service) Receipt(a *core.Attempt) string { return receiptOf(s.keys.receipt[0], finalState(a)) }

// receiptLength in characters of receiptAlphabet makes 60 bits: among a million attempts two share a code with a
// chance of about one in two million.
const receiptLength = 12

// receiptAlphabet is Crockford's: no I, L, O and U, and what is typed in their place is understood.
const receiptAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// finalState is what a receipt stands for, in a form that no two states share: who took which paper when, what
// was chosen, what it was worth. Voiding is left out, as the public page says it beside the code.
func finalState(a *core.Attempt) []byte {
	b := []byte("1\n") // the version of this form
	for _, s := range []string{a.ContestID, a.RoundID, a.ContestantID, a.ID, string(a.Status)} {
		b = strconv.AppendQuote(b, s)
	}
	guess := int64(-1)
	if a.Prediction.Value != nil {
		guess = *a.Prediction.Value
	}
	for _, n := range []int64{
		int64(a.Ordinal), a.Seed, int64(a.StartedAt), int64(a.SubmittedAt), int64(a.DurationSeconds),
		int64(a.Answered), int64(a.Correct), int64(a.Points), guess,
	} {
		b = append(strconv.AppendInt(b, n, 10), ' ')
	}
	for i, p := range a.Paper {
		b = strconv.AppendQuote(b, p.ID)
		b = append(strconv.AppendInt(b, int64(p.Version), 10), ' ')
		b = append(strconv.AppendInt(b, int64(a.Answers[i].Choice), 10), ' ')
	}
	return b
}

func receiptOf(key, state []byte) string {
	mac := hmac.New(sha256.New, key)
	mac.Write(state)
	n := binary.BigEndian.Uint64(mac.Sum(nil))
	code := make([]byte, receiptLength)
	for i := range code {
		code[i] = receiptAlphabet[n>>(59-5*i)&31] // the first 60 bits
	}
	return string(code)
}

// FormatReceipt groups a code for people: 7KQ2-M9XD-4HTA.
func FormatReceipt(code string) string {
	if len(code) != receiptLength {
		return code
	}
	return code[:4] + "-" + code[4:8] + "-" + code[8:]
}

// ParseReceipt reads a code as people type it: any case, spaces, hyphens, O for 0, I and L for 1, U for V.
// Invalid when it is not 12 characters of the alphabet then.
func ParseReceipt(typed string) (string, error) {
	bad := core.Errorf(core.Invalid, "Mã xác nhận gồm 12 chữ cái và chữ số, ví dụ 7KQ2-M9XD-4HTA.")
	if len(typed) > 100 {
		return "", bad
	}
	code := make([]byte, 0, receiptLength)
	for _, r := range strings.ToUpper(typed) {
		switch {
		case unicode.IsSpace(r) || unicode.Is(unicode.Dash, r) || strings.ContainsRune(".,:_/", r):
			continue
		case r == 'O':
			r = '0'
		case r == 'I' || r == 'L':
			r = '1'
		case r == 'U':
			r = 'V'
		}
		if len(code) == receiptLength || !strings.ContainsRune(receiptAlphabet, r) {
			return "", bad
		}
		code = append(code, byte(r))
	}
	if len(code) != receiptLength {
		return "", bad
	}
	return string(code), nil
}
