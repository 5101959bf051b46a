package contestfile

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// maxRecordBytes bounds one CSV record: a quote that is never closed must not take the whole file into memory.
const maxRecordBytes = 2 << 20

// csvRecords reads CSV: UTF-8 with or without a mark, UTF-16 with one ("Unicode text" of Excel), separated by
// commas, semicolons (Vietnamese Excel) or tabs.
func (t *Table) csvRecords(yield func(record) error) error {
	guard := &recordGuard{r: decodeText(io.NewSectionReader(t.r, 0, t.size))}
	in := bufio.NewReaderSize(guard, 64<<10)
	head, err := in.Peek(32 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	r := csv.NewReader(in)
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	r.Comma = separator(head)
	var cells []cell
	skipped := 0
	if bytes.HasPrefix(bytes.ToLower(head), []byte("sep=")) { // Excel's own way of naming the separator
		if _, err := in.ReadString('\n'); err != nil {
			return nil
		}
		skipped = 1
	}
	for row := 1 + skipped; ; row++ {
		guard.read = 0
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		line := 0
		if len(fields) > 0 {
			line, _ = r.FieldPos(0)
			line += skipped
		}
		if err != nil {
			return t.csvFault(err, row, skipped)
		}
		rec := record{row: row, line: line}
		if cells, err = t.csvCells(rec, fields, cells[:0]); err != nil {
			return err
		}
		rec.cells = cells
		if err := yield(rec); err != nil {
			return err
		}
	}
}

// csvCells puts the fields of a record into cells.
func (t *Table) csvCells(rec record, fields []string, cells []cell) ([]cell, error) {
	if len(fields) > maxColumns && strings.TrimSpace(strings.Join(fields[maxColumns:], "")) != "" {
		return nil, t.fileFault(rec, "", fmt.Sprintf("quá %d cột", maxColumns), "Bỏ các cột thừa")
	}
	for i, f := range fields[:min(len(fields), maxColumns)] {
		if !utf8.ValidString(f) {
			return nil, t.fileFault(rec, f, fmt.Sprintf("cột thứ %d có ký tự không phải UTF-8", i+1), "Trong Excel chọn Lưu thành: CSV UTF-8, hoặc lưu thành .xlsx")
		}
		cells = append(cells, cell{text: f})
	}
	return cells, nil
}

func (t *Table) csvFault(err error, row, skipped int) error {
	if errors.Is(err, errRecordTooLong) {
		return t.fileFault(record{row: row}, "", fmt.Sprintf("hàng dài quá %d MB", maxRecordBytes>>20), "Có thể thiếu dấu nháy kép đóng ở hàng này")
	}
	var pe *csv.ParseError
	if !errors.As(err, &pe) {
		return err
	}
	f := t.fileFault(record{row: row, line: pe.Line + skipped}, "", "dấu nháy kép sai chỗ", "Nháy kép bên trong ô phải viết hai lần và cả ô đặt trong nháy kép")
	f.fault.Column = pe.Column
	return f
}

// decodeText turns UTF-16 into UTF-8 and takes the byte order mark off.
func decodeText(r io.Reader) io.Reader {
	return transform.NewReader(r, unicode.BOMOverride(transform.Nop))
}

// separator is the sign that is most frequent in the heading, outside of quotes.
func separator(head []byte) rune {
	if rest, ok := bytes.CutPrefix(bytes.ToLower(head), []byte("sep=")); ok && len(rest) > 0 && strings.ContainsRune(",;\t|", rune(rest[0])) {
		return rune(rest[0])
	}
	count := map[rune]int{}
	quoted := false
	for _, b := range string(head) {
		if b == '"' {
			quoted = !quoted
		}
		if quoted {
			continue
		}
		if b == '\n' {
			break
		}
		count[b]++
	}
	best := ','
	for _, c := range []rune{';', '\t'} {
		if count[c] > count[best] {
			best = c
		}
	}
	return best
}

var errRecordTooLong = errors.New("record too long")

// recordGuard fails once more than maxRecordBytes were read since read was set to 0.
type recordGuard struct {
	r    io.Reader
	read int
}

func (g *recordGuard) Read(p []byte) (int, error) {
	if g.read > maxRecordBytes {
		return 0, errRecordTooLong
	}
	n, err := g.r.Read(p)
	g.read += n
	return n, err
}
