package account

import (
	"cmp"
	"context"
	"time"

	"duthi/core"
)

// DecideRequest accepts (and carries out) or refuses a request, with a reason. Conflict when somebody decided
// first or a unique value is taken by now. Right: DecideRequests.
func (s *Service) DecideRequest(ctx context.Context, by Person, requestID string, accept bool, reason string) error {
	if err := by.must(DecideRequests); err != nil {
		return err
	}
	reason = core.CleanText(reason)
	if reason == "" {
		return core.FieldErrors(map[string]string{"ly_do": "Nhập lý do; người gửi yêu cầu sẽ đọc được."})
	}
	r, err := s.cfg.People.Request(ctx, requestID)
	if err != nil {
		return err
	}
	if err := s.decidable(r, accept); err != nil {
		return err
	}
	action := "request.refuse"
	if accept {
		action = "request.accept"
	}
	e := core.AuditEntry{ContestID: r.ContestID, Actor: by.Subject(), Action: action,
		Subject: "request:" + r.ID + " contestant:" + r.ContestantID, Reason: reason}
	return s.audited(ctx, e, func() error { return s.decide(ctx, by, r, accept, reason) })
}

// carryingOut is how long an accepted request may take to be carried out before it may be accepted again: whoever
// accepted it has died on the way.
const carryingOut = time.Minute

// decidable refuses what is decided already. An open request with DecidedAt was accepted and is being carried
// out, or was left half carried out by a crash: then it can only be accepted again.
func (s *Service) decidable(r core.Request, accept bool) error {
	switch {
	case r.Status != core.RequestOpen:
		return core.Errorf(core.Conflict, "Yêu cầu này đã được xử lý.")
	case r.DecidedAt == 0:
		return nil
	case s.cfg.Clock.Now().Sub(r.DecidedAt) < carryingOut:
		return core.Errorf(core.Conflict, "Yêu cầu này đang được người khác xử lý. Thử lại sau một phút.")
	case !accept:
		return core.Errorf(core.Conflict, "Yêu cầu này đã được chấp nhận nhưng chưa làm xong. Bấm Chấp nhận để làm nốt.")
	}
	return nil
}

// decide writes the decision guarded by the request's revision, so that of two organizers one decides. What is
// accepted stays open while it is carried out: a crash on the way leaves it in the list.
func (s *Service) decide(ctx context.Context, by Person, r core.Request, accept bool, reason string) error {
	r.DecidedBy, r.DecidedAt, r.Reason = by.Subject(), s.cfg.Clock.Now(), reason
	if !accept {
		r.Status = core.RequestRefused
	}
	r.Revision++
	if err := s.cfg.People.UpdateRequest(ctx, r); err != nil {
		if core.Is(err, core.Conflict) {
			return core.Errorf(core.Conflict, "Yêu cầu này vừa được người khác xử lý.")
		}
		return err
	}
	if !accept {
		return nil
	}
	err := s.carryOut(ctx, r)
	if err != nil {
		r.DecidedBy, r.DecidedAt, r.Reason = "", 0, ""
	} else {
		r.Status = core.RequestAccepted
	}
	r.Revision++
	uerr := s.cfg.People.UpdateRequest(context.WithoutCancel(ctx), r)
	if core.Is(uerr, core.Conflict) && r.Kind == RequestErase {
		uerr = nil // erasing a person closes all their requests, this one too
	}
	return cmp.Or(err, uerr)
}

// carryOut does what a request asks for. Doing it twice gives the same.
func (s *Service) carryOut(ctx context.Context, r core.Request) error {
	if r.Kind == RequestErase {
		return s.erase(ctx, r.ContestantID)
	}
	contest, err := s.cfg.Contest(ctx, r.ContestID)
	if err != nil {
		return err
	}
	values, err := s.openChanges(r.Changes)
	if err != nil {
		return err
	}
	if _, err = s.applyChanges(ctx, contest, r.ContestantID, values); err != nil {
		return err
	}
	if r.Kind == RequestLostPhone { // whoever has the old phone may have the sessions and its Zalo too
		if err := s.UnlinkZalo(ctx, r.ContestantID); err != nil {
			return err
		}
		return s.endSessions(ctx, "contestant:"+r.ContestantID, "")
	}
	return nil
}

// applyChanges puts parsed values into the record; Conflict in neutral words when one is taken.
func (s *Service) applyChanges(ctx context.Context, contest Contest, id string, values map[string]string) (core.Contestant, error) {
	c, err := s.updateContestant(ctx, id, func(c *core.Contestant) error {
		if c.Status == core.Erased {
			return core.Errorf(core.Conflict, "Dữ liệu của người này đã được xóa.")
		}
		for f, v := range values {
			s.applyField(c, f, v)
		}
		if _, moved := values[FieldUnit1]; moved {
			c.UnitCode, c.Unit1Code, c.UnitOther = values[FieldUnit2], values[FieldUnit1], values[FieldUnitOther]
			if _, ok := contest.Units.Unit(c.UnitCode); !ok {
				c.UnitCode = c.Unit1Code
			}
		}
		return s.takenUnderOldKeys(ctx, *c)
	})
	if len(takenFields(err)) > 0 {
		return c, errHasAccount
	}
	return c, err
}

func (s *Service) applyField(c *core.Contestant, field, value string) {
	switch field {
	case FieldName:
		c.FullName, c.NameFolded = value, core.Fold(value)
	case FieldBirthDate:
		c.BirthDate = value
	case FieldGender:
		c.Gender = value
	case FieldStaffCode:
		c.StaffCode = value
	case FieldEmail:
		c.Email = value
	case FieldPhone:
		c.Phone = s.cfg.Sealer.Seal(c.ContestID, "phone", value)
	case FieldNationalID:
		c.NationalID = s.cfg.Sealer.Seal(c.ContestID, "national_id", value)
	}
}
