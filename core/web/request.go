package web

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
)

const requestIDHeader = "X-Request-Id"

// RequestID gives the id under which the request is logged and which error pages show.
func RequestID(c *gin.Context) string { return c.Writer.Header().Get(requestIDHeader) }

// identify gives the request an id of our own making: one from outside could carry anything into the log.
func (s *Server) identify(c *gin.Context) {
	var raw [8]byte
	binary.BigEndian.PutUint64(raw[:], rand.Uint64())
	var text [16]byte
	hex.Encode(text[:], raw[:])
	c.Writer.Header().Set(requestIDHeader, string(text[:]))
}

// observe counts and logs every request by its route, never by its address, which may name a person's attempt
// or receipt, nor by the client's network address.
func (s *Server) observe(c *gin.Context) {
	start := time.Now()
	c.Next()
	took := time.Since(start)
	route := c.FullPath()
	if route == "" {
		route = "none"
	}
	status := statusOf(c)
	s.metrics.request(c.Request.Method, route, status, took)
	level := slog.LevelInfo
	switch {
	case status >= 500:
		level = slog.LevelError
	case s.quiet[route] && status < 400:
		level = slog.LevelDebug
	}
	if !s.log.Enabled(c.Request.Context(), level) {
		return
	}
	s.log.LogAttrs(c.Request.Context(), level, "request",
		slog.String("id", RequestID(c)), slog.String("method", c.Request.Method), slog.String("route", route),
		slog.Int("status", status), slog.Int64("took_us", took.Microseconds()), slog.Int("bytes", max(c.Writer.Size(), 0)))
}

const canceledKey = "web.canceled"

// statusOf gives the status answered, or 499 when the client went away first: nothing was sent then.
func statusOf(c *gin.Context) int {
	if c.GetBool(canceledKey) {
		return statusClientGone
	}
	return c.Writer.Status()
}

// recover turns a panic into a 500 with its stack in the log.
func (s *Server) recover(c *gin.Context) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if p == http.ErrAbortHandler {
			panic(p)
		}
		s.log.Error("panic", "id", RequestID(c), "route", c.FullPath(), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
		s.fail(c, core.Wrap(core.Internal, "", fmt.Errorf("panic: %v", p)))
	}()
	c.Next()
}

// adapt gives a handler its limits and turns its error into an answer.
func (s *Server) adapt(r Route, h Handler) gin.HandlerFunc {
	body, timeout := r.MaxBody, r.Timeout
	if body == 0 {
		body = defaultBody
	}
	if timeout == 0 {
		timeout = requestTimeout
	}
	return func(c *gin.Context) {
		if !r.CrossOrigin {
			if err := s.origin.Check(c.Request); err != nil {
				s.fail(c, core.Wrap(core.Forbidden, "Yêu cầu được gửi từ một trang khác nên không được nhận. Vui lòng mở lại trang cuộc thi và thử lại.", err))
				return
			}
		}
		if timeout > requestTimeout { // a long upload outlives the listener's own limits
			rc := http.NewResponseController(c.Writer)
			_ = rc.SetReadDeadline(time.Now().Add(timeout))
			_ = rc.SetWriteDeadline(time.Now().Add(timeout + requestTimeout))
		}
		ctx, cancel := context.WithTimeout(c.Request.Context(), timeout)
		defer cancel()
		c.Request = c.Request.WithContext(ctx)
		if c.Request.Body != nil && c.Request.Body != http.NoBody {
			c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, body)
		}
		err := readForm(c.Request, r.Files)
		if err == nil {
			err = h(c)
		}
		if err != nil {
			s.fail(c, err)
		}
	}
}

// readForm reads a form before the handler runs: gin would take one that is too large or cut off for an empty one.
// JSON, and files where the route takes them, are left to the handler.
func readForm(r *http.Request, files bool) error {
	if r.Method != http.MethodPost {
		return nil
	}
	var err error
	switch kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); strings.ToLower(strings.TrimSpace(kind)) {
	case "application/x-www-form-urlencoded":
		err = r.ParseForm()
	case "multipart/form-data":
		if !files {
			err = r.ParseMultipartForm(defaultBody)
		}
	}
	var tooBig *http.MaxBytesError
	if err == nil || errors.As(err, &tooBig) {
		return err
	}
	return core.Wrap(core.Invalid, "Biểu mẫu gửi lên không đọc được. Vui lòng thử lại.", err)
}

// noRoute leads an address typed with a slash at its end to the one without; nothing else is there.
func noRoute(c *gin.Context) error {
	path := c.Request.URL.Path
	trimmed := strings.TrimRight(path, "/")
	reading := c.Request.Method == http.MethodGet || c.Request.Method == http.MethodHead
	if reading && trimmed != path && trimmed != "" && trimmed[0] == '/' && !strings.HasPrefix(trimmed, "//") && !strings.ContainsAny(trimmed, "\\\r\n\t") {
		return SeeOther(c, (&url.URL{Path: trimmed, RawQuery: c.Request.URL.RawQuery}).String())
	}
	return notFound(c)
}

func notFound(*gin.Context) error {
	return core.Errorf(core.NotFound, "Không tìm thấy trang này.")
}
