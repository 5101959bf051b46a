package groupkit

import (
	"image"
	"image/color"
	"math"
	"strconv"
)

// steps is the number of shades from a ground to the colour on it: enough for smooth letters, few enough for a
// palette. A paletted picture is a quarter of the work to compress.
const steps = 16

// canvas is a picture whose colours are shades between pairs of a ground and a colour on it.
type canvas struct {
	img    *image.Paletted
	shades map[[2]color.RGBA][steps]uint8
}

func newCanvas(width, height int) *canvas {
	return &canvas{img: image.NewPaletted(image.Rect(0, 0, width, height), nil), shades: map[[2]color.RGBA][steps]uint8{}}
}

// on gives the palette's indices of the shades from ground to ink.
func (c *canvas) on(ground, ink color.RGBA) [steps]uint8 {
	key := [2]color.RGBA{ground, ink}
	if s, ok := c.shades[key]; ok {
		return s
	}
	var s [steps]uint8
	for i := range s {
		s[i] = c.index(blend(ground, ink, float64(i)/(steps-1)))
	}
	c.shades[key] = s
	return s
}

// index finds or adds a colour. A palette of 256 is never full: a picture has about ten pairs.
func (c *canvas) index(want color.RGBA) uint8 {
	for i, have := range c.img.Palette {
		if have == want {
			return uint8(i)
		}
	}
	c.img.Palette = append(c.img.Palette, want)
	return uint8(len(c.img.Palette) - 1)
}

// fill paints a rectangle.
func (c *canvas) fill(r image.Rectangle, ink color.RGBA) {
	i := c.index(ink)
	r = r.Intersect(c.img.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row := c.img.Pix[c.img.PixOffset(r.Min.X, y):c.img.PixOffset(r.Max.X, y)]
		for x := range row {
			row[x] = i
		}
	}
}

// round paints a rectangle with round corners on a ground.
func (c *canvas) round(r image.Rectangle, radius int, ground, ink color.RGBA) {
	s := c.on(ground, ink)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if n := corner(x, y, r, radius); n > 0 {
				c.img.SetColorIndex(x, y, s[n])
			}
		}
	}
}

// corner gives how much of a pixel lies inside the round rectangle, in steps.
func corner(x, y int, r image.Rectangle, radius int) int {
	far := func(v, low, high int) float64 {
		p := float64(v) + .5
		return max(float64(low+radius)-p, p-float64(high-radius), 0)
	}
	d := math.Hypot(far(x, r.Min.X, r.Max.X), far(y, r.Min.Y, r.Max.Y))
	return int(math.Round(max(0, min(1, float64(radius)-d+.5)) * (steps - 1)))
}

func blend(from, to color.RGBA, share float64) color.RGBA {
	mix := func(a, b uint8) uint8 { return uint8(math.Round(float64(a) + (float64(b)-float64(a))*share)) }
	return color.RGBA{mix(from.R, to.R), mix(from.G, to.G), mix(from.B, to.B), 255}
}

// hex reads "#rrggbb"; false for anything else.
func hex(s string) (color.RGBA, bool) {
	if len(s) != 7 || s[0] != '#' {
		return color.RGBA{}, false
	}
	n, err := strconv.ParseUint(s[1:], 16, 24)
	return color.RGBA{uint8(n >> 16), uint8(n >> 8), uint8(n), 255}, err == nil
}
