package outreach

import (
	"context"
	"slices"

	"duthi/core"
)

// Create stores a draft by an organizer after Check; by is organizer:NAME.
func (s *Service) Create(ctx context.Context, by string, b core.Broadcast) (core.Broadcast, error) {
	b = cleaned(b)
	if err := Check(b); err != nil {
		return b, err
	}
	now := s.now()
	if b.ID == "" {
		b.ID = core.NewID(now)
	}
	b.State, b.CreatedBy, b.CreatedAt, b.UpdatedAt, b.PlanAfter, b.Revision = core.BroadcastDraft, by, now, now, "", 1
	err := s.audited(ctx, by, "broadcast.create", b, "", func() error { return s.cfg.Broadcasts.InsertBroadcast(ctx, b) })
	return b, err
}

// Plan has the audience gone through; Run then does it. From here on a broadcast's audience and content stay.
func (s *Service) Plan(ctx context.Context, by, id string) error {
	return s.move(ctx, by, id, "broadcast.plan", "", core.BroadcastPlanning, core.BroadcastDraft)
}

// Start sends a planned broadcast from its StartAt on; Invalid when it costs more than its budget.
func (s *Service) Start(ctx context.Context, by, id string) error {
	b, err := s.cfg.Broadcasts.Broadcast(ctx, id)
	if err == nil {
		err = s.withinOwn(ctx, b)
	}
	if err != nil {
		return err
	}
	return s.move(ctx, by, id, "broadcast.start", "", core.BroadcastSending, core.BroadcastPlanned)
}

// Pause stops sending after the messages in flight.
func (s *Service) Pause(ctx context.Context, by, id, reason string) error {
	return s.move(ctx, by, id, "broadcast.pause", reason, core.BroadcastPaused, core.BroadcastSending)
}

// Resume goes on with a paused broadcast.
func (s *Service) Resume(ctx context.Context, by, id, reason string) error {
	return s.move(ctx, by, id, "broadcast.resume", reason, core.BroadcastSending, core.BroadcastPaused)
}

// Cancel ends a broadcast after the messages in flight; what was not sent stays planned and is never sent.
func (s *Service) Cancel(ctx context.Context, by, id, reason string) error {
	return s.move(ctx, by, id, "broadcast.cancel", reason, core.BroadcastCancelled, core.BroadcastDraft, core.BroadcastPlanning,
		core.BroadcastPlanned, core.BroadcastSending, core.BroadcastPaused)
}

// move brings a broadcast from one of the states from to another; Closed when it is in none of them.
func (s *Service) move(ctx context.Context, by, id, action, reason, to string, from ...string) error {
	b, err := s.cfg.Broadcasts.Broadcast(ctx, id)
	if err != nil {
		return err
	}
	if !slices.Contains(from, b.State) {
		return wrongStep(b) // nothing is done, and the log says nothing
	}
	return s.audited(ctx, by, action, b, reason, func() error {
		_, err := s.change(ctx, id, func(b *core.Broadcast) error {
			if !slices.Contains(from, b.State) {
				return wrongStep(*b)
			}
			if b.State == core.BroadcastPlanned && to == core.BroadcastSending {
				b.StartAt = max(b.StartAt, s.now()) // of which month and day it is
			}
			b.State, b.Reason = to, reason
			if !b.Over() && to != core.BroadcastPaused {
				b.Reason = "" // why it went on is in the audit log
			}
			if to == core.BroadcastCancelled {
				b.FinishedAt = s.now()
			}
			return nil
		})
		return err
	})
}

// wrongStep says why something can't be done with a broadcast as it is.
func wrongStep(b core.Broadcast) error {
	return core.Errorf(core.Closed, "Thông báo này %s, nên không làm được việc vừa chọn.", stateWords[b.State])
}

var stateWords = map[string]string{core.BroadcastDraft: "còn là bản nháp", core.BroadcastPlanning: "đang được lập kế hoạch", core.BroadcastPlanned: "mới có kế hoạch, chưa gửi",
	core.BroadcastSending: "đang gửi", core.BroadcastPaused: "đang tạm dừng", core.BroadcastCancelled: "đã hủy", core.BroadcastDone: "đã gửi xong"}

// audited writes a line to the audit log and then does the change.
func (s *Service) audited(ctx context.Context, by, action string, b core.Broadcast, reason string, change func() error) error {
	if s.cfg.Audit != nil {
		e := core.AuditEntry{ContestID: b.ContestID, Actor: by, Action: action, Subject: "broadcast:" + b.ID, Reason: reason}
		if err := s.cfg.Audit(ctx, e); err != nil {
			return err
		}
	}
	return change()
}
