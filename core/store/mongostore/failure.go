package mongostore

import (
	"errors"
	"slices"

	"go.mongodb.org/mongo-driver/v2/bson"
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

// uniqueFields names the form field of each unique index by the last field of its key.
var uniqueFields = map[string]struct{ field, msg string }{
	"phone.hash":       {"phone", "Số điện thoại này đã được đăng ký."},
	"national_id.hash": {"national_id", "Số định danh này đã được đăng ký."},
	"roster_key":       {"roster_key", "Người này trong danh sách đã được đăng ký."},
}

func notFound() error { return core.Errorf(core.NotFound, "Không tìm thấy.") }

func conflict(err error) error {
	return core.Wrap(core.Conflict, "Dữ liệu vừa được thay đổi. Vui lòng tải lại.", err)
}

func internal(err error) error {
	return core.Wrap(core.Internal, "Hệ thống gặp lỗi. Vui lòng thử lại sau.", err)
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
	case errors.As(err, &marshal), errors.Is(err, mongo.ErrNilDocument):
		return internal(err)
	case !errors.As(err, &server): // nothing came back: no server, no connection, no time
		return noAnswer(err)
	case notNow(server):
		return noAnswer(err)
	case server.HasErrorCode(duplicateKey):
		return duplicate(err)
	}
	return internal(err)
}

func noAnswer(err error) error {
	return core.Wrap(core.Unavailable, "Hệ thống đang bận. Vui lòng thử lại sau ít phút.", err)
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

// duplicate gives the Conflict of a unique index, with the field that is taken where a form has one.
func duplicate(err error) error {
	out := core.Wrap(core.Conflict, "Đã có dữ liệu trùng.", err)
	if u, ok := uniqueFields[duplicateOf(err)]; ok {
		out.Msg, out.Fields = u.msg, map[string]string{u.field: u.msg}
	}
	return out
}

// duplicateOf gives the last field of the unique index that refused a write.
func duplicateOf(err error) string {
	var raw bson.Raw
	var one mongo.WriteException
	var bulk mongo.BulkWriteException
	var command mongo.CommandError
	switch {
	case errors.As(err, &one) && len(one.WriteErrors) > 0:
		raw = one.WriteErrors[0].Raw
	case errors.As(err, &bulk) && len(bulk.WriteErrors) > 0:
		raw = bulk.WriteErrors[0].Raw
	case errors.As(err, &command):
		raw = command.Raw
	}
	pattern, ok := raw.Lookup("keyPattern").DocumentOK()
	if !ok {
		return ""
	}
	elems, err := pattern.Elements()
	if err != nil || len(elems) == 0 {
		return ""
	}
	return elems[len(elems)-1].Key()
}
