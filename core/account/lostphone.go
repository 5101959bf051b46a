package account

import (
	"context"

	"duthi/core"
)

// LostPhone is what somebody who can't sign in says.
type LostPhone struct {
	ContestID  string
	FullName   string
	BirthDate  string // DD/MM/YYYY
	NationalID string // whole, where the contest asks for it
	UnitCode   string // the deepest unit chosen; needed where no identity number is asked for
	NewPhone   string
	Note       string
}

// ReportLostPhone files a request for an organizer if the data name exactly one person. The answer is the same
// when they don't. Invalid with Fields for what can't be right; Limited per address.
func (s *Service) ReportLostPhone(ctx context.Context, l LostPhone, addr string) error {
	contest, err := s.cfg.Contest(ctx, l.ContestID)
	if err != nil {
		return err
	}
	a := parseAnswers(contest, map[string]string{FieldName: l.FullName, FieldBirthDate: l.BirthDate,
		FieldNationalID: l.NationalID, FieldPhone: l.NewPhone}, s.cfg.Clock.Now())
	wrong := map[string]string{}
	for _, f := range []string{FieldName, FieldBirthDate, FieldNationalID, FieldPhone} {
		if msg, bad := a.Errs[f]; bad {
			wrong[f] = msg
		}
	}
	if len(wrong) > 0 {
		return core.FieldErrors(wrong)
	}
	if err := s.allow(ctx, lostByAddress, network(addr)); err != nil {
		return err
	}
	c, err := s.findLost(ctx, l, a)
	if core.Is(err, core.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	_, err = s.fileRequest(ctx, c, RequestLostPhone, map[string]string{FieldPhone: a.Phone}, l.Note)
	if core.Is(err, core.Conflict) { // one is waiting
		return nil
	}
	return err
}

// findLost gives the one person the data name, or NotFound: by identity number where there is one, and always
// with name and birth date.
func (s *Service) findLost(ctx context.Context, l LostPhone, a answers) (core.Contestant, error) {
	none := core.Errorf(core.NotFound, "Không tìm thấy người dự thi.")
	fits := func(c core.Contestant) bool {
		return c.NameFolded == core.Fold(a.Name) && c.BirthDate == a.BirthDate && c.Status != core.Erased
	}
	if a.NationalID != "" {
		c, err := s.contestantBy(ctx, l.ContestID, "national_id", a.NationalID)
		if err == nil && !fits(c) {
			return c, none
		}
		return c, err
	}
	if a.BirthDate == "" || l.UnitCode == "" {
		return core.Contestant{}, none
	}
	cs, err := s.cfg.People.Contestants(ctx, l.ContestID, PeopleFilter{UnitCode: l.UnitCode, NamePart: core.Fold(a.Name)}, "", 50)
	if err != nil {
		return core.Contestant{}, err
	}
	found := none
	var one core.Contestant
	for _, c := range cs {
		if !fits(c) {
			continue
		}
		if found == nil {
			return core.Contestant{}, none // two people: only the hotline can tell them apart
		}
		one, found = c, nil
	}
	if found != nil {
		return one, found
	}
	return one, nil
}
