package qr

import (
	"bytes"
	"image/png"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// decode reads a PNG with another library than the one that drew it.
func decode(t *testing.T, picture []byte) string {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		t.Fatal(err)
	}
	bmp, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	res, err := qrcode.NewQRCodeReader().Decode(bmp, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		t.Fatalf("not decoded: %v", err)
	}
	return res.GetText()
}

func TestCodesDecode(t *testing.T) {
	t.Parallel()
	texts := []string{"https://duthi.example.gov.vn/q/abc2345", "https://zalo.me/388613280878808645",
		"Ủy ban nhân dân tỉnh Quảng Nam", strings.Repeat("dài ", 150)}
	for _, text := range texts {
		for _, use := range []Use{Screen, Print} {
			for _, pixels := range []int{1, 200, 333, 1024} {
				c, err := Draw(text, use)
				if err != nil {
					t.Fatal(err)
				}
				picture, err := c.PNG(pixels)
				if err != nil {
					t.Fatal(err)
				}
				if pixels == 1 {
					continue // one pixel a module: right, but too small for a reader's finder
				}
				if pixels < 3*c.Size() {
					continue
				}
				if got := decode(t, picture); got != text {
					t.Errorf("decoded %q, want %q", got, text)
				}
			}
		}
	}
}

func TestModulesAreWholePixels(t *testing.T) {
	t.Parallel()
	c, err := Draw("https://duthi.example.gov.vn/q/abc2345", Print)
	if err != nil {
		t.Fatal(err)
	}
	for _, pixels := range []int{1, 100, 250, 999} {
		picture, err := c.PNG(pixels)
		if err != nil {
			t.Fatal(err)
		}
		img, _ := png.Decode(bytes.NewReader(picture))
		side := img.Bounds().Dx()
		if side%c.Size() != 0 {
			t.Fatalf("side %d is not a multiple of %d modules", side, c.Size())
		}
		scale := side / c.Size()
		for y := range side {
			for x := range side {
				r, _, _, _ := img.At(x, y).RGBA()
				if (r == 0) != c.modules[y/scale][x/scale] {
					t.Fatalf("pixel %d,%d at %d px does not follow its module", x, y, side)
				}
			}
		}
	}
	for i := range c.Size() {
		for d := range quiet {
			if c.modules[d][i] || c.modules[i][d] || c.modules[c.Size()-1-d][i] || c.modules[i][c.Size()-1-d] {
				t.Fatal("the quiet zone is not empty")
			}
		}
	}
}

func TestSVGDrawsTheSameModules(t *testing.T) {
	t.Parallel()
	c, err := Draw("https://duthi.example.gov.vn/q/abc2345", Screen)
	if err != nil {
		t.Fatal(err)
	}
	svg := string(c.SVG(`Mã của "Sở <Nội vụ>"`))
	if !strings.Contains(svg, "<title>Mã của &quot;Sở &lt;Nội vụ&gt;&quot;</title>") {
		t.Error("the title is not escaped")
	}
	got := make([][]bool, c.Size())
	for y := range got {
		got[y] = make([]bool, c.Size())
	}
	for _, m := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-\d+z`).FindAllStringSubmatch(svg, -1) {
		x, _ := strconv.Atoi(m[1])
		y, _ := strconv.Atoi(m[2])
		n, _ := strconv.Atoi(m[3])
		for i := range n {
			got[y][x+i] = true
		}
	}
	for y := range got {
		for x := range got[y] {
			if got[y][x] != c.modules[y][x] {
				t.Fatalf("module %d,%d differs between PNG and SVG", x, y)
			}
		}
	}
}

func TestParseName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]string{
		"contest": {"contest", ""}, "oa": {"oa", ""}, "unit:SNV": {"unit", "SNV"},
		"place:Bảng tin  tầng 1": {"place", "Bảng tin tầng 1"}, "place:a:b": {"place", "a:b"},
	} {
		kind, ref, err := ParseName(name)
		if err != nil || kind != want[0] || ref != want[1] {
			t.Errorf("%q: %q %q %v", name, kind, ref, err)
		}
	}
	for _, name := range []string{"", "unit", "unit:", "contest:x", "poster", "place:" + strings.Repeat("a", 81)} {
		if _, _, err := ParseName(name); err == nil {
			t.Errorf("%q was taken", name)
		}
	}
}
