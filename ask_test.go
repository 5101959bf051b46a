package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestAskStored asks a contest that is in the store, by its id.
func TestAskStored(t *testing.T) {
	t.Parallel()
	env := environment{"DUTHI_DATA": t.TempDir()}
	newWorld(t, env, nil)
	for id, want := range map[string]int{"mau-cchc": exitOK, "khong-co": exitFailed, "khong-co.yaml": exitFailed} {
		var out, errs bytes.Buffer
		got := run(t.Context(), []string{"ask", "--contest", id}, console{In: strings.NewReader("mỗi đợt thi mấy lần\n"), Out: &out, Err: &errs, Env: env})
		if got != want || strings.Contains(out.String(), `"dieu-`) != (want == exitOK) {
			t.Errorf("%s: %d %s %s", id, got, &out, &errs)
		}
	}
}
