package account

import (
	"context"

	"duthi/core"
)

// PeopleStore is the storage of contestants and of what they ask for.
type PeopleStore interface {
	// InsertContestant adds a contestant with Revision 1. Conflict when phone, national id or roster person is
	// taken in the contest; the error's Fields has the keys of all that are taken: "phone", "national_id",
	// "roster_key", "zalo_user_id". Conflict without Fields when the id is taken.
	InsertContestant(ctx context.Context, c core.Contestant) error
	// UpdateContestant replaces the record of revision c.Revision-1; Conflict when it moved on or when a unique
	// value is taken (then with Fields as above). The id and the contest of a person never change.
	UpdateContestant(ctx context.Context, c core.Contestant) error
	// Contestant gives a person by id, or NotFound.
	Contestant(ctx context.Context, id string) (core.Contestant, error)
	// ContestantBy finds a person of a contest by a unique value: field is "phone" or "national_id" (value is
	// the sealed hash), "roster_key" or "zalo_user_id". NotFound when nobody has it.
	ContestantBy(ctx context.Context, contestID, field, value string) (core.Contestant, error)
	// Contestants gives up to limit people with id greater than after, in the order of ids.
	Contestants(ctx context.Context, contestID string, f PeopleFilter, after string, limit int) ([]core.Contestant, error)

	// RosterMatches gives the people of a roster set with this folded name in one of the units (any unit when
	// units is empty), by key, at most limit.
	RosterMatches(ctx context.Context, contestID string, set int64, nameFolded string, units []string, limit int) ([]core.RosterPerson, error)
	// RosterBy gives the people of a roster set by sealed national id hash, phone hash or staff code (field
	// "national_id", "phone" or "staff_code"), by key.
	RosterBy(ctx context.Context, contestID string, set int64, field, value string) ([]core.RosterPerson, error)
	// RosterUnregistered looks at up to limit people of a roster set in units (at least one) with key greater than
	// after, by key, and gives those whom no contestant of the contest is: by roster key, phone or national id. next is
	// the key looked at last, "" when there were fewer than limit.
	RosterUnregistered(ctx context.Context, contestID string, set int64, units []string, after string, limit int) (people []core.RosterPerson, next string, err error)

	// InsertRequest adds a request. Conflict when the contestant has an open one of the same kind.
	InsertRequest(ctx context.Context, r core.Request) error
	// Request gives a request by id, or NotFound.
	Request(ctx context.Context, id string) (core.Request, error)
	// UpdateRequest replaces the record of revision r.Revision-1, else Conflict.
	UpdateRequest(ctx context.Context, r core.Request) error
	// Requests gives requests of a contest, oldest first (by created_at, then id); status "" and contestantID "" stand for any.
	Requests(ctx context.Context, contestID, status, contestantID string, limit int) ([]core.Request, error)
}

// PeopleFilter narrows a list of contestants; empty fields don't.
type PeopleFilter struct {
	UnitCode  string // the deepest unit
	Unit1Code string // the level-1 unit
	NamePart  string // folded; found anywhere in the folded name
	PhoneHash string
	Status    string
}

// OrganizerStore is the storage of organizers and focal points.
type OrganizerStore interface {
	// InsertOrganizer adds an account; Conflict when the name is taken, with Fields "zalo_user_id" when another account of
	// the contest has its Zalo user.
	InsertOrganizer(ctx context.Context, o core.Organizer) error
	// Organizer gives an account by name, or NotFound.
	Organizer(ctx context.Context, name string) (core.Organizer, error)
	// FocalPointBy gives the account of a contest that has a Zalo user, or NotFound.
	FocalPointBy(ctx context.Context, contestID, zaloUserID string) (core.Organizer, error)
	// UpdateOrganizer replaces the record of revision o.Revision-1, else Conflict; with Fields as InsertOrganizer.
	UpdateOrganizer(ctx context.Context, o core.Organizer) error
	// Organizers gives every account in the order of names.
	Organizers(ctx context.Context) ([]core.Organizer, error)
}

// TokenStore is the storage of what expires: sessions, drafts, one-time codes and links. From its ExpiresAt on
// a token is treated as absent by every method that takes now. Every change, a counted try included, grows its
// Revision by one, so that a guarded replace never undoes one.
type TokenStore interface {
	// PutToken inserts a token with Revision 1; Conflict when the id is taken.
	PutToken(ctx context.Context, t core.Token) error
	// Token gives a token, or NotFound.
	Token(ctx context.Context, id string, now core.Instant) (core.Token, error)
	// UpdateToken replaces the token of revision t.Revision-1, else Conflict.
	UpdateToken(ctx context.Context, t core.Token) error
	// TryToken counts one try and gives the token as it is then (Tries grown by one): NotFound when absent, expired or used,
	// Limited when it already had max tries. It is how guesses of a code are counted.
	TryToken(ctx context.Context, id string, max int, now core.Instant) (core.Token, error)
	// UseToken sets UsedAt of an unused token to now and gives it, once: the second caller gets NotFound.
	UseToken(ctx context.Context, id string, now core.Instant) (core.Token, error)
	// DeleteToken removes a token; removing an absent one is fine.
	DeleteToken(ctx context.Context, id string) error
	// DeleteTokens removes the tokens of a kind and subject but the one with id except; nothing without a subject.
	DeleteTokens(ctx context.Context, kind, subject, except string) error
	// DeleteExpiredTokens removes up to limit tokens with ExpiresAt less than before, and says how many.
	DeleteExpiredTokens(ctx context.Context, before core.Instant, limit int) (int, error)
}

// Taken makes the Conflict of unique values that are in use, with a message for each field. It stands here so
// that both stores say the same.
func Taken(fields ...string) *core.Error {
	words := map[string]string{
		"phone":        "Số điện thoại này đã được đăng ký.",
		"national_id":  "Số định danh này đã được đăng ký.",
		"roster_key":   "Người này trong danh sách đã được đăng ký.",
		"zalo_user_id": "Tài khoản Zalo này đã gắn với một thí sinh khác.",
	}
	e := &core.Error{Code: core.Conflict, Msg: "Thông tin này đã được đăng ký.", Fields: map[string]string{}}
	for _, f := range fields {
		e.Fields[f] = words[f]
	}
	return e
}
