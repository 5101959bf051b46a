package groupkit

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
	"golang.org/x/image/draw"

	"duthi/core"
)

// kits are pictures of every kind: short and long names, each stage, odd figures.
func kits() map[string]Kit {
	long := contest()
	long.Title = "Cuộc thi trực tuyến tìm hiểu Luật Bảo vệ dữ liệu cá nhân, Luật Giao dịch điện tử và công tác cải cách hành chính, chuyển đổi số trên địa bàn toàn tỉnh năm 2023 – 2024"
	long.Theme = &core.Theme{Primary: "#8a1538"}
	f := figures()
	longName, reached, bare, none, over := f, f, f, f, f
	longName.Name = "Phòng Công chức, viên chức và Công tác thanh niên, Ủy ban nhân dân thị xã Điện Bàn, tỉnh Quảng Nam, khu vực phía Bắc của tỉnh"
	longName.People, longName.Attempts, longName.Headcount, longName.Percent, longName.Needed = 1_000_471, 2_100_630, 1_902_122, 52.5, 521_227
	reached.People, reached.Percent, reached.Needed = 1100, 98.0, 0
	over.People, over.Percent, over.Needed = 1300, 115.8, 0
	bare.Headcount, bare.Percent, bare.Needed = 0, 0, 0
	none.People, none.Attempts, none.Percent, none.Needed = 0, 0, 0, 898
	address := "https://cuocthitructuyen-chuyendoiso.quangnam.gov.vn/q/k7vd234"
	sample := New(contest(), f, link, at("2023-11-11 20:20"))
	sample.Sample = true
	return map[string]Kit{
		"sample": sample,
		"open":   New(contest(), f, link, at("2023-11-11 20:20")), "long": New(long, longName, address, at("2023-11-17 08:00")),
		"reached": New(contest(), reached, link, at("2023-12-02 08:00")), "bare": New(contest(), bare, link, at("2023-10-11 08:00")),
		"none": New(contest(), none, "http://192.168.1.20:8080/q/k7vd234", at("2023-11-02 08:00")), "over": New(contest(), over, link, at("2023-11-02 08:00")),
	}
}

func picture(t *testing.T, k Kit) (image.Image, []byte) {
	t.Helper()
	p, err := NewPainter()
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := p.PNG(&b, k); err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return img, b.Bytes()
}

func decode(t *testing.T, img image.Image) string {
	t.Helper()
	bmp, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	res, err := qrcode.NewQRCodeReader().Decode(bmp, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		t.Errorf("not decoded: %v", err)
		return ""
	}
	return res.GetText()
}

// posted gives a picture as a chat passes it on: made smaller, then compressed hard.
func posted(t *testing.T, img image.Image, width, quality int) (image.Image, []byte) {
	t.Helper()
	small := image.NewRGBA(image.Rect(0, 0, width, width*Height/Width))
	draw.ApproxBiLinear.Scale(small, small.Bounds(), img, img.Bounds(), draw.Src, nil)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, small, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	out, err := jpeg.Decode(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return out, b.Bytes()
}

// TestCodeInThePictureDecodes reads the code as drawn, and after what a chat does to pictures.
func TestCodeInThePictureDecodes(t *testing.T) {
	t.Parallel()
	for name, k := range kits() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			img, raw := picture(t, k)
			if img.Bounds().Dx() != Width || img.Bounds().Dy() != Height || len(raw) > 150_000 {
				t.Errorf("%v, %d bytes", img.Bounds(), len(raw))
			}
			keep(t, name+".png", raw)
			if got := decode(t, img); got != k.Link {
				t.Errorf("as drawn: %q", got)
			}
			zbar(t, name+".png", raw, k.Link)
			for _, c := range []struct{ width, quality int }{{Width, 60}, {Width / 2, 60}, {Width / 2, 40}} {
				small, data := posted(t, img, c.width, c.quality)
				if got := decode(t, small); got != k.Link {
					t.Errorf("%d px at quality %d: %q", c.width, c.quality, got)
				}
				zbar(t, name+".jpg", data, k.Link)
			}
		})
	}
}

// TestModulesAreWholePixels looks at the code in the picture: each module is a square of one colour.
func TestModulesAreWholePixels(t *testing.T) {
	t.Parallel()
	img, _ := picture(t, kits()["open"])
	dark := func(x, y int) bool { r, _, _, _ := img.At(x, y).RGBA(); return r>>8 == uint32(ink.R) }
	left, top := Width, Height
	for y := cardTop + 4; y < cardTop+cardSide-4; y++ {
		for x := margin + 4; x < margin+cardSide-4; x++ {
			if dark(x, y) {
				left, top = min(left, x), min(top, y)
			}
		}
	}
	scale := 0
	for dark(left+scale, top+scale) {
		scale++
	}
	if scale < 8 {
		t.Fatalf("modules of %d px", scale)
	}
	for y := range 25 * scale { // version 2, at least
		for x := range 25 * scale {
			if dark(left+x, top+y) != dark(left+x/scale*scale, top+y/scale*scale) {
				t.Fatalf("the module at %d,%d is not whole", x/scale, y/scale)
			}
		}
	}
}

// zbar reads a picture with another reader where there is one.
func zbar(t *testing.T, name string, data []byte, want string) {
	t.Helper()
	reader := os.Getenv("DUTHI_TEST_ZBARIMG")
	if reader == "" {
		return
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), reader, "-q", "--raw", path).Output()
	if err != nil || strings.TrimSpace(string(out)) != want {
		t.Errorf("zbarimg read %q (%v)", out, err)
	}
}

// keep stores a picture to be looked at, where DUTHI_TEST_SHOTS says so.
func keep(t *testing.T, name string, data []byte) {
	t.Helper()
	if dir := os.Getenv("DUTHI_TEST_SHOTS"); dir != "" {
		if err := os.WriteFile(filepath.Join(dir, "kit-"+name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func BenchmarkPicture(b *testing.B) {
	p, err := NewPainter()
	if err != nil {
		b.Fatal(err)
	}
	k := kits()["open"]
	var out bytes.Buffer
	for b.Loop() {
		out.Reset()
		if err := p.PNG(&out, k); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(out.Len()), "bytes/picture")
}
