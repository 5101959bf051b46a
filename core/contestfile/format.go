package contestfile

import (
	"bytes"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"duthi/core"
)

// FormatContest writes c as a contest file, the inverse of ParseContest: reading what it wrote gives c again.
// Keys stand in the order of core.Contest.
func FormatContest(w io.Writer, c *core.Contest) error {
	f := &formatter{c: c}
	f.object(reflect.ValueOf(c).Elem(), 0)
	_, err := w.Write(f.out.Bytes())
	return err
}

type formatter struct {
	c   *core.Contest
	out bytes.Buffer
}

func (f *formatter) indent(depth int) { f.out.WriteString(strings.Repeat("  ", depth)) }

// object writes the fields of v, each on its own lines; the first line's indent is the caller's when it stands
// behind a dash.
func (f *formatter) object(v reflect.Value, depth int) {
	first := true
	for _, fd := range fieldsOf(v.Type()) {
		x := v.Field(fd.index)
		if fd.omitEmpty && (x.IsZero() || x.Kind() == reflect.Slice && x.Len() == 0) {
			continue
		}
		if !first || !f.afterDash() {
			f.indent(depth)
		}
		first = false
		f.out.WriteString(fd.name + ":")
		f.value(x, fd.name, depth)
	}
}

func (f *formatter) afterDash() bool { return bytes.HasSuffix(f.out.Bytes(), []byte("- ")) }

// value writes what stands behind "key:", with the end of the line.
func (f *formatter) value(v reflect.Value, key string, depth int) {
	switch v.Kind() {
	case reflect.Pointer:
		f.value(v.Elem(), key, depth)
	case reflect.Struct:
		if emptyObject(v) {
			f.out.WriteString(" {}\n")
			return
		}
		f.out.WriteByte('\n')
		f.object(v, depth+1)
	case reflect.Slice:
		f.list(v, key, depth)
	default:
		f.out.WriteString(" " + f.scalar(v, key) + "\n")
	}
}

func emptyObject(v reflect.Value) bool {
	return !slices.ContainsFunc(fieldsOf(v.Type()), func(fd field) bool { return !fd.omitEmpty || !v.Field(fd.index).IsZero() })
}

func (f *formatter) list(v reflect.Value, key string, depth int) {
	if v.Len() == 0 {
		f.out.WriteString(" []\n")
		return
	}
	f.out.WriteByte('\n')
	for i := range v.Len() {
		f.indent(depth + 1)
		f.out.WriteString("- ")
		if e := v.Index(i); e.Kind() == reflect.Struct {
			f.object(e, depth+2)
		} else {
			f.out.WriteString(f.scalar(e, key) + "\n")
		}
	}
}

func (f *formatter) scalar(v reflect.Value, key string) string {
	switch v.Kind() {
	case reflect.String:
		return quote(v.String())
	case reflect.Bool:
		return strconv.FormatBool(v.Bool())
	}
	if v.Type() == reflect.TypeFor[core.Instant]() {
		return quote(formatMoment(core.Instant(v.Int()), f.c.Location(), key == "end"))
	}
	return strconv.FormatInt(v.Int(), 10)
}

// plainWord is what needs no quotes; words that YAML readers take for something else are left out.
var plainWord = regexp.MustCompile(`^[a-z][a-z0-9_]*(-[a-z0-9_]+)*$`)

func quote(s string) string {
	if plainWord.MatchString(s) && !slices.Contains([]string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}, s) {
		return s
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 || r == 0xfeff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
