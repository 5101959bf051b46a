package bot

import (
	"fmt"

	"duthi/core"
	"duthi/core/exam"
)

// standing gives a line for the round that is open or was last, and the person's attempts in it. While the round
// is open it says nothing of the rank (decision 18).
func (b *Bot) standing(c *chat, all []exam.Summary, limit int) []string {
	round, ok := presentRound(c)
	if !ok {
		return []string{"Cuộc thi chưa có đợt nào mở."}
	}
	var lines []string
	used := 0
	for _, a := range all {
		if a.Round.ID != round.ID {
			continue
		}
		used++
		line := fmt.Sprintf("• Lượt %d: ", a.Ordinal)
		switch {
		case !a.Final:
			line += "đang làm"
		case a.Void != nil:
			line += "đã bị hủy"
		default:
			line += fmt.Sprintf("đúng %d/%d câu, %d điểm, nộp lúc %s", a.Correct, a.Questions, a.Points, a.SubmittedAt.Time(c.ed.Loc).Format("15:04:05 02/01"))
		}
		lines = append(lines, line)
	}
	head := fmt.Sprintf("%s (đóng lúc %s): đã dùng %d/%d lượt.", round.Name, closing(round.End.Time(c.ed.Loc)), used, limit)
	if c.now >= round.End {
		head = fmt.Sprintf("%s (đã đóng): anh/chị đã thi %d lượt.", round.Name, used)
	}
	if len(all) == used || len(all) == 0 {
		return append([]string{head}, lines...)
	}
	return append(append([]string{head}, lines...), fmt.Sprintf("Tổng cộng các đợt: %d lượt.", len(all)))
}

// presentRound gives the open round, else the last that began.
func presentRound(c *chat) (core.Round, bool) {
	var last core.Round
	found := false
	for _, r := range c.ed.Contest.Rounds {
		if r.Open(c.now) {
			return r, true
		}
		if c.now >= r.Start && r.Start > last.Start {
			last, found = r, true
		}
	}
	return last, found
}
