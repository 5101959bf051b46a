package core

import "testing"

func TestCleanLines(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		" Chào\r\n\nanh/chị\t{ho_ten} \n": "Chào\n\nanh/chị {ho_ten}",
		"a\x00b\u202ec\u200b\ufeff":       "abc",
		"\xff\xfex":                       "x",
		"e\u0302\u0301":                   "ế",
		"👩\u200d👧":                        "👩\u200d👧",
	} {
		if got := CleanLines(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
