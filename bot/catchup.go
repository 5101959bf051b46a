package bot

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	"duthi/core"
	"duthi/core/zalo"
)

const (
	// quietTime is how long without any event before the webhook may be broken: Zalo switches it off after failures
	// and tells nobody here.
	quietTime = 20 * time.Minute
	// catchUpAge is how old a message may be to be answered still.
	catchUpAge = 12 * time.Hour
	// reconcileAge is how long an answer of unknown fate is looked for in the conversation.
	reconcileAge  = 24 * time.Hour
	chatPage      = 10 // Zalo's own limit
	chatPages     = 20
	reconcileMost = 50
)

// CatchUp finds what the webhook missed: answers of unknown fate are looked for in their conversations and, when no
// event came for a while, so are messages that wait. Run it every few minutes, in one process.
// Without a grant there is nothing to look at, and no error: the console says so.
func (b *Bot) CatchUp(ctx context.Context) error {
	if err := b.catchUp(ctx); !errors.Is(err, zalo.ErrNeedsConsent) {
		return err
	}
	return nil
}

func (b *Bot) catchUp(ctx context.Context) error {
	if err := b.reconcile(ctx); err != nil {
		return err
	}
	st, err := b.opt.Talk.State(ctx)
	if err != nil {
		return err
	}
	now := b.clock.Now()
	if st.Last.ReceivedAt.Add(quietTime) > now {
		return nil
	}
	since := max(st.Last.ReceivedAt.Add(-time.Minute), now.Add(-catchUpAge))
	found, err := b.missed(ctx, since)
	if found > 0 {
		b.log.Warn("messages found that no webhook call brought: is the webhook still switched on?", "messages", found)
	}
	return err
}

// missed reads the conversations with something after since, and puts into the inbox what is not there.
func (b *Bot) missed(ctx context.Context, since core.Instant) (found int, err error) {
	for page := range chatPages {
		recent, err := b.opt.Client.RecentChats(ctx, page*chatPage, chatPage)
		if err != nil {
			return found, err
		}
		for _, last := range recent {
			if last.At < since || !last.FromUser { // answered, by us or by staff
				continue
			}
			n, err := b.missedOf(ctx, last.UserID(), since)
			if found += n; err != nil {
				return found, err
			}
		}
		if len(recent) < chatPage || slices.MinFunc(recent, byTime).At < since {
			return found, nil
		}
	}
	return found, nil
}

func byTime(a, b zalo.ChatMessage) int { return int(a.At - b.At) }

// missedOf takes what a person wrote after the last message of the OA.
func (b *Bot) missedOf(ctx context.Context, userID string, since core.Instant) (found int, err error) {
	chat, err := b.opt.Client.Conversation(ctx, userID, 0, chatPage)
	if err != nil {
		return 0, err
	}
	for i := len(chat) - 1; i >= 0 && chat[i].FromUser && chat[i].At >= since; i-- {
		m := chat[i]
		if m.Type != "text" || m.MessageID == "" {
			continue
		}
		e := eventOf(b.opt.Webhook.AppID, m)
		fresh, err := b.opt.Talk.Receive(ctx, e)
		if err != nil {
			return found, err
		}
		if fresh {
			found++
			b.wake(e.Lane)
		}
	}
	return found, nil
}

// eventOf makes the event that the webhook would have brought: the same key, so that both meet.
func eventOf(appID string, m zalo.ChatMessage) core.InboxEvent {
	id := func(s string) map[string]string { return map[string]string{"id": s} }
	body, err := json.Marshal(map[string]any{"app_id": appID, "event_name": "user_send_text", "sender": id(m.FromID), "recipient": id(m.ToID),
		"message": map[string]string{"text": m.Text, "msg_id": m.MessageID}, "timestamp": strconv.FormatInt(int64(m.At), 10)})
	if err != nil {
		panic(err) // only strings
	}
	return core.InboxEvent{Key: m.ToID + "/user_send_text/" + m.MessageID, Lane: core.FollowerID(m.ToID, m.FromID), OAID: m.ToID, UserID: m.FromID,
		Name: "user_send_text", At: m.At, Body: string(body)}
}

// reconcile looks for answers of unknown fate in their conversations. What is not found stays unknown: Zalo may
// list late, and a person decides.
func (b *Bot) reconcile(ctx context.Context) error {
	unknown, err := b.opt.Talk.Listed(ctx, core.EventUnknown, reconcileMost)
	if err != nil {
		return err
	}
	after := b.clock.Now().Add(-reconcileAge)
	for _, e := range unknown {
		if e.SentAt < after {
			continue
		}
		chat, err := b.opt.Client.Conversation(ctx, e.UserID, 0, chatPage)
		if err != nil {
			return err
		}
		for _, m := range chat {
			if m.FromUser || m.At.Add(time.Minute) < e.SentAt {
				continue
			}
			if _, err := b.opt.Talk.Echoed(ctx, e.Lane, m.Text, m.MessageID, m.At); err != nil {
				return err
			}
		}
	}
	return nil
}
