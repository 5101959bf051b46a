package webapp

import (
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"
)

type attemptsPage struct {
	frame
	Name, Unit string
	Running    *action
	RunningFor string
	Attempts   []attemptRow
	Start      *action
	Empty      string
}

type attemptRow struct {
	Label, When, Score, Points, Duration, Receipt string
	Href                                          string
	Chip                                          chip
}

// attempts is a contestant's own page.
func (a *App) attempts(c *gin.Context, v *visitor) error {
	mine, err := a.opt.Exam.Mine(c.Request.Context(), v.ed, v.person.ContestantID, v.now)
	if err != nil {
		return err
	}
	p := attemptsPage{frame: a.frame(c, v, "Bài thi của tôi", ""), Name: v.person.Contestant.FullName, Unit: v.ed.Units.FullName(v.person.Contestant.UnitCode)}
	if r := mine.Running; r != nil {
		p.Running = &action{"Làm tiếp", v.base + "thi/" + r.ID}
		p.RunningFor = fmt.Sprintf("%s, lượt %d: đang làm dở, hết giờ lúc %s.", r.Round.Name, r.Ordinal, second(v.at(r.Deadline)))
	}
	for _, s := range mine.Attempts {
		if !s.Final {
			continue
		}
		at := v.at(s.SubmittedAt)
		row := attemptRow{Label: s.Round.Name + ", lượt " + number(s.Ordinal), When: second(at) + ", " + date(at), Receipt: s.Receipt,
			Score: fmt.Sprintf("%d / %d", s.Correct, s.Questions), Points: number(s.Points) + " điểm", Duration: duration(s.DurationSeconds), Href: v.base + "thi/" + s.ID + "/ket-qua"}
		switch {
		case s.Void != nil:
			row.Chip = chip{"Đã hủy", "bad"}
		case !s.Valid:
			row.Chip = chip{"Không tính", ""}
		case s.Best:
			row.Chip = chip{"Lượt tốt hơn", "good"}
		}
		p.Attempts = append(p.Attempts, row)
	}
	if s := stand(v.ed.Contest, v.now); s.open.ID != "" && mine.Running == nil {
		p.Start = &action{"Vào thi " + lowerFirst(s.open.Name), v.base + "thi"}
	}
	if len(p.Attempts) == 0 {
		p.Empty = "Chưa có bài nào đã nộp."
	}
	return a.showSecret(c, http.StatusOK, "attempts", p)
}
