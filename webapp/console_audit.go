package webapp

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"duthi/core"
)

const auditPerPage = 100

type auditPage struct {
	consoleFrame
	Rows        []auditRow
	Older       string
	Whole, Head string
	Broken      string
}

type auditRow struct{ Seq, When, Who, What, Code, Subject, Reason string }

// auditLog shows the log, newest first, and whether the chain holds.
func (a *App) auditLog(c *gin.Context, d *desk) error {
	ctx := c.Request.Context()
	p := auditPage{consoleFrame: a.consoleFrame(c, d, "Nhật ký", "/console/nhat-ky")}
	n, head, err := a.opt.Audit.Verify(ctx)
	if err != nil && !core.Is(err, core.Conflict) {
		return err
	}
	if err != nil {
		p.Broken = message(err)
	}
	p.Whole, p.Head = number(n), head
	last := n
	if before, err := strconv.ParseInt(c.Query("truoc"), 10, 64); err == nil && before > 0 && before <= n {
		last = before - 1
	}
	first := max(0, last-auditPerPage)
	rows, err := a.opt.Audit.Page(ctx, first, int(last-first))
	if err != nil {
		return err
	}
	for i := len(rows) - 1; i >= 0; i-- {
		e := rows[i]
		what, code := actionInWords(e.Action)
		p.Rows = append(p.Rows, auditRow{number(e.Seq), second(d.at(e.At)) + " " + date(d.at(e.At)), actorInWords(e.Actor), what, code, inWords(e.Subject), e.Reason})
	}
	if first > 0 {
		p.Older = "/console/nhat-ky?truoc=" + strconv.FormatInt(first+1, 10)
	}
	return a.show(c, http.StatusOK, "console-audit", p)
}
