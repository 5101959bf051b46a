package rules

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"

	"duthi/core"
)

// FAQ is one question with the clauses that answer it. Expect is empty when the rules have no answer (or none should
// be given).
type FAQ struct {
	Q      string
	Expect []string
	Style  string
}

// ReadFAQ reads JSON lines {"q", "expect": [ids] or "none", "style"}.
func ReadFAQ(r io.Reader) ([]FAQ, error) {
	var out []FAQ
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		if len(sc.Bytes()) == 0 {
			continue
		}
		var line struct {
			Q      string          `json:"q"`
			Expect json.RawMessage `json:"expect"`
			Style  string          `json:"style"`
		}
		if err := json.Unmarshal(sc.Bytes(), &line); err != nil {
			return nil, core.Wrap(core.Invalid, fmt.Sprintf("Dòng %d không phải JSON hợp lệ.", n), err)
		}
		f := FAQ{Q: line.Q, Style: line.Style}
		if string(line.Expect) != `"none"` {
			if err := json.Unmarshal(line.Expect, &f.Expect); err != nil || len(f.Expect) == 0 {
				return nil, core.Wrap(core.Invalid, fmt.Sprintf("Dòng %d: expect là danh sách mã khoản hoặc \"none\".", n), err)
			}
		}
		out = append(out, f)
	}
	if err := sc.Err(); err != nil {
		return nil, core.Wrap(core.Invalid, "Không đọc được tệp câu hỏi.", err)
	}
	return out, nil
}
