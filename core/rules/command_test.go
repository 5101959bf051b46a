package rules

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/contestfile"
)

func commandLine() CommandLine {
	return CommandLine{
		Now: func() time.Time { return testNow },
		Load: func(path string) (*core.Contest, error) {
			f, err := os.Open(path)
			if err != nil {
				return nil, err
			}
			defer f.Close()
			return contestfile.ParseContest(f, path)
		},
	}
}

func TestCommandAsk(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	in := strings.NewReader("xin link\n\nHôm nay trời có mưa không?\n")
	if status := commandLine().Ask(t.Context(), []string{"--contest", "testdata/cchc.yaml"}, in, &out, &errs); status != 0 {
		t.Fatalf("status %d: %s", status, errs.String())
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 2 {
		t.Fatalf("%d lines", len(lines))
	}
	var got struct {
		Q, Outcome, Answer string
		Cites              []string
		Score              *float64
	}
	if err := json.Unmarshal([]byte(lines[0]), &got); err != nil || got.Q != "xin link" || got.Outcome != "command" || len(got.Cites) == 0 || got.Score == nil {
		t.Errorf("%s: %v", lines[0], err)
	}
	if !strings.Contains(lines[1], `"outcome":"abstain","cites":[]`) {
		t.Errorf("%s", lines[1])
	}
}

func TestCommandNow(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	args := []string{"--contest", "testdata/cchc.yaml", "--now", "2023-12-20T08:00:00+07:00"}
	if status := commandLine().Ask(t.Context(), args, strings.NewReader("còn thi không\n"), &out, &errs); status != 0 {
		t.Fatal(errs.String())
	}
	if !strings.Contains(out.String(), "đã kết thúc") {
		t.Error(out.String())
	}
}

func TestCommandEval(t *testing.T) {
	t.Parallel()
	var out, errs bytes.Buffer
	args := []string{"--contest", "testdata/cchc.yaml", "--faq", "testdata/cchc.jsonl", "--misses"}
	if status := commandLine().Eval(t.Context(), args, &out, &errs); status != 0 {
		t.Fatalf("status %d: %s", status, errs.String())
	}
	for _, figure := range []string{"top-1", "top-3", "wrong answers", "abstention precision", "abstention recall", "coverage"} {
		if !strings.Contains(out.String(), figure) {
			t.Errorf("no %q in\n%s", figure, out.String())
		}
	}
}

func TestCommandWrongUse(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		args   []string
		status int
	}{
		{nil, statusUsage},
		{[]string{"--contest"}, statusUsage},
		{[]string{"--contest", "testdata/cchc.yaml", "more"}, statusUsage},
		{[]string{"--contest", "testdata/cchc.yaml", "--now", "today"}, statusUsage},
		{[]string{"--contest", "testdata/none.yaml"}, statusFailed},
		{[]string{"--help"}, 0},
	} {
		var out, errs bytes.Buffer
		if got := commandLine().Ask(t.Context(), tc.args, strings.NewReader(""), &out, &errs); got != tc.status {
			t.Errorf("%v: status %d, want %d", tc.args, got, tc.status)
		}
		if out.Len() > 0 {
			t.Errorf("%v: %q on standard output", tc.args, out.String())
		}
	}
	var out, errs bytes.Buffer
	if got := commandLine().Eval(t.Context(), []string{"--contest", "testdata/cchc.yaml"}, &out, &errs); got != statusUsage {
		t.Errorf("eval without --faq: %d", got)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, errors.New("closed") }

func TestCommandBrokenPipe(t *testing.T) {
	t.Parallel()
	var errs bytes.Buffer
	if got := commandLine().Ask(t.Context(), []string{"--contest", "testdata/cchc.yaml"}, strings.NewReader("alo\n"), brokenPipe{}, &errs); got != statusFailed {
		t.Errorf("status %d", got)
	}
}
