package webapp

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/talk"
	"duthi/core/web"
)

const (
	questionsPath = "/console/hoi-dap"
	queueShown    = 200
)

type questionsPage struct {
	consoleFrame
	Tabs     []choice
	Rows     []askedRow
	Taught   []taughtRow
	MayTeach bool
	None     string
}

type askedRow struct {
	ID, Text string
	Others   []string
	Count    string
	Disliked string
	When     string
	TaughtID string
	Waiting  bool
}

type taughtRow struct{ ID, Question, Answer, Cite, By string }

var askedTabs = []struct{ key, status, name, none string }{
	{"", core.AskedOpen, "Chờ trả lời", "Không có câu hỏi nào chờ. Câu bot chưa trả lời được sẽ vào đây."},
	{"da-tra-loi", core.AskedAnswered, "Đã trả lời", "Chưa trả lời câu nào."},
	{"bo-qua", core.AskedDismissed, "Đã bỏ qua", "Chưa bỏ qua câu nào."},
}

// questions is what people asked the bot in vain, most asked first, and what it was taught.
func (a *App) questions(c *gin.Context, d *desk) error {
	ctx := c.Request.Context()
	p := questionsPage{consoleFrame: a.consoleFrame(c, d, "Hỏi đáp", questionsPath), MayTeach: d.person.May(editContent)}
	tab := askedTabs[0]
	for _, t := range askedTabs {
		if t.key == c.Query("xem") {
			tab = t
		}
	}
	for _, t := range askedTabs {
		href := questionsPath
		if t.key != "" {
			href += "?xem=" + t.key
		}
		p.Tabs = append(p.Tabs, choice{href, t.name, t.key == tab.key})
	}
	p.None = tab.none
	queue, err := a.opt.Talk.Queue(ctx, d.ed.Contest.ID, tab.status, queueShown)
	if err != nil {
		return err
	}
	for _, q := range queue {
		row := askedRow{ID: q.ID, Text: q.Samples[0], Others: q.Samples[1:], Count: number(q.Count) + " lần hỏi", When: hour(d.at(q.LastAt)) + ", " + date(d.at(q.LastAt)),
			TaughtID: q.TaughtID, Waiting: q.Status == core.AskedOpen}
		if q.Disliked > 0 {
			row.Disliked = number(q.Disliked) + " lần chê câu trả lời"
		}
		p.Rows = append(p.Rows, row)
	}
	taught, err := a.opt.Talk.Taught(ctx, d.ed.Contest.ID)
	if err != nil {
		return err
	}
	for _, t := range taught {
		p.Taught = append(p.Taught, taughtRow{ID: t.ID, Question: strings.Join(t.Questions, " / "), Answer: t.Answer, Cite: citation(d, t.Clause),
			By: writer(t.By) + ", " + hour(d.at(t.At)) + " " + date(d.at(t.At))})
	}
	return a.show(c, http.StatusOK, "console-questions", p)
}

func writer(by string) string {
	if by == account.CommandLine().Subject() {
		return "dòng lệnh"
	}
	return strings.TrimPrefix(by, "organizer:")
}

// citation words a clause: "khoản 2 Điều 5".
func citation(d *desk, clause string) string {
	for _, art := range d.ed.Contest.Rules {
		for i, cl := range art.Clauses {
			if cl.ID != clause {
				continue
			}
			_, k, ok := strings.Cut(cl.ID, ".")
			if !ok {
				k = number(i + 1)
			}
			return "khoản " + k + " Điều " + number(art.Number)
		}
	}
	return ""
}

type lessonPage struct {
	consoleFrame
	Heading       string
	ID, AskedID   string
	Asked         []string
	Fields        []field
	Form          form
	Versions      []lessonVersion
	Dismissible   bool
	OldCountWords string
}

type lessonVersion struct{ Number, By, Answer, Cite string }

// lesson is the form of an answer: new, for a question of the queue, or a next version.
func (a *App) lesson(c *gin.Context, d *desk) error {
	l := talk.Lesson{ID: c.Query("id"), AskedID: c.Query("cau")}
	if l.AskedID != "" {
		q, err := a.opt.Talk.Asked(c.Request.Context(), d.ed.Contest.ID, l.AskedID)
		if err != nil {
			return err
		}
		l.Questions = q.Samples
		if l.ID == "" {
			l.ID = q.TaughtID
		}
	}
	if l.ID != "" {
		versions, err := a.opt.Talk.Versions(c.Request.Context(), d.ed.Contest.ID, l.ID)
		if err != nil {
			return err
		}
		if len(versions) == 0 {
			return core.Errorf(core.NotFound, "Không có câu trả lời này.")
		}
		last := versions[len(versions)-1]
		l.Questions, l.Answer, l.Clause = append(last.Questions, newOnes(l.Questions, last.Questions)...), last.Answer, last.Clause
	}
	return a.showLesson(c, d, http.StatusOK, l, nil)
}

// newOnes gives the questions that are not among the known.
func newOnes(all, known []string) []string {
	var out []string
	for _, q := range all {
		if !strings.Contains("\n"+strings.Join(known, "\n")+"\n", "\n"+q+"\n") {
			out = append(out, q)
		}
	}
	return out
}

func (a *App) showLesson(c *gin.Context, d *desk, status int, l talk.Lesson, fault error) error {
	p := lessonPage{consoleFrame: a.consoleFrame(c, d, "Câu trả lời", questionsPath), Heading: "Câu trả lời mới", ID: l.ID, AskedID: l.AskedID, Dismissible: l.AskedID != ""}
	clauses := []choice{{"", "Không dẫn khoản nào", l.Clause == ""}}
	for _, art := range d.ed.Contest.Rules {
		for _, cl := range art.Clauses {
			clauses = append(clauses, choice{cl.ID, title(citation(d, cl.ID)) + ". " + shortened(cl.Text, 70), cl.ID == l.Clause})
		}
	}
	p.Fields = []field{
		{Name: "cau_hoi", Label: "Các cách hỏi, mỗi dòng một cách", Hint: "Ghi như người ta nhắn; càng nhiều cách bot nhận càng đúng.", Type: "textarea", Value: strings.Join(l.Questions, "\n"), MaxLength: 4000},
		{Name: "tra_loi", Label: "Trả lời", Hint: "Ngắn, đúng thể lệ. Bot gửi nguyên văn.", Type: "textarea", Value: l.Answer, MaxLength: talk.MaxTaughtAnswer},
		{Name: "khoan", Label: "Khoản làm căn cứ", Options: clauses},
	}
	if fault != nil {
		p.Form = mistakes(fault, p.Fields)
	}
	if l.ID != "" {
		p.Heading = "Sửa câu trả lời"
		versions, err := a.opt.Talk.Versions(c.Request.Context(), d.ed.Contest.ID, l.ID)
		if err != nil {
			return err
		}
		for _, v := range versions {
			row := lessonVersion{Number: number(v.Version), By: writer(v.By) + ", " + hour(d.at(v.At)) + " " + date(d.at(v.At)), Answer: v.Answer, Cite: citation(d, v.Clause)}
			if v.Removed {
				row.Answer = "(đã bỏ)"
			}
			p.Versions = append(p.Versions, row)
		}
	}
	return a.show(c, status, "console-lesson", p)
}

func shortened(s string, runes int) string {
	if r := []rune(s); len(r) > runes {
		return string(r[:runes]) + "…"
	}
	return s
}

func (a *App) teach(c *gin.Context, d *desk) error {
	l := talk.Lesson{ID: c.PostForm("id"), AskedID: c.PostForm("cau"), Questions: strings.Split(c.PostForm("cau_hoi"), "\n"), Answer: c.PostForm("tra_loi"), Clause: c.PostForm("khoan")}
	_, err := a.opt.Talk.Teach(c.Request.Context(), d.person.Subject(), d.ed.Contest.ID, l, func(clause string) bool { return citation(d, clause) != "" })
	if core.Is(err, core.Invalid) {
		return a.showLesson(c, d, web.StatusOf(core.Invalid), l, err)
	}
	if err != nil {
		return err
	}
	return done(c, questionsPath, "tra-loi")
}

func (a *App) unteach(c *gin.Context, d *desk) error {
	if err := a.opt.Talk.Unteach(c.Request.Context(), d.person.Subject(), d.ed.Contest.ID, c.PostForm("id")); err != nil {
		return err
	}
	return done(c, questionsPath, "bo-tra-loi")
}

func (a *App) dismissQuestion(c *gin.Context, d *desk) error {
	if err := a.opt.Talk.Dismiss(c.Request.Context(), d.person.Subject(), d.ed.Contest.ID, c.PostForm("cau")); err != nil {
		return err
	}
	return done(c, questionsPath, "bo-qua")
}

// talkRoutes are the console's addresses about conversations over Zalo; none without Zalo.
func (a *App) talkRoutes() []consoleRoute {
	if a.opt.Zalo == nil || a.opt.Talk == nil {
		return nil
	}
	return []consoleRoute{
		{method: "GET", path: questionsPath, right: account.SeeFigures, page: a.questions},
		{method: "GET", path: questionsPath + "/tra-loi", right: account.EditContent, page: a.lesson},
		{method: "POST", path: questionsPath + "/tra-loi", right: account.EditContent, page: a.teach},
		{method: "POST", path: questionsPath + "/go", right: account.EditContent, page: a.unteach},
		{method: "POST", path: questionsPath + "/bo-qua", right: account.EditContent, page: a.dismissQuestion},
		{method: "GET", path: zaloPath, right: account.SeePeople, page: a.zaloState},
		{method: "POST", path: zaloPath + "/cap-quyen", right: account.ManageOrganizers, page: a.zaloConsent},
		{method: "GET", path: zaloCallback, right: account.ManageOrganizers, page: a.zaloConsented},
		{method: "POST", path: zaloPath + "/nha", right: account.SendMessages, page: a.zaloRelease},
		{method: "POST", path: zaloPath + "/da-xem", right: account.SendMessages, page: a.zaloResolve},
	}
}
