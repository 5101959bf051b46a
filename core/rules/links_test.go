package rules

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestShowLinks(t *testing.T) {
	name := os.Getenv("SHOW_LINKS")
	if name == "" {
		t.Skip("set SHOW_LINKS to a contest in testdata")
	}
	ix := New(Source{Contest: loadContest(t, name)})
	for tp, links := range ix.links {
		if ix.lib.topics[tp].kind != kindRule {
			continue
		}
		var s []string
		for _, l := range links[:min(4, len(links))] {
			s = append(s, fmt.Sprintf("%s %.2f", strings.TrimPrefix(ix.clauses[l.clause].ID, "dieu-"), l.weight))
		}
		fmt.Printf("%-20s %s\n", ix.lib.topics[tp].id, strings.Join(s, " | "))
	}
}
