package webapp

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"duthi/core"
)

type boardPage struct {
	frame
	Round  string
	Lead   string
	Rounds []choice
	Bands  []bandView
	Empty  string
}

type bandView struct {
	Title   string
	Entries []boardEntry
}

type boardEntry struct {
	Name, Unit string
	Mine       bool
}

// board shows the live board of a round: bands of masked names, for reference only.
func (a *App) board(c *gin.Context, v *visitor) error {
	p := boardPage{frame: a.frame(c, v, "Xếp hạng", "xep-hang")}
	s := stand(v.ed.Contest, v.now)
	round := s.open
	if round.ID == "" {
		round = s.closed
	}
	if id := c.Query("dot"); id != "" {
		r, ok := v.ed.Contest.Round(id)
		if !ok || v.now < r.Start {
			return core.Errorf(core.NotFound, "Không có bảng của đợt này.")
		}
		round = r
	}
	p.Rounds = begun(v, round.ID)
	if round.ID == "" {
		p.Empty = "Bảng xếp hạng có từ khi đợt thi đầu tiên mở."
		return a.show(c, http.StatusOK, "board", p)
	}
	board, err := a.opt.Exam.Board(c.Request.Context(), v.ed, round.ID, v.now)
	if err != nil {
		return err
	}
	at := v.at(board.At)
	p.Round = round.Name
	p.Lead = number(board.People) + " người, " + number(board.Attempts) + " lượt thi. Cập nhật " + hour(at) + ", " + date(at) + "."
	p.Stale = staleNote(p.Stale, v, board.At)
	for _, b := range board.Bands {
		view := bandView{Title: "Nhóm " + number(b.From) + "–" + number(b.To)}
		for _, e := range b.Entries {
			view.Entries = append(view.Entries, boardEntry{Name: e.Name, Unit: e.Unit, Mine: v.person != nil && e.ContestantID == v.person.ContestantID})
		}
		p.Bands = append(p.Bands, view)
	}
	if len(p.Bands) == 0 {
		p.Empty = "Chưa có bài thi hợp lệ trong đợt này."
	}
	return a.show(c, http.StatusOK, "board", p)
}

// begun lists the rounds that have started.
func begun(v *visitor, selected string) []choice {
	var out []choice
	for _, r := range v.ed.Contest.Rounds {
		if v.now >= r.Start {
			out = append(out, choice{r.ID, r.Name, r.ID == selected})
		}
	}
	return out
}
