package account

import "context"

// SignIn checks phone and password. Unauthenticated with one message for every reason; Limited after too many
// failures; Unavailable with RetryAfter when too many people sign in at once (the page waits and retries).
func (s *Service) SignIn(ctx context.Context, contestID, phone, password, addr string) (SignedIn, error) {
	return SignedIn{}, errTodo
}

// Authenticate gives the person a session token belongs to, or Unauthenticated. It costs a map lookup most of
// the time.
func (s *Service) Authenticate(ctx context.Context, token string) (Person, error) {
	return Person{}, errTodo
}

// SignOut ends the session; ending one that is over is fine.
func (s *Service) SignOut(ctx context.Context, token string) error { return errTodo }

// SignOutEverywhere ends every session of the person; with keep, all but the one they use now.
func (s *Service) SignOutEverywhere(ctx context.Context, p Person, keep bool) error { return errTodo }

// ChangePassword replaces the person's password after checking the old one, and signs out every other device.
// Invalid with Fields "mat_khau_cu" or "mat_khau".
func (s *Service) ChangePassword(ctx context.Context, p Person, old, new string) error {
	return errTodo
}

// SendResetCode sends a code to the phone if it has an account. The answer is the same if it has none. ticket
// goes into a cookie and is shown to ResetPassword.
func (s *Service) SendResetCode(ctx context.Context, contestID, phone, addr string) (ticket string, st CodeState, err error) {
	return "", CodeState{}, errTodo
}

// ResetPassword checks the code, sets the password, signs out every device and signs in here. Invalid with
// Fields "ma" or "mat_khau" (a refused password does not use the code up); Limited after too many guesses;
// NotFound when the ticket is over.
func (s *Service) ResetPassword(ctx context.Context, ticket, code, password, addr string) (SignedIn, error) {
	return SignedIn{}, errTodo
}
