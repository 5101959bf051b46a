package outreach

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"duthi/core"
	"duthi/core/zalo"
)

// refused decides on a message that Zalo did not take, or may not have taken.
func (s *Service) refused(ctx context.Context, j job, d core.Delivery, cause error) error {
	var api *zalo.APIError
	wait := time.Minute << min(d.Tries-1, 5)
	if errors.As(cause, &api) {
		d.Code = api.Code
		wait = max(wait, api.RetryAfter)
	}
	action := judge(cause)
	s.log.Warn("message not sent", "broadcast", d.BroadcastID, "try", d.Tries, "action", string(action), "err", cause)
	if action == zalo.Reconcile {
		return s.settle(ctx, d, core.DeliveryUnknown, ReasonNoAnswer)
	}
	if err := s.returnTurn(ctx, j, d); err != nil {
		return err
	}
	switch action {
	case zalo.Retry, zalo.Refresh:
		if d.Code == -32 {
			d.Tries-- // everybody's limit, not this message's fault
			if s.cfg.Pace != nil {
				s.cfg.Pace.Slow(ctx, wait)
			}
		}
		if d.Tries >= tries {
			return s.settle(ctx, d, core.DeliveryFailed, ReasonTries)
		}
		return s.later(ctx, d, s.now().Add(wait))
	case zalo.Wait:
		if slices.Contains(everybodysQuota, d.Code) {
			return errors.Join(s.anotherDay(ctx, j, d, s.now()), s.postpone(ctx, j), errHalted)
		}
		return s.anotherDay(ctx, j, d, s.now())
	case zalo.Human:
		if err := s.later(ctx, d, s.now().Add(wait)); err != nil {
			return err
		}
		return s.halt(ctx, d.BroadcastID, cause)
	case zalo.Stop:
		return s.settle(ctx, d, core.DeliveryFailed, ReasonUnreachable)
	}
	return errors.Join(s.settle(ctx, d, core.DeliveryFailed, ReasonRefused), s.noteRefusal(ctx, d))
}

// refusedMost is how many messages in a row Zalo may refuse for what they say: a template that is not approved, or lacks
// a parameter, would cost a whole audience its message.
const refusedMost = 10

// noteRefusal pauses a broadcast of which Zalo refuses one message after the other.
func (s *Service) noteRefusal(ctx context.Context, d core.Delivery) error {
	n, _ := s.refusals.LoadOrStore(d.BroadcastID, new(atomic.Int64))
	if n.(*atomic.Int64).Add(1) < refusedMost {
		return nil
	}
	s.refusals.Delete(d.BroadcastID)
	s.log.Error("broadcast paused: one message after the other is refused", "broadcast", d.BroadcastID, "code", d.Code)
	return s.pause(ctx, d.BroadcastID, fmt.Sprintf("Zalo từ chối %d tin liền (mã %d). Anh/chị xem lại nội dung và mẫu tin trước khi gửi tiếp.", refusedMost, d.Code))
}

// everybodysQuota are the codes that say that the OA, or the template, has sent all it may for now.
var everybodysQuota = []int{-211, -144, -147}

// postpone has a broadcast go on at the first hour of the next day.
func (s *Service) postpone(ctx context.Context, j job) error {
	next := s.tomorrow(j, s.now())
	if next == 0 {
		return nil
	}
	s.log.Warn("broadcast postponed: no quota left at Zalo", "broadcast", j.b.ID, "until", next.Time(j.loc))
	_, err := s.change(ctx, j.b.ID, func(b *core.Broadcast) error {
		if b.State == core.BroadcastSending {
			b.StartAt, b.Reason = next, "Zalo cho biết hôm nay đã hết hạn mức gửi."
		}
		return nil
	})
	return err
}

// judge is zalo.ActionOf with doubt on the safe side: an error that neither Zalo's client nor a store of ours
// explains says nothing about what happened.
func judge(err error) zalo.Action {
	var api *zalo.APIError
	var own *core.Error
	if errors.As(err, &api) || errors.As(err, &own) || errors.Is(err, zalo.ErrNeedsConsent) {
		return zalo.ActionOf(err)
	}
	return zalo.Reconcile
}

// halt pauses a broadcast because the OA needs a person.
func (s *Service) halt(ctx context.Context, id string, cause error) error {
	s.log.Error("broadcast paused: the OA needs a person", "broadcast", id, "err", cause)
	return s.pause(ctx, id, "OA cần được cấp quyền lại, hoặc cần người quản trị xử lý.")
}

// pause stops a broadcast without an organizer's word, and says why.
func (s *Service) pause(ctx context.Context, id, reason string) error {
	_, err := s.change(ctx, id, func(b *core.Broadcast) error {
		if b.State == core.BroadcastSending {
			b.State, b.Reason = core.BroadcastPaused, reason
		}
		return nil
	})
	return err
}
