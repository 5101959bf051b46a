package catalog

import (
	"context"

	"duthi/core"
)

// Store is the storage of contests and of what is imported for them. Big imports are staged under a new set
// number, which nobody sees until the contest record points at it.
type Store interface {
	// ContestHeads gives every stored contest, the active one (latest activated_at) first.
	ContestHeads(ctx context.Context) ([]core.ContestHead, error)
	// ContestRecord gives a contest, or NotFound.
	ContestRecord(ctx context.Context, id string) (core.ContestRecord, error)
	// SaveContest inserts rec when rec.Revision is 1 and replaces the record of revision rec.Revision-1
	// otherwise; Conflict when that one is not there (or, inserting, when one is).
	SaveContest(ctx context.Context, rec core.ContestRecord) error
	// RemoveContest deletes a contest with everything that belongs to it: sets, people, attempts, tokens,
	// links, requests, focal points' accounts, snapshots. The audit log stays. The record itself goes last, so
	// that an interrupted removal can be run again; removing an absent contest is fine.
	RemoveContest(ctx context.Context, id string) error

	// StageQuestions, StageUnits and StageRoster write rows of a set that is not current yet; ResealRoster
	// rewrites rows of the current one. All rows of one
	// call carry the same contest and set. A row is known by question id and version, unit code or roster key;
	// writing it again replaces it at its old place.
	StageQuestions(ctx context.Context, rows []core.Question) error
	StageUnits(ctx context.Context, rows []core.Unit) error
	StageRoster(ctx context.Context, rows []core.RosterPerson) error
	// DropSet removes the rows of a set of kind "questions", "units" or "roster".
	DropSet(ctx context.Context, contestID, kind string, set int64) error

	// PutAttachmentPart writes one part of a file of a contest, AttachmentPart gives it, or NotFound; parts are counted
	// from 0. KeepAttachments removes the files whose digest is not among those named.
	PutAttachmentPart(ctx context.Context, contestID, digest string, part int, data []byte) error
	AttachmentPart(ctx context.Context, contestID, digest string, part int) ([]byte, error)
	KeepAttachments(ctx context.Context, contestID string, digests []string) error

	// Questions gives a set in the order of ids (then versions), Units in the order staged.
	Questions(ctx context.Context, contestID string, set int64) ([]core.Question, error)
	Units(ctx context.Context, contestID string, set int64) ([]core.Unit, error)
	// QuestionVersion gives any version of a question, from whatever set holds it, or NotFound.
	QuestionVersion(ctx context.Context, contestID string, ref core.QuestionRef) (core.Question, error)
	// RosterAfter gives up to limit people of a set whose key is greater than after, in the order of keys.
	RosterAfter(ctx context.Context, contestID string, set int64, after string, limit int) ([]core.RosterPerson, error)
}
