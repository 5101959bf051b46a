package audience

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"duthi/core"
	"duthi/core/outreach"
)

// Recipient gives one person of a broadcast as they are now, phone and placeholders included; Gone when they are no
// longer in the audience, NotFound when there is none any more.
func (s *Service) Recipient(ctx context.Context, b core.Broadcast, person string) (outreach.Recipient, error) {
	t, err := s.target(ctx, b)
	if err != nil {
		return outreach.Recipient{}, err
	}
	switch prefix := kind(person); prefix {
	case core.RosterPrefix:
		return s.fromRoster(ctx, t, strings.TrimPrefix(person, prefix))
	case core.FocalPrefix:
		return s.focal(ctx, t, strings.TrimPrefix(person, prefix))
	case core.FollowerPrefix:
		return s.follower(ctx, t, strings.TrimPrefix(person, prefix))
	}
	c, err := s.cfg.Store.Contestant(ctx, person)
	if err != nil {
		return outreach.Recipient{}, err
	}
	return s.contestant(ctx, t, c)
}

// wants reports whether the audience still holds the person. Who is named one by one is in it whatever they did.
func (t *target) wants(prefix string, l core.AudienceLine) bool {
	if len(t.b.Audience.People) > 0 {
		return l.Status != core.Erased && l.Status != core.Locked
	}
	return t.takes(prefix, l)
}

func (s *Service) contestant(ctx context.Context, t *target, c core.Contestant) (outreach.Recipient, error) {
	l := core.AudienceLine{Key: c.ID, Status: c.Status, UnitCode: c.UnitCode, Unit1Code: c.Unit1Code, HasPhone: !c.Phone.IsZero(),
		Consents: c.Consents, UserID: c.ZaloUserID}
	attempts, err := s.cfg.Store.AttemptsOf(ctx, c.ID, t.b.RoundID)
	if err != nil {
		return outreach.Recipient{}, err
	}
	for i := range attempts {
		l.Taken = l.Taken || attempts[i].Valid()
	}
	if t.b.RoundID != "" {
		l.Used = len(attempts)
	}
	if c.ZaloUserID != "" {
		l.Follower, err = s.cfg.Store.Follower(ctx, core.FollowerID(t.query.OAID, c.ZaloUserID))
		if err != nil && !core.Is(err, core.NotFound) {
			return outreach.Recipient{}, err
		}
	}
	r := t.recipient("", l)
	if r.Gone = c.ContestID != t.query.ContestID || !t.wants("", l); r.Gone {
		return r, nil
	}
	r.PhoneKey = c.Phone.Hash
	if r.Phone, err = s.cfg.Open(c.Phone); err != nil {
		return r, err
	}
	r.Values = map[string]string{"ho_ten": c.FullName, "don_vi": t.unit(c.UnitCode, c.UnitOther), "don_vi_cap_1": t.top(c.UnitCode, c.UnitOther), "lien_ket": s.cfg.Entry}
	if t.b.RoundID != "" {
		r.Values["con_luot"] = strconv.Itoa(max(t.limit-l.Used, 0))
	}
	t.rate(c.UnitCode, r.Values)
	return r, nil
}

// fromRoster gives a person of the roster. Who registered meanwhile is reached as the contestant they are now, unless
// the broadcast has them under that name too.
func (s *Service) fromRoster(ctx context.Context, t *target, key string) (outreach.Recipient, error) {
	p, err := s.cfg.Store.RosterPerson(ctx, t.query.ContestID, t.query.RosterSet, key)
	if err != nil {
		return outreach.Recipient{}, err
	}
	person := core.RosterPrefix + key
	for _, by := range []struct{ field, value string }{
		{"roster_key", p.Key}, {"phone", p.Phone.Hash}, {"national_id", p.NationalID.Hash},
	} {
		if by.value == "" {
			continue
		}
		c, err := s.cfg.Store.ContestantBy(ctx, t.query.ContestID, by.field, by.value)
		if core.Is(err, core.NotFound) {
			continue
		}
		if err != nil {
			return outreach.Recipient{}, err
		}
		_, err = s.cfg.Store.Delivery(ctx, t.b.ID, c.ID)
		if err == nil || t.b.Audience.Who == core.AudienceOnlyRoster {
			return outreach.Recipient{Person: person, Gone: true}, nil
		}
		if !core.Is(err, core.NotFound) {
			return outreach.Recipient{}, err
		}
		r, err := s.contestant(ctx, t, c)
		r.Person = person
		return r, err
	}
	l := core.AudienceLine{Key: key, UnitCode: p.UnitCode, HasPhone: !p.Phone.IsZero(), Phone: p.Phone.Hash}
	r := t.recipient(core.RosterPrefix, l)
	if r.Gone = !t.wants(core.RosterPrefix, l); r.Gone {
		return r, nil
	}
	if r.Phone, err = s.cfg.Open(p.Phone); err != nil {
		return r, err
	}
	r.Values = map[string]string{"ho_ten": p.FullName, "don_vi": t.unit(p.UnitCode, ""), "don_vi_cap_1": t.top(p.UnitCode, ""), "lien_ket": s.cfg.Entry}
	if t.b.RoundID != "" {
		r.Values["con_luot"] = strconv.Itoa(t.limit)
	}
	t.rate(p.UnitCode, r.Values)
	return r, nil
}

// focal gives a focal point, who is reached as long as their unit is below the target.
func (s *Service) focal(ctx context.Context, t *target, name string) (outreach.Recipient, error) {
	o, err := s.cfg.Store.Organizer(ctx, name)
	if err != nil {
		return outreach.Recipient{}, err
	}
	l := core.AudienceLine{Key: o.Name, UnitCode: o.UnitCode, UserID: o.ZaloUserID}
	if o.ZaloUserID != "" {
		l.Follower, err = s.cfg.Store.Follower(ctx, core.FollowerID(t.query.OAID, o.ZaloUserID))
		if err != nil && !core.Is(err, core.NotFound) {
			return outreach.Recipient{}, err
		}
	}
	r := t.recipient(core.FocalPrefix, l)
	r.Gone = o.Role != core.FocalPoint || o.Disabled || o.ContestID != t.query.ContestID || !t.wants(core.FocalPrefix, l)
	r.Values = map[string]string{"ho_ten": cmp.Or(o.FullName, "đầu mối đơn vị"), "don_vi": t.unit(o.UnitCode, ""), "don_vi_cap_1": t.top(o.UnitCode, ""), "lien_ket": s.cfg.Desk}
	t.figured(o.UnitCode, r.Values)
	return r, nil
}

// follower gives a follower of the OA. Who was linked meanwhile is a contestant now, whom the broadcast has or not.
func (s *Service) follower(ctx context.Context, t *target, id string) (outreach.Recipient, error) {
	f, err := s.cfg.Store.Follower(ctx, id)
	if err != nil {
		return outreach.Recipient{}, err
	}
	l := core.AudienceLine{Key: f.ID, UserID: f.UserID, Follower: f}
	r := t.recipient(core.FollowerPrefix, l)
	r.Values = map[string]string{"lien_ket": s.cfg.Entry}
	_, err = s.cfg.Store.ContestantBy(ctx, t.query.ContestID, "zalo_user_id", f.UserID)
	if err != nil && !core.Is(err, core.NotFound) {
		return r, err
	}
	r.Gone = err == nil || f.OAID != t.query.OAID || !t.wants(core.FollowerPrefix, l)
	return r, nil
}

// unit names a unit as people know it: with those above, as names repeat.
func (t *target) unit(code, other string) string {
	if name := t.edition.Units.FullName(code); name != "" {
		return name
	}
	return other
}

// top names the level-1 unit; who is in none has only what they typed.
func (t *target) top(code, other string) string {
	if u, ok := t.edition.Units.Top(code); ok {
		return u.Name
	}
	return other
}

// figured puts in how far a unit is, where it is counted. Floored, so that 80% is never said below the target.
func (t *target) figured(unit string, values map[string]string) {
	if f, ok := t.figures[unit]; ok {
		values["ti_le"], values["da_thi"], values["tong_so"] = strconv.Itoa(int(f.Percent))+"%", core.Number(f.People), core.Number(f.Headcount)
		values["con_thieu"] = core.Number(f.Needed)
	}
}

// rate is figured for the level-1 unit of a person.
func (t *target) rate(unit string, values map[string]string) {
	if top, ok := t.edition.Units.Top(unit); ok {
		t.figured(top.Code, values)
	}
}

// mentions reports whether a content has one of some placeholders.
func mentions(c core.Content, names ...string) bool {
	all := c.Text + c.ButtonTitle + c.ButtonURL
	for _, text := range c.Parameters {
		all += text
	}
	return slices.ContainsFunc(names, func(name string) bool { return strings.Contains(all, name) })
}
