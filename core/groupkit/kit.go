package groupkit

import (
	"strconv"
	"strings"
	"time"

	"duthi/core"
)

// Figures are a unit's share in the whole contest.
type Figures struct {
	Code      string
	Name      string // with the units above it
	People    int64  // distinct people with a valid attempt
	Attempts  int64
	Headcount int64   // 0: not known, then there is no percentage
	Percent   float64 // one decimal, floored
	Needed    int64   // people still needed to reach the target
	At        core.Instant
}

// Kit is what one unit passes on.
type Kit struct {
	Contest *core.Contest
	Figures Figures
	Link    string // the unit's short address, with its scheme
	Sample  bool   // made-up figures: text and picture say so
	now     core.Instant
	loc     *time.Location
}

// New makes the kit of a unit as the contest stands at now.
func New(ct *core.Contest, f Figures, link string, now core.Instant) Kit {
	return Kit{Contest: ct, Figures: f, Link: link, now: now, loc: ct.Location()}
}

// stage is where the contest stands, in the words of a kit.
type stage struct {
	before string // what has ended, or ""
	what   string // "Đợt 3 đóng lúc"
	when   string // "23:59 ngày 15/11"
	call   string // what the code is good for now
	invite string // over the link in the text
	over   bool   // nobody can take part any more
}

// stage finds the words for now. Rounds are in the order of time: import refuses others.
func (k Kit) stage() stage {
	closed := ""
	for _, r := range k.Contest.Rounds {
		switch {
		case r.Open(k.now):
			return stage{what: r.Name + " đóng lúc", when: k.closing(r.End), call: "Quét mã để dự thi",
				invite: "Anh/chị chưa thi mở liên kết này; đơn vị đã được chọn sẵn khi đăng ký:"}
		case k.now < r.Start:
			return stage{before: closed, what: r.Name + " mở lúc", when: moment(r.Start.Time(k.loc)), call: "Quét mã để đăng ký, thi thử",
				invite: "Anh/chị có thể đăng ký và thi thử trước; đơn vị đã được chọn sẵn:"}
		}
		closed = r.Name + " đã đóng."
	}
	end := k.Contest.Period.End
	if n := len(k.Contest.Rounds); n > 0 {
		end = k.Contest.Rounds[n-1].End
	}
	return stage{what: "Cuộc thi đã kết thúc lúc", when: k.closing(end), call: "Quét mã để xem trang cuộc thi", invite: "Trang cuộc thi:", over: true}
}

// closing names an exclusive end as people say it: midnight is 23:59 of the day before.
func (k Kit) closing(end core.Instant) string {
	t := end.Time(k.loc)
	if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
		t = t.Add(-time.Minute)
	}
	return moment(t)
}

func moment(t time.Time) string { return t.Format("15:04 ngày 02/01") }

// reached reports whether the unit met the contest's target, which must be known.
func (f Figures) reached() bool { return f.Headcount > 0 && f.Needed <= 0 }

// missing says what is left to the target, "" when there is none or no headcount.
func (k Kit) missing() string {
	f, target := k.Figures, strconv.Itoa(k.Contest.TargetPercent)+"%"
	switch {
	case f.Headcount == 0 || k.Contest.TargetPercent <= 0:
		return ""
	case f.reached():
		return "Đã đạt mục tiêu " + target + "."
	case k.stage().over:
		return "Mục tiêu " + target + "."
	}
	return "Cần thêm " + number(f.Needed) + " người để đạt " + target + "."
}

// sampleWords mark what is made up.
const sampleWords = "Dữ liệu mẫu"

// Text is the text of the day, in lines that a chat shows as they are.
func (k Kit) Text() string {
	s, f := k.stage(), k.Figures
	done := "Đã dự thi: " + number(f.People)
	if f.Headcount > 0 {
		done += "/" + number(f.Headcount) + " người, đạt " + percent(f.Percent) + "."
	} else {
		done += " người."
	}
	var lines []string
	if k.Sample {
		lines = append(lines, "["+sampleWords+"]")
	}
	lines = append(lines, k.name(), f.Name, "", joined(done, k.missing()), joined(s.before, s.what+" "+s.when+"."), "", s.invite, k.Link, "")
	if c := k.Contest.Contacts; c.Hotline != "" {
		lines = append(lines, "Hỗ trợ: "+joined(c.Hotline, bracketed(c.HotlineOwner)))
	}
	return strings.Join(append(lines, k.counted()), "\n")
}

// counted says when the figures were taken.
func (k Kit) counted() string { return "Số liệu lúc " + moment(k.Figures.At.Time(k.loc)) + "." }

// name is the contest's short name.
func (k Kit) name() string {
	if k.Contest.ShortTitle != "" {
		return k.Contest.ShortTitle
	}
	return k.Contest.Title
}

func joined(parts ...string) string {
	return strings.TrimSpace(strings.Join(parts, " "))
}

func bracketed(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

// number writes 12846 as 12.846.
func number(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return s
}

// percent writes 83.4 as 83,4%.
func percent(p float64) string {
	return strings.Replace(strconv.FormatFloat(p, 'f', 1, 64), ".", ",", 1) + "%"
}
