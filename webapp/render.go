package webapp

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
	"sync"

	"github.com/gin-gonic/gin"

	"duthi/core/web"
)

//go:embed templates
var templateFiles embed.FS

//go:embed static
var staticFiles embed.FS

// staticPrefix is where fingerprinted files are served.
const staticPrefix = "/static/"

// views are the parsed templates, by page.
type views struct {
	pages  map[string]*template.Template
	assets *web.Assets
}

// loadViews parses every page on top of the layouts and parts; a mistake in a template stops the program at
// its start.
func loadViews() (*views, error) {
	own, err := fs.Sub(staticFiles, "static")
	if err != nil {
		return nil, err
	}
	assets, err := web.NewAssets(staticPrefix, web.BaseFiles(), own)
	if err != nil {
		return nil, err
	}
	v := &views{pages: map[string]*template.Template{}, assets: assets}
	funcs := template.FuncMap{
		"asset": assets.URL, "icon": icon, "title": title, "kept": kept, "sentence": sentence,
		"number": number[int64], "count": number[int], "percent": percent, "duration": duration,
		"inc": func(i int) int { return i + 1 }, "dict": dict,
	}
	shared, err := template.New("").Funcs(funcs).ParseFS(templateFiles, "templates/shared/*.html")
	if err != nil {
		return nil, fmt.Errorf("webapp: layouts: %w", err)
	}
	files, err := fs.Glob(templateFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		page, err := shared.Clone()
		if err != nil {
			return nil, err
		}
		text, err := templateFiles.ReadFile(file)
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(path.Base(file), ".html")
		if page, err = page.New(name).Parse(string(text)); err != nil {
			return nil, fmt.Errorf("webapp: page %s: %w", name, err)
		}
		v.pages[name] = page
	}
	return v, nil
}

var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// html renders a page as a whole, so that a fault in a template becomes an error page and never half a page.
func (v *views) html(name string, data any) (*bytes.Buffer, error) {
	page, ok := v.pages[name]
	if !ok {
		return nil, fmt.Errorf("webapp: no page %q", name)
	}
	b := buffers.Get().(*bytes.Buffer)
	b.Reset()
	if err := page.Execute(b, data); err != nil {
		buffers.Put(b)
		return nil, fmt.Errorf("webapp: page %s: %w", name, err)
	}
	return b, nil
}

// part renders one part of a page, for scripts that replace it.
func (v *views) part(name, part string, data any) (string, error) {
	page, ok := v.pages[name]
	if !ok {
		return "", fmt.Errorf("webapp: no page %q", name)
	}
	var b strings.Builder
	if err := page.ExecuteTemplate(&b, part, data); err != nil {
		return "", fmt.Errorf("webapp: part %s of %s: %w", part, name, err)
	}
	return b.String(), nil
}

// show answers with a page.
func (a *App) show(c *gin.Context, status int, name string, data any) error {
	b, err := a.views.html(name, data)
	if err != nil {
		return err
	}
	web.Page(c, status, b.Bytes())
	buffers.Put(b)
	return nil
}

// showSecret answers with a page that shows something worth stealing: uncompressed, never cached.
func (a *App) showSecret(c *gin.Context, status int, name string, data any) error {
	b, err := a.views.html(name, data)
	if err != nil {
		return err
	}
	web.Plain(c, status, b.Bytes())
	buffers.Put(b)
	return nil
}

// dict gives a part of a page several values by name.
func dict(pairs ...any) (map[string]any, error) {
	out := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("webapp: dict: %v is no name", pairs[i])
		}
		out[name] = pairs[i+1]
	}
	return out, nil
}
