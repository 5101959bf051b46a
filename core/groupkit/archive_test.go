package groupkit

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"errors"
	"image/png"
	"io"
	"iter"
	"strings"
	"testing"
)

func TestFileNames(t *testing.T) {
	t.Parallel()
	for in, want := range map[[2]string]string{
		{"SNV-VP", "Văn phòng Sở, Sở Nội vụ"}:     "SNV-VP_van-phong-so-so-noi-vu",
		{"../etc/đ 1", "Đảng ủy \"khối\" a\\b:c"}: "ETC-D-1_dang-uy-khoi-a-b-c",
		{"漢", "字"}: "", {"a", ""}: "A", {"", strings.Repeat("dài ", 50)}: strings.Repeat("dai-", 15)[:59],
	} {
		if got := FileName(in[0], in[1]); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// each gives the kits of units, then fault.
func each(fault error, units ...Figures) iter.Seq2[Kit, error] {
	return func(yield func(Kit, error) bool) {
		for _, f := range units {
			if !yield(New(contest(), f, link, at("2023-11-11 20:20")), nil) {
				return
			}
		}
		if fault != nil {
			yield(Kit{}, fault)
		}
	}
}

func TestArchive(t *testing.T) {
	t.Parallel()
	p, err := NewPainter()
	if err != nil {
		t.Fatal(err)
	}
	a, b, c := figures(), figures(), figures()
	b.Code, b.Name, b.Headcount = "ntm", "UBND Huyện Nam Trà My", 0 // the same name on a disk that knows no case
	c.Code, c.Name = "=1+1", "Sở Nội vụ"
	var out bytes.Buffer
	if err := p.Archive(&out, each(nil, a, b, c)); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil || files[strings.ToLower(f.Name)] != "" {
			t.Fatalf("%s: %v", f.Name, err)
		}
		files[strings.ToLower(f.Name)] = string(data)
		if strings.HasSuffix(f.Name, ".png") {
			if img, err := png.Decode(bytes.NewReader(data)); err != nil || decode(t, img) != link {
				t.Errorf("%s: %v", f.Name, err)
			}
		}
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(files["danh-sach.csv"], "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 4 || len(files) != 7 {
		t.Fatalf("%d rows, %d files, %v", len(rows), len(files), err)
	}
	for _, r := range rows[1:] {
		if files[strings.ToLower(r[7])] == "" || !strings.Contains(files[strings.ToLower(r[8])], link) {
			t.Errorf("the table names files that are not there: %v", r)
		}
	}
	if rows[1][4] != "41,9%" || rows[1][5] != "427" || rows[2][3] != "" || rows[2][4] != "" || rows[3][0] != "'=1+1" {
		t.Errorf("%v", rows)
	}
	want := errors.New("the store is away")
	if err := p.Archive(io.Discard, each(want, a)); !errors.Is(err, want) {
		t.Errorf("%v", err)
	}
}
