package webapp

import (
	"fmt"
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/exam"
)

type questionPage struct {
	frame
	Action   string // address of the attempt
	Label    string // "Đợt 3 · lượt 1"
	Number   int
	Total    int
	Item     exam.ItemView
	Map      []mapCell
	Answered int
	Clock    string // time left when the page was made
	Ends     string // moment of the deadline
	Progress string // share of the paper reached, for the thin line
	Note     string
	Paper    paperData
}

// mapCell is a question on the map.
type mapCell struct {
	Number                    int
	Answered, Marked, Current bool
}

// paperData is the whole paper for the script: it shows questions, keeps answers and saves them while the
// network is away. Nothing in it tells which option is right.
type paperData struct {
	URL     string      `json:"url"`
	Index   int         `json:"n"`
	Millis  int64       `json:"ms"` // left of the attempt
	Items   []paperItem `json:"items"`
	Session string      `json:"dn"` // address of the sign-in page
}

type paperItem struct {
	Text     string   `json:"t"`
	Multiple bool     `json:"m,omitempty"`
	Options  []string `json:"o"`
	savedAnswer
}

// savedAnswer is what the store holds for a question: places chosen, mark, revision.
type savedAnswer struct {
	Chosen []int `json:"c"`
	Marked bool  `json:"k"`
	Rev    int   `json:"r"`
}

// attempt leads to the first question without an answer.
func (a *App) attempt(c *gin.Context, v *visitor) error {
	view, err := a.opt.Exam.Open(c.Request.Context(), v.ed, v.person.ContestantID, c.Param("id"), v.now)
	if err != nil {
		return err
	}
	url := v.base + "thi/" + view.ID
	if view.Final {
		return redirect(c, url+"/ket-qua")
	}
	for _, item := range view.Items {
		if !item.Answered {
			return redirect(c, url+"/cau/"+number(item.Index+1))
		}
	}
	return redirect(c, url+"/nop")
}

// question shows one question. With script the page then runs the whole paper; without, each question is a
// page and each button saves and goes on.
func (a *App) question(c *gin.Context, v *visitor) error {
	view, err := a.opt.Exam.Open(c.Request.Context(), v.ed, v.person.ContestantID, c.Param("id"), v.now)
	if err != nil {
		return err
	}
	if view.Final {
		return redirect(c, v.base+"thi/"+view.ID+"/ket-qua")
	}
	n, err := strconv.Atoi(c.Param("cau"))
	if err != nil || n < 1 || n > len(view.Items) {
		return core.Errorf(core.NotFound, "Bài này không có câu hỏi đó.")
	}
	p := newQuestionPage(v, &view, n)
	p.frame = a.frame(c, v, fmt.Sprintf("Câu %d / %d", n, p.Total), "")
	p.Script, p.Reload = "quiz.js", int(view.RemainingMillis/1000)+2
	if c.Query("moi") != "" {
		p.Note = "Câu này vừa được trả lời trên máy khác. Trang đang hiện đáp án mới hơn."
	}
	c.Header("Cache-Control", "no-store")
	return a.show(c, http.StatusOK, "question", p)
}

func newQuestionPage(v *visitor, view *exam.View, n int) questionPage {
	seconds := int(view.RemainingMillis / 1000)
	p := questionPage{
		Action: v.base + "thi/" + view.ID, Label: view.Round.Name + " · lượt " + number(view.Ordinal),
		Number: n, Total: len(view.Items), Item: view.Items[n-1],
		Clock: fmt.Sprintf("%02d:%02d", seconds/60, seconds%60), Ends: second(v.at(view.Deadline)),
		Progress: strconv.Itoa(n*100/len(view.Items)) + "%",
	}
	p.Paper = paperData{URL: p.Action, Index: n - 1, Millis: view.RemainingMillis, Session: v.base + "dang-nhap?ve=" + p.Action}
	for i, item := range view.Items {
		if item.Answered {
			p.Answered++
		}
		p.Map = append(p.Map, mapCell{Number: i + 1, Answered: item.Answered, Marked: item.Marked, Current: i == n-1})
		one := paperItem{Text: item.Text, Multiple: item.Multiple, savedAnswer: answerOf(item)}
		for _, o := range item.Options {
			one.Options = append(one.Options, o.Text)
		}
		p.Paper.Items = append(p.Paper.Items, one)
	}
	return p
}

func answerOf(item exam.ItemView) savedAnswer {
	s := savedAnswer{Chosen: []int{}, Marked: item.Marked, Rev: item.Rev}
	for i, o := range item.Options {
		if o.Chosen {
			s.Chosen = append(s.Chosen, i)
		}
	}
	return s
}

// answer is the form of a question without script: save, then go where the button says.
func (a *App) answer(c *gin.Context, v *visitor) error {
	id, n := c.Param("id"), 0
	url := v.base + "thi/" + id
	if _, err := fmt.Sscanf(c.Param("cau"), "%d", &n); err != nil || n < 1 {
		return core.Errorf(core.NotFound, "Bài này không có câu hỏi đó.")
	}
	in := exam.AnswerInput{AttemptID: id, ContestantID: v.person.ContestantID, Index: n - 1, Marked: c.PostForm("danh_dau") != ""}
	in.Seen, _ = strconv.Atoi(c.PostForm("rev"))
	for _, s := range c.PostFormArray("chon") {
		place, err := strconv.Atoi(s)
		if err != nil {
			return core.Errorf(core.Invalid, "Phương án gửi lên không đúng.")
		}
		in.Shown = append(in.Shown, place)
	}
	if in.Seen > 0 || len(in.Shown) > 0 || in.Marked { // a question passed over writes nothing
		r, err := a.opt.Exam.Save(c.Request.Context(), v.ed, in, v.now)
		a.countSave(r, err)
		switch {
		case core.Is(err, core.Closed):
			return redirect(c, url+"/ket-qua")
		case err != nil:
			return err
		case r.Stale:
			return redirect(c, url+"/cau/"+number(n)+"?moi=1")
		}
	}
	return redirect(c, url+onward(c.PostForm("di"), n))
}

// onward gives the address after a question by the button that was pressed.
func onward(button string, n int) string {
	switch button {
	case "truoc":
		return "/cau/" + number(max(n-1, 1))
	case "nop":
		return "/nop"
	case "", "sau":
		return "/cau/" + number(n+1)
	}
	if to, err := strconv.Atoi(button); err == nil && to > 0 {
		return "/cau/" + number(to)
	}
	return "/cau/" + number(n)
}
