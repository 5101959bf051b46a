package rules

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"duthi/core"
)

// short computes the line above a quotation. It is empty when the topic has none or when the contest's data and the
// clause disagree: the clause is what counts.
func (ix *Index) short(kind, clause string, now time.Time) string {
	c := ix.contest
	switch kind {
	case "period":
		return ix.shortPeriod(now)
	case "rounds":
		return ix.shortRound(now)
	case "link":
		return labelled("Trang dự thi: ", c.URLs.Contest, clause)
	case "hotline":
		return labelled("Đường dây hỗ trợ: ", c.Contacts.Hotline, clause)
	case "questions":
		return counted("Mỗi lượt thi có %d câu hỏi.", c.Quiz.Questions, clause)
	case "duration":
		return counted("Thời gian làm bài: %d phút.", c.Quiz.DurationMinutes, clause)
	case "attempts":
		if len(c.Rounds) > 1 {
			return counted("Mỗi đợt được thi tối đa %d lượt.", c.Quiz.AttemptsPerRound, clause)
		}
	case "points":
		return counted("Mỗi câu đúng được %d điểm.", c.Quiz.PointsPerAnswer, clause)
	case "target":
		return counted("Tỷ lệ tham gia cần đạt: %d%%.", c.TargetPercent, clause)
	}
	return ""
}

// counted writes n when the clause says it too.
func counted(format string, n int, clause string) string {
	if n <= 0 {
		return ""
	}
	for _, t := range tokenise(clause) {
		if t.fold == strconv.Itoa(n) {
			return fmt.Sprintf(format, n)
		}
	}
	return ""
}

// labelled writes a value when the clause says it too.
func labelled(label, value, clause string) string {
	if value == "" || !strings.Contains(clause, strings.TrimSuffix(value, "/")) {
		return ""
	}
	return label + value
}

func (ix *Index) shortPeriod(now time.Time) string {
	p, at := ix.contest.Period, core.At(now)
	switch {
	case at < p.Start:
		return "Cuộc thi chưa mở, bắt đầu lúc " + ix.moment(p.Start) + "."
	case at >= p.End:
		return "Cuộc thi đã kết thúc lúc " + ix.closing(p.End) + "."
	}
	return fmt.Sprintf("Cuộc thi đang diễn ra, kết thúc lúc %s (còn %s).", ix.closing(p.End), left(p.End.Sub(at)))
}

// shortRound says which round is open, or which comes next.
func (ix *Index) shortRound(now time.Time) string {
	at := core.At(now)
	for _, r := range ix.contest.Rounds {
		if r.Open(at) {
			return fmt.Sprintf("%s đang mở, đóng lúc %s (còn %s).", r.Name, ix.closing(r.End), left(r.End.Sub(at)))
		}
	}
	for _, r := range ix.contest.Rounds {
		if at < r.Start {
			return fmt.Sprintf("Chưa có đợt nào mở. %s bắt đầu lúc %s.", r.Name, ix.moment(r.Start))
		}
	}
	if len(ix.contest.Rounds) > 0 {
		return "Các đợt thi đã kết thúc."
	}
	return ""
}

func (ix *Index) moment(i core.Instant) string {
	return i.Time(ix.contest.Location()).Format("15:04 ngày 02/01/2006")
}

// closing writes an exclusive end the way people say it: 23:59 of the day before midnight.
func (ix *Index) closing(i core.Instant) string { return ix.moment(i.Add(-time.Second)) }

// left says how much time remains, in its largest unit, rounded down.
func left(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%d ngày", int(d.Hours())/24)
	case d >= time.Hour:
		return fmt.Sprintf("%d giờ", int(d.Hours()))
	case d >= time.Minute:
		return fmt.Sprintf("%d phút", int(d.Minutes()))
	}
	return "chưa đầy một phút"
}
