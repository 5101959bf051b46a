package contestfile

import (
	"crypto/sha256"
	"fmt"
	"iter"
	"regexp"
	"strings"

	"duthi/core"
)

var questionColumns = []column{
	{name: "id", aliases: []string{"ma", "ma cau hoi", "ma cau"}, required: true},
	{name: "topic", aliases: []string{"chu de", "linh vuc"}},
	{name: "level", aliases: []string{"muc do", "muc", "do kho"}},
	{name: "kind", aliases: []string{"loai", "loai cau hoi"}},
	{name: "question", aliases: []string{"cau hoi", "noi dung", "noi dung cau hoi"}, required: true},
	{name: "option_a", aliases: []string{"a", "phuong an a", "dap an a"}, required: true},
	{name: "option_b", aliases: []string{"b", "phuong an b", "dap an b"}, required: true},
	{name: "option_c", aliases: []string{"c", "phuong an c", "dap an c"}},
	{name: "option_d", aliases: []string{"d", "phuong an d", "dap an d"}},
	{name: "option_e", aliases: []string{"e", "phuong an e", "dap an e"}},
	{name: "option_f", aliases: []string{"f", "phuong an f", "dap an f"}},
	{name: "correct", aliases: []string{"dap an dung", "dap an", "phuong an dung"}, required: true},
	{name: "explanation", aliases: []string{"giai thich"}},
	{name: "source", aliases: []string{"nguon", "can cu"}},
	serialColumn,
}

var (
	idForm   = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._/-]{0,63}$`)
	kindForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
)

// Questions reads a question bank row by row; Version and Set are not set. Faults go to l, and rows that have
// one are not given; an error is the reader's. Only digests of ids and texts are kept from row to row.
func (t *Table) Questions(l *FaultList) iter.Seq2[Row[core.Question], error] {
	return func(yield func(Row[core.Question], error) bool) {
		ids, texts := seenRows{}, seenRows{}
		for ln, err := range t.lines(questionColumns, l) {
			if err != nil {
				yield(Row[core.Question]{}, err)
				return
			}
			q := ln.question()
			if row, twice := ids.add(strings.ToLower(q.ID), ln.rec.row); twice {
				ln.fault("id", q.ID, fmt.Sprintf("trùng mã với hàng %d", row), "Đặt mã khác")
			}
			if row, twice := texts.add(sameText(q.Text), ln.rec.row); twice {
				ln.fault("question", q.Text, fmt.Sprintf("trùng câu hỏi với hàng %d", row), "Bỏ một câu hoặc viết khác đi")
			}
			if !ln.bad && !yield(rowOf(ln, q), nil) {
				return
			}
		}
	}
}

// seenRows remembers in which row a value stood, by digest, so that it stays small.
type seenRows map[[16]byte]int32

// add notes the value; twice says that an earlier row had it. Empty values are not noted.
func (s seenRows) add(value string, row int) (first int, twice bool) {
	if value == "" {
		return 0, false
	}
	sum := sha256.Sum256([]byte(value))
	key := [16]byte(sum[:16])
	if r, ok := s[key]; ok {
		return int(r), true
	}
	s[key] = int32(row)
	return 0, false
}

// sameText is what two texts have in common when a reader takes them for the same: white space, letter case
// and the way diacritics are composed don't matter.
func sameText(s string) string { return strings.ToLower(core.CleanText(s)) }

func (ln *line) question() core.Question {
	q := core.Question{
		ID: ln.plain("id"), Topic: ln.text("topic"), Kind: strings.ToLower(ln.text("kind")),
		Text: ln.lines("question"), Explanation: ln.lines("explanation"), Source: ln.lines("source"),
	}
	ln.need("id", q.ID, "Mỗi câu hỏi cần một mã riêng, ví dụ cchc-001")
	if q.ID != "" && !idForm.MatchString(q.ID) {
		ln.fault("id", q.ID, "mã không hợp lệ", "Chỉ dùng chữ, số và các dấu . _ - /, tối đa 64 ký tự")
	}
	ln.need("question", q.Text, "Điền nội dung câu hỏi")
	switch s := ln.plain("level"); s {
	case "":
	case "1", "2", "3":
		q.Level = int(s[0] - '0')
	default:
		ln.fault("level", s, "mức độ không hợp lệ", "Viết 1 (dễ), 2 (trung bình), 3 (khó) hoặc để trống")
	}
	q.Options = ln.options()
	q.Correct = ln.correct(len(q.Options))
	q.Kind = ln.kind(q.Kind, q.Correct)
	return q
}

// options reads the options, which stand next to each other from A on and differ.
func (ln *line) options() []string {
	options := make([]string, 0, core.MaxOptions)
	gap := -1
	seen := map[string]int{}
	for i := range core.MaxOptions {
		column := optionColumn(i)
		s := ln.text(column)
		switch {
		case s == "" && gap < 0:
			gap = i
			continue
		case s == "":
			continue
		case gap >= 0:
			ln.fault(optionColumn(gap), "", fmt.Sprintf("phương án %c để trống nhưng phương án %c có nội dung", 'A'+gap, 'A'+i), "Dồn các phương án về phía trước")
			gap = i + 1 // each gap once
		}
		if first, twice := seen[sameText(s)]; twice {
			ln.fault(column, s, fmt.Sprintf("trùng với phương án %c", 'A'+first), "Sửa một trong hai phương án")
		}
		seen[sameText(s)] = i
		options = append(options, s)
	}
	if len(options) < 2 {
		ln.fault("option_b", "", "có ít hơn hai phương án", "Điền ít nhất phương án A và B")
	}
	return options
}

func optionColumn(i int) string { return "option_" + string(rune('a'+i)) }

// correct reads "B", "ABD", "A, C"; n is the number of options.
func (ln *line) correct(n int) core.OptionSet {
	s := ln.text("correct")
	var set core.OptionSet
	if s == "" {
		ln.fault("correct", "", "chưa có đáp án đúng", "Viết chữ cái của phương án đúng, ví dụ B hoặc ABD")
		return 0
	}
	for _, r := range strings.ToUpper(s) {
		i := int(r - 'A')
		switch {
		case strings.ContainsRune(" ,;+/&", r):
		case i < 0 || i >= core.MaxOptions:
			ln.fault("correct", s, "đáp án không phải các chữ cái A đến F", "Viết chữ cái của phương án đúng, ví dụ B hoặc ABD")
			return 0
		case set.Has(i):
			ln.fault("correct", s, fmt.Sprintf("phương án %c viết hai lần", r), "Viết mỗi chữ cái một lần")
			return 0
		case ln.text(optionColumn(i)) == "":
			ln.fault("correct", s, fmt.Sprintf("đáp án đúng là phương án %c, nhưng phương án này để trống", r), "Sửa đáp án hoặc điền phương án")
			return 0
		default:
			set |= 1 << i
		}
	}
	if set == 0 {
		ln.fault("correct", s, "chưa có đáp án đúng", "Viết chữ cái của phương án đúng, ví dụ B hoặc ABD")
	}
	return set
}

// kind checks the kind against the number of correct options; an empty one follows from it.
func (ln *line) kind(kind string, correct core.OptionSet) string {
	switch kind {
	case "single", "mot", "một", "một đáp án":
		if correct.Count() > 1 {
			ln.fault("kind", kind, fmt.Sprintf("loại một đáp án nhưng có %d đáp án đúng", correct.Count()), "Viết multiple, hoặc sửa cột correct")
		}
		return core.Single
	case "multiple", "nhieu", "nhiều", "nhiều đáp án":
		return core.Multiple
	case "":
		if correct.Count() > 1 {
			return core.Multiple
		}
		return core.Single
	}
	ln.fault("kind", kind, "loại câu hỏi lạ", "Viết single (một đáp án đúng) hoặc multiple (nhiều đáp án đúng)")
	return kind
}
