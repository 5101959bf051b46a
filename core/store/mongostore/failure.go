package mongostore

import (
	"context"
	"errors"
	"slices"

	"go.mongodb.org/mongo-driver/v2/mongo"

	"duthi/core"
)

const duplicateKey = 11000

// unavailable are the server's codes that say "not now": no primary, a member going down, an answer that came
// too late. What the command did is unknown then; every method may be called again.
var unavailable = []int{
	6, 7, 89, 9001, // host unreachable or not found, network timeout, socket
	10107, 13435, 13436, 189, 11602, // not primary, stepped down, interrupted by a change of state
	91, 11600, 11601, // shutting down, interrupted
	50, 262, 64, 100, 79, // too late: time limits, write concern not met
	112, 24, 133, 134, // write conflict, lock timeout, no member to read from, majority not available yet
	462, // too many requests
}

func notFound() error { return core.Errorf(core.NotFound, "Không tìm thấy.") }

func conflict() error {
	return core.Errorf(core.Conflict, "Dữ liệu vừa được thay đổi ở nơi khác. Anh/chị tải lại trang rồi thử lại.")
}

func internal(err error) error {
	return core.Wrap(core.Internal, "Hệ thống gặp lỗi. Anh/chị thử lại sau.", err)
}

// translate gives an error of the driver as an error of ours, by codes and labels.
func translate(err error) error {
	var own *core.Error
	var server mongo.ServerError
	var marshal mongo.MarshalError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return err
	case errors.Is(err, mongo.ErrNoDocuments):
		return notFound()
	case errors.Is(err, context.Canceled):
		return noAnswer(err)
	case errors.As(err, &marshal), errors.Is(err, mongo.ErrNilDocument):
		return internal(err)
	case !errors.As(err, &server): // nothing came back: no server, no connection, no time
		return noAnswer(err)
	case notNow(server):
		return noAnswer(err)
	case server.HasErrorCode(duplicateKey):
		return core.Wrap(core.Conflict, "Dữ liệu này đã có.", err)
	}
	return internal(err)
}

func noAnswer(err error) error {
	return &core.Error{Code: core.Unavailable, Msg: "Hệ thống đang bận. Anh/chị thử lại sau ít phút.", RetryAfter: 5, Err: err}
}

// notNow reports whether a later try may do. A failed write concern comes first: even a duplicate is only
// certain when a majority holds what it collides with.
func notNow(err mongo.ServerError) bool {
	for _, code := range err.ErrorCodes() {
		if slices.Contains(unavailable, code) {
			return true
		}
	}
	return mongo.IsNetworkError(err) || mongo.IsTimeout(err) || err.HasErrorLabel("RetryableWriteError") ||
		hasWriteConcernError(err)
}

func hasWriteConcernError(err error) bool {
	var one mongo.WriteException
	if errors.As(err, &one) {
		return one.WriteConcernError != nil
	}
	var bulk mongo.BulkWriteException
	return errors.As(err, &bulk) && bulk.WriteConcernError != nil
}
