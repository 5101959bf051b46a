package contestfile

import (
	"math"
	"strconv"
)

// Contrast gives the contrast ratio of a colour "#rrggbb" against white, 1 to 21, as WCAG 2.1 defines it; 0
// when s is no such colour.
func Contrast(s string) float64 {
	if !colorForm.MatchString(s) {
		return 0
	}
	rgb, _ := strconv.ParseUint(s[1:], 16, 32) // the form was checked
	luminance := 0.0
	for i, weight := range []float64{0.0722, 0.7152, 0.2126} { // blue, green, red
		v := float64(rgb>>(8*i)&0xff) / 255
		if v <= 0.04045 {
			v /= 12.92
		} else {
			v = math.Pow((v+0.055)/1.055, 2.4)
		}
		luminance += weight * v
	}
	return 1.05 / (luminance + 0.05)
}
