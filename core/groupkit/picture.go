package groupkit

import (
	"image"
	"image/color"
	"image/png"
	"io"
	"strings"

	"duthi/core"
	"duthi/core/qr"
)

// Size of a picture in pixels: four to five, what a chat shows without cropping.
const (
	Width  = 1080
	Height = 1350
)

// Measures of the picture. The smallest letters are 28 px high: 10 px on a phone that shows the picture at a third.
const (
	margin   = 64
	inner    = Width - 2*margin
	chipRoom = 280
	cardTop  = 886
	cardSide = 400 // room for the code, quiet zone included
)

// Colours of the pages.
var (
	paper   = color.RGBA{0xf7, 0xf6, 0xf2, 255}
	white   = color.RGBA{255, 255, 255, 255}
	sunk    = color.RGBA{0xe4, 0xe1, 0xd8, 255}
	ink     = color.RGBA{0x17, 0x20, 0x2b, 255}
	quiet   = color.RGBA{0x4a, 0x55, 0x63, 255}
	line    = color.RGBA{0xe0, 0xdc, 0xd2, 255}
	gold    = color.RGBA{0xe2, 0xa5, 0x2b, 255}
	onGold  = color.RGBA{0x24, 0x1a, 0x02, 255}
	good    = color.RGBA{0x17, 0x69, 0x3f, 255}
	warn    = color.RGBA{0x8f, 0x4a, 0x06, 255}
	below   = color.RGBA{0xb0, 0x6f, 0x0e, 255}
	primary = color.RGBA{0x0e, 0x5a, 0x6b, 255}
	dark    = color.RGBA{0x0a, 0x3f, 0x4c, 255}
)

// Painter draws pictures. It is safe for concurrent use.
type Painter struct{ regular, bold typeface }

// NewPainter reads the fonts.
func NewPainter() (*Painter, error) {
	var p Painter
	var err error
	if p.regular, err = parseFace(regularFont); err != nil {
		return nil, core.Wrap(core.Internal, "Không đọc được phông chữ.", err)
	}
	if p.bold, err = parseFace(boldFont); err != nil {
		return nil, core.Wrap(core.Internal, "Không đọc được phông chữ.", err)
	}
	return &p, nil
}

// sheet is a picture being drawn from its top down.
type sheet struct {
	*canvas
	*Painter
	kit           Kit
	primary, dark color.RGBA
	y             int
	err           error
}

// PNG writes the picture of a kit, Width by Height.
func (p *Painter) PNG(w io.Writer, k Kit) error {
	s := &sheet{canvas: newCanvas(Width, Height), Painter: p, kit: k, primary: primary, dark: dark}
	if t := k.Contest.Theme; t != nil {
		if c, ok := hex(t.Primary); ok {
			s.primary, s.dark = c, blend(c, color.RGBA{A: 255}, .32) // as on the pages
		}
	}
	s.fill(s.img.Rect, paper)
	s.head()
	trial := *s // the figures stand in the middle of their room
	trial.canvas = newCanvas(1, 1)
	trial.figures()
	s.y += max(0, cardTop-28-trial.y) / 2
	s.figures()
	s.card()
	s.foot()
	if s.err != nil {
		return core.Wrap(core.Internal, "Không vẽ được ảnh.", s.err)
	}
	return png.Encode(w, s.img)
}

// set is typeface.set that keeps the first fault for the end.
func (s *sheet) set(t typeface, text string, width, lines int, sizes ...float64) block {
	b, err := t.set(text, width, lines, sizes...)
	if err != nil && s.err == nil {
		s.err = err
	}
	return b
}

// put writes a block at the left margin and goes below it.
func (s *sheet) put(b block, after int, ground, ink color.RGBA) {
	s.write(b, margin, s.y, ground, ink)
	s.y += b.height() + after
}

// head is the contest: who holds it, its name.
func (s *sheet) head() {
	room := inner
	if s.kit.Sample {
		room -= chipRoom
	}
	who := s.set(s.regular, s.kit.Contest.Organizer.Authority, room, 1, 34, 28)
	title := s.set(s.bold, s.kit.Contest.Title, inner, 3, 54, 46)
	s.y = 48
	bottom := s.y + who.height() + 8 + title.height() + 40
	s.fill(image.Rect(0, 0, Width, bottom), s.dark)
	s.fill(image.Rect(0, bottom, Width, bottom+10), gold)
	if s.kit.Sample {
		s.chip(sampleWords, s.y)
	}
	s.put(who, 8, s.dark, blend(s.dark, white, .82))
	s.put(title, 0, s.dark, white)
	s.y = bottom + 10 + 32
}

// chip writes a mark into the upper right corner of the head.
func (s *sheet) chip(text string, y int) {
	b := s.set(s.bold, text, chipRoom-56, 1, 28, 24)
	area := image.Rect(Width-margin-b.width()-40, y-4, Width-margin, y+b.height()+12)
	s.round(area, area.Dy()/2, s.dark, gold)
	s.write(b, area.Min.X+20, y+4, gold, onGold)
}

// figures are the unit's: percent, people, the bar with the target's mark, what is missing.
func (s *sheet) figures() {
	f, target := s.kit.Figures, s.kit.Contest.TargetPercent
	s.put(s.set(s.bold, f.Name, inner, 2, 46, 38), 8, paper, ink)
	tone, fill := s.primary, s.primary
	if f.Headcount > 0 && target > 0 && !f.reached() {
		tone, fill = warn, below
	}
	large, people := percent(f.Percent), number(f.People)+" / "+number(f.Headcount)+" người"
	if f.Headcount == 0 {
		large, people = number(f.People), "người đã dự thi"
	}
	big := s.set(s.bold, large, inner, 1, 108)
	s.write(big, margin, s.y, paper, tone)
	left := margin + big.width() + 36
	s.write(s.set(s.bold, people, Width-margin-left, 1, 44, 36, 28), left, s.y+20, paper, ink)
	s.write(s.set(s.regular, number(f.Attempts)+" lượt thi", Width-margin-left, 1, 34), left, s.y+78, paper, quiet)
	s.y += big.height() + 2
	if f.Headcount > 0 {
		s.bar(min(f.Percent, 100), target, fill)
	}
	text, tone := s.kit.missing(), warn
	if f.reached() {
		tone = good
	}
	s.put(s.set(s.bold, text, inner, 1, 40, 34), 0, paper, tone)
}

// bar is the share of people with the target as a mark on it.
func (s *sheet) bar(share float64, target int, fill color.RGBA) {
	const thick = 28
	track := image.Rect(margin, s.y+8, Width-margin, s.y+8+thick)
	s.round(track, thick/2, paper, sunk)
	if n := int(share / 100 * inner); n > 0 {
		done := track
		done.Max.X = track.Min.X + max(n, thick)
		s.round(done, thick/2, sunk, fill)
	}
	if target > 0 {
		x := margin + inner*target/100
		s.fill(image.Rect(x-3, s.y, x+3, s.y+16+thick), ink)
	}
	s.y += thick + 28
}

// card is the code with the moment that counts now beside it.
func (s *sheet) card() {
	code, err := qr.Draw(s.kit.Link, qr.Screen)
	if err != nil {
		s.err = err
		return
	}
	area := image.Rect(margin, cardTop, Width-margin, cardTop+cardSide)
	s.round(area, 20, paper, line)
	s.round(area.Inset(2), 18, line, white)
	scale := max(1, (cardSide-8)/code.Size())
	edge := (cardSide - scale*code.Size()) / 2
	code.Each(func(x, y int) {
		at := image.Pt(area.Min.X+edge+x*scale, area.Min.Y+edge+y*scale)
		s.fill(image.Rectangle{at, at.Add(image.Pt(scale, scale))}, ink)
	})
	s.beside(area.Min.X+cardSide+12, area.Max.X-28)
}

// beside is the column right of the code.
func (s *sheet) beside(left, right int) {
	now, width := s.kit.stage(), right-left
	rows := []struct {
		block
		ink   color.RGBA
		after int
	}{
		{s.set(s.regular, joined(now.before, now.what), width, 2, 34, 30), quiet, 0},
		{s.set(s.bold, now.when, width, 1, 56, 48), ink, 20},
		{s.set(s.bold, now.call, width, 2, 38, 34), s.primary, 4},
		{s.address(width), quiet, 0},
	}
	height := 0
	for _, r := range rows {
		height += r.height() + r.after
	}
	y := cardTop + (cardSide-height)/2
	for _, r := range rows {
		s.write(r.block, left, y, white, r.ink)
		y += r.height() + r.after
	}
}

// address is the link to type; a long one is broken before its path.
func (s *sheet) address(width int) block {
	text := strings.TrimPrefix(strings.TrimPrefix(s.kit.Link, "https://"), "http://")
	if b := s.set(s.regular, text, width, 1, 32, 28); !strings.HasSuffix(b.lines[0], "…") {
		return b
	}
	host, path, _ := strings.Cut(text, "/")
	return s.set(s.regular, host+" /"+path, width, 2, 28, 24, 20)
}

// foot says when the figures were taken and where help is.
func (s *sheet) foot() {
	text := strings.TrimSuffix(s.kit.counted(), ".")
	if h := s.kit.Contest.Contacts.Hotline; h != "" {
		text += " · Hỗ trợ: " + h
	}
	s.write(s.set(s.regular, text, inner, 1, 28, 24), margin, cardTop+cardSide+14, paper, quiet)
}
