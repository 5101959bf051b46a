package account

import (
	"context"

	"duthi/core"
)

// SetTestPerson notes which contestant gets an organizer's test messages: the organizer's own account of the contest,
// named by its phone. Invalid when the phone is wrong or nobody of the contest has it. Right: SendMessages.
func (s *Service) SetTestPerson(ctx context.Context, by Person, contestID, phone string) (core.Contestant, error) {
	var none core.Contestant
	if err := by.must(SendMessages); err != nil {
		return none, err
	}
	if _, err := core.NormalizePhone(phone); err != nil {
		return none, core.FieldErrors(map[string]string{"dien_thoai": message(err)})
	}
	contest, err := s.cfg.Contest(ctx, contestID)
	if err != nil {
		return none, err
	}
	found, err := s.find(ctx, contest, Query{Text: phone}, "", 1)
	if err != nil {
		return none, err
	}
	if len(found) == 0 || found[0].Status == core.Erased {
		return none, core.FieldErrors(map[string]string{"dien_thoai": "Chưa có tài khoản dự thi với số này. Anh/chị đăng ký dự thi bằng số của mình, rồi quay lại đây."})
	}
	c := found[0]
	c.PasswordHash = ""
	e := core.AuditEntry{ContestID: contestID, Actor: by.Subject(), Action: "organizer.test_person", Subject: "contestant:" + c.ID}
	return c, s.audited(ctx, e, func() error {
		_, err := s.updateOrganizer(ctx, by.Name, func(o *core.Organizer) error {
			o.TestPerson = c.ID
			return nil
		})
		return err
	})
}

// TestPerson gives who gets an organizer's test messages in a contest; NotFound when nobody was named.
func (s *Service) TestPerson(ctx context.Context, by Person, contestID string) (core.Contestant, error) {
	o, err := s.cfg.Organizers.Organizer(ctx, by.Name)
	if err != nil {
		return core.Contestant{}, err
	}
	if o.TestPerson == "" {
		return core.Contestant{}, errNoPerson
	}
	c, err := s.cfg.People.Contestant(ctx, o.TestPerson)
	if err == nil && (c.ContestID != contestID || c.Status == core.Erased) {
		return core.Contestant{}, errNoPerson
	}
	c.PasswordHash = ""
	return c, err
}
