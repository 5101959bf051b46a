package webapp

import (
	"html/template"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"duthi/core"
)

type rulesPage struct {
	frame
	Search   searchBox
	Articles []articleView
	Hits     int // clauses found; shown when there is a search
	Plan     string
	Papers   []core.Document
}

type articleView struct {
	ID, Heading string
	Clauses     []clauseView
}

type clauseView struct {
	ID, Number, Cite string
	Text             template.HTML
}

// rules shows the rules of the contest, whole or narrowed by a search. Every clause has its id as an anchor:
// the bot and our own pages cite it.
func (a *App) rules(c *gin.Context, v *visitor) error {
	q := core.CleanText(c.Query("q"))
	p := rulesPage{frame: a.frame(c, v, "Thể lệ", "the-le"), Search: searchBox{q, "Tìm trong thể lệ"}, Papers: v.ed.Contest.Documents}
	folded := core.Fold(q)
	for _, art := range v.ed.Contest.Rules {
		view := articleView{ID: art.ID, Heading: "Điều " + number(art.Number) + ". " + art.Title}
		for i, cl := range art.Clauses {
			if folded != "" && !holds(core.Fold(art.Title+" "+cl.Text), folded) {
				continue
			}
			_, num, _ := strings.Cut(cl.ID, ".")
			if num == "" {
				num = number(i + 1)
			}
			view.Clauses = append(view.Clauses, clauseView{ID: cl.ID, Number: num,
				Cite: "Khoản " + num + " Điều " + number(art.Number), Text: highlight(cl.Text, folded)})
		}
		if p.Hits += len(view.Clauses); len(view.Clauses) > 0 {
			p.Articles = append(p.Articles, view)
		}
	}
	if plan := v.ed.Contest.Organizer.Plan; plan != nil {
		p.Plan = plan.Number
	}
	return a.show(c, http.StatusOK, "rules", p)
}
