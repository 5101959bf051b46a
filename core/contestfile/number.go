package contestfile

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// numberFormat is how a sheet shows a number, as far as it changes what a person reads.
type numberFormat int

const (
	general numberFormat = iota
	grouped              // 1.864
	percent              // 80%
	dated                // 15/07/2021
)

// readFormats reads which style shows numbers how.
func (b *book) readFormats() error {
	var styles struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			ID int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if _, ok := b.parts["xl/styles.xml"]; !ok {
		return nil
	}
	if err := b.decodePart("xl/styles.xml", &styles); err != nil {
		return err
	}
	custom := map[int]numberFormat{}
	for _, f := range styles.Formats {
		custom[f.ID] = formatOf(f.Code)
	}
	for _, x := range styles.Cells {
		f, ok := custom[x.ID]
		if !ok {
			f = builtinFormat(x.ID)
		}
		b.formats = append(b.formats, f)
	}
	return nil
}

// builtinFormat knows the formats every spreadsheet has by number.
func builtinFormat(id int) numberFormat {
	switch {
	case id == 3 || id == 4 || id >= 37 && id <= 44:
		return grouped
	case id == 9 || id == 10:
		return percent
	case id >= 14 && id <= 22 || id >= 27 && id <= 36 || id >= 50 && id <= 58:
		return dated
	}
	return general
}

// formatOf reads a format code such as dd/mm/yyyy, #,##0 or 0.0%; quoted and bracketed parts say nothing.
func formatOf(code string) numberFormat {
	var b strings.Builder
	quoted, bracket := false, false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\\' || c == '_' || c == '*':
			i++
		case c == '[':
			bracket = true
		case c == ']':
			bracket = false
		case !bracket:
			b.WriteByte(c)
		}
	}
	plain := strings.ToLower(b.String())
	switch {
	case strings.Contains(plain, "general"):
		return general
	case strings.ContainsAny(plain, "yd"):
		return dated
	case strings.Contains(plain, "%"):
		return percent
	case strings.Contains(plain, "#,##0"):
		return grouped
	}
	return general
}

// show gives the cell of a number: its text, and the plain digits or date.
func (f numberFormat) show(n float64, date04 bool) cell {
	digits := decimal(n)
	switch f {
	case percent:
		return cell{text: strings.ReplaceAll(decimal(n*100), ".", ",") + "%", number: digits}
	case grouped:
		return cell{text: groupDigits(digits), number: digits}
	case dated:
		if t, ok := serialDate(n, date04); ok {
			return cell{text: t.Format("02/01/2006"), number: t.Format(time.DateOnly)}
		}
	}
	return cell{text: digits, number: digits}
}

// decimal writes n with the 15 digits a spreadsheet keeps, without an exponent.
func decimal(n float64) string {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(n, 'g', 15, 64), 64)
	if err != nil {
		rounded = n
	}
	if math.Abs(rounded) >= 1e15 {
		return strconv.FormatFloat(rounded, 'g', -1, 64)
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// groupDigits writes 1234567.5 as Vietnamese do: 1.234.567,5.
func groupDigits(s string) string {
	whole, fraction, _ := strings.Cut(s, ".")
	sign := ""
	if strings.HasPrefix(whole, "-") {
		sign, whole = "-", whole[1:]
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "." + whole[i:]
	}
	if fraction != "" {
		fraction = "," + fraction
	}
	return sign + whole + fraction
}

// serialDate gives the day a serial number stands for. Day 60 of the 1900 count never was, which the base of
// 30 December 1899 makes good from March 1900 on.
func serialDate(n float64, date04 bool) (time.Time, bool) {
	if n < 0 || n > 2_958_465 { // 31 December 9999
		return time.Time{}, false
	}
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if date04 {
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return base.AddDate(0, 0, int(n)), true
}
