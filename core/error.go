package core

import (
	"context"
	"errors"
	"fmt"
)

// Code says what kind of failure an Error is. Every edge (HTTP, bot, jobs) has one table that maps codes to
// what it shows or does.
type Code string

const (
	Invalid         Code = "invalid"         // the input is wrong; Msg or Fields say how to mend it
	Unauthenticated Code = "unauthenticated" // nobody is signed in, or the sign-in is over
	Forbidden       Code = "forbidden"       // signed in, but not allowed
	NotFound        Code = "not_found"       // no such thing, or not for this person
	Conflict        Code = "conflict"        // somebody was first: a unique value is taken, or the record moved on
	Closed          Code = "closed"          // the round, the attempt or the offer is over or not yet open
	Limited         Code = "limited"         // too many or too fast; RetryAfter says when to come back
	Unavailable     Code = "unavailable"     // a part we depend on does not answer; trying again may help
	Internal        Code = "internal"        // our fault
)

// Error is the one error type of duthi. Msg is Vietnamese, complete and safe to show to anyone; Err is only
// logged. Fields gives the message of each wrong form field by its name.
type Error struct {
	Code       Code
	Msg        string
	Fields     map[string]string
	RetryAfter int // seconds, with Limited and Unavailable; 0 when unknown
	Err        error
}

// Error gives the text for logs.
func (e *Error) Error() string {
	if e.Err == nil {
		return string(e.Code) + ": " + e.Msg
	}
	return string(e.Code) + ": " + e.Msg + ": " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error whose message may be shown. A %w in format becomes Err and is left out of nothing:
// keep causes out of messages and use Wrap for them.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Msg: fmt.Sprintf(format, args...)}
}

// Wrap makes an Error with a message to show and a cause to log.
func Wrap(code Code, msg string, err error) *Error { return &Error{Code: code, Msg: msg, Err: err} }

// FieldErrors makes an Invalid error that names each wrong form field.
func FieldErrors(fields map[string]string) *Error {
	return &Error{Code: Invalid, Msg: "Một số ô cần sửa lại.", Fields: fields}
}

// CodeOf gives the code of err: Internal for an error that is none of ours, Unavailable for a deadline, and
// "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return Unavailable
	}
	return Internal
}

// Is reports whether err carries code.
func Is(err error, code Code) bool { return err != nil && CodeOf(err) == code }
