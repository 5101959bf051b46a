// Package qr draws QR codes that decode everywhere and keeps the short addresses they lead to. It is the only
// home of the drawing library.
package qr

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"

	qrcode "github.com/skip2/go-qrcode"

	"duthi/core"
)

// Use says where a code will be seen; it chooses the error correction.
type Use int

const (
	Screen Use = iota // M (15 %): clean, near, small
	Print             // Q (25 %): posters get creased, wet and scanned from afar
)

// quiet is the empty margin in modules that ISO/IEC 18004 asks for.
const quiet = 4

// Code is a drawn code: a square of modules, true for dark, quiet zone included.
type Code struct {
	Text    string
	modules [][]bool
}

// Draw makes the code of text. Text longer than a code can hold is Invalid.
func Draw(text string, use Use) (*Code, error) {
	level := qrcode.Medium
	if use == Print {
		level = qrcode.High
	}
	q, err := qrcode.New(text, level)
	if err != nil {
		return nil, core.Wrap(core.Invalid, "Nội dung quá dài cho một mã QR.", err)
	}
	q.DisableBorder = true
	inner := q.Bitmap()
	n := len(inner) + 2*quiet
	c := &Code{Text: text, modules: make([][]bool, n)}
	for y := range c.modules {
		c.modules[y] = make([]bool, n)
		if y >= quiet && y < n-quiet {
			copy(c.modules[y][quiet:], inner[y-quiet])
		}
	}
	return c, nil
}

// Size gives the side in modules, quiet zone included.
func (c *Code) Size() int { return len(c.modules) }

// PNG gives a two-colour picture whose side is the largest whole number of pixels per module that fits in
// pixels, and at least one pixel per module: some readers refuse the uneven modules that come of scaling to
// an exact size.
func (c *Code) PNG(pixels int) ([]byte, error) {
	scale := max(1, pixels/c.Size())
	img := image.NewPaletted(image.Rect(0, 0, c.Size()*scale, c.Size()*scale), color.Palette{color.White, color.Black})
	for y, row := range c.modules {
		for x, dark := range row {
			if dark {
				fill(img, x*scale, y*scale, scale)
			}
		}
	}
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestCompression}
	if err := enc.Encode(&b, img); err != nil {
		return nil, core.Wrap(core.Internal, "Không vẽ được mã QR.", err)
	}
	return b.Bytes(), nil
}

func fill(img *image.Paletted, x, y, side int) {
	for dy := range side {
		row := img.Pix[(y+dy)*img.Stride+x:]
		for dx := range side {
			row[dx] = 1
		}
	}
}

// SVG gives the code as one path in a square of Size units, black on white, with title as its accessible
// name. It scales to any size.
func (c *Code) SVG(title string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %[1]d" shape-rendering="crispEdges" role="img"><title>%s</title>`,
		c.Size(), escape(title))
	fmt.Fprintf(&b, `<path fill="#fff" d="M0 0h%dv%[1]dH0z"/><path d="`, c.Size())
	for y, row := range c.modules {
		for x := 0; x < len(row); {
			run := 0
			for x+run < len(row) && row[x+run] {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%[3]dz", x, y, run)
			}
			x += run + 1
		}
	}
	b.WriteString(`"/></svg>`)
	return b.Bytes()
}

func escape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(s)
}

// Each calls f with the place of every dark module, counted from the upper left corner of the quiet zone: for who
// puts the code into a picture of their own.
func (c *Code) Each(f func(x, y int)) {
	for y, row := range c.modules {
		for x, dark := range row {
			if dark {
				f(x, y)
			}
		}
	}
}
