package account

import (
	"context"

	"duthi/core"
)

// purposeFocalCode is of the token of a code that ties a Zalo user to a focal point.
const purposeFocalCode = "zalo-focal"

// FocalZalo is how a focal point's account stands with Zalo.
type FocalZalo struct {
	UserID string       // "" when it is not linked
	Since  core.Instant // when the focal point asked for reminders
}

// FocalZaloOf gives how a focal point's account stands with Zalo. Forbidden for anybody else.
func (s *Service) FocalZaloOf(ctx context.Context, p Person) (FocalZalo, error) {
	o, err := s.focalPoint(ctx, p)
	return FocalZalo{o.ZaloUserID, o.ZaloAt}, err
}

// focalPoint reads the account of a focal point who is signed in.
func (s *Service) focalPoint(ctx context.Context, p Person) (core.Organizer, error) {
	if p.Kind != KindOrganizer || p.Role != core.FocalPoint {
		return core.Organizer{}, core.Errorf(core.Forbidden, "Chỉ tài khoản đầu mối đơn vị nhận nhắc về đơn vị.")
	}
	return s.cfg.Organizers.Organizer(ctx, p.Name)
}

// FocalZaloCode makes a short one-time code for a signed-in focal point: the Zalo of whoever sends it to the OA gets the
// unit's reminders from then on. The password makes sure that it is the focal point who asks. A new code ends the one
// before. Conflict when the account is linked already; else Invalid with Fields "mat_khau", and Limited or Unavailable
// as for signing in. addr is the client's address.
func (s *Service) FocalZaloCode(ctx context.Context, p Person, password, addr string) (code string, until core.Instant, err error) {
	o, err := s.focalPoint(ctx, p)
	if err != nil {
		return "", 0, err
	}
	if o.ZaloUserID != "" {
		return "", 0, core.Errorf(core.Conflict, "Tài khoản đầu mối này đã nhận nhắc qua một Zalo.")
	}
	if err := s.checkOwnPassword(ctx, p, password, addr); err != nil {
		return "", 0, err
	}
	code = newZaloCode()
	now := s.cfg.Clock.Now()
	t := core.Token{ID: s.zaloCodeID(o.ContestID, code), Kind: core.TokenLink, ContestID: o.ContestID, Purpose: purposeFocalCode,
		Subject: purposeFocalCode + ":" + o.Name, Data: o.Name, CreatedAt: now, ExpiresAt: now.Add(zaloCodeTime), Revision: 1}
	if err := s.cfg.Tokens.PutToken(ctx, t); err != nil {
		return "", 0, err
	}
	return readable(code), t.ExpiresAt, s.cfg.Tokens.DeleteTokens(ctx, core.TokenLink, t.Subject, t.ID)
}

// LinkFocalZalo ties a Zalo user to the focal point whose code they sent. Sending it again is fine. Errors as LinkZalo.
func (s *Service) LinkFocalZalo(ctx context.Context, contestID, userID, typed string) (core.Organizer, error) {
	var none core.Organizer
	if err := s.peek(ctx, zaloGuesses, userID); err != nil {
		return none, err
	}
	now := s.cfg.Clock.Now()
	t, err := s.cfg.Tokens.Token(ctx, s.zaloCodeID(contestID, ParseZaloCode(typed)), now)
	if core.Is(err, core.NotFound) || err == nil && t.Purpose != purposeFocalCode {
		_ = s.allow(ctx, zaloGuesses, userID) // counts the wrong one; the answer is the same
		return none, errZaloCode
	}
	if err != nil {
		return none, err
	}
	o, err := s.cfg.Organizers.Organizer(ctx, t.Data)
	if err != nil || o.ZaloUserID == userID {
		o.PasswordHash = ""
		return o, err
	}
	e := core.AuditEntry{ContestID: o.ContestID, Actor: "organizer:" + o.Name, Action: "focal.zalo", Subject: "organizer:" + o.Name + " unit:" + o.UnitCode}
	err = s.audited(ctx, e, func() (err error) { o, err = s.putFocalZalo(ctx, t, userID); return err })
	if err != nil {
		return none, err
	}
	o.PasswordHash = ""
	return o, nil
}

// putFocalZalo notes whose Zalo it is and uses the code up.
func (s *Service) putFocalZalo(ctx context.Context, t core.Token, userID string) (core.Organizer, error) {
	now := s.cfg.Clock.Now()
	o, err := s.updateOrganizer(ctx, t.Data, func(o *core.Organizer) error {
		switch {
		case o.ZaloUserID == userID:
			return nil
		case !t.UsedAt.IsZero() || o.Disabled || o.Role != core.FocalPoint || o.PasswordHash == "":
			return errZaloCode
		case o.ZaloUserID != "":
			return core.Errorf(core.Conflict, "Tài khoản đầu mối này đang nhận nhắc qua một Zalo khác. Anh/chị tắt ở trang đơn vị trước.")
		}
		o.ZaloUserID, o.ZaloAt = userID, now
		return nil
	})
	if len(takenFields(err)) > 0 {
		return o, core.Errorf(core.Conflict, "Zalo này đang nhận nhắc cho một đơn vị khác. Mỗi Zalo nhận nhắc cho một đơn vị.")
	}
	if err != nil {
		return o, err
	}
	if _, err := s.cfg.Tokens.UseToken(ctx, t.ID, now); err != nil && !core.Is(err, core.NotFound) {
		return o, err
	}
	return o, nil
}

// ZaloFocal gives the focal point who gets a unit's reminders over a Zalo user, or NotFound.
func (s *Service) ZaloFocal(ctx context.Context, contestID, userID string) (core.Organizer, error) {
	o, err := s.cfg.Organizers.FocalPointBy(ctx, contestID, userID)
	if err == nil && (o.Disabled || o.Role != core.FocalPoint) {
		return core.Organizer{}, errNoPerson
	}
	o.PasswordHash = ""
	return o, err
}

// UnlinkFocalZalo ends the unit's reminders of a focal point; without a link it does nothing. In the audit log it is the
// focal point's own doing, on the page or in the chat.
func (s *Service) UnlinkFocalZalo(ctx context.Context, name string) error {
	o, err := s.cfg.Organizers.Organizer(ctx, name)
	if err != nil || o.ZaloUserID == "" {
		return err
	}
	e := core.AuditEntry{ContestID: o.ContestID, Actor: "organizer:" + o.Name, Action: "focal.zalo_off", Subject: "organizer:" + o.Name + " unit:" + o.UnitCode}
	return s.audited(ctx, e, func() error {
		_, err := s.updateOrganizer(ctx, name, func(o *core.Organizer) error {
			o.ZaloUserID, o.ZaloAt = "", 0
			return nil
		})
		return err
	})
}
