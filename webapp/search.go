package webapp

import (
	"html/template"
	"slices"
	"strings"

	"duthi/core"
)

// searchBox is a search field of a page that works by reloading it.
type searchBox struct{ Value, Label string }

// holds reports whether text contains every word of a folded query, each at the beginning of a word.
func holds(folded, query string) bool {
	padded := " " + folded
	for _, w := range strings.Fields(query) {
		if !strings.Contains(padded, " "+w) {
			return false
		}
	}
	return true
}

// highlight marks the words of text that begin with a word of the folded query.
func highlight(text, query string) template.HTML {
	words := strings.Fields(query)
	if len(words) == 0 {
		return template.HTML(template.HTMLEscapeString(text))
	}
	var b strings.Builder
	parts := strings.Split(text, " ")
	open := false
	for i, part := range parts {
		hit := slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(core.Fold(part), w) })
		if open && !hit {
			b.WriteString("</mark>")
		}
		if i > 0 {
			b.WriteByte(' ')
		}
		if hit && !open {
			b.WriteString("<mark>")
		}
		open = hit
		b.WriteString(template.HTMLEscapeString(part))
	}
	if open {
		b.WriteString("</mark>")
	}
	return template.HTML(strings.ReplaceAll(b.String(), " </mark>", "</mark> "))
}
