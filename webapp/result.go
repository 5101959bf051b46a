package webapp

import (
	"fmt"
	"net/http"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/exam"
)

type resultPage struct {
	frame
	Result     exam.Result
	Heading    string
	Who, When  string
	Duration   string
	Prediction string
	Left       string
	Answers    *action
	Again      *action
	RevealNote string
	Void       string
	Picture    pictureData
}

// pictureData is what the script draws into the picture that "Lưu ảnh" saves.
type pictureData struct {
	Contest string `json:"contest"`
	Who     string `json:"who"`
	When    string `json:"when"`
	Score   string `json:"score"`
	Receipt string `json:"receipt"`
	Check   string `json:"check"`
	File    string `json:"file"`
	Attempt string `json:"attempt"`
}

func (a *App) result(c *gin.Context, v *visitor) error {
	r, err := a.opt.Exam.Result(c.Request.Context(), v.ed, v.person.ContestantID, c.Param("id"), v.now)
	if core.Is(err, core.Conflict) {
		return redirect(c, v.base+"thi/"+c.Param("id"))
	}
	if err != nil {
		return err
	}
	p := newResultPage(v, r, a.opt.PublicURL)
	p.frame = a.frame(c, v, p.Heading, "")
	p.frame.Script = "result.js"
	return a.showSecret(c, http.StatusOK, "result", p)
}

func newResultPage(v *visitor, r exam.Result, publicURL string) resultPage {
	at := v.at(r.SubmittedAt)
	p := resultPage{Result: r, Heading: "Đã nộp bài", Duration: duration(r.DurationSeconds)}
	if r.Status == core.Expired {
		p.Heading = "Hết giờ, bài đã tự nộp"
	}
	p.Who = v.person.Contestant.FullName
	if unit, ok := v.ed.Units.Unit(r.UnitCode); ok {
		p.Who += " · " + unit.Name
	}
	p.When = fmt.Sprintf("Lúc %s, %s · %s, lượt %d", second(at), date(at), r.Round.Name, r.Ordinal)
	if r.Prediction.Value != nil {
		p.Prediction = number(*r.Prediction.Value)
	}
	if v.now < r.Round.End {
		p.Left = number(r.Left)
		if r.Left > 0 {
			p.Again = &action{"Thi lượt " + number(r.Ordinal+1), v.base + "thi"}
		}
	}
	switch {
	case r.Revealed:
		p.Answers = &action{"Xem đáp án và giải thích", v.base + "thi/" + r.ID + "/dap-an"}
	case r.RevealAt != 0:
		t := closing(r.RevealAt, v.ed.Loc)
		p.RevealNote = fmt.Sprintf("Đáp án và giải thích mở sau khi %s kết thúc, %s ngày %s. Xếp hạng lúc này chỉ để tham khảo.", lowerFirst(r.Round.Name), hour(t), date(t))
	}
	if r.Void != nil {
		p.Void = "Bài này đã bị hủy kết quả: " + r.Void.Reason
	}
	p.Picture = pictureData{Contest: v.ed.Contest.ShortTitle, Who: p.Who, When: p.When, Receipt: r.Receipt, File: "ma-xac-nhan-" + r.Receipt + ".png",
		Score: fmt.Sprintf("%d / %d câu đúng", r.Correct, r.Questions), Check: "Kiểm tra tại " + publicURL + v.base + "kiem-tra", Attempt: r.ID}
	return p
}

type answersPage struct {
	frame
	Label string
	Score string
	Items []exam.RevealedItem
	Back  string
}

// answers shows the right answers of one's own attempt once its round has ended.
func (a *App) answers(c *gin.Context, v *visitor) error {
	r, err := a.opt.Exam.Reveal(c.Request.Context(), v.ed, v.person.ContestantID, c.Param("id"), v.now)
	if err != nil {
		return err
	}
	p := answersPage{frame: a.frame(c, v, "Đáp án", ""), Label: r.Round.Name + ", lượt " + number(r.Ordinal),
		Score: fmt.Sprintf("%d / %d câu đúng, %d điểm", r.Correct, r.Questions, r.Points), Items: r.Items, Back: v.base + "thi/" + r.ID + "/ket-qua"}
	return a.show(c, http.StatusOK, "answers", p)
}
