package groupkit

import (
	_ "embed"
	"image"
	"image/color"
	"strings"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"
)

// Be Vietnam Pro, the Latin and Vietnamese letters of what the pages use, as one file a weight (OFL, see
// fonts/OFL.txt): the drawing library reads no woff2.
var (
	//go:embed fonts/be-vietnam-pro-400.ttf
	regularFont []byte
	//go:embed fonts/be-vietnam-pro-600.ttf
	boldFont []byte
)

// typeface is one weight.
type typeface struct{ font *opentype.Font }

func parseFace(data []byte) (typeface, error) {
	f, err := opentype.Parse(data)
	return typeface{f}, err
}

// at gives the face of a size in pixels; it is for one goroutine.
func (t typeface) at(size float64) (font.Face, error) {
	return opentype.NewFace(t.font, &opentype.FaceOptions{Size: size, DPI: 72})
}

// block is a text set in lines of one size.
type block struct {
	face  font.Face
	size  float64
	lines []string
}

// lead is the distance of two lines: stacked marks (Ổ, Ễ) need the room.
func (b block) lead() int { return int(b.size*1.3 + .5) }

// height is that of all lines.
func (b block) height() int { return b.lead() * len(b.lines) }

// width is that of the longest line.
func (b block) width() int {
	w := 0
	for _, l := range b.lines {
		w = max(w, font.MeasureString(b.face, l).Ceil())
	}
	return w
}

// set breaks a text into at most lines lines of a width, in the first of sizes where it fits, else in the last one
// with what is too much cut off.
func (t typeface) set(text string, width, lines int, sizes ...float64) (block, error) {
	text = norm.NFC.String(text) // the font has whole letters
	for i, size := range sizes {
		face, err := t.at(size)
		if err != nil {
			return block{}, err
		}
		b := block{face, size, breakLines(face, text, width)}
		if len(b.lines) <= lines && b.width() <= width {
			b.lines = balance(face, text, b.lines, width)
			return b, nil
		}
		if i == len(sizes)-1 {
			b.lines = cut(face, b.lines, width, lines)
			return b, nil
		}
	}
	return block{}, nil
}

// balance makes the lines about equally long: no last line of one word.
func balance(face font.Face, text string, lines []string, width int) []string {
	for narrower := width - 24; len(lines) > 1 && narrower > width/len(lines); narrower -= 24 {
		again := breakLines(face, text, narrower)
		if len(again) > len(lines) {
			break
		}
		lines = again
	}
	return lines
}

// breakLines breaks at spaces, not at no-break ones; a word longer than a line stays whole.
func breakLines(face font.Face, text string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.SplitSeq(text, " ") {
		longer := strings.TrimSpace(line + " " + word)
		if line != "" && font.MeasureString(face, longer).Ceil() > width {
			lines, longer = append(lines, line), word
		}
		line = longer
	}
	return append(lines, line)
}

// cut keeps the first lines and shortens each that is too wide, and the last one when more would follow.
func cut(face font.Face, all []string, width, lines int) []string {
	out := append([]string(nil), all[:min(lines, len(all))]...)
	for i, l := range out {
		more := i == lines-1 && len(all) > lines
		for r := []rune(l); more || font.MeasureString(face, out[i]).Ceil() > width; r = r[:len(r)-1] {
			out[i], more = strings.TrimRight(string(r), " ,.")+"…", false
			if len(r) == 0 {
				break
			}
		}
	}
	return out
}

// write sets a block with its upper left corner at x, y.
func (c *canvas) write(b block, x, y int, ground, ink color.RGBA) {
	shades := c.on(ground, ink)
	m := b.face.Metrics()
	drop := (b.lead() - (m.Ascent + m.Descent).Ceil()) / 2 // marks above capitals stay inside the line
	for i, line := range b.lines {
		dot := fixed.P(x, y+i*b.lead()+drop+m.Ascent.Ceil())
		for _, r := range line {
			area, mask, at, advance, ok := b.face.Glyph(dot, r)
			if ok {
				c.stamp(area, mask, at, shades)
			}
			dot.X += advance
		}
	}
}

// stamp puts a letter's shades into the picture.
func (c *canvas) stamp(area image.Rectangle, mask image.Image, at image.Point, shades [steps]uint8) {
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			if !(image.Point{X: x, Y: y}).In(c.img.Rect) {
				continue
			}
			_, _, _, a := mask.At(at.X+x-area.Min.X, at.Y+y-area.Min.Y).RGBA()
			if n := int(a) * (steps - 1) / 0xffff; n > 0 {
				c.img.SetColorIndex(x, y, shades[n])
			}
		}
	}
}
