package webapp

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"duthi/core"
)

type inboxPage struct {
	frame
	Messages []inboxMessage
}

type inboxMessage struct{ Phone, Text, Code, At string }

// hasInbox reports whether one-time codes of the visitor's contest go to the sample inbox.
func (a *App) hasInbox(v *visitor) bool { return a.opt.Inbox != nil && v.ed.Sample }

// inbox shows the one-time codes of sample mode in place of a phone.
func (a *App) inbox(c *gin.Context, v *visitor) error {
	if !a.hasInbox(v) {
		return core.Errorf(core.NotFound, "")
	}
	messages, err := a.opt.Inbox.Inbox(c.Request.Context(), v.ed.Contest.ID)
	if err != nil {
		return err
	}
	p := inboxPage{frame: a.frame(c, v, "Hộp thư mẫu", "")}
	for _, m := range messages {
		p.Messages = append(p.Messages, inboxMessage{Phone: m.Phone, Text: m.Text, Code: m.Code, At: second(v.at(m.At))})
	}
	return a.showSecret(c, http.StatusOK, "inbox", p)
}
