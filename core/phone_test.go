package core

import (
	"regexp"
	"testing"
)

func TestNormalizePhone(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"0912345678": "+84912345678", "+84 912.345.678": "+84912345678", "84912345678": "+84912345678",
		"0084 912-345-678": "+84912345678", "+84 0912 345 678": "+84912345678", "(0235) 3833199": "+842353833199",
		"912345678": "", "0112345678": "", "09123456789": "", "0912345": "", "": "", "abc": "", "09123+45678": "", "٠٩١٢٣٤٥٦٧٨": "",
	} {
		got, err := NormalizePhone(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		}
	}
}

func FuzzNormalizePhone(f *testing.F) {
	for _, s := range []string{"0912 345 678", "+84", "0084", "84 84", "+", "0", "\xff0912345678"} {
		f.Add(s)
	}
	shape := regexp.MustCompile(`^\+84([35789]\d{8}|2\d{9})$`)
	f.Fuzz(func(t *testing.T, s string) {
		got, err := NormalizePhone(s)
		if err != nil {
			return
		}
		if !shape.MatchString(got) {
			t.Errorf("%q gives %q", s, got)
		}
		if again, err := NormalizePhone(got); err != nil || again != got {
			t.Errorf("%q gives %q, which gives %q, %v", s, got, again, err)
		}
	})
}
