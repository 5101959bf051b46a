package contestfile

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/goccy/go-yaml/ast"
	"golang.org/x/text/unicode/norm"

	"duthi/core"
)

// optional names the fields without omitempty that a file may leave out; they have defaults.
var optional = []string{
	"lang", "short_title", "timezone", "participation_target_percent", "urls",
	"quiz.counted_attempt", "quiz.max_points", "quiz.negative_marking", "quiz.shuffle_questions",
	"quiz.shuffle_options", "quiz.autosave", "quiz.reveal_answers", "quiz.prediction", "quiz.prediction.scored",
	"registration.otp",
}

// place is where a path of the file stands.
type place struct{ line, column int }

// decoder fills a core.Contest from the tree, by the JSON names of its fields. It keeps going after a fault.
type decoder struct {
	file   string
	loc    *time.Location // the contest's zone, nil when the file's is unknown
	faults FaultList
	places map[string]place
	failed map[string]bool // paths that could not be read: checks leave them alone
}

func newDecoder(file string, root ast.Node) *decoder {
	d := &decoder{file: file, places: map[string]place{}, failed: map[string]bool{}}
	name := "Asia/Ho_Chi_Minh"
	for _, kv := range pairs(root) { // times are read in the zone, which may stand below them
		if s, ok := kv.Value.(*ast.StringNode); ok && keyName(kv) == "timezone" {
			name = strings.TrimSpace(s.Value)
		}
	}
	if loc, err := time.LoadLocation(name); err == nil && name != "" && name != "Local" {
		d.loc = loc
	}
	return d
}

func (d *decoder) decodeRoot(root ast.Node, c *core.Contest) {
	d.value(root, reflect.ValueOf(c).Elem(), "")
}

// fault notes a fault at a path: at its own place when the file has it, else at the nearest parent's.
func (d *decoder) fault(path, value, problem, mend string) {
	f := Fault{File: d.file, Field: path, Value: value, Problem: problem, Mend: mend}
	for p := path; ; {
		if at, ok := d.places[p]; ok {
			f.Line, f.Column = at.line, at.column
			break
		}
		i := strings.LastIndexAny(p, ".[")
		if i < 0 {
			f.Line, f.Column = 1, 1
			break
		}
		p = p[:i]
	}
	d.failed[path] = true
	d.faults.Add(f)
}

// pairs gives the keys and values of a mapping, nil for anything else.
func pairs(n ast.Node) []*ast.MappingValueNode {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}

func keyName(kv *ast.MappingValueNode) string {
	if s, ok := kv.Key.(*ast.StringNode); ok {
		return s.Value
	}
	return kv.Key.String()
}

// value reads n into v, and notes where the path stands.
func (d *decoder) value(n ast.Node, v reflect.Value, path string) {
	line, column := position(n)
	d.places[path] = place{line, column}
	switch v.Kind() {
	case reflect.Pointer:
		p := reflect.New(v.Type().Elem())
		d.value(n, p.Elem(), path)
		v.Set(p)
	case reflect.Struct:
		d.object(n, v, path)
	case reflect.Slice:
		d.list(n, v, path)
	case reflect.String:
		d.text(n, v, path)
	case reflect.Bool:
		b, ok := n.(*ast.BoolNode)
		if !ok {
			d.fault(path, source(n), "không phải true hay false", "Viết true (có) hoặc false (không), không đặt trong dấu ngoặc kép")
			return
		}
		v.SetBool(b.Value)
	default:
		if v.Type() == reflect.TypeFor[core.Instant]() {
			d.instant(n, v, path)
			return
		}
		d.number(n, v, path)
	}
}

func (d *decoder) object(n ast.Node, v reflect.Value, path string) {
	if !isMapping(n) {
		d.fault(path, source(n), "phải là một nhóm mục", "Xuống dòng, thụt vào, mỗi dòng một mục dạng tên: giá trị")
		return
	}
	fields := fieldsOf(v.Type())
	seen := map[string]bool{}
	for _, kv := range pairs(n) {
		key := keyName(kv)
		p := join(path, key)
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == key })
		line, column := position(kv.Key)
		switch {
		case i < 0:
			d.places[p] = place{line, column}
			d.fault(p, "", "mục không có trong cấu trúc tệp", nearest(key, fields))
		case seen[key]:
			d.faults.Add(Fault{File: d.file, Line: line, Column: column, Field: p, Problem: "viết hai lần", Mend: "Giữ một, bỏ một"})
		default:
			if d.isNull(kv.Value) {
				d.places[p] = place{line, column}
				continue // as if left out
			}
			seen[key] = true
			d.value(kv.Value, v.Field(fields[i].index), p)
		}
	}
	for _, f := range fields {
		p := join(path, f.name)
		if f.required && !seen[f.name] && !slices.Contains(optional, withoutIndexes(p)) {
			d.fault(p, "", "thiếu", "Thêm mục "+f.name)
		}
	}
}

func (d *decoder) isNull(n ast.Node) bool {
	_, ok := n.(*ast.NullNode)
	return ok || n == nil
}

func isMapping(n ast.Node) bool {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return true
	}
	return false
}

func (d *decoder) list(n ast.Node, v reflect.Value, path string) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		d.fault(path, source(n), "phải là danh sách", "Viết mỗi phần tử một dòng, bắt đầu bằng dấu gạch và dấu cách: - giá trị")
		return
	}
	if len(seq.Values) == 0 {
		return // an empty list is as good as none
	}
	out := reflect.MakeSlice(v.Type(), len(seq.Values), len(seq.Values))
	for i, e := range seq.Values {
		p := fmt.Sprintf("%s[%d]", path, i+1)
		if d.isNull(e) {
			d.places[p] = d.places[path]
			d.fault(p, "", "phần tử trống", "Điền giá trị hoặc bỏ dòng này")
			continue
		}
		d.value(e, out.Index(i), p)
	}
	v.Set(out)
}

func (d *decoder) text(n ast.Node, v reflect.Value, path string) {
	var s string
	switch n := n.(type) {
	case *ast.StringNode:
		s = n.Value
	case *ast.LiteralNode:
		s = n.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		d.fault(path, source(n), "phải là chữ", "Đặt trong dấu ngoặc kép: \""+source(n)+"\"")
		return
	default:
		d.fault(path, source(n), "phải là chữ, không phải danh sách hay nhóm mục", "Viết trên một dòng, trong dấu ngoặc kép")
		return
	}
	s = strings.TrimSpace(norm.NFC.String(strings.ReplaceAll(s, "\r\n", "\n")))
	if strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\t' || r == unicode.ReplacementChar
	}) {
		d.fault(path, s, "có ký tự điều khiển", "Gõ lại đoạn này")
		return
	}
	v.SetString(s)
}

func (d *decoder) number(n ast.Node, v reflect.Value, path string) {
	var value int64
	ok := false
	if i, isInt := n.(*ast.IntegerNode); isInt && plainDecimal(source(n)) {
		switch x := i.Value.(type) {
		case int64:
			value, ok = x, true
		case uint64:
			value, ok = int64(x), x <= math.MaxInt64
		}
	}
	if !ok || v.OverflowInt(value) {
		d.fault(path, source(n), "không phải số nguyên", "Viết chữ số liền nhau, không đặt trong dấu ngoặc kép, ví dụ 20")
		return
	}
	v.SetInt(value)
}

// plainDecimal refuses 012 (octal), 0x1f and 1_000: what YAML makes of them is not what the writer means.
func plainDecimal(s string) bool {
	s = strings.TrimPrefix(s, "-")
	if s == "" || len(s) > 1 && s[0] == '0' {
		return false
	}
	return strings.Trim(s, "0123456789") == ""
}

// source gives a scalar as written, and a word for anything else.
func source(n ast.Node) string {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value
	case *ast.LiteralNode:
		return n.Value.Value
	case *ast.SequenceNode:
		return "danh sách"
	case *ast.MappingNode, *ast.MappingValueNode:
		return "nhóm mục"
	}
	if t := n.GetToken(); t != nil {
		return strings.TrimSpace(t.Value)
	}
	return ""
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func withoutIndexes(path string) string {
	var b strings.Builder
	depth := 0
	for _, r := range path {
		switch {
		case r == '[':
			depth++
		case r == ']':
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	return b.String()
}
