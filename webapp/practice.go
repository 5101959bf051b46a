package webapp

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/exam"
)

type practicePage struct {
	frame
	Token string
	Items []exam.ItemView
}

type practiceResultPage struct {
	frame
	Result exam.PracticeResult
	Again  string
}

type practiceStartPage struct {
	frame
	Questions int
	Rounds    int // questions of a paper of a round, for comparison
	Minutes   int
}

// practice offers a practice paper; nothing of it is stored and no account is needed.
func (a *App) practice(c *gin.Context, v *visitor) error {
	if len(v.ed.Practice) == 0 {
		return core.Errorf(core.NotFound, "Cuộc thi này không có phần thi thử.")
	}
	q := v.ed.Contest.Quiz
	p := practiceStartPage{frame: a.frame(c, v, "Thi thử", ""), Questions: min(core.PracticeLength(q), len(v.ed.Practice)), Rounds: q.Questions, Minutes: q.DurationMinutes}
	return a.show(c, http.StatusOK, "practice_start", p)
}

// newPractice draws a paper and leads to its own address, so that going back keeps it.
func (a *App) newPractice(c *gin.Context, v *visitor) error {
	paper, err := a.opt.Exam.Practice(c.Request.Context(), v.ed, v.now)
	if err != nil {
		return err
	}
	return redirect(c, v.base+"thi-thu/"+url.PathEscape(paper.Token))
}

func (a *App) practicePaper(c *gin.Context, v *visitor) error {
	paper, err := a.opt.Exam.OpenPractice(c.Request.Context(), v.ed, c.Param("token"), shownAnswers(c), v.now)
	if err != nil {
		return err
	}
	p := practicePage{frame: a.frame(c, v, "Thi thử", ""), Token: paper.Token, Items: paper.Items}
	return a.show(c, http.StatusOK, "practice", p)
}

// practiceResult marks the paper. The answers are in the address: nothing is stored.
func (a *App) practiceResult(c *gin.Context, v *visitor) error {
	r, err := a.opt.Exam.ScorePractice(c.Request.Context(), v.ed, c.Param("token"), shownAnswers(c), v.now)
	if err != nil {
		return err
	}
	p := practiceResultPage{frame: a.frame(c, v, "Kết quả thi thử", ""), Result: r, Again: v.base + "thi-thu"}
	return a.show(c, http.StatusOK, "practice_result", p)
}

// shownAnswers reads c0=2&c3=0&c3=1: the places chosen by question.
func shownAnswers(c *gin.Context) map[int][]int {
	out := map[int][]int{}
	for i := range core.MaxOptions * 20 {
		for _, s := range c.QueryArray("c" + strconv.Itoa(i)) {
			if n, err := strconv.Atoi(s); err == nil {
				out[i] = append(out[i], n)
			}
		}
	}
	return out
}
