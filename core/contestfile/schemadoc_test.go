package contestfile

import (
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"duthi/core"
)

// docPath is the description of the formats that README points at.
const docPath = "../../docs/contest-file.md"

// cells gives the first three cells of the table that follows a heading, row by row.
func cells(t *testing.T, heading string) [][3]string {
	t.Helper()
	text, err := os.ReadFile(docPath)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := strings.Cut(string(text), "\n"+heading+"\n")
	if !ok {
		t.Fatalf("%s has no %q", docPath, heading)
	}
	_, rest, _ = strings.Cut(rest, "--- |\n")
	var rows [][3]string
	for line := range strings.Lines(rest) {
		if !strings.HasPrefix(line, "| ") {
			break
		}
		c := strings.Split(line, "|")
		rows = append(rows, [3]string{strings.Trim(c[1], " `"), strings.TrimSpace(c[2]), strings.TrimSpace(c[3])})
	}
	return rows
}

// TestContestFileIsDescribed holds the document's keys, types and needs to what the decoder takes.
func TestContestFileIsDescribed(t *testing.T) {
	t.Parallel()
	want := schemaRows(reflect.TypeFor[core.Contest](), "", nil)
	if diff := cmp.Diff(want, cells(t, "## The contest")); diff != "" {
		t.Errorf("docs/contest-file.md (+) differs from the program (-):\n%s", diff)
	}
}

func schemaRows(typ reflect.Type, path string, rows [][3]string) [][3]string {
	for _, f := range fieldsOf(typ) {
		p := join(path, f.name)
		needed := ""
		if f.required && !slices.Contains(optional, strings.ReplaceAll(p, "[]", "")) {
			needed = "yes"
		}
		ft := typ.Field(f.index).Type
		if ft.Kind() == reflect.Pointer {
			ft = ft.Elem()
		}
		word, below := typeWord(ft, f.name)
		rows = append(rows, [3]string{p, word, needed})
		if below != nil {
			if strings.HasPrefix(word, "list") {
				p += "[]"
			}
			rows = schemaRows(below, p, rows)
		}
	}
	return rows
}

// typeWord names a type as the document does; below is what stands inside it.
func typeWord(typ reflect.Type, name string) (word string, below reflect.Type) {
	switch {
	case typ == reflect.TypeFor[core.Instant]():
		return "moment", nil
	case typ.Kind() == reflect.Struct:
		return "group", typ
	case typ.Kind() == reflect.Slice && typ.Elem().Kind() == reflect.Struct:
		return "list of groups", typ.Elem()
	case typ.Kind() == reflect.Slice:
		return "list of text", nil
	case typ.Kind() == reflect.Bool:
		return "yes/no", nil
	case typ.Kind() == reflect.String && name == "date":
		return "date", nil
	case typ.Kind() == reflect.String:
		return "text", nil
	}
	return "number", nil
}

// TestColumnsAreDescribed does the same for the tables.
func TestColumnsAreDescribed(t *testing.T) {
	t.Parallel()
	for heading, columns := range map[string][]column{"### Questions": questionColumns, "### Units": unitColumns, "### Roster": rosterColumns} {
		var want, got [][2]string
		for _, c := range columns {
			if !c.skip {
				want = append(want, [2]string{c.name, map[bool]string{true: "yes"}[c.required]})
			}
		}
		for _, row := range cells(t, heading) {
			got = append(got, [2]string{row[0], row[1]})
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (+) differs from the program (-):\n%s", heading, diff)
		}
	}
}
