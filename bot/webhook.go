package bot

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"duthi/core"
	"duthi/core/web"
	"duthi/core/zalo"
)

// WebhookPath is where Zalo calls.
const WebhookPath = "/zalo/webhook"

// storeTimeout is how long storing an event may take: Zalo waits two seconds for the answer.
const storeTimeout = 1500 * time.Millisecond

func (b *Bot) webhookRoutes() []web.Route {
	return []web.Route{
		{Method: "POST", Path: WebhookPath, Handler: b.receive, MaxBody: zalo.MaxWebhookBody + 1, Quiet: true, CrossOrigin: true},
		{Method: "GET", Path: WebhookPath, Handler: alive, Quiet: true, CrossOrigin: true},
	}
}

// alive answers those who look whether something is there.
func alive(c *gin.Context) error {
	c.String(http.StatusOK, "ok")
	return nil
}

func domainRoute(d zalo.Domain) web.Route {
	return web.Route{Method: "GET", Path: d.Path, Quiet: true, Handler: func(c *gin.Context) error {
		c.Data(http.StatusOK, "text/html; charset=utf-8", []byte(d.Page))
		return nil
	}}
}

// receive stores the event and answers 200; all else is done later. What can't be decoded is stored too: only an
// event that could not be stored gets a 5xx, and only a stranger's call a 4xx.
func (b *Bot) receive(c *gin.Context) error {
	start := time.Now()
	d, err := b.opt.Webhook.Parse(c.Request)
	if err != nil {
		b.metrics.events.WithLabelValues("refused").Inc()
		b.log.Warn("webhook refused", "err", err)
		c.JSON(web.StatusOf(core.CodeOf(err)), gin.H{"error": string(core.CodeOf(err))})
		return nil
	}
	if d.Drop {
		b.metrics.events.WithLabelValues("sample").Inc()
		c.JSON(http.StatusOK, gin.H{})
		return nil
	}
	if !d.Verified || d.OldKey {
		b.log.Warn("webhook without a signature of the present key", "verified", d.Verified, "old_key", d.OldKey)
	}
	e := newEvent(d)
	ctx, cancel := context.WithTimeout(c.Request.Context(), storeTimeout)
	defer cancel()
	fresh, err := b.opt.Talk.Receive(ctx, e)
	if err != nil {
		b.metrics.events.WithLabelValues("not_stored").Inc()
		return err
	}
	if fresh && e.State == "" {
		b.wake(e.Lane)
	}
	b.metrics.events.WithLabelValues(outcome(fresh)).Inc()
	b.metrics.ack.Observe(time.Since(start).Seconds())
	c.JSON(http.StatusOK, gin.H{})
	return nil
}

func outcome(fresh bool) string {
	if fresh {
		return "new"
	}
	return "duplicate"
}

// newEvent makes the record of a call. Events that ask nothing of us are closed at once.
func newEvent(d zalo.Delivery) core.InboxEvent {
	h := d.Event.About()
	e := core.InboxEvent{Key: d.Key, Lane: core.FollowerID(h.OAID, h.UserID), OAID: h.OAID, UserID: h.UserID, Name: clip(h.Name, 80), At: h.At,
		Body: string(d.Raw), ZNS: d.ZNS}
	switch v := d.Event.(type) {
	case *zalo.UserMessage:
		if v.Anonymous {
			e.State, e.Reason = core.EventDropped, "khách chưa đăng nhập Zalo"
		} else if v.UserID == "" {
			e.State, e.Reason = core.EventDropped, "không rõ người gửi"
		}
	case *zalo.Echo, *zalo.Follow, *zalo.ChatNow, *zalo.SubmittedInfo, *zalo.Withdrawal, *zalo.Revoked:
	case *zalo.Receipt:
		if v.TrackingID == "" {
			e.State, e.Reason = core.EventDropped, "không cần trả lời"
		}
	case *zalo.Unknown:
		e.State, e.Reason = core.EventDropped, "loại sự kiện chưa biết"
		if v.Problem != "" {
			e.Reason = "không đọc được nội dung"
		}
	default:
		e.State, e.Reason = core.EventDropped, "không cần trả lời"
	}
	return e
}

func clip(s string, runes int) string {
	if r := []rune(s); len(r) > runes {
		return string(r[:runes])
	}
	return s
}
