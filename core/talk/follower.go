package talk

import (
	"context"
	"time"

	"duthi/core"
)

// Follower gives what is known of a person; the zero Follower with its ids when nothing is.
func (s *Service) Follower(ctx context.Context, oaID, userID string) (core.Follower, error) {
	f, err := s.cfg.Followers.Follower(ctx, core.FollowerID(oaID, userID))
	if core.Is(err, core.NotFound) {
		return core.Follower{ID: core.FollowerID(oaID, userID), OAID: oaID, UserID: userID}, nil
	}
	return f, err
}

// Meet changes what is known of a person, making the record if there is none. change may run several times.
func (s *Service) Meet(ctx context.Context, oaID, userID string, change func(f *core.Follower)) (core.Follower, error) {
	for try := 1; ; try++ {
		f, err := s.Follower(ctx, oaID, userID)
		if err != nil {
			return f, err
		}
		before := f
		change(&f)
		if f == before && f.Revision > 0 {
			return f, nil
		}
		f.UpdatedAt = s.cfg.Clock.Now()
		f.Revision++
		if f.Revision == 1 {
			f.CreatedAt = f.UpdatedAt
			err = s.cfg.Followers.InsertFollower(ctx, f)
		} else {
			err = s.cfg.Followers.UpdateFollower(ctx, f)
		}
		if !core.Is(err, core.Conflict) {
			return f, err
		}
		if err := contend(ctx, try); err != nil {
			return f, err
		}
	}
}

// HandOver makes the bot silent for a person until pause from at has passed.
func (s *Service) HandOver(ctx context.Context, oaID, userID, reason string, at core.Instant, pause time.Duration) error {
	_, err := s.Meet(ctx, oaID, userID, func(f *core.Follower) {
		if f.Handed.Until <= at { // it was over
			f.Handed.Since = at
		}
		if until := at.Add(pause); until > f.Handed.Until {
			f.Handed.Until, f.Handed.Reason = until, reason
		}
	})
	return err
}

// Release lets the bot answer a person again. by is who did it: an organizer, or the person themselves.
func (s *Service) Release(ctx context.Context, by, oaID, userID string) error {
	if f, err := s.Follower(ctx, oaID, userID); err != nil || f.Revision == 0 {
		return err // nobody we know
	}
	e := core.AuditEntry{Actor: by, Action: "talk.release", Subject: "follower:" + digest(core.FollowerID(oaID, userID))}
	return s.audited(ctx, e, func() error {
		_, err := s.Meet(ctx, oaID, userID, func(f *core.Follower) { f.Handed = core.Handed{} })
		return err
	})
}

// HandedOver gives the conversations a person has now.
func (s *Service) HandedOver(ctx context.Context, limit int) ([]core.Follower, error) {
	return s.cfg.Followers.HandedOver(ctx, s.cfg.Clock.Now(), limit)
}
