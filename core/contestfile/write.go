package contestfile

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"duthi/core"
)

// Formats of a table file.
const (
	CSV  = "csv"
	XLSX = "xlsx"
)

// WriteQuestions writes a question bank; reading it gives the same questions.
func WriteQuestions(w io.Writer, format string, rows iter.Seq2[core.Question, error]) error {
	return writeTable(w, format, "Câu hỏi", questionColumns, rows, func(q core.Question) []string {
		out := []string{q.ID, q.Topic, "", q.Kind, q.Text}
		if q.Level > 0 {
			out[2] = strconv.Itoa(q.Level)
		}
		letters := ""
		for i := range core.MaxOptions {
			option := ""
			if i < len(q.Options) {
				option = q.Options[i]
			}
			if q.Correct.Has(i) {
				letters += string(rune('A' + i))
			}
			out = append(out, option)
		}
		return append(out, letters, q.Explanation, q.Source)
	})
}

// WriteUnits writes an organisation; reading it gives the same units.
func WriteUnits(w io.Writer, format string, rows iter.Seq2[core.Unit, error]) error {
	return writeTable(w, format, "Đơn vị", unitColumns, rows, func(u core.Unit) []string {
		return []string{u.Code, u.Name, u.ParentCode, u.Kind, strconv.Itoa(u.Headcount)}
	})
}

// WriteRoster writes a staff list; reading it gives the same people.
func WriteRoster(w io.Writer, format string, rows iter.Seq2[RosterRow, error]) error {
	return writeTable(w, format, "Danh sách cán bộ", rosterColumns, rows, func(p RosterRow) []string {
		return []string{p.UnitCode, p.FullName, p.BirthDate, p.NationalID, p.StaffCode, p.Phone}
	})
}

// writeTable writes the columns' names and a line for each row.
func writeTable[T any](w io.Writer, format, sheet string, columns []column, rows iter.Seq2[T, error], fields func(T) []string) error {
	var head []string
	for _, c := range columns {
		if !c.skip {
			head = append(head, c.name)
		}
	}
	return WriteSheet(w, format, sheet, head, func(yield func([]string, error) bool) {
		for row, err := range rows {
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(fields(row), nil) {
				return
			}
		}
	})
}

// WriteSheet writes a table of text in a format, its head first. Rows come one at a time, and so do they go;
// nothing in them is taken for a formula.
func WriteSheet(w io.Writer, format, sheet string, head []string, rows iter.Seq2[[]string, error]) error {
	var put func([]string) error
	var finish func() error
	switch format {
	case CSV:
		put, finish = csvWriter(w)
	case XLSX:
		var err error
		if put, finish, err = xlsxWriter(w, sheet, len(head)); err != nil {
			return err
		}
	default:
		return core.Errorf(core.Invalid, "Định dạng “%s” chưa hỗ trợ. Dùng csv hoặc xlsx.", format)
	}
	if err := put(head); err != nil {
		return err
	}
	for line, err := range rows {
		if err != nil {
			return err
		}
		for i, s := range line {
			line[i] = EscapeFormula(s)
		}
		if err := put(line); err != nil {
			return err
		}
	}
	return finish()
}

// csvWriter writes UTF-8 with the mark that makes Excel read it as such.
func csvWriter(w io.Writer) (put func([]string) error, finish func() error) {
	out := csv.NewWriter(w)
	started := false
	put = func(line []string) error {
		if !started {
			started = true
			if _, err := io.WriteString(w, "\ufeff"); err != nil {
				return err
			}
		}
		return out.Write(line)
	}
	return put, func() error { out.Flush(); return out.Error() }
}

// xlsxWriter writes one sheet of text cells: a phone keeps its zero.
func xlsxWriter(w io.Writer, sheet string, columns int) (put func([]string) error, finish func() error, err error) {
	f := excelize.NewFile()
	defer func() {
		if err != nil {
			f.Close()
		}
	}()
	if err = f.SetSheetName("Sheet1", sheet); err != nil {
		return nil, nil, fmt.Errorf("xlsx: %w", err)
	}
	text, err := f.NewStyle(&excelize.Style{NumFmt: 49}) // text
	if err != nil {
		return nil, nil, fmt.Errorf("xlsx: %w", err)
	}
	out, err := f.NewStreamWriter(sheet)
	if err != nil {
		return nil, nil, fmt.Errorf("xlsx: %w", err)
	}
	if err = out.SetColWidth(1, columns, 22); err != nil {
		return nil, nil, fmt.Errorf("xlsx: %w", err)
	}
	row := 0
	put = func(line []string) error {
		row++
		cells := make([]any, len(line))
		for i, s := range line {
			if s != "" {
				cells[i] = excelize.Cell{StyleID: text, Value: s}
			}
		}
		return out.SetRow("A"+strconv.Itoa(row), cells)
	}
	finish = func() error {
		defer f.Close()
		if err := out.Flush(); err != nil {
			return fmt.Errorf("xlsx: %w", err)
		}
		return f.Write(w)
	}
	return put, finish, nil
}

// Each gives the values of a slice as rows without errors.
func Each[T any](rows []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// FormatOf gives the table format a file name asks for, CSV when it says nothing.
func FormatOf(name string) string {
	if strings.HasSuffix(strings.ToLower(name), ".xlsx") {
		return XLSX
	}
	return CSV
}
