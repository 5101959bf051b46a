package rules

import "testing"

func TestMisspeltWordsAreReadInContext(t *testing.T) {
	t.Parallel()
	ix := New(Source{Contest: loadContest(t, "cchc")})
	for _, tc := range []struct{ q, misspelt, meant string }{
		{"thời gain làm bài", "", ""}, // spelt out by the shorthand
		{"cần nhập căng cước công dân", "cang", "can"},
		{"tỉ lệ tham da", "da", "gia"},
		{"giải thưởgn", "thuogn", "thuong"},
		{"với lịch thi", "voi", ""}, // a small word is never read as another
	} {
		found := tc.meant == ""
		for _, tok := range ix.prepare(tc.q) {
			for _, alt := range tok.alts {
				found = found || tok.fold == tc.misspelt && alt.fold == tc.meant
				if tok.fold == tc.misspelt && tc.meant == "" {
					t.Errorf("%q: %s is read as %s", tc.q, tok.fold, alt.fold)
				}
			}
		}
		if !found {
			t.Errorf("%q: %s is not read as %s", tc.q, tc.misspelt, tc.meant)
		}
	}
}

func TestIsSyllable(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{"nghieng": true, "quyen": true, "gi": true, "giai": true, "uy": true, "gain": false, "thuogn": false, "xyz": false} {
		if got := isSyllable(s); got != want {
			t.Errorf("isSyllable(%q) = %v", s, got)
		}
	}
}
