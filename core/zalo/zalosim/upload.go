package zalosim

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"strings"
	"time"
)

// uploadKind is what one of the upload endpoints takes.
type uploadKind struct {
	name  string
	exts  []string
	types []string // as net/http sniffs them; empty: any
	limit int
}

var (
	imageKind = uploadKind{"image", []string{".jpg", ".jpeg", ".png"}, []string{"image/jpeg", "image/png"}, 1 << 20}
	gifKind   = uploadKind{"gif", []string{".gif"}, []string{"image/gif"}, 5 << 20}
	fileKind  = uploadKind{"file", []string{".pdf", ".doc", ".docx", ".csv"}, nil, 5 << 20}
)

const keepUploads = 200

type upload struct {
	kind, name, contentType string
	data                    []byte
	at                      time.Time
}

// upload takes one multipart field "file". A name without a proper extension gets an empty data, as at Zalo.
func (c *call) upload(k uploadKind) reply {
	name, data, ok := c.file()
	if !ok {
		return reply{}
	}
	sniffed := http.DetectContentType(data)
	switch {
	case len(data) > k.limit:
		return reply{Error: -210, Message: "Parameter exceeds allowable limit"}
	case !oneOf(strings.ToLower(path.Ext(name)), k.exts...):
		return reply{Data: map[string]any{}}
	case len(k.types) > 0 && !oneOf(sniffed, k.types...):
		return reply{Error: -201, Message: "file is invalid!"}
	}
	id := c.sim.keep(upload{kind: k.name, name: name, contentType: sniffed, data: data})
	if k.name == "file" {
		return reply{Data: map[string]any{"token": id}}
	}
	return reply{Data: map[string]any{"attachment_id": id}}
}

func (c *call) file() (name string, data []byte, ok bool) {
	kind, params, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		c.bad = "an upload is multipart/form-data"
		return "", nil, false
	}
	form := multipart.NewReader(bytes.NewReader(c.body), params["boundary"])
	part, err := form.NextPart()
	if err != nil || part.FormName() != "file" {
		c.bad = `the first field is not "file"`
		return "", nil, false
	}
	if data, err = io.ReadAll(part); err != nil {
		c.bad = err.Error()
		return "", nil, false
	}
	if _, err := form.NextPart(); err != io.EOF {
		c.bad = `fields besides "file"`
		return "", nil, false
	}
	return part.FileName(), data, true
}

// keep stores an upload and drops the oldest beyond 200. The caller holds mu.
func (s *Sim) keep(u upload) string {
	u.at = s.Clock.Now()
	id := s.nextID()
	s.uploads[id] = u
	for len(s.uploads) > keepUploads {
		oldest := id
		for k, v := range s.uploads {
			if v.at.Before(s.uploads[oldest].at) {
				oldest = k
			}
		}
		if oldest == id {
			break
		}
		delete(s.uploads, oldest)
	}
	return id
}

// find gives an upload that is used in a message.
func (c *call) find(id string, kinds ...uploadKind) (upload, reply, bool) {
	u, ok := c.sim.uploads[id]
	if !ok {
		return upload{}, reply{Error: -201, Message: "attachment_id is invalid!"}, false
	}
	if c.sim.Clock.Now().Sub(u.at) > c.sim.Limits.UploadLife {
		return upload{}, reply{Error: -100, Message: "attachment_id was expired"}, false
	}
	for _, k := range kinds {
		if u.kind == k.name {
			return u, reply{}, true
		}
	}
	return upload{}, reply{Error: -201, Message: "attachment_id is invalid!"}, false
}

// imageAddress is where the chat page finds an upload.
func (s *Sim) imageAddress(id string) string {
	return strings.TrimRight(s.PublicURL, "/") + imagePath(s.PublicURL != "") + id
}

func imagePath(absolute bool) string {
	if absolute {
		return "/anh/"
	}
	return "anh/"
}
