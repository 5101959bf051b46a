package account

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

var today = time.Date(2023, 11, 5, 23, 0, 0, 0, time.UTC)

func TestParseName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"  Nguyễn   Thị Ánh ":      "Nguyễn Thị Ánh",
		"NGUYỄN THỊ ÁNH":           "Nguyễn Thị Ánh",
		"nguyễn thị ánh":           "Nguyễn Thị Ánh",
		"Nguye\u0302\u0303n An":    "Nguyễn An",
		"H’Hen Niê":                "H’Hen Niê",
		"Y Ban":                    "Y Ban",
		"Hồ Văn-Đức":               "Hồ Văn-Đức",
		"Bình":                     "",
		"":                         "",
		"Nguyễn Văn B2":            "",
		"Nguyễn <b>":               "",
		"- - -":                    "",
		"x x":                      "X X",
		strings.Repeat("Ánh ", 30): "",
	} {
		got, err := ParseName(in)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestParseBirthDate(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"31/12/1990": "1990-12-31", "1/2/1990": "1990-02-01", "01-02-1990": "1990-02-01", "1.2.1990": "1990-02-01",
		"1990-02-01": "1990-02-01", "01021990": "1990-02-01", " 01/02/1990 ": "1990-02-01",
		"05/11/2009": "2009-11-05", "06/11/2009": "", // 14 today, 14 tomorrow
		"05/11/1923": "1923-11-05", "04/11/1923": "", // 100 today, older
		"29/02/1991": "", "31/04/1990": "", "13/13/1990": "", "1/2/90": "", "1990": "", "": "", "00/00/0000": "",
	} {
		got, err := ParseBirthDate(in, today)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", in, got, err, want)
		}
	}
}

func TestParseOthers(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		parse    func(string) (string, error)
		in, want string
	}{
		"12 digits":       {ParseNationalID, "049 085 001.234", "049085001234"},
		"9 digits":        {ParseNationalID, "201234567", "201234567"},
		"10 digits":       {ParseNationalID, "2012345678", ""},
		"letters":         {ParseNationalID, "04908500123O", ""},
		"all the same":    {ParseNationalID, "000000000000", ""},
		"other digits":    {ParseNationalID, "٠٤٩٠٨٥٠٠١", ""},
		"empty id":        {ParseNationalID, "", ""},
		"staff code":      {ParseStaffCode, " qna-01234 ", "QNA-01234"},
		"staff code tags": {ParseStaffCode, "<x>", ""},
		"email":           {ParseEmail, "binh.nv@quangnam.gov.vn", "binh.nv@quangnam.gov.vn"},
		"email with name": {ParseEmail, "Bình <a@b.vn>", ""},
		"email half":      {ParseEmail, "binh@", ""},
		"email no dot":    {ParseEmail, "binh@localhost", ""},
		"gender":          {ParseGender, "nu", "nu"},
		"gender other":    {ParseGender, "female", ""},
	} {
		if got, err := c.parse(c.in); got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v; want %q", name, got, err, c.want)
		}
	}
}

func TestMasksShowLittle(t *testing.T) {
	t.Parallel()
	if got := MaskPhone("+84912345678"); got != "091 ••• •678" {
		t.Errorf("mask %q", got)
	}
	if got := MaskPhone("12"); strings.ContainsAny(got, "12") {
		t.Errorf("mask %q", got)
	}
}

func FuzzParseName(f *testing.F) {
	for _, s := range []string{"Nguyễn Văn A", "NGUYỄN VĂN A", "\xff", "a\u0302 b", "' '", "ǅ ǆ", "İ ı"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseName(s)
		if err != nil {
			return
		}
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > maxNameRunes+20 || strings.ContainsFunc(got, unicode.IsControl) ||
			strings.ContainsAny(got, "<>&\"") {
			t.Errorf("%q gives %q", s, got)
		}
		again, err := ParseName(got)
		if err != nil || again != got {
			t.Errorf("%q gives %q, which gives %q, %v", s, got, again, err)
		}
		if !norm.NFC.IsNormalString(got) {
			t.Errorf("%q gives %q, which is not in NFC", s, got)
		}
	})
}

func FuzzParseBirthDate(f *testing.F) {
	for _, s := range []string{"31/12/1990", "1990-12-31", "01021990", "1/1/1", "99/99/9999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseBirthDate(s, today)
		if err != nil {
			return
		}
		d, err := time.Parse(time.DateOnly, got)
		if err != nil || d.Year() < 1923 || d.Year() > 2009 {
			t.Errorf("%q gives %q", s, got)
		}
		if back, err := ParseBirthDate(FormatBirthDate(got), today); err != nil || back != got {
			t.Errorf("%q shown as %q reads %q, %v", got, FormatBirthDate(got), back, err)
		}
	})
}

func FuzzParseNationalID(f *testing.F) {
	f.Add("049 085 001 234")
	f.Add("٠٤٩")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseNationalID(s)
		if err == nil && (len(got) != 9 && len(got) != 12 || strings.Trim(got, "0123456789") != "") {
			t.Errorf("%q gives %q", s, got)
		}
	})
}

func FuzzDigitsOf(f *testing.F) {
	f.Add("123 456")
	f.Fuzz(func(t *testing.T, s string) {
		if got := digitsOf(s); strings.Trim(got, "0123456789") != "" {
			t.Errorf("%q gives %q", s, got)
		}
	})
}
