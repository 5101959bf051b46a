package bot

import (
	"context"
	"errors"
	"time"

	"duthi/core"
	"duthi/core/zalo"
)

// reply is what the bot says. The zero reply says nothing.
type reply struct {
	text    string
	buttons []zalo.Button
	image   []byte // PNG, shown with the text as its caption; without buttons
	// remember changes what is known of the person, before the reply goes out.
	remember func(f *core.Follower)
	// after runs when the reply has gone out; an error is logged only.
	after func(ctx context.Context) error
	quiet string // why nothing is said, when text is empty
}

const (
	sendTime  = 25 * time.Second // one message with its repetition after a dead token
	retryWait = 2 * time.Second  // doubled with each try
	humanWait = 5 * time.Minute  // until an organizer may have consented again
)

// send gives a reply to Zalo, at most once: each message is marked as being sent before it is.
func (b *Bot) send(ctx context.Context, e core.InboxEvent, r reply) error {
	if r.text == "" {
		return b.settle(ctx, e, core.EventDropped, r.quiet)
	}
	m := zalo.Message{Text: r.text, Buttons: r.buttons}
	if r.image != nil {
		upload, cancel := context.WithTimeout(ctx, sendTime)
		id, err := b.opt.Client.UploadImage(upload, "ma-qr.png", r.image)
		cancel()
		if err != nil {
			return b.refused(ctx, e, err)
		}
		m.Buttons, m.Image = nil, &zalo.Image{UploadID: id}
	}
	parts := m.Split()
	for len(e.MessageIDs) < len(parts) {
		part := parts[len(e.MessageIDs)]
		var err error
		if e, err = b.opt.Talk.MarkSending(ctx, e, part.Text); err != nil {
			if core.Is(err, core.Conflict) {
				return nil // somebody else has it
			}
			return err
		}
		call, cancel := context.WithTimeout(ctx, sendTime)
		sent, err := b.opt.Client.Send(call, e.UserID, part)
		cancel()
		if err != nil {
			return b.refused(ctx, e, err)
		}
		if sent.Quota.Billed() {
			b.log.Info("answer was billed", "quota", sent.Quota.Type)
		}
		e.MessageIDs = append(e.MessageIDs, sent.MessageID)
	}
	if err := b.settle(ctx, e, core.EventAnswered, ""); err != nil {
		return err
	}
	if r.after != nil {
		if err := r.after(ctx); err != nil {
			b.log.Warn("after an answer", "err", err)
		}
	}
	return nil
}

// refused decides on an answer that Zalo did not take, or may not have taken.
func (b *Bot) refused(ctx context.Context, e core.InboxEvent, err error) error {
	b.log.Warn("answer not sent", "event", e.Name, "try", e.Tries+1, "err", err)
	switch zalo.ActionOf(err) {
	case zalo.Reconcile:
		return b.settle(ctx, e, core.EventUnknown, "Zalo không trả lời kịp")
	case zalo.Retry, zalo.Refresh:
		wait := retryWait << min(e.Tries, 6)
		var api *zalo.APIError
		if errors.As(err, &api) {
			wait = max(wait, api.RetryAfter)
		}
		return b.opt.Talk.Retry(ctx, e, wait, "Zalo tạm không nhận")
	case zalo.Wait:
		return b.opt.Talk.Retry(ctx, e, time.Hour, "Zalo giới hạn số tin")
	case zalo.Human:
		return b.opt.Talk.Retry(ctx, e, humanWait, "OA cần được cấp quyền lại hoặc cần người quản trị")
	case zalo.Stop:
		return b.settle(ctx, e, core.EventFailed, "người này không nhận được tin của OA")
	}
	return b.settle(ctx, e, core.EventFailed, "Zalo không nhận nội dung")
}
