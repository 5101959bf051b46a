package zalosim

import (
	"bytes"
	"embed"
	"html/template"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
)

//go:embed chat
var chat embed.FS

// deskPolicy allows what the chat page uses: no inline script or style. Pictures may come from where the bot
// says.
const deskPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: http: https:; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// longPoll is how long a page waits for news in one request: well under any server's own limits.
const longPoll = 8 * time.Second

// Desk gives the people's side: the chat page and the management interface. Mount it under a prefix that ends in a
// slash, stripped from the request; all its addresses are relative. It is not part of Zalo's protocol.
//
//	GET  /            the chat page; u=ID (repeatable) chooses whose phones are shown
//	GET  /state       everything as JSON: people, sent, journal, stats, refused, chaos
//	GET  /news?after= waits for a revision after that one, at most 8 s
//	POST /do/ACTION   form fields user, text, …; see actions. With Accept: application/json it answers JSON,
//	                  else it goes back to the page
func (s *Sim) Desk() http.Handler {
	s.begin()
	files, err := fs.Sub(chat, "chat")
	if err != nil {
		panic(err) // a valid path
	}
	page := template.Must(template.New("chat.html").Funcs(template.FuncMap{"lines": lines, "button": newButton}).ParseFS(files, "chat.html"))
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { s.servePage(w, r, page) })
	mux.HandleFunc("GET /chat.css", asset(files, "chat.css"))
	mux.HandleFunc("GET /fonts.css", asset(files, "fonts.css"))
	mux.HandleFunc("GET /chat.js", asset(files, "chat.js"))
	mux.HandleFunc("GET /font/{name}", s.serveFont)
	mux.HandleFunc("GET /anh/{id}", s.serveUpload)
	mux.HandleFunc("GET /state", s.serveState)
	mux.HandleFunc("GET /news", s.serveNews)
	mux.HandleFunc("POST /do/{action}", s.serveAction)
	guarded := http.NewCrossOriginProtection().Handler(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", deskPolicy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		guarded.ServeHTTP(w, r)
	})
}

func asset(files fs.FS, name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, name) }
}

func (s *Sim) servePage(w http.ResponseWriter, r *http.Request, page *template.Template) {
	var b bytes.Buffer
	if err := page.Execute(&b, s.view(r.URL.Query()["u"])); err != nil {
		s.Log.Error("zalosim: chat page", "error", err)
		http.Error(w, "Trang mô phỏng gặp lỗi.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Write(b.Bytes()) // a browser that left is nobody to tell
}

func (s *Sim) serveFont(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("name")
	if s.Fonts == nil || !strings.HasPrefix(name, "be-vietnam-") || path.Ext(name) != ".woff2" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "max-age=86400")
	http.ServeFileFS(w, r, s.Fonts, name)
}

func (s *Sim) serveUpload(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	u, ok := s.uploads[r.PathValue("id")]
	s.mu.Unlock()
	if !ok || u.kind == "file" { // a file could be a page with a script
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", u.contentType)
	w.Write(u.data)
}

// State is what GET /state answers.
type State struct {
	Revision   int64    `json:"revision"`
	Subscribed bool     `json:"subscribed"`
	Granted    bool     `json:"granted"`
	People     []Person `json:"people"`
	Sent       []Sent   `json:"sent"`
	Journal    []Entry  `json:"journal"`
	Stats      Stats    `json:"stats"`
	Refused    []string `json:"refused"`
	Chaos      Chaos    `json:"chaos"`
}

func (s *Sim) serveState(w http.ResponseWriter, r *http.Request) {
	people := s.People()
	s.mu.Lock()
	st := State{Revision: s.rev, Subscribed: !s.off, Granted: s.grant.live, People: people, Sent: s.sentTo(""), Journal: append([]Entry{}, s.journal...),
		Stats: s.stats, Refused: append([]string{}, s.refused...), Chaos: s.chaos}
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, st)
}

func (s *Sim) serveNews(w http.ResponseWriter, r *http.Request) {
	after, err := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	if err != nil {
		http.Error(w, "after is a number", http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	changed, rev := s.changed, s.rev
	s.mu.Unlock()
	if rev <= after {
		t := time.NewTimer(longPoll)
		defer t.Stop()
		select {
		case <-changed:
		case <-t.C:
		case <-r.Context().Done():
			return
		}
	}
	s.mu.Lock()
	rev = s.rev
	s.mu.Unlock()
	writeJSON(w, http.StatusOK, map[string]int64{"rev": rev})
}

// serveAction runs one action. The answer goes back to the page with the phones that were shown.
func (s *Sim) serveAction(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
	if err := r.ParseForm(); err != nil {
		http.Error(w, "the form can't be read", http.StatusBadRequest)
		return
	}
	do, ok := actions[r.PathValue("action")]
	if !ok {
		http.Error(w, "no such action", http.StatusNotFound)
		return
	}
	for name := range r.Form {
		if !oneOf(name, "user", "text", "name", "phone", "title", "message", "hours", "key", "on", "view") {
			http.Error(w, "unknown field "+strconv.Quote(name), http.StatusBadRequest)
			return
		}
	}
	id, problem := do(s, r.PostForm)
	if strings.HasPrefix(r.Header.Get("Accept"), "application/json") {
		status := http.StatusOK
		if problem != "" {
			status = http.StatusUnprocessableEntity
		}
		writeJSON(w, status, map[string]string{"id": id, "problem": problem})
		return
	}
	view := r.PostForm["view"]
	if r.PathValue("action") == "add" && id != "" {
		view = []string{id}
	}
	w.Header().Set("Location", "../?"+url.Values{"u": view}.Encode())
	w.WriteHeader(http.StatusSeeOther)
}

// picture is what a person sends as a photo: a drawing, so that no file is needed.
func picture() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 320, 200))
	for y := range 200 {
		for x := range 320 {
			c := color.RGBA{uint8(180 + y/4), uint8(214 + y/8), 228, 255}
			if hill := 150 - (x*(320-x))/320; y > hill+20 {
				c = color.RGBA{14, uint8(90 + (y-hill)/2), 107, 255}
			}
			if dx, dy := x-250, y-45; dx*dx+dy*dy < 500 {
				c = color.RGBA{226, 165, 43, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err) // into memory: cannot fail
	}
	return b.Bytes()
}
