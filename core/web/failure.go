package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"duthi/core"
)

// statusClientGone is logged and counted when the client went away before the answer (nginx's number).
const statusClientGone = 499

// answers is the one table from error code to HTTP status, and to the words shown when the error has none.
var answers = map[core.Code]struct {
	status int
	msg    string
}{
	core.Invalid:         {http.StatusUnprocessableEntity, "Yêu cầu chưa đúng. Vui lòng kiểm tra và thử lại."},
	core.Unauthenticated: {http.StatusUnauthorized, "Phiên đăng nhập đã hết. Vui lòng đăng nhập lại."},
	core.Forbidden:       {http.StatusForbidden, "Tài khoản này không được mở trang này."},
	core.NotFound:        {http.StatusNotFound, "Không tìm thấy trang này."},
	core.Conflict:        {http.StatusConflict, "Dữ liệu vừa được thay đổi ở nơi khác. Vui lòng tải lại trang."},
	core.Closed:          {http.StatusConflict, "Phần này đang đóng."},
	core.Limited:         {http.StatusTooManyRequests, "Đang đông. Vui lòng thử lại sau ít giây."},
	core.Unavailable:     {http.StatusServiceUnavailable, "Hệ thống tạm gián đoạn. Vui lòng thử lại sau ít phút."},
	core.Internal:        {http.StatusInternalServerError, "Máy chủ gặp lỗi. Vui lòng thử lại sau ít phút."},
}

// StatusOf gives the HTTP status of a code.
func StatusOf(code core.Code) int {
	if a, ok := answers[code]; ok {
		return a.status
	}
	return http.StatusInternalServerError
}

// Words gives what is shown for a code when the error says nothing itself.
func Words(code core.Code) string { return answers[code].msg }

// Failure is what an error page or the script is told. It never holds the cause.
type Failure struct {
	Status     int               `json:"-"`
	Code       core.Code         `json:"code"`
	Msg        string            `json:"msg"`
	Fields     map[string]string `json:"fields,omitempty"`
	RetryAfter int               `json:"retry_after,omitempty"` // seconds
	RequestID  string            `json:"request_id"`
}

// FailurePage writes the page of a failure. The status and Retry-After are its to send.
type FailurePage func(*gin.Context, Failure)

// OnFailure sets the page shown instead of the plain text of the shell. Call it before serving.
func (s *Server) OnFailure(page FailurePage) { s.failure = page }

// fail answers with err: JSON for the script, a page for people, nothing for a client that has gone or that
// already has a part of an answer.
func (s *Server) fail(c *gin.Context, err error) {
	c.Abort()
	if errors.Is(err, context.Canceled) && c.Request.Context().Err() != nil {
		c.Set(canceledKey, true)
		return
	}
	f := failureOf(err)
	f.RequestID = RequestID(c)
	s.logFailure(c, f, err)
	if c.Writer.Written() {
		return
	}
	if f.RetryAfter > 0 {
		c.Header("Retry-After", strconv.Itoa(f.RetryAfter))
	}
	c.Header("Cache-Control", "no-store")
	if WantsJSON(c) {
		c.JSON(f.Status, f)
		return
	}
	s.failure(c, f)
}

func failureOf(err error) Failure {
	var tooBig *http.MaxBytesError
	if errors.As(err, &tooBig) {
		return Failure{Status: http.StatusRequestEntityTooLarge, Code: core.Invalid, Msg: "Dữ liệu gửi lên quá lớn."}
	}
	f := Failure{Code: core.CodeOf(err)}
	var e *core.Error
	if errors.As(err, &e) {
		f.Msg, f.Fields, f.RetryAfter = e.Msg, e.Fields, e.RetryAfter
	}
	f.Status = StatusOf(f.Code)
	if f.Msg == "" {
		f.Msg = answers[f.Code].msg
	}
	if f.RetryAfter == 0 && (f.Code == core.Limited || f.Code == core.Unavailable) {
		f.RetryAfter = 5
	}
	return f
}

// logFailure logs causes: ours as errors, those of the client at debug level.
func (s *Server) logFailure(c *gin.Context, f Failure, err error) {
	log := s.log.Debug
	switch {
	case f.Status >= 500:
		log = s.log.Error
	case c.Writer.Written():
		log = s.log.Warn
	}
	log("failure", "id", f.RequestID, "route", c.FullPath(), "code", f.Code, "err", err, "begun", c.Writer.Written())
}

// WantsJSON reports whether the request came from a script that reads JSON.
func WantsJSON(c *gin.Context) bool {
	return strings.HasPrefix(c.Request.Header.Get("Accept"), "application/json")
}

func plainFailure(c *gin.Context, f Failure) {
	c.String(f.Status, "%s\n\nMã yêu cầu: %s\n", f.Msg, f.RequestID)
}
