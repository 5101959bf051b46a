package webapp

import (
	"net/http/httptest"
	"regexp"
	"testing"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/exam"
)

var digest = regexp.MustCompile(`\.[0-9a-f]{10}\.`)

func exampleFigures() *exam.Participation {
	return &exam.Participation{At: at("11/11/2023", "20:15:00"), Target: 80, UnitsReached: 38, UnitsTotal: 72,
		Total: exam.Ratio{People: 12846, Attempts: 31207, Headcount: 42707}}
}

func TestHomeInEachState(t *testing.T) {
	t.Parallel()
	for name, now := range map[string]core.Instant{
		"home-before":  at("28/09/2023", "17:48:00"),
		"home-open":    at("11/11/2023", "17:48:00"),
		"home-between": at("16/11/2023", "09:00:00"), // with round 4 put off: rounds touch in the example
		"home-closed":  at("20/12/2023", "08:00:00"),
		"home-results": at("27/12/2023", "08:00:00"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := testApp(t)
			v := exampleVisitor(now)
			if name == "home-between" {
				v.ed.Contest.Rounds[3].Start = at("18/11/2023", "00:00:00")
			}
			if name == "home-results" {
				v.ed.Contest.Notices = []core.Document{{Title: "Kết quả đợt 1", Text: "…"}, {Title: "Kết quả Đợt 5 và kết quả chung", Text: "…"}}
			}
			c, _ := gin.CreateTestContext(httptest.NewRecorder())
			c.Request = httptest.NewRequest("GET", "/", nil)
			p := homePage{frame: a.frame(c, v, "", ""), Help: a.contact(v)}
			s := stand(v.ed.Contest, v.now)
			p.hero(v, s)
			p.rounds(v, s)
			p.figures(v, s, exampleFigures())
			p.steps(s)
			b, err := a.views.html("home", p)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, name, b.String())
		})
	}
}
