package audience

import (
	"context"
	"slices"

	"duthi/core"
	"duthi/core/catalog"
)

// target is an audience with all that decides who is in it.
type target struct {
	b       core.Broadcast
	edition *catalog.Edition
	query   core.AudienceQuery
	limit   int             // attempts in a round
	units   map[string]bool // codes, those below included; nil: any
	figures map[string]Figures
}

func (s *Service) target(ctx context.Context, b core.Broadcast) (*target, error) {
	e, err := s.cfg.Edition(b.ContestID)
	if err != nil {
		return nil, err
	}
	t := &target{b: b, edition: e, limit: e.Contest.Quiz.AttemptsPerRound}
	t.query = core.AudienceQuery{ContestID: e.Record.ID, RoundID: b.RoundID, RosterSet: e.Record.RosterSet, OAID: s.cfg.OAID(ctx)}
	if len(b.Audience.Units)+len(b.Audience.Blocks) > 0 {
		t.units = within(e.Units, b.Audience)
	}
	if b.Focal != nil || mentions(b.Content, "{ti_le}", "{da_thi}", "{tong_so}", "{con_thieu}") {
		t.figures, err = s.cfg.Figures(ctx, e.Record.ID)
	}
	return t, err
}

// within gives the codes of the units an audience names, with those below them.
func within(tree *core.UnitTree, a core.Audience) map[string]bool {
	out := map[string]bool{}
	for _, u := range tree.All() {
		block, _ := tree.Block(u.Code)
		if len(a.Blocks) > 0 && !slices.Contains(a.Blocks, block.ID) {
			continue
		}
		if len(a.Units) == 0 || under(tree, u, a.Units) {
			out[u.Code] = true
		}
	}
	if len(a.Blocks) == 0 && slices.Contains(a.Units, core.OtherUnit) {
		out[core.OtherUnit] = true
	}
	return out
}

// under reports whether a unit is one of the named ones or below one.
func under(tree *core.UnitTree, u core.Unit, named []string) bool {
	for range tree.Len() { // a cycle must not hang this
		if slices.Contains(named, u.Code) {
			return true
		}
		parent, ok := tree.Unit(u.ParentCode)
		if !ok {
			return false
		}
		u = parent
	}
	return false
}

func (t *target) who(any ...string) bool {
	return t.b.Audience.Who == "" && slices.Contains(any, core.AudienceAll) || slices.Contains(any, t.b.Audience.Who)
}

func (t *target) contestants() bool {
	return t.who(core.AudienceAll, core.AudienceNotTaken, core.AudienceUnused, core.AudienceTaken, core.AudienceRegistered)
}

// roster: nobody who never registered is linked with the OA.
func (t *target) roster() bool {
	return t.query.RosterSet != 0 && t.b.Audience.Linked != "yes" && t.who(core.AudienceAll, core.AudienceNotTaken, core.AudienceOnlyRoster)
}

// followers: one who is linked with nobody has no unit. Beside a template by phone they are left out of "all": the
// same person may be reached by phone, and nobody gets two.
func (t *target) followers() bool {
	if t.query.OAID == "" || t.units != nil || t.b.Audience.Linked == "yes" {
		return false
	}
	return t.who(core.AudienceFollowers) || t.who(core.AudienceAll) && t.b.Content.PhoneTemplate == ""
}

// takes reports whether a person is in the audience.
func (t *target) takes(prefix string, l core.AudienceLine) bool {
	if prefix == core.FollowerPrefix {
		return l.Follower.Follows || !l.Follower.UnfollowedAt.IsZero()
	}
	if t.units != nil && !t.units[l.UnitCode] {
		return false
	}
	if prefix == core.FocalPrefix {
		f, counted := t.figures[l.UnitCode]
		return t.b.Focal != nil && counted && !f.Reached
	}
	if prefix == core.RosterPrefix {
		return true
	}
	if l.Status == core.Erased || l.Status == core.Locked {
		return false
	}
	switch a := t.b.Audience; {
	case a.Linked == "yes" && l.UserID == "", a.Linked == "no" && l.UserID != "":
		return false
	case a.Who == core.AudienceNotTaken:
		return !l.Taken
	case a.Who == core.AudienceTaken:
		return l.Taken
	case a.Who == core.AudienceUnused:
		return t.b.RoundID != "" && l.Used < t.limit
	}
	return true
}
