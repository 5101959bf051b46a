package rules

import (
	"strings"
	"testing"
)

// What people ask around a contest and rules do not say is neither answered nor refused: it goes to the organizers.
func TestSilentMatters(t *testing.T) {
	t.Parallel()
	for _, set := range []string{"cchc", "congty", "baucu"} {
		ix := New(Source{Contest: loadContest(t, set)})
		for _, q := range []string{"gửi xe ở đâu", "gui xe o dau", "thi rớt có bị trừ lương ko", "Không thi có bị đuổi việc không?", "có cho ăn trưa không"} {
			r := ix.Ask(q, testNow)
			if r.Outcome != Abstain || r.Refused || len(r.Cites) > 0 || !strings.HasPrefix(r.Answer, "Thể lệ chưa quy định rõ việc này.") {
				t.Errorf("%s: %q: %s %v %q", set, q, r.Outcome, r.Cites, r.Answer)
			}
		}
	}
}

// A contest without rules is asked like any other.
func TestContestWithoutRules(t *testing.T) {
	t.Parallel()
	c := *loadContest(t, "cchc")
	c.Rules = nil
	ix := New(Source{Contest: &c})
	for _, f := range loadFAQ(t, "cchc") {
		if r := ix.Ask(f.Q, testNow); r.Outcome == Answer || r.Outcome == Choice || r.Answer == "" && r.Command == "" {
			t.Errorf("%q: %+v", f.Q, r)
		}
	}
}
