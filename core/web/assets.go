package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"sort"
	"strings"

	"github.com/gin-gonic/gin"

	"duthi/core"
)

//go:embed static
var static embed.FS

// BaseFiles holds what every page of duthi looks like: duthi.css with the tokens, the fonts and their
// licence, the icon.
func BaseFiles() fs.FS {
	sub, err := fs.Sub(static, "static")
	if err != nil {
		panic(err) // a valid path: cannot happen
	}
	return sub
}

// Assets are static files served under names that carry a digest of their content, so that browsers keep
// them for good.
type Assets struct {
	prefix string
	files  map[string]asset  // by fingerprinted name
	names  map[string]string // plain name -> fingerprinted name
}

type asset struct {
	contentType string
	data, gz    []byte
}

// NewAssets reads the files of all folders. Files of the same name are joined in the order given: that is how
// a role adds to duthi.css. Style sheets name other files as url(NAME), which is replaced by the file's
// fingerprinted address.
func NewAssets(prefix string, folders ...fs.FS) (*Assets, error) {
	a := &Assets{prefix: prefix, files: map[string]asset{}, names: map[string]string{}}
	content := map[string][]byte{}
	for _, folder := range folders {
		err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := fs.ReadFile(folder, name)
			content[name] = append(content[name], data...)
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("web: static files: %w", err)
		}
	}
	names := make([]string, 0, len(content))
	for name := range content {
		names = append(names, name)
	}
	sort.Slice(names, func(i, j int) bool { // style sheets last: they need the others' names
		ci, cj := path.Ext(names[i]) == ".css", path.Ext(names[j]) == ".css"
		if ci != cj {
			return cj
		}
		return names[i] < names[j]
	})
	for _, name := range names {
		data := content[name]
		if path.Ext(name) == ".css" {
			data = a.resolve(minifyCSS(data))
		}
		a.add(name, data)
	}
	return a, nil
}

func (a *Assets) add(name string, data []byte) {
	sum := sha256.Sum256(data)
	ext := path.Ext(name)
	full := strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:5]) + ext
	f := asset{contentType: contentType(ext), data: data}
	if ext != ".woff2" && ext != ".png" && len(data) >= compressFrom {
		f.gz = gzipBest(data)
	}
	a.files[full], a.names[name] = f, full
}

func (a *Assets) resolve(css []byte) []byte {
	for name, full := range a.names {
		css = bytes.ReplaceAll(css, []byte("url("+name+")"), []byte("url("+full+")"))
	}
	return css
}

// URL gives the address of a file by its plain name. It panics for a name that is not there: a mistake in a
// template, met by the test that renders it.
func (a *Assets) URL(name string) string {
	full, ok := a.names[name]
	if !ok {
		panic("web: no static file " + name)
	}
	return a.prefix + full
}

// Size gives the bytes a client that takes gzip receives for a file.
func (a *Assets) Size(name string) int {
	f := a.files[a.names[name]]
	if f.gz != nil {
		return len(f.gz)
	}
	return len(f.data)
}

// Route serves the files. Below the prefix anything else is NotFound.
func (a *Assets) Route() Route {
	return Route{Method: http.MethodGet, Path: a.prefix + "*file", Handler: a.serve, Quiet: true}
}

func (a *Assets) serve(c *gin.Context) error {
	f, ok := a.files[strings.TrimPrefix(c.Param("file"), "/")]
	if !ok {
		return core.Errorf(core.NotFound, "Không tìm thấy tệp này.")
	}
	c.Header("Cache-Control", "public, max-age=31536000, immutable")
	data := f.data
	if f.gz != nil {
		c.Header("Vary", "Accept-Encoding")
		if AcceptsGzip(c.Request) {
			c.Header("Content-Encoding", "gzip")
			data = f.gz
		}
	}
	c.Data(http.StatusOK, f.contentType, data)
	return nil
}

func contentType(ext string) string {
	switch ext {
	case ".woff2":
		return "font/woff2"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return mime.TypeByExtension(ext)
}
