package outreach

import (
	"context"

	"duthi/core"
)

// Broadcasts gives the broadcasts of a contest, the one that starts last first, at most limit.
func (s *Service) Broadcasts(ctx context.Context, contestID string, limit int) ([]core.Broadcast, error) {
	return s.cfg.Broadcasts.Broadcasts(ctx, contestID, limit)
}

// Broadcast gives a broadcast of a contest; NotFound for one of another contest too.
func (s *Service) Broadcast(ctx context.Context, contestID, id string) (core.Broadcast, error) {
	b, err := s.cfg.Broadcasts.Broadcast(ctx, id)
	if core.Is(err, core.NotFound) || err == nil && b.ContestID != contestID {
		return core.Broadcast{}, core.Errorf(core.NotFound, "Không có thông báo %s trong cuộc thi đang chọn.", id)
	}
	return b, err
}

// Edit changes what a draft says, to whom and when, after Check. Closed when it is no draft any more.
func (s *Service) Edit(ctx context.Context, by string, b core.Broadcast) (core.Broadcast, error) {
	b = cleaned(b)
	if err := Check(b); err != nil {
		return b, err
	}
	err := s.audited(ctx, by, "broadcast.edit", b, "", func() (err error) {
		b, err = s.change(ctx, b.ID, func(now *core.Broadcast) error {
			if now.State != core.BroadcastDraft {
				return errMoved
			}
			now.Title, now.RoundID, now.Audience, now.Content, now.Billed = b.Title, b.RoundID, b.Audience, b.Content, b.Billed
			now.Focal, now.Budget = b.Focal, b.Budget
			now.StartAt, now.StopAt = b.StartAt, b.StopAt
			return nil
		})
		return err
	})
	return b, err
}

var errMoved = core.Errorf(core.Closed, "Thông báo không còn là bản nháp. Anh/chị tải lại trang.")

// Rework makes a new draft of a planned broadcast, which is cancelled: a plan is kept as it was, and never changed
// under those who read it. Of a broadcast that is over, it makes a draft that says the same.
func (s *Service) Rework(ctx context.Context, by, id string) (core.Broadcast, error) {
	b, err := s.cfg.Broadcasts.Broadcast(ctx, id)
	if err != nil {
		return b, err
	}
	if !b.Over() {
		if b.State != core.BroadcastPlanning && b.State != core.BroadcastPlanned {
			return b, core.Errorf(core.Closed, "Thông báo đang gửi nên không sửa được. Anh/chị hủy trước, rồi soạn lại.")
		}
		if err := s.Cancel(ctx, by, id, "sửa lại thành bản nháp mới"); err != nil {
			return b, err
		}
	}
	return s.Create(ctx, by, core.Broadcast{ContestID: b.ContestID, RoundID: b.RoundID, Title: b.Title, Audience: b.Audience, Content: b.Content, Focal: b.Focal, Billed: b.Billed, Budget: b.Budget, StopAt: b.StopAt})
}

// PlanNow goes through the audience of a broadcast that is being planned, as far as ctx allows; Run goes on where it
// stopped. It gives the broadcast as it is then.
func (s *Service) PlanNow(ctx context.Context, id string) (core.Broadcast, error) {
	b, err := s.cfg.Broadcasts.Broadcast(ctx, id)
	if err != nil || b.State != core.BroadcastPlanning {
		return b, err
	}
	if err := s.plan(ctx, b); err != nil && ctx.Err() == nil {
		return b, err
	}
	return s.cfg.Broadcasts.Broadcast(context.WithoutCancel(ctx), id)
}
