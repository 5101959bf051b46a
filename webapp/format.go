package webapp

import (
	"html/template"
	"regexp"
	"strconv"
	"strings"
	"time"

	"duthi/core"
)

// number writes 12846 as 12.846.
func number[T ~int | ~int64](n T) string {
	return core.Number(int64(n))
}

// percent writes 83.4 as 83,4%.
func percent(p float64) string {
	return strings.Replace(strconv.FormatFloat(p, 'f', 1, 64), ".", ",", 1) + "%"
}

func hour(t time.Time) string     { return t.Format("15:04") }
func second(t time.Time) string   { return t.Format("15:04:05") }
func date(t time.Time) string     { return t.Format("02/01/2006") }
func dayMonth(t time.Time) string { return t.Format("02/01") }

func weekday(t time.Time) string {
	return [...]string{"Chủ nhật", "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy"}[t.Weekday()]
}

// moment writes "23:59, thứ Tư 15/11/2023".
func moment(t time.Time) string {
	return hour(t) + ", " + strings.ReplaceAll(weekday(t), " ", nbsp) + nbsp + date(t)
}

// closing gives the moment people know as the end of a round: an exclusive end at midnight is 23:59 of the
// day before.
func closing(end core.Instant, loc *time.Location) time.Time {
	t := end.Time(loc)
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		return t.Add(-time.Minute)
	}
	return t
}

// duration writes 763 seconds as "12 phút 43 giây".
func duration(seconds int) string {
	m, s := seconds/60, seconds%60
	switch {
	case m == 0:
		return strconv.Itoa(s) + " giây"
	case s == 0:
		return strconv.Itoa(m) + " phút"
	}
	return strconv.Itoa(m) + " phút " + strconv.Itoa(s) + " giây"
}

// workingDays gives the n-th working day after t, by the calendar alone: public holidays are not known here,
// so pages say "chậm nhất" of a day that can only be later.
func workingDays(t time.Time, n int) time.Time {
	for n > 0 {
		t = t.AddDate(0, 0, 1)
		if wd := t.Weekday(); wd != time.Saturday && wd != time.Sunday {
			n--
		}
	}
	return t
}

const nbsp = "\u00a0"

// compounds are words of contest titles that must not break in the middle.
var compounds = strings.NewReplacer(
	"tìm hiểu", "tìm\u00a0hiểu", "Tìm hiểu", "Tìm\u00a0hiểu", "tuyên truyền", "tuyên\u00a0truyền", "cải cách", "cải\u00a0cách",
	"hành chính", "hành\u00a0chính", "trực tuyến", "trực\u00a0tuyến", "pháp luật", "pháp\u00a0luật", "chuyển đổi số", "chuyển\u00a0đổi\u00a0số",
	"lịch sử", "lịch\u00a0sử", "dân tộc", "dân\u00a0tộc", "năm 20", "năm\u00a020", "Đợt ", "Đợt\u00a0", "đợt ", "đợt\u00a0",
)

// wholes are the words of contest titles that stay on one line where it is wide enough, with the sign after them.
var wholes = regexp.MustCompile(`(?i)(trực tuyến|tìm hiểu|tuyên truyền|cải cách hành chính|hành chính công|cải cách|hành chính|chuyển đổi số|pháp luật|lịch sử|dân tộc|an toàn giao thông|(?:thứ|chủ)[\s\x{00a0}]\p{L}+[\s\x{00a0}][\d/]+|đợt \d+|năm \d+)[,.:;]?`)

// kept writes a heading so that it breaks between its compounds; on a screen narrower than one of them it breaks
// inside, which no-break spaces would not let it.
func kept(s string) template.HTML {
	var b strings.Builder
	last := 0
	for _, at := range wholes.FindAllStringIndex(s, -1) {
		b.WriteString(template.HTMLEscapeString(s[last:at[0]]))
		b.WriteString(`<span class="keep">` + template.HTMLEscapeString(s[at[0]:at[1]]) + `</span>`)
		last = at[1]
	}
	b.WriteString(template.HTMLEscapeString(s[last:]))
	return template.HTML(b.String())
}

// title keeps compounds together.
func title(s string) string { return compounds.Replace(s) }

// initials gives the letters of the crest: the first letters of the last two words of the authority's name,
// which are its place ("Ủy ban nhân dân tỉnh Quảng Nam": QN).
func initials(name string) string {
	words := strings.Fields(name)
	if len(words) > 2 {
		words = words[len(words)-2:]
	}
	var b strings.Builder
	for _, w := range words {
		r := []rune(w)
		b.WriteString(strings.ToUpper(string(r[:1])))
	}
	return b.String()
}

// sentence begins s with a capital letter.
func sentence(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return s
	}
	return strings.ToUpper(string(r[:1])) + string(r[1:])
}
