package account

import (
	"context"

	"duthi/core"
)

// EnsureFirstOrganizer makes the owner "quan-tri" when there is no organizer at all. The password is to be
// printed once; "" when organizers exist. It must be changed at the first sign-in.
func (s *Service) EnsureFirstOrganizer(ctx context.Context) (name, password string, err error) {
	return "", "", errTodo
}

// AddOrganizer makes an account and gives its first password. by is the zero Person for the command line.
// Invalid for a name or role that can't be; Conflict when the name is taken. Right: ManageOrganizers.
func (s *Service) AddOrganizer(ctx context.Context, by Person, name, fullName string, role core.Role) (password string, err error) {
	return "", errTodo
}

// ResetOrganizer gives a new first password, enables the account, changes the role unless role is "", and ends
// its sessions.
func (s *Service) ResetOrganizer(ctx context.Context, by Person, name string, role core.Role) (password string, err error) {
	return "", errTodo
}

// DisableOrganizer ends the account's sessions and refuses new ones. The last owner can't be disabled: Conflict.
func (s *Service) DisableOrganizer(ctx context.Context, by Person, name string) error { return errTodo }

// Organizers lists the accounts, without passwords; with contestID only that contest's focal points.
func (s *Service) Organizers(ctx context.Context, by Person, contestID string) ([]core.Organizer, error) {
	return nil, errTodo
}

// SignInOrganizer is SignIn for organizers and focal points, by name.
func (s *Service) SignInOrganizer(ctx context.Context, name, password, addr string) (SignedIn, error) {
	return SignedIn{}, errTodo
}

// AddFocalPoint makes (or renews) the one account of a unit and gives the secret of its one-time activation
// link, valid 7 days; the caller puts it into an address. Right: ManageFocal.
func (s *Service) AddFocalPoint(ctx context.Context, by Person, contestID, unitCode, fullName string) (name, link string, err error) {
	return "", "", errTodo
}

// Activation gives the account a link would activate, without using the link up; NotFound when it is used or
// over.
func (s *Service) Activation(ctx context.Context, link string) (core.Organizer, error) {
	return core.Organizer{}, errTodo
}

// ActivateFocalPoint uses the link (a POST, never on opening it), sets the password and signs in. Invalid with
// Fields "mat_khau" leaves the link usable.
func (s *Service) ActivateFocalPoint(ctx context.Context, link, password, addr string) (SignedIn, error) {
	return SignedIn{}, errTodo
}
