package mongostore

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"duthi/core"
)

// audiencePerson is what an audience takes of a contestant.
type audiencePerson struct {
	ID         string         `bson:"_id"`
	Status     string         `bson:"status"`
	UnitCode   string         `bson:"unit_code"`
	Unit1Code  string         `bson:"unit1_code"`
	Phone      core.Sealed    `bson:"phone"`
	ZaloUserID string         `bson:"zalo_user_id"`
	Consents   []core.Consent `bson:"consents"`
}

// audiencePage gives the rows of a list in the order of their key, and which of them the next page begins after.
func audiencePage[T any](ctx context.Context, c *mongo.Collection, filter bson.D, fields bson.D, key string, limit int, keyOf func(T) string) ([]T, string, error) {
	rows, err := many[T](ctx, c, filter, options.Find().SetSort(doc(key, 1)).SetLimit(int64(limit)).SetBatchSize(int32(limit)+1).SetProjection(fields)) // in one answer
	if err != nil || len(rows) < limit {
		return rows, "", err
	}
	return rows, keyOf(rows[len(rows)-1]), nil
}

// AudienceContestants implements audience.Store in three commands whatever the limit.
func (s *Store) AudienceContestants(ctx context.Context, q core.AudienceQuery, after string, limit int) ([]core.AudienceLine, string, error) {
	fields := doc("status", 1, "unit_code", 1, "unit1_code", 1, "phone.hash", 1, "zalo_user_id", 1, "consents", 1)
	people, next, err := audiencePage(ctx, s.contestants, doc("contest_id", q.ContestID, "_id", doc("$gt", after)), fields, "_id", limit,
		func(p audiencePerson) string { return p.ID })
	if err != nil || len(people) == 0 {
		return nil, "", err
	}
	var ids, users bson.A
	for _, p := range people {
		ids = append(ids, p.ID)
		if p.ZaloUserID != "" {
			users = append(users, core.FollowerID(q.OAID, p.ZaloUserID))
		}
	}
	followers, err := s.followersBy(ctx, users)
	if err != nil {
		return nil, "", err
	}
	did, err := s.didIn(ctx, q, ids)
	if err != nil {
		return nil, "", err
	}
	out := make([]core.AudienceLine, len(people))
	for i, p := range people {
		d := did[p.ID]
		out[i] = core.AudienceLine{Key: p.ID, Status: p.Status, UnitCode: p.UnitCode, Unit1Code: p.Unit1Code, HasPhone: !p.Phone.IsZero(),
			Consents: p.Consents, UserID: p.ZaloUserID, Taken: d.Valid > 0, Used: d.Used}
		if p.ZaloUserID != "" {
			out[i].Follower = followers[core.FollowerID(q.OAID, p.ZaloUserID)]
		}
	}
	return out, next, nil
}

func (s *Store) followersBy(ctx context.Context, ids bson.A) (map[string]core.Follower, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := many[core.Follower](ctx, s.followers, doc("_id", doc("$in", ids)), options.Find().SetBatchSize(int32(len(ids))+1))
	out := make(map[string]core.Follower, len(found))
	for _, f := range found {
		out[f.ID] = f
	}
	return out, err
}

// did counts the attempts of a person: all of the round, and those that are valid. Without a round only whether
// there are valid ones is asked.
type did struct {
	Person string `bson:"_id"`
	Used   int    `bson:"used"`
	Valid  int    `bson:"valid"`
}

func (s *Store) didIn(ctx context.Context, q core.AudienceQuery, ids bson.A) (map[string]did, error) {
	match := doc("contestant_id", doc("$in", ids), "round_id", q.RoundID)
	group := doc("_id", "$contestant_id", "used", sum(1), "valid", sum(doc("$cond", bson.A{"$valid", 1, 0})))
	if q.RoundID == "" {
		match = doc("contest_id", q.ContestID, "valid", true, "contestant_id", doc("$in", ids))
		group = doc("_id", "$contestant_id", "valid", sum(1))
	}
	rows, err := aggregated[did](ctx, s.attempts, mongo.Pipeline{doc("$match", match), doc("$group", group)})
	out := make(map[string]did, len(rows))
	for _, r := range rows {
		out[r.Person] = r
	}
	return out, err
}

// AudienceFocalPoints implements audience.Store in two commands.
func (s *Store) AudienceFocalPoints(ctx context.Context, q core.AudienceQuery, after string, limit int) ([]core.AudienceLine, string, error) {
	found, next, err := audiencePage(ctx, s.organizers, doc("contest_id", q.ContestID, "_id", doc("$gt", after)),
		doc("name", 1, "role", 1, "unit_code", 1, "zalo_user_id", 1, "disabled", 1), "_id", limit, func(o core.Organizer) string { return o.Name })
	if err != nil || len(found) == 0 {
		return nil, "", err
	}
	var users bson.A
	for _, o := range found {
		if o.ZaloUserID != "" {
			users = append(users, core.FollowerID(q.OAID, o.ZaloUserID))
		}
	}
	followers, err := s.followersBy(ctx, users)
	if err != nil {
		return nil, "", err
	}
	var out []core.AudienceLine
	for _, o := range found {
		if o.Role != core.FocalPoint || o.Disabled {
			continue
		}
		l := core.AudienceLine{Key: o.Name, UnitCode: o.UnitCode, UserID: o.ZaloUserID}
		if o.ZaloUserID != "" {
			l.Follower = followers[core.FollowerID(q.OAID, o.ZaloUserID)]
		}
		out = append(out, l)
	}
	return out, next, nil
}

// AudienceRoster implements audience.Store in two commands: people, and which of them are contestants.
func (s *Store) AudienceRoster(ctx context.Context, q core.AudienceQuery, after string, limit int) ([]core.AudienceLine, string, error) {
	filter := doc("contest_id", q.ContestID, "set", q.RosterSet, "key", doc("$gt", after))
	fields := doc("key", 1, "unit_code", 1, "phone.hash", 1, "national_id.hash", 1)
	people, next, err := audiencePage(ctx, s.roster, filter, fields, "key", limit, func(p core.RosterPerson) string { return p.Key })
	if err != nil || len(people) == 0 {
		return nil, "", err
	}
	people, err = s.unregistered(ctx, q.ContestID, people)
	out := make([]core.AudienceLine, len(people))
	for i, p := range people {
		out[i] = core.AudienceLine{Key: p.Key, UnitCode: p.UnitCode, HasPhone: !p.Phone.IsZero(), Phone: p.Phone.Hash}
	}
	return out, next, err
}

// unregistered gives those of people whom no contestant of the contest is, in one command.
func (s *Store) unregistered(ctx context.Context, contestID string, people []core.RosterPerson) ([]core.RosterPerson, error) {
	wanted := map[string]bson.A{} // by where the value lies in a contestant
	for _, p := range people {
		for path, value := range rosterValues(p) {
			if value != "" {
				wanted[path] = append(wanted[path], value)
			}
		}
	}
	var any bson.A
	for path, values := range wanted {
		any = append(any, doc("contest_id", contestID, path, doc("$in", values)))
	}
	registered, err := many[core.Contestant](ctx, s.contestants, doc("$or", any),
		options.Find().SetProjection(doc("roster_key", 1, "phone.hash", 1, "national_id.hash", 1)))
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, c := range registered {
		for field, path := range uniquePaths {
			if v := uniqueValues(c)[field]; v != "" {
				known[path+"="+v] = true
			}
		}
	}
	var out []core.RosterPerson
	for _, p := range people {
		taken := false
		for path, value := range rosterValues(p) {
			taken = taken || known[path+"="+value]
		}
		if !taken {
			out = append(out, p)
		}
	}
	return out, nil
}

// rosterValues gives what tells whether a person of the roster registered, by where it lies in a contestant.
func rosterValues(p core.RosterPerson) map[string]string {
	return map[string]string{uniquePaths["roster_key"]: p.Key, uniquePaths["phone"]: p.Phone.Hash, uniquePaths["national_id"]: p.NationalID.Hash}
}

// AudienceFollowers implements audience.Store in two commands: followers, and which of them are linked.
func (s *Store) AudienceFollowers(ctx context.Context, q core.AudienceQuery, after string, limit int) ([]core.AudienceLine, string, error) {
	followers, next, err := audiencePage(ctx, s.followers, doc("oa_id", q.OAID, "_id", doc("$gt", after)), doc(), "_id", limit,
		func(f core.Follower) string { return f.ID })
	if err != nil || len(followers) == 0 {
		return nil, "", err
	}
	var users bson.A
	for _, f := range followers {
		users = append(users, f.UserID)
	}
	linked, err := many[core.Contestant](ctx, s.contestants, doc("contest_id", q.ContestID, "zalo_user_id", doc("$in", users)),
		options.Find().SetProjection(doc("_id", 0, "zalo_user_id", 1)))
	if err != nil {
		return nil, "", err
	}
	known := map[string]bool{}
	for _, c := range linked {
		known[c.ZaloUserID] = true
	}
	var out []core.AudienceLine
	for _, f := range followers {
		if !known[f.UserID] {
			out = append(out, core.AudienceLine{Key: f.ID, UserID: f.UserID, Follower: f})
		}
	}
	return out, next, nil
}

// RosterPerson implements audience.Store.
func (s *Store) RosterPerson(ctx context.Context, contestID string, set int64, key string) (core.RosterPerson, error) {
	return one[core.RosterPerson](ctx, s.roster, doc("contest_id", contestID, "set", set, "key", key))
}
