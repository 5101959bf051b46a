package contestfile

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"duthi/core"
)

// column is a column a table may have. The file may name it by name or by one of aliases, compared folded.
type column struct {
	name     string
	aliases  []string // folded
	required bool
	skip     bool // known, but not read: running numbers
}

// serialColumn is the running number people put first.
var serialColumn = column{name: "stt", aliases: []string{"so tt", "tt", "no"}, skip: true}

// line is one row by column names.
type line struct {
	table *Table
	rec   record
	at    map[string]int // column index by column name
	l     *FaultList
	bad   bool
}

// Row is a value with the place it was read from.
type Row[T any] struct {
	Value T
	table *Table
	row   int
	line  int
	at    map[string]int
}

// Fault gives a fault of this row, in the named column ("" for the whole row).
func (r Row[T]) Fault(column, value, problem, mend string) Fault {
	return r.table.rowFault(r.row, r.line, r.at, column, value, problem, mend)
}

// Number gives the row's number, as spreadsheets count.
func (r Row[T]) Number() int { return r.row }

func rowOf[T any](ln *line, v T) Row[T] {
	return Row[T]{Value: v, table: ln.table, row: ln.rec.row, line: ln.rec.line, at: ln.at}
}

func (t *Table) rowFault(row, textLine int, at map[string]int, column, value, problem, mend string) Fault {
	f := Fault{File: t.name, Row: row, Line: textLine, Field: column, Value: value, Problem: problem, Mend: mend}
	if i, ok := at[column]; ok {
		f.Column, f.Cell = i+1, t.cellName(i, row)
	}
	return f
}

// lines reads the heading, then gives every row that is not empty.
func (t *Table) lines(columns []column, l *FaultList) iter.Seq2[*line, error] {
	return func(yield func(*line, error) bool) {
		var ln *line
		rows := 0
		for rec, err := range t.records(l) {
			if err != nil {
				yield(nil, err)
				return
			}
			if blank(rec.cells) {
				continue
			}
			if ln == nil {
				at, ok := t.heading(rec, columns, l)
				if !ok {
					return
				}
				ln = &line{table: t, at: at, l: l}
				continue
			}
			rows++
			ln.rec, ln.bad = rec, false
			ln.checkCells()
			if !yield(ln, nil) {
				return
			}
		}
		if rows == 0 && l.Count() == 0 {
			l.Add(Fault{File: t.name, Problem: "không có hàng dữ liệu nào", Mend: "Hàng đầu là tên cột, dữ liệu từ hàng thứ hai"})
		}
	}
}

func blank(cells []cell) bool {
	return !slices.ContainsFunc(cells, func(c cell) bool { return strings.TrimSpace(c.text) != "" })
}

// heading finds the columns; every unknown, doubled or missing one is a fault.
func (t *Table) heading(rec record, columns []column, l *FaultList) (at map[string]int, ok bool) {
	at = map[string]int{}
	before := l.Count()
	names := make([]string, 0, len(columns))
	for _, c := range columns {
		if !c.skip {
			names = append(names, c.name)
		}
	}
	for i, c := range rec.cells {
		title := core.CleanText(c.text)
		if title == "" {
			continue
		}
		f := Fault{File: t.name, Row: rec.row, Column: i + 1, Cell: t.cellName(i, rec.row), Value: title}
		found := findColumn(title, columns)
		switch {
		case found < 0:
			f.Problem, f.Mend = "tên cột lạ", "Bỏ cột này. Các cột dùng được: "+strings.Join(names, ", ")
			if n := nearestName(title, names); n != "" {
				f.Mend = "Có phải là " + n + "?"
			}
			l.Add(f)
		case has(at, columns[found].name):
			f.Problem, f.Mend = "cột có hai lần", "Giữ một, bỏ một"
			l.Add(f)
		default:
			at[columns[found].name] = i
		}
	}
	for _, c := range columns {
		if c.required && !has(at, c.name) {
			l.Add(Fault{File: t.name, Row: rec.row, Field: c.name, Problem: "thiếu cột", Mend: "Hàng đầu phải có các cột: " + strings.Join(names, ", ")})
		}
	}
	return at, l.Count() == before
}

func findColumn(title string, columns []column) int {
	folded := core.Fold(title)
	return slices.IndexFunc(columns, func(c column) bool {
		return strings.EqualFold(title, c.name) || folded == core.Fold(c.name) || slices.Contains(c.aliases, folded)
	})
}

func has(m map[string]int, key string) bool { _, ok := m[key]; return ok }

// checkCells finds broken formulas and values that stand under no heading.
func (ln *line) checkCells() {
	for i, c := range ln.rec.cells {
		name, titled := "", false
		for n, j := range ln.at {
			if i == j {
				name, titled = n, true
			}
		}
		switch {
		case c.broken:
			ln.fault(name, c.text, "công thức bị lỗi", "Sửa công thức hoặc gõ thẳng giá trị")
		case !titled && strings.TrimSpace(c.text) != "":
			f := ln.table.rowFault(ln.rec.row, ln.rec.line, nil, "", c.text, fmt.Sprintf("giá trị ở cột thứ %d, cột này không có tên", i+1), "Xóa ô này hoặc kiểm tra dấu phân cách trong hàng")
			f.Cell = ln.table.cellName(i, ln.rec.row)
			ln.l.Add(f)
			ln.bad = true
		}
	}
}

// fault notes a fault of the row; the row is then not used.
func (ln *line) fault(column, value, problem, mend string) {
	ln.bad = true
	ln.l.Add(ln.table.rowFault(ln.rec.row, ln.rec.line, ln.at, column, value, problem, mend))
}

func (ln *line) cell(column string) cell {
	i, ok := ln.at[column]
	if !ok || i >= len(ln.rec.cells) {
		return cell{}
	}
	return ln.rec.cells[i]
}

// text gives a value of one line as people read it.
func (ln *line) text(column string) string {
	return core.CleanText(unescapeFormula(ln.cell(column).text))
}

// lines gives a value that may have several lines, each cleaned, without empty ones at the ends.
func (ln *line) lines(column string) string {
	s := unescapeFormula(ln.cell(column).text)
	if !strings.ContainsAny(s, "\r\n\v\u2028") {
		return core.CleanText(s)
	}
	parts := strings.FieldsFunc(strings.ReplaceAll(s, "\r\n", "\n"), func(r rune) bool { return strings.ContainsRune("\r\n\v\u2028", r) })
	out := parts[:0]
	for _, p := range parts {
		if p = core.CleanText(p); p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, "\n")
}

// plain gives a value without the number format of its cell.
func (ln *line) plain(column string) string {
	return core.CleanText(unescapeFormula(ln.cell(column).plain()))
}

// typedAsNumber reports whether the sheet holds a number, so that zeros in front are lost.
func (ln *line) typedAsNumber(column string) bool { return ln.cell(column).number != "" }

// need notes a fault when a required value is empty.
func (ln *line) need(column, value, mend string) {
	if value == "" {
		ln.fault(column, "", "để trống", mend)
	}
}
