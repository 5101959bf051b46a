package audience

import (
	"context"

	"duthi/core"
)

// Store is what an audience is read from. The four lists look at up to limit rows with a key greater than after in
// the order of keys and give the key to go on from, "" when no row is left; rows that don't count make a list shorter.
type Store interface {
	// AudienceContestants gives the contestants of a contest.
	AudienceContestants(ctx context.Context, q core.AudienceQuery, after string, limit int) (lines []core.AudienceLine, next string, err error)
	// AudienceFocalPoints gives the accounts of a contest's focal points that are not closed.
	AudienceFocalPoints(ctx context.Context, q core.AudienceQuery, after string, limit int) (lines []core.AudienceLine, next string, err error)
	// AudienceRoster gives the people of a roster set whom no contestant has the roster key, phone or national id of.
	AudienceRoster(ctx context.Context, q core.AudienceQuery, after string, limit int) (lines []core.AudienceLine, next string, err error)
	// AudienceFollowers gives the followers of the OA with whom no contestant of the contest is linked.
	AudienceFollowers(ctx context.Context, q core.AudienceQuery, after string, limit int) (lines []core.AudienceLine, next string, err error)

	// Contestant gives a person by id, or NotFound.
	Contestant(ctx context.Context, id string) (core.Contestant, error)
	// ContestantBy finds a person by a unique value; see account.PeopleStore.
	ContestantBy(ctx context.Context, contestID, field, value string) (core.Contestant, error)
	// Organizer gives an account of the console by name, or NotFound.
	Organizer(ctx context.Context, name string) (core.Organizer, error)
	// RosterPerson gives a line of a roster set, or NotFound.
	RosterPerson(ctx context.Context, contestID string, set int64, key string) (core.RosterPerson, error)
	// Follower gives a follower by id, or NotFound.
	Follower(ctx context.Context, id string) (core.Follower, error)
	// AttemptsOf gives the attempts of a contestant; roundID "" gives all rounds.
	AttemptsOf(ctx context.Context, contestantID, roundID string) ([]core.Attempt, error)
	// Delivery gives a delivery, or NotFound.
	Delivery(ctx context.Context, broadcastID, person string) (core.Delivery, error)
}
