package webapp

import (
	"io/fs"
	"regexp"
	"testing"
)

var usedTemplate = regexp.MustCompile(`\{\{-?\s*template "([^"]+)"`)

// TestPagesHaveTheirParts: a part that only another page defines is missed when somebody opens the page, not
// when the program starts.
func TestPagesHaveTheirParts(t *testing.T) {
	t.Parallel()
	v, err := loadViews()
	if err != nil {
		t.Fatal(err)
	}
	for name, page := range v.pages {
		text, err := fs.ReadFile(templateFiles, "templates/"+name+".html")
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range usedTemplate.FindAllStringSubmatch(string(text), -1) {
			if page.Lookup(m[1]) == nil {
				t.Errorf("page %s uses %q, which is defined neither there nor in templates/shared", name, m[1])
			}
		}
	}
}
