package account

import "duthi/core"

// Kind says who a signed-in person is.
type Kind string

const (
	KindContestant Kind = "contestant"
	KindOrganizer  Kind = "organizer" // organizers and focal points; Role tells them apart
	kindCommand    Kind = "command"   // the command line and the program itself; see CommandLine
)

// Person is somebody who is signed in.
type Person struct {
	Kind      Kind
	SessionID string // the token's id in the store, not what the cookie holds

	// Of a contestant. Contestant is shared and must not be changed; its PasswordHash is left out. It may be a
	// few seconds old.
	ContestantID string
	Contestant   *core.Contestant

	// Of an organizer or focal point.
	Name       string
	FullName   string
	Role       core.Role
	UnitCode   string // focal points: the unit they see
	MustChange bool   // the password was given by somebody else: only changing it is allowed

	ContestID string // of a contestant or focal point; "" for organizers, who see every contest
}

// CommandLine is who runs a command on the server: they hold the database, and so every right. It is never
// the outcome of Authenticate.
func CommandLine() Person { return Person{Kind: kindCommand} }

// Subject names the person in tokens and the audit log: "contestant:ID", "organizer:NAME" or "command".
func (p Person) Subject() string {
	if p.Kind == kindCommand {
		return "command"
	}
	if p.Kind == KindContestant {
		return "contestant:" + p.ContestantID
	}
	return "organizer:" + p.Name
}

// MayTakePart reports whether a contestant may start attempts: registered and neither withdrawn nor locked.
func (p Person) MayTakePart() bool {
	return p.Kind == KindContestant && p.Contestant != nil && p.Contestant.Status == core.Active
}

// SignedIn is a new session. Token goes into the cookie and is kept nowhere else.
type SignedIn struct {
	Token     string
	ExpiresAt core.Instant
	Person    Person
}
