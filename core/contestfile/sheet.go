package contestfile

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// stringTable is the shared strings of a workbook, in blocks that never move: a single growing one would be
// twice in memory whenever it grows.
type stringTable struct {
	blocks [][]byte
	spans  []stringSpan
	total  int
}

type stringSpan struct{ block, start, end uint32 }

const stringBlock = 1 << 20

func (s *stringTable) add(text []byte) {
	last := len(s.blocks) - 1
	if last < 0 || len(s.blocks[last])+len(text) > cap(s.blocks[last]) {
		s.blocks = append(s.blocks, make([]byte, 0, max(stringBlock, len(text))))
		last++
	}
	start := len(s.blocks[last])
	s.blocks[last] = append(s.blocks[last], text...)
	s.spans = append(s.spans, stringSpan{uint32(last), uint32(start), uint32(start + len(text))})
	s.total += len(text)
}

func (s *stringTable) get(i int) (string, bool) {
	if i < 0 || i >= len(s.spans) {
		return "", false
	}
	p := s.spans[i]
	return string(s.blocks[p.block][p.start:p.end]), true
}

// readStrings reads the shared strings: the texts of an item joined, without phonetic hints.
func (b *book) readStrings() error {
	const name = "xl/sharedStrings.xml"
	if _, ok := b.parts[partName(name)]; !ok {
		return nil
	}
	in, err := b.open(name, 2*maxStringsBytes)
	if err != nil {
		return err
	}
	defer in.Close()
	x := newXMLScanner(in)
	collect, hints := false, 0
	var item []byte
	for {
		t, err := x.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case t.kind == 't':
			if collect && hints == 0 {
				item = append(item, t.text...)
			}
		case string(t.name) == "t":
			collect = t.kind == 's' && !t.empty
		case string(t.name) == "rPh" && !t.empty:
			hints += map[byte]int{'s': 1, 'e': -1}[t.kind]
		case string(t.name) == "si" && (t.kind == 'e' || t.empty):
			b.strings.add(item)
			item = item[:0]
		}
		if b.strings.total > maxStringsBytes || len(item) > maxTextBytes || len(b.strings.spans) > 4*maxRows {
			return damaged("có quá nhiều chữ trong một ô hoặc trong cả tệp")
		}
	}
}

// sheetReader walks the rows of a sheet.
type sheetReader struct {
	*book
	xml   *xmlScanner
	table *Table
	yield func(record) error
	rec   record
}

func (s *sheetReader) read() error {
	for {
		t, err := s.xml.next()
		if errors.Is(err, io.EOF) {
			return errXML // the sheet's data never ended
		}
		if err != nil {
			return err
		}
		switch {
		case t.kind == 's' && string(t.name) == "row":
			if err := s.startRow(t); err != nil {
				return err
			}
		case t.kind == 's' && string(t.name) == "c":
			if err := s.cell(t); err != nil {
				return err
			}
		case t.kind == 'e' && string(t.name) == "row":
			if err := s.yield(s.rec); err != nil {
				return err
			}
		case string(t.name) == "sheetData" && (t.kind == 'e' || t.empty):
			return nil
		}
	}
}

func (s *sheetReader) startRow(t xmlToken) error {
	row := s.rec.row + 1
	if r := t.attr("r"); r != nil {
		n, err := strconv.Atoi(string(r))
		if err != nil || n < row || n > 1<<20 {
			return errXML
		}
		row = n
	}
	s.rec = record{row: row, cells: s.rec.cells[:0]}
	if t.empty {
		return s.yield(s.rec)
	}
	return nil
}

// cell reads a cell up to its end tag and puts it into its column.
func (s *sheetReader) cell(t xmlToken) error {
	column := len(s.rec.cells)
	if r := t.attr("r"); r != nil {
		column = columnIndex(r)
	}
	kind, style := string(t.attr("t")), 0
	if v := t.attr("s"); v != nil {
		style, _ = strconv.Atoi(string(v)) // an unknown style is the general one
	}
	if t.empty {
		return nil
	}
	value, err := s.cellText()
	if err != nil || value == "" {
		return err
	}
	if column < len(s.rec.cells) || column < 0 {
		return errXML
	}
	if column >= maxColumns {
		return s.table.fileFault(s.rec, value, fmt.Sprintf("quá %d cột", maxColumns), "Bỏ các cột thừa")
	}
	for len(s.rec.cells) < column {
		s.rec.cells = append(s.rec.cells, cell{})
	}
	c, err := s.cellValue(kind, style, value)
	s.rec.cells = append(s.rec.cells, c)
	return err
}

// cellText gives the text of <v> or of the texts in <is>.
func (s *sheetReader) cellText() (string, error) {
	var b strings.Builder
	collect, hints := false, 0
	for {
		t, err := s.xml.next()
		if err != nil {
			return "", noEOF(err)
		}
		switch name := string(t.name); {
		case t.kind == 't':
			if collect && hints == 0 {
				b.Write(t.text)
			}
		case name == "v" || name == "t":
			collect = t.kind == 's' && !t.empty
		case name == "rPh" && !t.empty:
			hints += map[byte]int{'s': 1, 'e': -1}[t.kind]
		case name == "c" && t.kind == 'e':
			return b.String(), nil
		case name == "c" || name == "row" || name == "sheetData":
			return "", errXML
		}
		if b.Len() > maxTextBytes {
			return "", damaged("có ô dài quá %d ký tự", maxCellRunes)
		}
	}
}

func (s *sheetReader) cellValue(kind string, style int, value string) (cell, error) {
	switch kind {
	case "s":
		i, err := strconv.Atoi(value)
		text, ok := s.strings.get(i)
		if err != nil || !ok {
			return cell{}, errXML
		}
		return cell{text: unescapeCell(text)}, nil
	case "b":
		return cell{text: map[string]string{"1": "TRUE", "0": "FALSE"}[value]}, nil
	case "inlineStr", "str", "d":
		return cell{text: unescapeCell(value)}, nil
	case "e":
		return cell{text: value, broken: true}, nil
	}
	n, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsInf(n, 0) || math.IsNaN(n) {
		return cell{text: value}, nil
	}
	format := general
	if style >= 0 && style < len(s.formats) {
		format = s.formats[style]
	}
	return format.show(n, s.date04), nil
}

// columnIndex gives 3 for "D7", -1 for what is no cell.
func columnIndex(ref []byte) int {
	n := 0
	for i, c := range ref {
		switch {
		case c >= 'A' && c <= 'Z' && i < 3:
			n = n*26 + int(c-'A') + 1
		case c >= '0' && c <= '9' && i > 0:
			return n - 1
		default:
			return -1
		}
	}
	return n - 1
}

// unescapeCell undoes the way spreadsheets write characters XML can't hold: _x000D_.
func unescapeCell(s string) string {
	if !strings.Contains(s, "_x") {
		return strings.ToValidUTF8(s, "\ufffd")
	}
	var b strings.Builder
	for len(s) > 0 {
		if len(s) >= 7 && s[0] == '_' && s[1] == 'x' && s[6] == '_' {
			if n, err := strconv.ParseUint(s[2:6], 16, 16); err == nil {
				b.WriteRune(rune(n))
				s = s[7:]
				continue
			}
		}
		_, n := utf8.DecodeRuneInString(s)
		b.WriteString(s[:n])
		s = s[n:]
	}
	return strings.ToValidUTF8(b.String(), "\ufffd")
}
