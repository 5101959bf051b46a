package account

import "context"

// StartRegistration opens a draft, with the unit chosen when unitCode (from a QR code) is one of the
// contest's. token goes into a cookie of its own. addr is the client's address. Limited when the address
// opens too many.
func (s *Service) StartRegistration(ctx context.Context, contestID, unitCode, addr string) (token string, d Draft, err error) {
	return "", Draft{}, errTodo
}

// RegistrationDraft gives a draft, or NotFound when it is over (the page then offers a new start).
func (s *Service) RegistrationDraft(ctx context.Context, token string) (Draft, error) {
	return Draft{}, errTodo
}

// SaveStep takes the fields of one page. With an Invalid error (Fields names what is wrong) the draft holds
// what was typed all the same, and is returned too. A page may be saved again at any time.
func (s *Service) SaveStep(ctx context.Context, token string, step Step, fields map[string]string) (Draft, error) {
	return Draft{}, errTodo
}

// SendRegistrationCode sends a code to the draft's phone. Limited says when another may be asked for;
// Unavailable when the channel fails. The draft is returned with its Code state.
func (s *Service) SendRegistrationCode(ctx context.Context, token, addr string) (Draft, error) {
	return Draft{}, errTodo
}

// FinishRegistration checks the code ("" where the contest asks for none) and makes the contestant, signed in.
// Repeating it with the same draft and code is harmless. Invalid with Fields for a wrong code or a page that is
// not complete; Conflict, in neutral words, when the phone or identity number already has an account: the page
// offers sign-in and reset; Limited after too many guesses.
func (s *Service) FinishRegistration(ctx context.Context, token, code, addr string) (SignedIn, error) {
	return SignedIn{}, errTodo
}
