package webapp

import (
	"fmt"
	"html/template"
)

// icons are shapes of Lucide (ISC licence), on its 24 by 24 grid.
var icons = map[string]string{
	"menu":    `<path d="M4 6h16M4 12h16M4 18h16"/>`,
	"clock":   `<circle cx="12" cy="12" r="9"/><path d="M12 7v5l3 2"/>`,
	"check":   `<path d="m5 12 5 5L20 7"/>`,
	"done":    `<circle cx="12" cy="12" r="9"/><path d="m8 12 3 3 5-6"/>`,
	"flag":    `<path d="M4 22V4M4 4h13l-3 4.5 3 4.5H4"/>`,
	"search":  `<circle cx="11" cy="11" r="7"/><path d="m20 20-4-4"/>`,
	"warn":    `<path d="M12 4 2.5 20h19zM12 10v4M12 17.5v.01"/>`,
	"phone":   `<path d="M15 3h-6a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h6a2 2 0 0 0 2-2V5a2 2 0 0 0-2-2zM12 18h.01"/>`,
	"cross":   `<path d="M6 6l12 12M18 6 6 18"/>`,
	"file":    `<path d="M14 3H7a2 2 0 0 0-2 2v14a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V8zM14 3v5h5M9 13h6M9 17h6"/>`,
	"open":    `<path d="M14 4h6v6M20 4 10 14M18 14v4a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2V8a2 2 0 0 1 2-2h4"/>`,
	"refresh": `<path d="M20 11a8 8 0 0 0-14.9-3M4 4v4h4M4 13a8 8 0 0 0 14.9 3M20 20v-4h-4"/>`,
}

// icon draws an icon; it is hidden from screen readers, words stand beside it.
func icon(name string) (template.HTML, error) {
	shape, ok := icons[name]
	if !ok {
		return "", fmt.Errorf("webapp: no icon %q", name)
	}
	return template.HTML(`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">` + shape + `</svg>`), nil
}
