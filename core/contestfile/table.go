package contestfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

// Limits of table files.
const (
	maxTableBytes = 64 << 20  // of the file
	maxCellRunes  = 10_000    // of one cell; a spreadsheet's own limit is 32,767
	maxColumns    = 64        // of one row
	maxRows       = 1_000_000 // a spreadsheet's own limit is 1,048,576
)

// Table is a CSV or XLSX file. It can be read any number of times, row by row.
type Table struct {
	name string
	r    io.ReaderAt
	size int64
	xlsx bool
}

// OpenTable looks at what kind of file r is: XLSX, or CSV with commas, semicolons or tabs in UTF-8 or UTF-16.
// name is the file's name in faults. What can't be a table is Faults.
func OpenTable(r io.ReaderAt, size int64, name string) (*Table, error) {
	refuse := func(problem, mend string) error { return Faults{{File: name, Problem: problem, Mend: mend}} }
	if size > maxTableBytes {
		return nil, refuse(fmt.Sprintf("tệp lớn hơn %d MB", maxTableBytes>>20), "Chia thành nhiều tệp")
	}
	head := make([]byte, 8)
	n, err := r.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	head = head[:n]
	switch {
	case n == 0:
		return nil, refuse("tệp trống", "Kiểm tra lại tệp đã chọn")
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
		return nil, refuse("tệp Excel đời cũ (.xls) hoặc có mật khẩu", "Mở bằng Excel, bỏ mật khẩu, lưu thành .xlsx")
	case bytes.HasPrefix(head, []byte("%PDF")) || bytes.HasPrefix(head, []byte("<")):
		return nil, refuse("không phải bảng CSV hoặc XLSX", "Lưu lại từ Excel thành .xlsx")
	}
	return &Table{name: name, r: r, size: size, xlsx: bytes.HasPrefix(head, []byte("PK\x03\x04"))}, nil
}

// Name gives the file's name.
func (t *Table) Name() string { return t.name }

// cell is one cell: what a person sees, and the plain value when the sheet holds a number (digits) or a date
// (2006-01-02).
type cell struct {
	text   string
	number string
	broken bool // a formula without a value
}

// plain gives the value without the sheet's number format.
func (c cell) plain() string {
	if c.number != "" {
		return c.number
	}
	return c.text
}

// record is one row as it stands in the file. The cells are only good until the next record.
type record struct {
	row   int // from 1, as spreadsheets count
	line  int // of the text file, 0 in XLSX
	cells []cell
}

// records reads the file from its start. What is wrong with the file as such goes to l and ends the reading;
// an error is the reader's.
func (t *Table) records(l *FaultList) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		read := t.csvRecords
		if t.xlsx {
			read = t.xlsxRecords
		}
		rows := 0
		err := read(func(r record) error {
			if rows++; rows > maxRows {
				return t.fileFault(r, "", fmt.Sprintf("quá %d hàng", maxRows), "Chia thành nhiều tệp")
			}
			for i, c := range r.cells {
				if len(c.text) > maxCellRunes && len([]rune(c.text)) > maxCellRunes {
					f := t.fileFault(r, c.text, fmt.Sprintf("ô dài quá %d ký tự", maxCellRunes), "Rút ngắn nội dung ô này")
					f.fault.Cell = t.cellName(i, r.row)
					return f
				}
			}
			if !yield(r, nil) {
				return errStop
			}
			return nil
		})
		var ff *fileFault
		switch {
		case err == nil || errors.Is(err, errStop):
		case errors.As(err, &ff):
			l.Add(ff.fault)
		default:
			yield(record{}, err)
		}
	}
}

var errStop = errors.New("reader wants no more")

// fileFault is a fault after which the file can't be read on.
type fileFault struct{ fault Fault }

func (f *fileFault) Error() string { return f.fault.String() }

func (t *Table) fileFault(r record, value, problem, mend string) *fileFault {
	return &fileFault{Fault{File: t.name, Row: r.row, Line: r.line, Value: value, Problem: problem, Mend: mend}}
}

// cellName gives "D7" for a spreadsheet, "" for CSV, where people see columns by their heading.
func (t *Table) cellName(column, row int) string {
	if !t.xlsx || row < 1 {
		return ""
	}
	name := ""
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return fmt.Sprintf("%s%d", name, row)
}

// guarded is what makes spreadsheets take a text for a formula.
func guarded(s string) bool {
	s = strings.TrimLeft(s, "'")
	return s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0]))
}

// EscapeFormula puts an apostrophe before what a spreadsheet would compute, for every table file that is written;
// reading takes it off.
func EscapeFormula(s string) string {
	if guarded(s) {
		return "'" + s
	}
	return s
}

func unescapeFormula(s string) string {
	if strings.HasPrefix(s, "'") && guarded(s) {
		return s[1:]
	}
	return s
}
