package mongostore

import (
	"cmp"
	"context"
	"maps"
	"regexp"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"duthi/core"
	"duthi/core/account"
)

// InsertContestant implements account.PeopleStore.
func (s *Store) InsertContestant(ctx context.Context, c core.Contestant) error {
	c.Revision = 1
	err := insert(ctx, s.contestants, c.ID, c)
	if !core.Is(err, core.Conflict) {
		return err
	}
	known, err2 := exists(ctx, s.contestants, doc("_id", c.ID))
	if known || err2 != nil {
		return cmp.Or(err2, err)
	}
	return s.taken(ctx, c, err)
}

// UpdateContestant implements account.PeopleStore.
func (s *Store) UpdateContestant(ctx context.Context, c core.Contestant) error {
	err := replace(ctx, s.contestants, c.ID, c.Revision, c)
	if core.Is(err, core.Conflict) && mongo.IsDuplicateKeyError(err) {
		return s.taken(ctx, c, err)
	}
	return err
}

// uniqueValues gives the unique values of a contestant that are set, by field.
func uniqueValues(c core.Contestant) map[string]string {
	values := map[string]string{"phone": c.Phone.Hash, "national_id": c.NationalID.Hash, "roster_key": c.RosterKey, "zalo_user_id": c.ZaloUserID}
	maps.DeleteFunc(values, func(_, v string) bool { return v == "" })
	return values
}

// taken makes the Conflict that names every unique value of c somebody else has: a unique index names one.
// refused is the error to give when nobody has them any more.
func (s *Store) taken(ctx context.Context, c core.Contestant, refused error) error {
	mine := uniqueValues(c)
	var same bson.A
	for field, value := range mine {
		same = append(same, doc("contest_id", c.ContestID, uniquePaths[field], value))
	}
	if len(same) == 0 {
		return refused
	}
	others, err := many[core.Contestant](ctx, s.contestants, doc("$or", same))
	if err != nil {
		return err
	}
	var fields []string
	for _, o := range others {
		for field, value := range uniqueValues(o) {
			if o.ID != c.ID && mine[field] == value {
				fields = append(fields, field)
			}
		}
	}
	if len(fields) == 0 {
		return refused
	}
	out := account.Taken(fields...)
	out.Err = refused
	return out
}

// Contestant implements account.PeopleStore.
func (s *Store) Contestant(ctx context.Context, id string) (core.Contestant, error) {
	return one[core.Contestant](ctx, s.contestants, doc("_id", id))
}

// uniquePaths says where each unique value of a contestant lies in the document.
var uniquePaths = map[string]string{"phone": "phone.hash", "national_id": "national_id.hash", "roster_key": "roster_key", "zalo_user_id": "zalo_user_id"}

// ContestantBy implements account.PeopleStore.
func (s *Store) ContestantBy(ctx context.Context, contestID, field, value string) (core.Contestant, error) {
	path, ok := uniquePaths[field]
	if !ok {
		return core.Contestant{}, noField(field)
	}
	return one[core.Contestant](ctx, s.contestants, doc("contest_id", contestID, path, value))
}

func noField(field string) error {
	return core.Errorf(core.Invalid, "Không tìm được theo %q.", field)
}

// Contestants implements account.PeopleStore.
func (s *Store) Contestants(ctx context.Context, contestID string, f account.PeopleFilter, after string, limit int) ([]core.Contestant, error) {
	filter := doc("contest_id", contestID, "_id", doc("$gt", after))
	for _, narrow := range []struct{ field, value string }{
		{"unit_code", f.UnitCode}, {"unit1_code", f.Unit1Code}, {"phone.hash", f.PhoneHash}, {"status", f.Status},
	} {
		if narrow.value != "" {
			filter = append(filter, bson.E{Key: narrow.field, Value: narrow.value})
		}
	}
	if f.NamePart != "" {
		filter = append(filter, bson.E{Key: "name_folded", Value: bson.Regex{Pattern: regexp.QuoteMeta(f.NamePart)}})
	}
	return many[core.Contestant](ctx, s.contestants, filter, options.Find().SetSort(doc("_id", 1)).SetLimit(int64(limit)))
}

// RosterMatches implements account.PeopleStore.
func (s *Store) RosterMatches(ctx context.Context, contestID string, set int64, nameFolded string, units []string, limit int) ([]core.RosterPerson, error) {
	filter := doc("contest_id", contestID, "set", set, "name_folded", nameFolded)
	if len(units) > 0 {
		filter = append(filter, bson.E{Key: "unit_code", Value: doc("$in", units)})
	}
	return many[core.RosterPerson](ctx, s.roster, filter, options.Find().SetSort(doc("key", 1)).SetLimit(int64(limit)))
}

// RosterBy implements account.PeopleStore.
func (s *Store) RosterBy(ctx context.Context, contestID string, set int64, field, value string) ([]core.RosterPerson, error) {
	path, ok := map[string]string{"phone": "phone.hash", "national_id": "national_id.hash", "staff_code": "staff_code"}[field]
	if !ok {
		return nil, noField(field)
	}
	return many[core.RosterPerson](ctx, s.roster, doc("contest_id", contestID, "set", set, path, value), options.Find().SetSort(doc("key", 1)))
}

// RosterUnregistered implements account.PeopleStore, in two commands: people, and which of them are contestants.
func (s *Store) RosterUnregistered(ctx context.Context, contestID string, set int64, units []string, after string, limit int) (people []core.RosterPerson, next string, err error) {
	all, err := many[core.RosterPerson](ctx, s.roster, doc("contest_id", contestID, "set", set, "unit_code", doc("$in", units), "key", doc("$gt", after)),
		options.Find().SetSort(doc("key", 1)).SetLimit(int64(limit)))
	if err != nil || len(all) == 0 {
		return nil, "", err
	}
	if len(all) == limit {
		next = all[len(all)-1].Key
	}
	people, err = s.unregistered(ctx, contestID, all)
	return people, next, err
}

// InsertRequest implements account.PeopleStore.
func (s *Store) InsertRequest(ctx context.Context, r core.Request) error {
	r.Revision = 1
	return insert(ctx, s.requests, r.ID, r)
}

// Request implements account.PeopleStore.
func (s *Store) Request(ctx context.Context, id string) (core.Request, error) {
	return one[core.Request](ctx, s.requests, doc("_id", id))
}

// UpdateRequest implements account.PeopleStore.
func (s *Store) UpdateRequest(ctx context.Context, r core.Request) error {
	return replace(ctx, s.requests, r.ID, r.Revision, r)
}

// Requests implements account.PeopleStore.
func (s *Store) Requests(ctx context.Context, contestID, status, contestantID string, limit int) ([]core.Request, error) {
	filter := doc("contest_id", contestID)
	if status != "" {
		filter = append(filter, bson.E{Key: "status", Value: status})
	}
	if contestantID != "" {
		filter = append(filter, bson.E{Key: "contestant_id", Value: contestantID})
	}
	return many[core.Request](ctx, s.requests, filter, options.Find().SetSort(doc("created_at", 1, "_id", 1)).SetLimit(int64(limit)))
}

// InsertOrganizer implements account.OrganizerStore.
func (s *Store) InsertOrganizer(ctx context.Context, o core.Organizer) error {
	o.Revision = 1
	return s.whoseZalo(ctx, o, insert(ctx, s.organizers, o.Name, o))
}

// whoseZalo names the Zalo user when err is that of a unique index and another account has it.
func (s *Store) whoseZalo(ctx context.Context, o core.Organizer, err error) error {
	if o.ZaloUserID == "" || !core.Is(err, core.Conflict) || !mongo.IsDuplicateKeyError(err) {
		return err
	}
	other, e := s.FocalPointBy(ctx, o.ContestID, o.ZaloUserID)
	if e != nil && !core.Is(e, core.NotFound) {
		return e
	}
	if e != nil || other.Name == o.Name {
		return err
	}
	out := account.Taken("zalo_user_id")
	out.Err = err
	return out
}

// FocalPointBy implements account.OrganizerStore.
func (s *Store) FocalPointBy(ctx context.Context, contestID, zaloUserID string) (core.Organizer, error) {
	return one[core.Organizer](ctx, s.organizers, doc("contest_id", contestID, "zalo_user_id", zaloUserID))
}

// Organizer implements account.OrganizerStore.
func (s *Store) Organizer(ctx context.Context, name string) (core.Organizer, error) {
	return one[core.Organizer](ctx, s.organizers, doc("_id", name))
}

// UpdateOrganizer implements account.OrganizerStore.
func (s *Store) UpdateOrganizer(ctx context.Context, o core.Organizer) error {
	return s.whoseZalo(ctx, o, replace(ctx, s.organizers, o.Name, o.Revision, o))
}

// Organizers implements account.OrganizerStore.
func (s *Store) Organizers(ctx context.Context) ([]core.Organizer, error) {
	return many[core.Organizer](ctx, s.organizers, doc(), options.Find().SetSort(doc("_id", 1)))
}
