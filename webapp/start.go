package webapp

import (
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/exam"
)

type startPage struct {
	frame
	Chip      chip
	Heading   string
	Before    *exam.BeforeStart
	Attempt   string // "1 trong 2"
	Questions string // "20 và 1 câu dự đoán"
	Time      string
	Shortened string // when the round's end leaves less time than usual
	Refusal   string
	Next      string // when the next round opens
	Resume    *action
	Best      string
	Practice  bool
}

// beforeStart is the page before Start: attempts left, the minutes really there, what the clock does.
func (a *App) beforeStart(c *gin.Context, v *visitor) error {
	p := startPage{frame: a.frame(c, v, "Trước khi bắt đầu", ""), Heading: "Trước khi bắt đầu", Practice: len(v.ed.Practice) > 0}
	s := stand(v.ed.Contest, v.now)
	if s.open.ID == "" {
		p.Heading, p.Refusal = "Chưa có đợt thi nào đang mở", "Các đợt thi đã kết thúc."
		p.Title = p.Heading
		if s.ahead.ID != "" {
			p.Refusal, p.Next = "", s.ahead.Name+" mở lúc "+moment(v.at(s.ahead.Start))+"."
		}
		return a.show(c, http.StatusOK, "start", p)
	}
	b, err := a.opt.Exam.Before(c.Request.Context(), v.ed, v.contestant(), s.open.ID, v.now)
	if err != nil {
		return err
	}
	p.fill(v, &b)
	return a.show(c, http.StatusOK, "start", p)
}

func (p *startPage) fill(v *visitor, b *exam.BeforeStart) {
	p.Before, p.Chip = b, chip{b.Round.Name + " đang mở", "good dot"}
	p.Attempt = fmt.Sprintf("%d trong %d", b.Next, b.Limit)
	if b.Limit == 0 {
		p.Attempt = "Lượt " + number(b.Next)
	}
	p.Questions = number(b.Questions)
	if b.Prediction.Enabled {
		p.Questions += " và 1 câu dự đoán"
	}
	p.Time = duration(b.FullSeconds)
	if b.Shortened() {
		p.Time = "dưới 1 phút"
		if m := b.Minutes(); m > 0 {
			p.Time = number(m) + " phút"
		}
		p.Shortened = fmt.Sprintf("%s đóng lúc %s nên lượt này chỉ còn %s.", b.Round.Name, hour(closing(b.Round.End, v.ed.Loc)), p.Time)
	}
	if b.Running != nil {
		p.Heading, p.Resume = "Bài đang làm dở", &action{"Làm tiếp lượt " + number(b.Running.Ordinal), v.base + "thi/" + b.Running.ID}
		p.Title = p.Heading
	} else if b.Refusal != nil {
		p.Heading, p.Refusal = "Chưa thi được", b.Refusal.Msg
		p.Title = p.Heading
	}
	if b.Best != nil {
		p.Best = fmt.Sprintf("Lượt tốt hơn đến lúc này: %d / %d câu đúng, %s.", b.Best.Correct, b.Best.Questions, duration(b.Best.DurationSeconds))
	}
}

// start begins an attempt, or leads to the one under way.
func (a *App) start(c *gin.Context, v *visitor) error {
	s := stand(v.ed.Contest, v.now)
	if s.open.ID == "" {
		return redirect(c, v.base+"thi")
	}
	attempt, resumed, err := a.opt.Exam.Start(c.Request.Context(), v.ed, v.contestant(), s.open.ID, v.now)
	if err != nil {
		switch core.CodeOf(err) {
		case core.Closed, core.Forbidden, core.Limited:
			return redirect(c, v.base+"thi") // says why: closed, locked, no attempt left
		}
		return err
	}
	if !resumed {
		a.metrics.starts.Inc()
	}
	return redirect(c, v.base+"thi/"+attempt.ID)
}
