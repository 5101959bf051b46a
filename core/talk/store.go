package talk

import (
	"context"

	"duthi/core"
)

// InboxStore keeps what Zalo's webhook brought.
type InboxStore interface {
	// PutEvent adds an event with Revision 1, durably before it returns; Conflict when its key is known.
	PutEvent(ctx context.Context, e core.InboxEvent) error
	// Event gives an event by key, or NotFound.
	Event(ctx context.Context, key string) (core.InboxEvent, error)
	// UpdateEvent replaces the event of revision e.Revision-1, else Conflict.
	UpdateEvent(ctx context.Context, e core.InboxEvent) error
	// PendingEvents gives up to limit open events with NotBefore <= now, by NotBefore, then key.
	PendingEvents(ctx context.Context, now core.Instant, limit int) ([]core.InboxEvent, error)
	// LaneEvents gives the open events of a lane, by At, then key.
	LaneEvents(ctx context.Context, lane string, limit int) ([]core.InboxEvent, error)
	// UnknownEvents gives the events of a lane in the state unknown, by At, then key.
	UnknownEvents(ctx context.Context, lane string, limit int) ([]core.InboxEvent, error)
	// Events gives events in a state, received last first, then by key downwards.
	Events(ctx context.Context, state string, limit int) ([]core.InboxEvent, error)
	// CountEvents counts the events in a state.
	CountEvents(ctx context.Context, state string) (int64, error)
	// LastEvent gives the event received last, or NotFound.
	LastEvent(ctx context.Context) (core.InboxEvent, error)
	// DeleteEvents removes up to limit events received before, open ones excepted, and says how many.
	DeleteEvents(ctx context.Context, before core.Instant, limit int) (int, error)
}

// FollowerStore keeps the people an OA knows.
type FollowerStore interface {
	// InsertFollower adds a follower with Revision 1; Conflict when the id is known.
	InsertFollower(ctx context.Context, f core.Follower) error
	// UpdateFollower replaces the follower of revision f.Revision-1, else Conflict.
	UpdateFollower(ctx context.Context, f core.Follower) error
	// Follower gives a follower by id, or NotFound.
	Follower(ctx context.Context, id string) (core.Follower, error)
	// Followers gives up to limit followers of an OA with id greater than after, in the order of ids.
	Followers(ctx context.Context, oaID, after string, limit int) ([]core.Follower, error)
	// HandedOver gives the followers whose conversation a person has at now, the one that ends first first, then by id.
	HandedOver(ctx context.Context, now core.Instant, limit int) ([]core.Follower, error)
}

// QuestionStore keeps what was asked in vain, and what organizers answered.
type QuestionStore interface {
	// InsertAsked adds a question with Revision 1; Conflict when the id or the folded text is there in the contest.
	InsertAsked(ctx context.Context, q core.AskedQuestion) error
	// UpdateAsked replaces the question of revision q.Revision-1, else Conflict. Contest and folded text stay.
	UpdateAsked(ctx context.Context, q core.AskedQuestion) error
	// Asked gives a question by id, or NotFound.
	Asked(ctx context.Context, id string) (core.AskedQuestion, error)
	// AskedBy gives a question by its folded text, or NotFound.
	AskedBy(ctx context.Context, contestID, folded string) (core.AskedQuestion, error)
	// AskedList gives the questions in a status, most asked first, then asked last first, then by id.
	AskedList(ctx context.Context, contestID, status string, limit int) ([]core.AskedQuestion, error)
	// DeleteAsked removes up to limit questions of a contest, in whatever status, and says how many.
	DeleteAsked(ctx context.Context, contestID string, limit int) (int, error)
	// InsertTaught adds a version of an answer; Conflict when it is there.
	InsertTaught(ctx context.Context, a core.TaughtAnswer) error
	// TaughtVersions gives every version of every answer of a contest, by id, then version.
	TaughtVersions(ctx context.Context, contestID string) ([]core.TaughtAnswer, error)
	// TaughtCount counts them: versions only come, so a new count means a change.
	TaughtCount(ctx context.Context, contestID string) (int64, error)
}
