// Package contestfile reads and writes the files a contest is made of: the contest itself (YAML), its
// questions, units and roster (CSV and XLSX). It is pure: nothing is stored. Reading is strict and lists every
// fault at once, with the place, the value and how to mend it; writing is the inverse of reading.
package contestfile

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"duthi/core"
)

// MaxFaults is the number of faults listed; the rest is counted.
const MaxFaults = 1000

// Fault is one thing wrong in a file. Line and Column (from 1, in characters) are set for text files; Row
// (from 1, the heading included, as spreadsheets count) and Cell ("C12") for tables. Field is the YAML path
// ("rounds[2].end", lists counted from 1) or the table column. Problem and Mend are Vietnamese.
type Fault struct {
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
	Row     int    `json:"row,omitempty"`
	Cell    string `json:"cell,omitempty"`
	Field   string `json:"field,omitempty"`
	Value   string `json:"value,omitempty"`
	Problem string `json:"problem"`
	Mend    string `json:"mend,omitempty"`
}

// Place says where the fault is: "ch.yaml, dòng 12, cột 5" or "cauhoi.xlsx, hàng 7, ô D7".
func (f Fault) Place() string {
	parts := make([]string, 0, 3)
	if f.File != "" {
		parts = append(parts, f.File)
	}
	if f.Row > 0 {
		parts = append(parts, fmt.Sprintf("hàng %d", f.Row))
	}
	if f.Cell != "" {
		parts = append(parts, "ô "+f.Cell)
	}
	if f.Line > 0 && f.Row == 0 {
		parts = append(parts, fmt.Sprintf("dòng %d", f.Line))
		if f.Column > 0 {
			parts = append(parts, fmt.Sprintf("cột %d", f.Column))
		}
	}
	return strings.Join(parts, ", ")
}

// String gives the fault as one line.
func (f Fault) String() string {
	var b strings.Builder
	if p := f.Place(); p != "" {
		b.WriteString(p + ": ")
	}
	if f.Field != "" {
		b.WriteString(f.Field + ": ")
	}
	if f.Value != "" {
		b.WriteString("“" + f.Value + "” ")
	}
	b.WriteString(f.Problem)
	if f.Mend != "" {
		b.WriteString(". " + f.Mend)
	}
	if strings.HasSuffix(f.Mend, "?") {
		return b.String()
	}
	return b.String() + "."
}

// Faults is every fault of a file, in the order of the file. As an error it carries a core.Error of code
// Invalid whose message lists them.
type Faults []Fault

// Error lists the faults, one a line.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, x := range f {
		lines[i] = x.String()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the faults as a core.Error, so that core.CodeOf and errors.As work.
func (f Faults) Unwrap() error {
	return &core.Error{Code: core.Invalid, Msg: fmt.Sprintf("Tệp có %d lỗi, chưa nhập gì:\n%s", f.Count(), f.Error())}
}

// Count gives the number of faults found, listed or not.
func (f Faults) Count() int {
	if n := len(f); n > 0 && f[n-1].hidden() > 0 {
		return n - 1 + f[n-1].hidden()
	}
	return len(f)
}

const hiddenProblem = "còn %d lỗi khác chưa liệt kê"

func (f Fault) hidden() (n int) {
	if f.Field == "" && f.Line == 0 && f.Row == 0 {
		_, _ = fmt.Sscanf(f.Problem, hiddenProblem, &n)
	}
	return n
}

// FaultList gathers faults up to MaxFaults and counts the rest. The zero value is ready.
type FaultList struct {
	list   Faults
	hidden int
}

// Add notes a fault.
func (l *FaultList) Add(f Fault) {
	f.Value = shorten(f.Value)
	if len(l.list) >= MaxFaults {
		l.hidden++
		return
	}
	l.list = append(l.list, f)
}

// Count gives the number of faults so far.
func (l *FaultList) Count() int { return len(l.list) + l.hidden }

// Faults gives what was gathered; when some are not listed, the last entry says how many.
func (l *FaultList) Faults() Faults {
	if l.hidden == 0 {
		return l.list
	}
	return append(l.list[:len(l.list):len(l.list)], Fault{Problem: fmt.Sprintf(hiddenProblem, l.hidden)})
}

// Err gives the faults as an error, nil when there are none.
func (l *FaultList) Err() error {
	if l.Count() == 0 {
		return nil
	}
	return l.Faults()
}

// shorten keeps a value fit to be shown: one line, at most 80 characters.
func shorten(s string) string {
	if len(s) > 4*80 { // what follows need not walk a huge cell
		cut := 4 * 80
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut]
	}
	s = core.CleanText(strings.ToValidUTF8(s, "?"))
	if r := []rune(s); len(r) > 80 {
		return string(r[:79]) + "…"
	}
	return s
}
