package zalo

import (
	"cmp"
	"context"
	"slices"

	"duthi/core"
)

// ChatMessage is one message of a conversation as the API lists it. MessageID equals msg_id of the webhook, so
// catching up after an outage and webhooks meet under one key.
type ChatMessage struct {
	MessageID string
	FromUser  bool // from the person; else from the OA (this app, another one, or its staff)
	At        core.Instant
	Type      string // "text", "photo", …
	Text      string
	FromID    string
	ToID      string
}

// UserID gives the person of the conversation.
func (m ChatMessage) UserID() string {
	if m.FromUser {
		return m.FromID
	}
	return m.ToID
}

// RecentChats lists the last message of each conversation, oldest first; count is at most 10. Use it after an
// outage to find who wrote meanwhile.
func (c *Client) RecentChats(ctx context.Context, offset, count int) ([]ChatMessage, error) {
	return c.chats(ctx, "/v2.0/oa/listrecentchat", map[string]any{"offset": offset, "count": atMostTen(count)})
}

// Conversation lists messages with one person, oldest first; count is at most 10, offset counts from the newest.
func (c *Client) Conversation(ctx context.Context, userID string, offset, count int) ([]ChatMessage, error) {
	return c.chats(ctx, "/v2.0/oa/conversation", map[string]any{"user_id": userID, "offset": offset, "count": atMostTen(count)})
}

func atMostTen(n int) int {
	if n <= 0 || n > 10 {
		return 10
	}
	return n
}

func (c *Client) chats(ctx context.Context, path string, data map[string]any) ([]ChatMessage, error) {
	var r []struct {
		Src       text   `json:"src"` // 1: from the person
		Time      text   `json:"time"`
		Type      string `json:"type"`
		Message   string `json:"message"`
		MessageID text   `json:"message_id"`
		FromID    text   `json:"from_id"`
		ToID      text   `json:"to_id"`
	}
	if err := c.get(ctx, path, data, &r); err != nil {
		return nil, err
	}
	messages := make([]ChatMessage, 0, len(r))
	for _, m := range r {
		messages = append(messages, ChatMessage{MessageID: string(m.MessageID), FromUser: m.Src == "1", At: m.Time.instant(), Type: m.Type,
			Text: m.Message, FromID: string(m.FromID), ToID: string(m.ToID)})
	}
	// No source says in which order Zalo lists.
	slices.SortStableFunc(messages, func(a, b ChatMessage) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.MessageID, b.MessageID))
	})
	return messages, nil
}
