package account

import (
	"context"

	"duthi/core"
)

// Query narrows a search for people; empty fields don't. Text is a phone when it looks like one, else part of
// a name, with or without diacritics.
type Query struct {
	Text     string
	UnitCode string // a unit of any level
	Status   string
}

// SearchPeople gives up to limit contestants in the order of ids after after, without passwords. Right:
// SeePeople; a focal point finds people of their unit only.
func (s *Service) SearchPeople(ctx context.Context, by Person, contestID string, q Query, after string, limit int) ([]core.Contestant, error) {
	return nil, errTodo
}

// ContestantByID gives one person, without the password. Right: SeePeople.
func (s *Service) ContestantByID(ctx context.Context, by Person, id string) (core.Contestant, error) {
	return core.Contestant{}, errTodo
}

// RevealPhone gives the full number and writes a line in the audit log. Right: RevealContacts.
func (s *Service) RevealPhone(ctx context.Context, by Person, contestantID, reason string) (string, error) {
	return "", errTodo
}

// ResolveUnit moves a person of "Đơn vị khác" (or any other) to a unit. Past attempts keep theirs. Right:
// EditPeople.
func (s *Service) ResolveUnit(ctx context.Context, by Person, contestantID, unitCode, reason string) error {
	return errTodo
}

// SetLocked locks or unlocks a person; GrantExtraTime adds seconds to each of their attempts. Right: EditPeople.
func (s *Service) SetLocked(ctx context.Context, by Person, contestantID string, locked bool, reason string) error {
	return errTodo
}

// GrantExtraTime sets the extra seconds of every later attempt of a person, 0 to 7200. Right: EditPeople.
func (s *Service) GrantExtraTime(ctx context.Context, by Person, contestantID string, seconds int, reason string) error {
	return errTodo
}
