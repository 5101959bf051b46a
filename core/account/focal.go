package account

import (
	"context"
	"strings"
	"time"

	"duthi/core"
)

// activationTime is how long a unit has to open its link: a letter takes days.
const activationTime = 7 * 24 * time.Hour

var errLinkOver = core.Errorf(core.NotFound, "Liên kết đã dùng hoặc đã hết hạn. Xin Ban Tổ chức gửi liên kết mới.")

// AddFocalPoint makes (or renews, for another person) the one account of a unit and gives the secret of its
// one-time activation link, valid 7 days; the caller puts it into an address. Right: ManageFocal.
func (s *Service) AddFocalPoint(ctx context.Context, by Person, contestID, unitCode, fullName string) (name, link string, err error) {
	if err := by.must(ManageFocal); err != nil {
		return "", "", err
	}
	contest, err := s.cfg.Contest(ctx, contestID)
	if err != nil {
		return "", "", err
	}
	if _, ok := contest.Units.Unit(unitCode); !ok {
		return "", "", core.FieldErrors(map[string]string{FieldUnit1: "Chọn đơn vị trong danh sách."})
	}
	name = focalName(unitCode)
	for range 2 {
		e := core.AuditEntry{ContestID: contestID, Actor: by.Subject(), Action: "focal.add", Subject: "organizer:" + name + " unit:" + unitCode}
		err = s.audited(ctx, e, func() error { return s.putFocalPoint(ctx, name, contestID, unitCode, core.CleanText(fullName)) })
		if !core.Is(err, core.Conflict) {
			break
		}
		name = focalName(unitCode + "-" + contestID) // another contest has a unit of this code
	}
	if err != nil {
		return "", "", err
	}
	link, err = s.newLink(ctx, contestID, "organizer:"+name)
	return name, link, err
}

// ActivatedUnits gives the units of a contest whose focal point has chosen a password. Right: ManageFocal.
func (s *Service) ActivatedUnits(ctx context.Context, by Person, contestID string) (map[string]bool, error) {
	if err := by.must(ManageFocal); err != nil {
		return nil, err
	}
	all, err := s.cfg.Organizers.Organizers(ctx)
	units := map[string]bool{}
	for _, o := range all {
		if o.Role == core.FocalPoint && o.ContestID == contestID && o.PasswordHash != "" {
			units[o.UnitCode] = true
		}
	}
	return units, err
}

func focalName(s string) string {
	s = "dm-" + strings.ReplaceAll(core.Fold(s), " ", "-")
	return s[:min(len(s), 80)]
}

// putFocalPoint inserts the account, or clears that of the same unit. Conflict when the name is another unit's.
func (s *Service) putFocalPoint(ctx context.Context, name, contestID, unitCode, fullName string) error {
	err := s.cfg.Organizers.InsertOrganizer(ctx, core.Organizer{Name: name, FullName: fullName, Role: core.FocalPoint,
		ContestID: contestID, UnitCode: unitCode, CreatedAt: s.cfg.Clock.Now(), Revision: 1})
	if !core.Is(err, core.Conflict) {
		return err
	}
	_, err = s.updateOrganizer(ctx, name, func(o *core.Organizer) error {
		if o.ContestID != contestID || o.UnitCode != unitCode || o.Role != core.FocalPoint {
			return core.Errorf(core.Conflict, "Tên tài khoản đầu mối đã thuộc đơn vị khác.")
		}
		o.PasswordHash, o.Disabled = "", false
		o.ZaloUserID, o.ZaloAt = "", 0 // it may be another person now
		if fullName != "" {
			o.FullName = fullName
		}
		return nil
	})
	if err != nil {
		return err
	}
	return s.endSessions(ctx, "organizer:"+name, "")
}

// newLink makes a one-time link and ends those made before.
func (s *Service) newLink(ctx context.Context, contestID, subject string) (string, error) {
	now, secret := s.cfg.Clock.Now(), newSecret()
	t := core.Token{ID: tokenID(secret), Kind: core.TokenLink, ContestID: contestID, Subject: subject, Purpose: "activate",
		CreatedAt: now, ExpiresAt: now.Add(activationTime), Revision: 1}
	if err := s.cfg.Tokens.PutToken(ctx, t); err != nil {
		return "", err
	}
	return secret, s.cfg.Tokens.DeleteTokens(ctx, core.TokenLink, subject, t.ID)
}

// Activation gives the account a link would activate, without using the link up; NotFound when it is used or
// over.
func (s *Service) Activation(ctx context.Context, link string) (core.Organizer, error) {
	if !looksLikeSecret(link) {
		return core.Organizer{}, errLinkOver
	}
	t, err := s.cfg.Tokens.Token(ctx, tokenID(link), s.cfg.Clock.Now())
	if core.Is(err, core.NotFound) || err == nil && (t.Kind != core.TokenLink || t.Purpose != "activate" || !t.UsedAt.IsZero()) {
		return core.Organizer{}, errLinkOver
	}
	if err != nil {
		return core.Organizer{}, err
	}
	o, err := s.cfg.Organizers.Organizer(ctx, strings.TrimPrefix(t.Subject, "organizer:"))
	o.PasswordHash = ""
	if err == nil && o.Disabled {
		return core.Organizer{}, errLinkOver
	}
	return o, err
}

// ActivateFocalPoint uses the link (a POST, never on opening it), sets the password and signs in. Invalid with
// Fields "mat_khau" leaves the link usable; NotFound when it is used or over.
func (s *Service) ActivateFocalPoint(ctx context.Context, link, password, addr string) (SignedIn, error) {
	if err := s.crowd(ctx, signInsByAddress, addr); err != nil {
		return SignedIn{}, err
	}
	o, err := s.Activation(ctx, link)
	if err != nil {
		return SignedIn{}, err
	}
	hash, err := s.redeem(ctx, tokenID(link), password, o.Name, o.FullName)
	if core.Is(err, core.NotFound) {
		return SignedIn{}, errLinkOver
	}
	if err != nil {
		return SignedIn{}, err
	}
	if err := s.putPassword(ctx, Person{Kind: KindOrganizer, Name: o.Name}, hash); err != nil {
		return SignedIn{}, err
	}
	return s.startSession(ctx, o.ContestID, "organizer:"+o.Name)
}
