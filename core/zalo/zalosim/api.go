package zalosim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// reply is an answer of the API: always HTTP 200, with a code.
type reply struct {
	Error   int    `json:"error"`
	Message string `json:"message"`
	Data    any    `json:"data,omitempty"`

	bare   bool     // answer with Data alone, as some lists do
	status int      // of a refusal that is not Zalo's but ours; 0: 200
	echo   *event   // tells of the OA's own message
	after  []*event // what else the call causes
	taken  bool     // a message was taken

	echoFirst bool // the echo goes before the answer
}

// call is one request under way.
type call struct {
	sim  *Sim
	r    *http.Request
	body []byte
	bad  string // what the simulator does not know, once found
}

// route is one endpoint. send marks calls that send messages, zns those of the template-by-phone host, which
// do not count for the rate limit.
type route struct {
	do   func(*call) reply
	send bool
	zns  bool
}

var routes = map[string]route{
	"POST /v3.0/oa/message/cs":          {do: (*call).consult, send: true},
	"POST /v3.0/oa/message/template":    {do: (*call).templateByUser, send: true},
	"POST /message/template":            {do: (*call).templateByPhone, send: true, zns: true},
	"POST /v2.0/oa/message":             {do: shutDown},
	"POST /v3.0/oa/message/transaction": {do: shutDown},
	"POST /v3.0/oa/message/promotion":   {do: shutDown},
	"POST /v2.0/oa/upload/image":        {do: func(c *call) reply { return c.upload(imageKind) }},
	"POST /v2.0/oa/upload/gif":          {do: func(c *call) reply { return c.upload(gifKind) }},
	"POST /v2.0/oa/upload/file":         {do: func(c *call) reply { return c.upload(fileKind) }},
	"GET /v3.0/oa/user/detail":          {do: (*call).detail},
	"GET /v3.0/oa/user/getlist":         {do: (*call).list},
	"GET /v2.0/oa/getoa":                {do: (*call).account},
	"POST /v3.0/oa/quota/message":       {do: (*call).quota},
	"GET /v2.0/oa/listrecentchat":       {do: (*call).recent},
	"GET /v2.0/oa/conversation":         {do: (*call).conversation},
}

func shutDown(*call) reply {
	return reply{Error: -240, Message: "MessageV2 API has been shut down, please use MessageV3 API"}
}

// API gives Zalo's side for the bot: openapi, business.openapi and oauth under one root.
func (s *Sim) API() http.Handler {
	s.begin()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case tokenPath:
			s.serveToken(w, r)
		case permissionPath:
			s.servePermission(w, r)
		default:
			s.serveCall(w, r)
		}
	})
}

func (s *Sim) serveCall(w http.ResponseWriter, r *http.Request) {
	began := time.Now()
	name := r.Method + " " + r.URL.Path
	rt, known := routes[name]
	body, err := io.ReadAll(io.LimitReader(r.Body, 8<<20))
	if err != nil {
		return // the bot went away
	}
	if !known {
		s.mu.Lock()
		s.refuse("no such endpoint: " + name)
		s.mu.Unlock()
		writeJSON(w, http.StatusNotFound, reply{Error: 404, Message: "zalosim: no such endpoint: " + name})
		return
	}
	c := &call{sim: s, r: r, body: body}
	rep, fault, limits := s.take(c, rt)
	defer s.queueAll(&rep) // also when the connection is cut by a panic
	if fault.Lose == LoseBefore {
		cut(w)
		return
	}
	if rep.echoFirst {
		s.deliver(rep.echo)
	}
	s.stall(r, fault)
	s.mu.Lock()
	s.note(Entry{Name: name, In: true, Status: statusOf(rep, fault), Code: rep.Error, Took: time.Since(began)})
	s.mu.Unlock()
	w.Header().Set("X-RateLimit-Limit", strconv.Itoa(limits[0]))
	w.Header().Set("X-RateLimit-Remain", strconv.Itoa(max(0, limits[1])))
	s.write(w, rep, fault)
}

// take does a call and decides on its trouble; limits are the minute's calls and what is left of them.
func (s *Sim) take(c *call, rt route) (rep reply, fault Fault, limits [2]int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Calls++
	s.busy++ // until what it causes is queued
	if s.chance(s.chaos.ExpireNow) {
		s.grant.accessEnds = s.Clock.Now()
	}
	fault = s.roll(c.r.URL.Path)
	if fault.Lose == LoseBefore {
		return reply{}, fault, limits
	}
	limits[0], limits[1] = s.rate(rt.zns)
	rep = s.answer(c, rt, fault, limits[1])
	s.count(rt, rep, fault)
	rep.echoFirst = rep.echo != nil && s.chance(s.chaos.EchoFirst)
	return rep, fault, limits
}

// queueAll queues what a call caused, after its answer.
func (s *Sim) queueAll(rep *reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if rep.echo != nil && !rep.echoFirst {
		s.queue(rep.echo)
	}
	for _, e := range rep.after {
		s.queue(e)
	}
	s.busy--
	s.touch()
}

// answer does what a call asks for. The caller holds mu.
func (s *Sim) answer(c *call, rt route, f Fault, remain int) reply {
	switch {
	case f.Code != 0:
		return reply{Error: f.Code, Message: or(f.Words, "injected")}
	case f.Page != 0 && f.Lose == "":
		return reply{}
	case remain < 0:
		return reply{Error: -32, Message: "Your application reached limit call api"}
	}
	if rep, ok := s.authorize(c.r, rt.zns); !ok {
		return rep
	}
	rep := rt.do(c)
	if c.bad != "" {
		s.refuse(c.r.Method + " " + c.r.URL.Path + ": " + c.bad)
		return reply{Error: -201, Message: "zalosim: " + c.bad, status: http.StatusBadRequest}
	}
	if rep.Message == "" {
		rep.Message = "Success"
	}
	return rep
}

func (s *Sim) count(rt route, rep reply, f Fault) {
	switch {
	case !rt.send:
	case rep.taken:
		s.stats.Accepted++
		if f.Lose == LoseAfter {
			s.stats.AnswersLost++
		}
	default:
		s.stats.Rejected++
	}
}

// stall delays an answer.
func (s *Sim) stall(r *http.Request, f Fault) {
	if f.Delay > 0 {
		s.Clock.wait(r.Context(), f.Delay)
	}
	if f.Hold != nil {
		select {
		case <-f.Hold:
		case <-r.Context().Done():
		}
	}
}

func (s *Sim) write(w http.ResponseWriter, rep reply, f Fault) {
	switch {
	case f.Page != 0:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(f.Page)
		fmt.Fprintf(w, "<html><head><title>%d Bad Gateway</title></head><body><center><h1>%d</h1></center></body></html>", f.Page, f.Page)
	case f.Lose == LoseAfter:
		cut(w)
	case rep.bare && rep.Error == 0:
		writeJSON(w, http.StatusOK, rep.Data)
	default:
		writeJSON(w, statusOf(rep, f), rep)
	}
}

func statusOf(rep reply, f Fault) int {
	switch {
	case f.Page != 0:
		return f.Page
	case f.Lose == LoseAfter:
		return 0
	case rep.status != 0:
		return rep.status
	}
	return http.StatusOK
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic("zalosim: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	w.Write(b) // the bot may have gone away: nobody to tell
}

// cut breaks the connection. Middleware that recovers panics would turn http.ErrAbortHandler into a page.
func cut(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	conn.Close()
}

// decode reads the JSON body and refuses fields that v does not have.
func (c *call) decode(v any) bool {
	if t := c.r.Header.Get("Content-Type"); !strings.HasPrefix(t, "application/json") {
		c.bad = "content type is " + strconv.Quote(t)
		return false
	}
	if len(c.r.URL.Query()) > 0 {
		c.bad = "query parameters on a POST"
		return false
	}
	return c.strict(c.body, v)
}

func (c *call) strict(b []byte, v any) bool {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		c.bad = err.Error()
		return false
	}
	return true
}

// params reads the one query parameter "data" and refuses others.
func (c *call) params(v any) bool {
	q := c.r.URL.Query()
	for name := range q {
		if name != "data" {
			c.bad = "unknown query parameter " + strconv.Quote(name)
			return false
		}
	}
	if !q.Has("data") {
		c.bad = `no query parameter "data"`
		return false
	}
	return c.strict([]byte(q.Get("data")), v)
}

func oneOf(s string, allowed ...string) bool { return slices.Contains(allowed, s) }
