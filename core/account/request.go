package account

import (
	"context"

	"duthi/core"
)

// Correction says what became of the changes a contestant asked for.
type Correction struct {
	Applied bool         // changed at once: there was no attempt yet
	Request core.Request // otherwise what an organizer will decide
}

// CanCorrect reports whether the contestant may still correct their data alone.
func (s *Service) CanCorrect(ctx context.Context, p Person) (bool, error) { return false, errTodo }

// Correct changes the contestant's own data, or files a request after the first attempt. fields holds only
// what is to change, named as in the registration; note explains it to the organizer. Invalid with Fields;
// Conflict when the new phone or number has an account (neutral words) or a request is waiting already.
func (s *Service) Correct(ctx context.Context, p Person, fields map[string]string, note string) (Correction, error) {
	return Correction{}, errTodo
}

// LostPhone is what somebody who can't sign in says.
type LostPhone struct {
	ContestID  string
	FullName   string
	BirthDate  string // DD/MM/YYYY
	NationalID string // whole, where the contest asks for it
	UnitCode   string
	NewPhone   string
	Note       string
}

// ReportLostPhone files a request for an organizer if the data name exactly one person. The answer is the same
// when they don't. Invalid with Fields for what can't be right; Limited per address.
func (s *Service) ReportLostPhone(ctx context.Context, l LostPhone, addr string) error {
	return errTodo
}

// RequestView is a request as an organizer reads it.
type RequestView struct {
	core.Request
	Person core.Contestant // as stored now, without the password
	Old    map[string]string
	New    map[string]string // opened for reading; identity numbers masked
}

// Requests gives the requests of a contest, oldest first; status "" gives all. Right: DecideRequests.
func (s *Service) Requests(ctx context.Context, by Person, contestID, status string, limit int) ([]RequestView, error) {
	return nil, errTodo
}

// OwnRequests gives the contestant's own.
func (s *Service) OwnRequests(ctx context.Context, p Person) ([]core.Request, error) {
	return nil, errTodo
}

// DecideRequest accepts (and carries out) or refuses a request, with a reason. Conflict when somebody decided
// first or a unique value is taken by now. Right: DecideRequests.
func (s *Service) DecideRequest(ctx context.Context, by Person, requestID string, accept bool, reason string) error {
	return errTodo
}
