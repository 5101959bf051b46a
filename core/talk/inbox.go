package talk

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"duthi/core"
)

const (
	// laneLease is how long a process may work on a lane before others take it for dead: longer than every call
	// of one answer together.
	laneLease = 3 * time.Minute
	// sendLease is how long an event may be in sending before somebody else looks at it.
	sendLease = 3 * time.Minute
	// inboxKept is how long closed events are kept: longer than any redelivery, so that a key is known when it
	// comes again.
	inboxKept = 8 * 24 * time.Hour
	// clockSkew is how far ahead of ours Zalo's clock is believed.
	clockSkew = 5 * time.Minute
	// maxTries bounds how often an answer that surely did not arrive is tried.
	maxTries = 12
)

// Receive stores an event before it is acknowledged. fresh is false when it was there already. The caller fills
// in all but ReceivedAt, State and what follows from them; an event with a State is stored as closed.
func (s *Service) Receive(ctx context.Context, e core.InboxEvent) (fresh bool, err error) {
	e.ReceivedAt = s.cfg.Clock.Now()
	if e.At > e.ReceivedAt.Add(clockSkew) { // else a window would stay open, or the event be the last for ever
		e.At = e.ReceivedAt
	}
	if e.State == "" {
		e.State, e.Open, e.NotBefore = core.EventReceived, true, e.ReceivedAt
	}
	err = s.cfg.Inbox.PutEvent(ctx, e)
	if core.Is(err, core.Conflict) {
		return false, nil
	}
	return err == nil, err
}

// Lanes gives the lanes that have something to do now, the one that waits longest first.
func (s *Service) Lanes(ctx context.Context, limit int) ([]string, error) {
	events, err := s.cfg.Inbox.PendingEvents(ctx, s.cfg.Clock.Now(), limit)
	if err != nil {
		return nil, err
	}
	var lanes []string
	seen := map[string]bool{}
	for _, e := range events {
		if !seen[e.Lane] {
			seen[e.Lane] = true
			lanes = append(lanes, e.Lane)
		}
	}
	return lanes, nil
}

func laneClaim(lane string) string { return "lane:" + lane }

// TakeLane makes this process the only one that works on a lane; Conflict while another one does.
func (s *Service) TakeLane(ctx context.Context, lane string) error {
	now := s.cfg.Clock.Now()
	return s.cfg.Claims.Claim(ctx, laneClaim(lane), s.holder, now, now.Add(laneLease))
}

// LeaveLane lets others work on it.
func (s *Service) LeaveLane(ctx context.Context, lane string) error {
	return s.cfg.Claims.ReleaseClaim(ctx, laneClaim(lane), s.holder)
}

// Next gives the oldest open event of a lane that was taken; ok is false when nothing can be done now. An event
// that somebody began to answer and did not finish becomes unknown: it is never answered a second time.
func (s *Service) Next(ctx context.Context, lane string) (e core.InboxEvent, ok bool, err error) {
	for {
		events, err := s.cfg.Inbox.LaneEvents(ctx, lane, 1)
		if err != nil || len(events) == 0 {
			return core.InboxEvent{}, false, err
		}
		e = events[0]
		now := s.cfg.Clock.Now()
		if e.State == core.EventReceived {
			return e, e.NotBefore <= now, nil
		}
		if e.SentAt.Add(sendLease) > now { // whoever sends it may be slow, not dead
			return core.InboxEvent{}, false, nil
		}
		e.Close(core.EventUnknown, "tiến trình dừng giữa lúc gửi")
		e.Revision++
		if err := s.cfg.Inbox.UpdateEvent(ctx, e); err != nil && !core.Is(err, core.Conflict) {
			return core.InboxEvent{}, false, err
		}
	}
}

// MarkSending notes that text is about to be given to Zalo. Conflict when somebody else did: then it must not be.
func (s *Service) MarkSending(ctx context.Context, e core.InboxEvent, text string) (core.InboxEvent, error) {
	now := s.cfg.Clock.Now()
	e.State, e.Sending, e.SentAt, e.NotBefore = core.EventSending, digest(text), now, now.Add(sendLease)
	e.Revision++
	return e, s.cfg.Inbox.UpdateEvent(ctx, e)
}

// digest names a text without keeping it.
func digest(text string) string {
	sum := sha256.Sum256([]byte(strings.TrimSpace(norm.NFC.String(text))))
	return hex.EncodeToString(sum[:12])
}

// Retry gives an event back whose answer surely did not arrive, to be tried after wait; after too many tries it
// fails.
func (s *Service) Retry(ctx context.Context, e core.InboxEvent, wait time.Duration, reason string) error {
	e.Tries++
	if e.Tries >= maxTries {
		return s.Settle(ctx, e, core.EventFailed, reason)
	}
	e.State, e.Reason, e.NotBefore = core.EventReceived, reason, s.cfg.Clock.Now().Add(wait)
	e.Revision++
	return s.cfg.Inbox.UpdateEvent(ctx, e)
}

// Settle closes an event. When another process took it for dead meanwhile, what happened wins over unknown.
func (s *Service) Settle(ctx context.Context, e core.InboxEvent, state, reason string) error {
	for try := 1; ; try++ {
		e.Close(state, reason)
		e.Revision++
		err := s.cfg.Inbox.UpdateEvent(ctx, e)
		if !core.Is(err, core.Conflict) {
			return err
		}
		now, err := s.cfg.Inbox.Event(ctx, e.Key)
		if err != nil {
			return err
		}
		if now.State != core.EventUnknown && !now.Open {
			return nil
		}
		e.Revision = now.Revision
		if err := contend(ctx, try); err != nil {
			return err
		}
	}
}

// Echoed settles the unknown event of a lane whose text an echo carries, if there is one: the answer arrived.
func (s *Service) Echoed(ctx context.Context, lane, text, messageID string, at core.Instant) (bool, error) {
	events, err := s.cfg.Inbox.UnknownEvents(ctx, lane, 50)
	if err != nil {
		return false, err
	}
	want := digest(text)
	for _, e := range events {
		if e.Sending != want || at != 0 && at.Add(time.Minute) < e.SentAt {
			continue
		}
		e.MessageIDs = append(e.MessageIDs, messageID)
		return true, s.Settle(ctx, e, core.EventAnswered, "xác nhận bằng echo")
	}
	return false, nil
}

// State is what an operator sees of the inbox.
type State struct {
	Received, Sending, Unknown, Failed int64
	Last                               core.InboxEvent // zero when nothing ever came
}

// State counts what is open or went wrong.
func (s *Service) State(ctx context.Context) (State, error) {
	var st State
	var err error
	for _, c := range []struct {
		state string
		n     *int64
	}{{core.EventReceived, &st.Received}, {core.EventSending, &st.Sending}, {core.EventUnknown, &st.Unknown}, {core.EventFailed, &st.Failed}} {
		if *c.n, err = s.cfg.Inbox.CountEvents(ctx, c.state); err != nil {
			return st, err
		}
	}
	st.Last, err = s.cfg.Inbox.LastEvent(ctx)
	if core.Is(err, core.NotFound) {
		err = nil
	}
	return st, err
}

// Listed gives the events in a state, the last first: those that a person should look at.
func (s *Service) Listed(ctx context.Context, state string, limit int) ([]core.InboxEvent, error) {
	return s.cfg.Inbox.Events(ctx, state, limit)
}

// Resolve closes an unknown or failed event after an organizer looked at the conversation.
func (s *Service) Resolve(ctx context.Context, by, key string) error {
	e, err := s.cfg.Inbox.Event(ctx, key)
	if err != nil {
		return err
	}
	if e.State != core.EventUnknown && e.State != core.EventFailed {
		return nil
	}
	return s.audited(ctx, core.AuditEntry{Actor: by, Action: "inbox.resolve", Subject: "event:" + digest(key)}, func() error {
		e.Close(core.EventDropped, "đã xem")
		e.Revision++
		return s.cfg.Inbox.UpdateEvent(ctx, e)
	})
}

// Clean removes old closed events, a batch at a time, and says how many.
func (s *Service) Clean(ctx context.Context, limit int) (int, error) {
	return s.cfg.Inbox.DeleteEvents(ctx, s.cfg.Clock.Now().Add(-inboxKept), limit)
}
