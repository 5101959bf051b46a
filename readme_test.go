package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write README's tables of settings and commands anew")

// TestReadmeTables holds README's tables to what the program takes; with -update it writes them.
func TestReadmeTables(t *testing.T) {
	t.Parallel()
	whole, err := os.ReadFile("README.md")
	must(t, err)
	text := string(whole)
	for _, table := range []struct{ head, want string }{
		{"| Command | What |\n| --- | --- |\n", commandRows()},
		{"| Flag of `duthi serve` | Variable | Default | Meaning |\n| --- | --- | --- | --- |\n", settingRows()},
	} {
		before, rest, ok := strings.Cut(text, table.head)
		if !ok {
			t.Fatalf("README has no table that begins with\n%s", table.head)
		}
		rows := 0
		for line := range strings.Lines(rest) {
			if !strings.HasPrefix(line, "|") {
				break
			}
			rows += len(line)
		}
		if !*update && rest[:rows] != table.want {
			t.Errorf("README differs from the program (go test -run TestReadmeTables -update . writes it):\n%s\nshould be\n%s", rest[:rows], table.want)
		}
		text = before + table.head + table.want + rest[rows:]
	}
	if *update && text != string(whole) {
		must(t, os.WriteFile("README.md", []byte(text), 0o644))
	}
}

// inCell lets a text stand in a table's cell.
func inCell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }

func commandRows() string {
	var b strings.Builder
	for _, c := range commands() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", inCell(strings.TrimSpace("duthi "+c.name+" "+c.usage)), inCell(c.help))
	}
	return b.String()
}

func settingRows() string {
	var b strings.Builder
	for _, s := range settings() {
		name, def := "", ""
		if s.flag != "" {
			name = "`--" + s.flag + "`"
		}
		if s.def != "" {
			def = "`" + s.def + "`"
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s |\n", name, s.env, def, inCell(s.help))
	}
	return b.String()
}
