package account

import (
	"context"
	"strconv"
	"strings"

	"duthi/core"
)

// Query narrows a search for people; empty fields don't. Text is a phone when it looks like one, else part of
// a name, with or without diacritics.
type Query struct {
	Text     string
	UnitCode string // a unit of any level
	Status   string
}

var errNoPerson = core.Errorf(core.NotFound, "Không tìm thấy người dự thi.")

// SearchPeople gives up to limit contestants in the order of ids after after, without passwords. Right:
// SeePeople; a focal point finds people of their unit only.
func (s *Service) SearchPeople(ctx context.Context, by Person, contestID string, q Query, after string, limit int) ([]core.Contestant, error) {
	if err := by.must(SeePeople); err != nil {
		return nil, err
	}
	contest, err := s.cfg.Contest(ctx, contestID)
	if err != nil {
		return nil, err
	}
	if by.Role == core.FocalPoint {
		if by.ContestID != contestID || q.UnitCode != "" && !within(contest.Units, q.UnitCode, by.UnitCode) {
			return nil, errForbidden
		}
		if q.UnitCode == "" {
			q.UnitCode = by.UnitCode
		}
	}
	cs, err := s.find(ctx, contest, q, after, max(1, min(limit, 200)))
	for i := range cs {
		cs[i].PasswordHash = ""
	}
	return cs, err
}

func (s *Service) find(ctx context.Context, contest Contest, q Query, after string, limit int) ([]core.Contestant, error) {
	f := PeopleFilter{Status: q.Status}
	if q.UnitCode != "" {
		f.UnitCode = q.UnitCode
		if u, ok := contest.Units.Unit(q.UnitCode); q.UnitCode == core.OtherUnit || ok && u.ParentCode == "" {
			f.UnitCode, f.Unit1Code = "", q.UnitCode
		}
	}
	phone, err := core.NormalizePhone(q.Text)
	if err != nil {
		f.NamePart = core.Fold(q.Text)
		return s.cfg.People.Contestants(ctx, contest.File.ID, f, after, limit)
	}
	for _, h := range s.cfg.Sealer.Hashes(contest.File.ID, "phone", phone) {
		f.PhoneHash = h
		cs, err := s.cfg.People.Contestants(ctx, contest.File.ID, f, after, limit)
		if err != nil || len(cs) > 0 {
			return cs, err
		}
	}
	return nil, nil
}

// within reports whether unit code is top or lies below it.
func within(t *core.UnitTree, code, top string) bool {
	for range t.Len() + 1 {
		if code == top {
			return true
		}
		u, ok := t.Unit(code)
		if !ok || u.ParentCode == "" {
			return false
		}
		code = u.ParentCode
	}
	return false
}

// ContestantByID gives one person, without the password. Right: SeePeople; NotFound outside a focal point's unit.
func (s *Service) ContestantByID(ctx context.Context, by Person, id string) (core.Contestant, error) {
	if err := by.must(SeePeople); err != nil {
		return core.Contestant{}, err
	}
	c, err := s.cfg.People.Contestant(ctx, id)
	if err != nil {
		return core.Contestant{}, err
	}
	c.PasswordHash = ""
	if by.Role != core.FocalPoint {
		return c, nil
	}
	contest, err := s.cfg.Contest(ctx, c.ContestID)
	if err != nil {
		return core.Contestant{}, err
	}
	if by.ContestID != c.ContestID || !within(contest.Units, c.UnitCode, by.UnitCode) {
		return core.Contestant{}, errNoPerson
	}
	return c, nil
}

// RevealPhone gives the full number and writes a line in the audit log. Right: RevealContacts.
func (s *Service) RevealPhone(ctx context.Context, by Person, contestantID, reason string) (string, error) {
	if err := by.must(RevealContacts); err != nil {
		return "", err
	}
	c, err := s.cfg.People.Contestant(ctx, contestantID)
	if err != nil {
		return "", err
	}
	var phone string
	e := core.AuditEntry{ContestID: c.ContestID, Actor: by.Subject(), Action: "contestant.reveal_phone",
		Subject: "contestant:" + c.ID, Reason: core.CleanText(reason)}
	err = s.audited(ctx, e, func() error {
		phone, err = s.cfg.Sealer.Open(c.Phone)
		return err
	})
	return phone, err
}

// editPerson does an organizer's change to a person with its line in the audit log. A reason is required.
func (s *Service) editPerson(ctx context.Context, by Person, id, action, reason string, change func() error) error {
	if err := by.must(EditPeople); err != nil {
		return err
	}
	reason = core.CleanText(reason)
	if reason == "" {
		return core.FieldErrors(map[string]string{"ly_do": "Nhập lý do."})
	}
	c, err := s.cfg.People.Contestant(ctx, id)
	if err != nil {
		return err
	}
	e := core.AuditEntry{ContestID: c.ContestID, Actor: by.Subject(), Action: action, Subject: "contestant:" + id, Reason: reason}
	return s.audited(ctx, e, change)
}

// ResolveUnit moves a person of "Đơn vị khác" (or any other) to a unit. Past attempts keep theirs. Right:
// EditPeople.
func (s *Service) ResolveUnit(ctx context.Context, by Person, contestantID, unitCode, reason string) error {
	return s.editPerson(ctx, by, contestantID, "contestant.unit "+strings.TrimSpace(unitCode), reason, func() error {
		_, err := s.updateContestant(ctx, contestantID, func(c *core.Contestant) error {
			contest, err := s.cfg.Contest(ctx, c.ContestID)
			if err != nil {
				return err
			}
			top, ok := contest.Units.Top(unitCode)
			if !ok {
				return core.FieldErrors(map[string]string{FieldUnit1: "Chọn đơn vị trong danh sách."})
			}
			c.UnitCode, c.Unit1Code, c.UnitOther = unitCode, top.Code, ""
			return nil
		})
		return err
	})
}

// SetLocked locks or unlocks a person. Right: EditPeople.
func (s *Service) SetLocked(ctx context.Context, by Person, contestantID string, locked bool, reason string) error {
	from, to, action := core.Active, core.Locked, "contestant.lock"
	if !locked {
		from, to, action = core.Locked, core.Active, "contestant.unlock"
	}
	return s.editPerson(ctx, by, contestantID, action, reason, func() error {
		_, err := s.updateContestant(ctx, contestantID, func(c *core.Contestant) error {
			if c.Status != from && c.Status != to {
				return core.Errorf(core.Conflict, "Người này đã rút khỏi cuộc thi.")
			}
			c.Status = to
			return nil
		})
		return err
	})
}

// GrantExtraTime sets the extra seconds of every later attempt of a person, 0 to 7200. Right: EditPeople.
func (s *Service) GrantExtraTime(ctx context.Context, by Person, contestantID string, seconds int, reason string) error {
	if seconds < 0 || seconds > 7200 {
		return core.FieldErrors(map[string]string{"so_giay": "Thời gian thêm từ 0 đến 120 phút."})
	}
	return s.editPerson(ctx, by, contestantID, "contestant.extra_time "+strconv.Itoa(seconds), reason, func() error {
		_, err := s.updateContestant(ctx, contestantID, func(c *core.Contestant) error {
			c.ExtraSeconds = seconds
			return nil
		})
		return err
	})
}
