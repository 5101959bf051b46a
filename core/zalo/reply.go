package zalo

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"duthi/core"
)

// text reads a JSON string or a bare number as its literal characters: Zalo mixes both for ids, counts and
// times, and a float would lose digits.
type text string

func (t *text) UnmarshalJSON(b []byte) error {
	b = bytes.TrimSpace(b)
	if len(b) > 0 && b[0] == '"' {
		var s string
		if err := json.Unmarshal(b, &s); err != nil {
			return err
		}
		*t = text(s)
		return nil
	}
	if bytes.Equal(b, []byte("null")) {
		*t = ""
		return nil
	}
	if len(b) > 0 && (b[0] == '{' || b[0] == '[') {
		*t = ""
		return nil
	}
	*t = text(b)
	return nil
}

// integer gives the number in t, or 0.
func (t text) integer() int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(string(t)), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// instant reads t as epoch milliseconds; 0 when it is not.
func (t text) instant() core.Instant {
	n := t.integer()
	if n < 0 {
		return 0
	}
	return core.Instant(n)
}

// envelope is the outside of every answer of the API.
type envelope struct {
	Error   text            `json:"error"`
	Message string          `json:"message"`
	Data    json.RawMessage `json:"data"`
}

// readEnvelope reads an answer; ok is false when it is not one of Zalo's. Some lists come as a bare array.
func readEnvelope(body []byte) (env envelope, ok bool) {
	body = bytes.TrimSpace(body)
	if len(body) > 0 && body[0] == '[' {
		return envelope{Error: "0", Data: body}, json.Valid(body)
	}
	if err := json.Unmarshal(body, &env); err != nil || env.Error == "" {
		return envelope{}, false
	}
	_, err := strconv.Atoi(string(env.Error))
	return env, err == nil
}

func clip(s string) string {
	const most = 300
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "")
	}
	return s
}

// retryAfter reads the header of that name in seconds, at most an hour.
func retryAfter(header string) time.Duration {
	n, err := strconv.Atoi(strings.TrimSpace(header))
	if err != nil || n < 0 {
		return 0
	}
	return min(time.Duration(n)*time.Second, time.Hour)
}
