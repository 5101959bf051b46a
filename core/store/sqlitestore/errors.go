package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"duthi/core"
)

// errRefused is the cause of a write that was not begun or, in bulk, not ended.
var errRefused = errors.New("the database is being closed or too many writes wait")

// Answers without a cause. They are made once: refusals are common and cost nothing then.
var (
	notFound = core.Errorf(core.NotFound, "Không tìm thấy.")
	conflict = core.Errorf(core.Conflict, "Dữ liệu vừa được thay đổi ở nơi khác. Anh/chị tải lại trang rồi thử lại.")
	limited  = core.Errorf(core.Limited, "Anh/chị đã thử quá số lần cho phép.")
)

// translate gives err as one of ours, by SQLite's result code.
func translate(err error) error {
	var ours *core.Error
	var theirs *sqlite.Error
	switch {
	case err == nil || errors.As(err, &ours):
		return err
	case errors.Is(err, sql.ErrNoRows):
		return notFound
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.Is(err, errRefused),
		errors.Is(err, sql.ErrConnDone), isClosed(err):
		return unavailable(err)
	case !errors.As(err, &theirs):
		return internal(err)
	}
	switch theirs.Code() {
	case lib.SQLITE_CONSTRAINT_UNIQUE, lib.SQLITE_CONSTRAINT_PRIMARYKEY, lib.SQLITE_CONSTRAINT_ROWID:
		return &core.Error{Code: core.Conflict, Msg: conflict.Msg, Err: err}
	}
	if breaks(err) {
		return unavailable(err)
	}
	return internal(err)
}

// closedErrors are what database/sql says after Close; it exports no values for them.
var closedErrors = []string{"sql: database is closed", "sql: statement is closed"}

func isClosed(err error) bool {
	for ; err != nil; err = errors.Unwrap(err) {
		if slices.Contains(closedErrors, err.Error()) {
			return true
		}
	}
	return false
}

func unavailable(err error) error {
	return &core.Error{Code: core.Unavailable, Msg: "Hệ thống đang bận. Anh/chị thử lại sau ít phút.", RetryAfter: 5, Err: err}
}

func internal(err error) error {
	return core.Wrap(core.Internal, "Hệ thống gặp lỗi. Anh/chị thử lại sau.", err)
}

// primary gives SQLite's primary result code of err, 0 when it is not SQLite's.
func primary(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code() & 0xff
	}
	return 0
}

// breaks reports whether err is of the kind after which SQLite may have rolled back the whole transaction, or
// after which nothing more can be hoped for from it.
func breaks(err error) bool {
	switch primary(err) {
	case lib.SQLITE_FULL, lib.SQLITE_IOERR, lib.SQLITE_NOMEM, lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_INTERRUPT,
		lib.SQLITE_CORRUPT, lib.SQLITE_READONLY, lib.SQLITE_CANTOPEN, lib.SQLITE_NOTADB, lib.SQLITE_PROTOCOL:
		return true
	}
	return false
}

// isUnique reports whether err is that of a unique index.
func isUnique(err error) bool {
	var e *sqlite.Error
	return errors.As(err, &e) && e.Code() == lib.SQLITE_CONSTRAINT_UNIQUE
}

// isBusy reports whether another process holds the lock.
func isBusy(err error) bool {
	p := primary(err)
	return p == lib.SQLITE_BUSY || p == lib.SQLITE_LOCKED
}
