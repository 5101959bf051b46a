package outreach

import (
	"context"
	"errors"
	"slices"
	"time"

	"duthi/core"
	"duthi/core/zalo"
)

const (
	// skew is how far Zalo's clock may be behind ours.
	skew = 2 * time.Minute
	// openMost bounds the open deliveries of one person that an echo is compared with.
	openMost = 50
)

// Echoed settles the delivery whose text an echo of the OA carries, if there is one: it arrived. at is by Zalo's
// clock. It says whether the echo was of a delivery. Of two open ones with the same text nobody can tell here which
// it is: the conversation will, when the ids of both messages are known.
func (s *Service) Echoed(ctx context.Context, userID, text, messageID string, at core.Instant) (bool, error) {
	open, err := s.cfg.Deliveries.OpenTo(ctx, userID, openMost)
	if err != nil {
		return false, err
	}
	open = slices.DeleteFunc(open, func(d core.Delivery) bool { return !said(d, text, at) })
	if len(open) != 1 || open[0].State != core.DeliveryUnknown {
		return len(open) > 0, nil // one that is being sent: its process waits for the answer
	}
	d := open[0]
	others, err := s.others(ctx, d)
	if err != nil || others[messageID] {
		return true, err
	}
	d.MessageID = messageID
	return true, s.settle(ctx, d, core.DeliverySent, ReasonSeen)
}

// others gives the ids of the messages the same person got from other broadcasts around the time of a delivery: they
// may have said the same.
func (s *Service) others(ctx context.Context, d core.Delivery) (map[string]bool, error) {
	b, err := s.cfg.Broadcasts.Broadcast(ctx, d.BroadcastID)
	if err != nil {
		return nil, err
	}
	all, err := s.cfg.Broadcasts.Broadcasts(ctx, b.ContestID, sendingMost)
	if err != nil {
		return nil, err
	}
	ids := map[string]bool{}
	for _, other := range all {
		over := !other.FinishedAt.IsZero() && other.FinishedAt < d.SentAt.Add(-skew)
		if other.ID == b.ID || other.PlannedAt.IsZero() || over {
			continue
		}
		o, err := s.cfg.Deliveries.Delivery(ctx, other.ID, d.Person)
		if err != nil && !core.Is(err, core.NotFound) {
			return nil, err
		}
		if o.MessageID != "" {
			ids[o.MessageID] = true
		}
	}
	return ids, nil
}

// said reports whether a message of the OA is the delivery.
func said(d core.Delivery, text string, at core.Instant) bool {
	return d.Digest != "" && d.Digest == digest(text) && at >= d.SentAt.Add(-skew)
}

// ResolveAll does Resolve for the broadcasts of a contest that are not long over.
func (s *Service) ResolveAll(ctx context.Context, contestID string) error {
	all, err := s.cfg.Broadcasts.Broadcasts(ctx, contestID, sendingMost)
	if err != nil {
		return err
	}
	var errs []error
	for _, b := range all {
		if b.PlannedAt.IsZero() || !b.FinishedAt.IsZero() && s.now().Sub(b.FinishedAt) > resolveTime {
			continue
		}
		_, err := s.Resolve(ctx, b.ID)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// resolveTime is how long after its end a broadcast's conversations are looked at: they list ten messages only.
const resolveTime = 6 * time.Hour

// Resolve looks for the unknown deliveries of a broadcast in their conversations, and says how many it settled.
// What is not there stays unknown: a message may still be on its way, and a person decides.
func (s *Service) Resolve(ctx context.Context, broadcastID string) (int, error) {
	if s.cfg.Conversation == nil {
		return 0, nil
	}
	settled := 0
	for after := ""; ; {
		unknown, err := s.cfg.Deliveries.Deliveries(ctx, broadcastID, core.DeliveryUnknown, after, 100)
		if err != nil || len(unknown) == 0 {
			return settled, err
		}
		for _, d := range unknown {
			after = d.Person
			found, err := s.find(ctx, d)
			if err != nil {
				return settled, err
			}
			if found.MessageID == "" {
				continue
			}
			d.MessageID = found.MessageID
			if err := s.settle(ctx, d, core.DeliverySent, ReasonSeen); err != nil {
				return settled, err
			}
			settled++
		}
	}
}

// find gives the message of a delivery in its conversation; the zero message when it is not there.
func (s *Service) find(ctx context.Context, d core.Delivery) (zalo.ChatMessage, error) {
	if d.UserID == "" || d.Digest == "" {
		return zalo.ChatMessage{}, nil // a template: it has no text of ours to be known by
	}
	chat, err := s.cfg.Conversation(ctx, d.UserID)
	if err != nil {
		return zalo.ChatMessage{}, err
	}
	chat = slices.DeleteFunc(chat, func(m zalo.ChatMessage) bool { return m.FromUser || !said(d, m.Text, m.At) })
	if len(chat) == 0 {
		return zalo.ChatMessage{}, nil
	}
	others, err := s.others(ctx, d)
	if err != nil {
		return zalo.ChatMessage{}, err
	}
	for _, m := range chat {
		if !others[m.MessageID] {
			return m, nil
		}
	}
	return zalo.ChatMessage{}, nil
}

// Decide is an organizer's word on an unknown delivery: it arrived, or it did not. It is never sent again by
// itself.
func (s *Service) Decide(ctx context.Context, by, broadcastID, person string, arrived bool, reason string) error {
	b, err := s.cfg.Broadcasts.Broadcast(ctx, broadcastID)
	if err != nil {
		return err
	}
	d, err := s.cfg.Deliveries.Delivery(ctx, broadcastID, person)
	if err != nil {
		return err
	}
	if d.State != core.DeliveryUnknown {
		return core.Errorf(core.Closed, "Lượt gửi này đã có kết quả.")
	}
	return s.audited(ctx, by, "delivery.decide", b, reason, func() error {
		if arrived {
			return s.settle(ctx, d, core.DeliverySent, ReasonSeen)
		}
		return s.settle(ctx, d, core.DeliveryFailed, ReasonNotThere)
	})
}
