package webapp

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/exam"
)

type submitPage struct {
	frame
	Action     string
	Label      string
	Clock      string
	Millis     int64
	Answered   int
	Total      int
	Unanswered []int // numbers, from 1
	Marked     []int
	Prediction *predictionField
	Note       string
}

type predictionField struct {
	Question, Value, Wrong string
	Rev                    int
}

// confirm asks once before submitting: what is unanswered, what was marked, the prediction.
func (a *App) confirm(c *gin.Context, v *visitor) error {
	r, err := a.opt.Exam.Review(c.Request.Context(), v.ed, v.person.ContestantID, c.Param("id"), v.now)
	if err != nil {
		return err
	}
	if r.Final {
		return redirect(c, v.base+"thi/"+r.ID+"/ket-qua")
	}
	return a.showConfirm(c, v, &r, http.StatusOK, func(*submitPage) {})
}

func (a *App) showConfirm(c *gin.Context, v *visitor, r *exam.Review, status int, change func(*submitPage)) error {
	p := newSubmitPage(v, r)
	p.frame = a.frame(c, v, "Nộp bài", "")
	p.Reload = int(r.RemainingMillis/1000) + 2
	change(&p)
	c.Header("Cache-Control", "no-store")
	return a.show(c, status, "submit", p)
}

func newSubmitPage(v *visitor, r *exam.Review) submitPage {
	seconds := int(r.RemainingMillis / 1000)
	p := submitPage{Action: v.base + "thi/" + r.ID, Label: r.Round.Name + " · lượt " + number(r.Ordinal), Millis: r.RemainingMillis,
		Clock: fmt.Sprintf("%02d:%02d", seconds/60, seconds%60), Answered: r.Questions - len(r.Unanswered), Total: r.Questions}
	for _, i := range r.Unanswered {
		p.Unanswered = append(p.Unanswered, i+1)
	}
	for _, i := range r.Marked {
		p.Marked = append(p.Marked, i+1)
	}
	if r.PredictionRule.Enabled {
		p.Prediction = &predictionField{Question: r.PredictionRule.Question, Rev: r.Prediction.Rev}
		if r.Prediction.Value != nil {
			p.Prediction.Value = number(*r.Prediction.Value)
		}
	}
	return p
}

// submit stores the prediction, then ends the attempt. It may be sent again without harm.
func (a *App) submit(c *gin.Context, v *visitor) error {
	ctx, id := c.Request.Context(), c.Param("id")
	if v.ed.Contest.Quiz.Prediction.Enabled {
		again, err := a.predict(c, v)
		if again || err != nil && !core.Is(err, core.Closed) {
			return err
		}
	}
	r, err := a.opt.Exam.Submit(ctx, v.ed, v.person.ContestantID, id, v.now)
	if err != nil {
		return err
	}
	return redirect(c, v.base+"thi/"+r.ID+"/ket-qua")
}

// predict stores the guess; again says that the page was shown once more and nothing is submitted.
func (a *App) predict(c *gin.Context, v *visitor) (again bool, err error) {
	ctx, typed := c.Request.Context(), c.PostForm("prediction")
	in := exam.PredictionInput{AttemptID: c.Param("id"), ContestantID: v.person.ContestantID}
	in.Seen, _ = strconv.Atoi(c.PostForm("rev"))
	in.Value, err = exam.ParsePrediction(typed, v.ed.Contest.Quiz.Prediction)
	var saved exam.PredictionSaved
	if err == nil && (in.Value != nil || in.Seen > 0) {
		saved, err = a.opt.Exam.SavePrediction(ctx, v.ed, in, v.now)
	}
	if err == nil && !saved.Stale {
		return false, nil
	}
	var e *core.Error
	if err != nil && !(errors.As(err, &e) && e.Code == core.Invalid) {
		return false, err
	}
	review, reviewErr := a.opt.Exam.Review(ctx, v.ed, v.person.ContestantID, in.AttemptID, v.now)
	if reviewErr != nil || review.Final {
		return false, reviewErr
	}
	return true, a.showConfirm(c, v, &review, http.StatusUnprocessableEntity, func(p *submitPage) {
		if saved.Stale {
			p.Note = "Câu dự đoán vừa được trả lời trên máy khác. Trang đang hiện số mới hơn."
			return
		}
		p.Prediction.Value, p.Prediction.Wrong = typed, e.Msg
	})
}
