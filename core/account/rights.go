package account

import "duthi/core"

// Right is something the console lets a role do.
type Right string

const (
	SeeFigures       Right = "see_figures"       // dashboards, participation tables
	SeePeople        Right = "see_people"        // names, units, masked phones; focal points: of their unit only
	RevealContacts   Right = "reveal_contacts"   // a full phone number, each time with a line in the audit log
	EditContent      Right = "edit_content"      // import and change contests, questions, units, notices
	EditPeople       Right = "edit_people"       // lock, extra time, resolve units, erase
	DecideRequests   Right = "decide_requests"   // corrections, lost phones, erasures
	ReviewResults    Right = "review_results"    // void, freeze, publish
	SendMessages     Right = "send_messages"     // reminders and broadcasts
	ManageFocal      Right = "manage_focal"      // focal points' accounts and links
	ManageOrganizers Right = "manage_organizers" // organizers' accounts
)

// rights is the whole table; a right that is not named for a role is not given.
var rights = map[core.Role]map[Right]bool{
	core.Owner: {SeeFigures: true, SeePeople: true, RevealContacts: true, EditContent: true, EditPeople: true,
		DecideRequests: true, ReviewResults: true, SendMessages: true, ManageFocal: true, ManageOrganizers: true},
	core.Editor: {SeeFigures: true, SeePeople: true, RevealContacts: true, EditContent: true, EditPeople: true,
		DecideRequests: true, SendMessages: true, ManageFocal: true},
	core.Reviewer:   {SeeFigures: true, SeePeople: true, RevealContacts: true, DecideRequests: true, ReviewResults: true},
	core.Viewer:     {SeeFigures: true, SeePeople: true},
	core.FocalPoint: {SeeFigures: true, SeePeople: true},
}

// May reports whether the person's role gives the right. A focal point's rights end at their unit, which the
// caller checks with Person.UnitCode. Whoever must change a password first may do nothing yet.
func (p Person) May(r Right) bool {
	return p.Kind == kindCommand || p.Kind == KindOrganizer && !p.MustChange && rights[p.Role][r]
}

// ValidRole reports whether r is a role an organizer can have; focal points are made by their unit.
func ValidRole(r core.Role) bool {
	return r == core.Owner || r == core.Editor || r == core.Reviewer || r == core.Viewer
}

var errForbidden = core.Errorf(core.Forbidden, "Tài khoản này không có quyền làm việc đó.")

func (p Person) must(r Right) error {
	if p.May(r) {
		return nil
	}
	if p.MustChange {
		return core.Errorf(core.Forbidden, "Xin đổi mật khẩu trước khi tiếp tục.")
	}
	return errForbidden
}
