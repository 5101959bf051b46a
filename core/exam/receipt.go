package exam

import (
	"context"

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
	return ReceiptCheck{}, errUnbuilt
}

// Receipt gives the code of a finished attempt's state, 12 characters without separators. It is what Submit
// stores; makers of sample data use it too.
func (s *Service) Receipt(a *core.Attempt) string { return "" }

// FormatReceipt groups a code for people: 7KQ2-M9XD-4HTA.
func FormatReceipt(code string) string { return code }

// ParseReceipt reads a code as people type it: any case, spaces, hyphens, O for 0, I and L for 1. Invalid when it
// is not 12 characters of the alphabet.
func ParseReceipt(typed string) (string, error) { return "", errUnbuilt }
