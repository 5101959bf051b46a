package mongostore

import (
	"context"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"duthi/core"
)

// validOf is the filter of valid attempts; with roundID "" of all rounds.
func validOf(contestID, roundID string) bson.D {
	filter := doc("contest_id", contestID, "valid", true)
	if roundID != "" {
		filter = append(filter, bson.E{Key: "round_id", Value: roundID})
	}
	return filter
}

// sum adds up expr.
func sum(expr any) bson.D { return doc("$sum", expr) }

// Participation implements exam.FigureStore in one pipeline: attempts are first folded to one row for each
// person and unit, read from an index alone, then those rows are counted four ways.
func (s *Store) Participation(ctx context.Context, contestID, roundID string) (core.Participation, error) {
	rows, err := aggregated[map[string][]countRow](ctx, s.attempts, mongo.Pipeline{
		doc("$match", validOf(contestID, roundID)),
		doc("$group", doc("_id", doc("person", "$contestant_id", "unit", "$unit_code", "top", "$unit1_code", "block", "$block_id"),
			"attempts", sum(1), "points", sum("$points"))),
		doc("$facet", doc(
			"total", countPeople(nil),
			"block", append(mongo.Pipeline{doc("$match", doc("_id.block", doc("$gt", "")))}, countPeople("$_id.block")...),
			"top", countPeople("$_id.top"),
			"unit", countPeople("$_id.unit"))),
	})
	p := core.Participation{ByBlock: map[string]core.Count{}, ByTop: map[string]core.Count{}, ByUnit: map[string]core.Count{}}
	if err != nil || len(rows) == 0 {
		return p, err
	}
	for _, r := range rows[0]["total"] {
		p.Total = r.count()
	}
	for name, table := range map[string]map[string]core.Count{"block": p.ByBlock, "top": p.ByTop, "unit": p.ByUnit} {
		for _, r := range rows[0][name] {
			table[r.Key] = r.count()
		}
	}
	return p, nil
}

type countRow struct {
	Key      string `bson:"_id"`
	People   int64  `bson:"people"`
	Attempts int64  `bson:"attempts"`
	Points   int64  `bson:"points"`
}

func (r countRow) count() core.Count {
	return core.Count{People: r.People, Attempts: r.Attempts, Points: r.Points}
}

// countPeople counts rows of {person, …} by key, each person once.
func countPeople(key any) mongo.Pipeline {
	sums := func(id any, people bson.D) bson.D {
		return doc("$group", doc("_id", id, "people", people, "attempts", sum("$attempts"), "points", sum("$points")))
	}
	return mongo.Pipeline{
		sums(doc("person", "$_id.person", "key", key), sum(1)),
		sums("$_id.key", sum(1)),
	}
}

// Leaders implements exam.FigureStore: it reads valid attempts best first, in the order of an index, and stops
// when enough people were met.
func (s *Store) Leaders(ctx context.Context, contestID, roundID string, limit int) ([]core.Attempt, error) {
	order := doc("correct", -1, "duration_seconds", 1, "submitted_at", 1, "_id", 1)
	cur, err := s.attempts.Find(ctx, validOf(contestID, roundID), options.Find().SetSort(order).
		SetProjection(doc("paper", 0, "answers", 0, "prediction", 0, "writes", 0)).SetBatchSize(int32(min(2*limit, batchSize))))
	if err != nil {
		return nil, translate(err)
	}
	defer cur.Close(ctx)
	var best []core.Attempt
	met := map[string]bool{}
	for len(best) < limit && cur.Next(ctx) {
		var a core.Attempt
		if err := cur.Decode(&a); err != nil {
			return nil, internal(err)
		}
		if !met[a.ContestantID] {
			met[a.ContestantID] = true
			best = append(best, a)
		}
	}
	return best, translate(cur.Err())
}

const minute = int64(time.Minute / time.Millisecond)

// Activity implements exam.FigureStore.
func (s *Store) Activity(ctx context.Context, contestID string, now core.Instant, minutes int) (core.Activity, error) {
	out := core.Activity{Starts: make([]int64, minutes)}
	inside, err := s.attempts.CountDocuments(ctx, doc("contest_id", contestID, "status", core.Running, "deadline", doc("$gt", now)))
	if err != nil {
		return out, translate(err)
	}
	out.Inside = inside
	from := now.Add(-time.Duration(minutes) * time.Minute)
	type row struct {
		Ago int64 `bson:"_id"` // whole minutes before now
		N   int64 `bson:"n"`
	}
	rows, err := aggregated[row](ctx, s.attempts, mongo.Pipeline{
		doc("$match", doc("contest_id", contestID, "started_at", doc("$gt", from, "$lte", now))),
		doc("$group", doc("_id", floorDivide(doc("$subtract", bson.A{now, "$started_at"}), minute), "n", sum(1))),
	})
	for _, r := range rows {
		out.Starts[minutes-1-int(r.Ago)] = r.N
	}
	return out, err
}

func floorDivide(a any, by int64) bson.D {
	return doc("$floor", doc("$divide", bson.A{a, by}))
}

const day = int64(24 * time.Hour / time.Millisecond)

// Days implements exam.FigureStore: rows of person and day first, then attempts by day and people by first day.
func (s *Store) Days(ctx context.Context, contestID string, offsetSeconds int) ([]core.Day, error) {
	type row struct {
		Day    int64 `bson:"_id"` // days since 1970-01-01 in the zone
		N      int64 `bson:"n"`
		People int64 `bson:"people"`
	}
	local := doc("$add", bson.A{"$started_at", int64(offsetSeconds) * 1000})
	rows, err := aggregated[row](ctx, s.attempts, mongo.Pipeline{
		doc("$match", validOf(contestID, "")),
		doc("$group", doc("_id", doc("person", "$contestant_id", "day", floorDivide(local, day)), "n", sum(1))),
		doc("$group", doc("_id", "$_id.person", "first", doc("$min", "$_id.day"), "days", doc("$push", doc("day", "$_id.day", "n", "$n")))),
		doc("$unwind", "$days"),
		doc("$group", doc("_id", "$days.day", "n", sum("$days.n"),
			"people", sum(doc("$cond", bson.A{doc("$eq", bson.A{"$first", "$days.day"}), 1, 0})))),
		doc("$sort", doc("_id", 1)),
	})
	out := make([]core.Day, len(rows))
	for i, r := range rows {
		date := time.UnixMilli(r.Day * day).UTC().Format(time.DateOnly)
		out[i] = core.Day{Date: date, NewPeople: r.People, Attempts: r.N}
	}
	return out, err
}

// Registered implements exam.FigureStore.
func (s *Store) Registered(ctx context.Context, contestID string) (byTop, byUnit map[string]int64, err error) {
	type row struct {
		ID struct {
			Top  string `bson:"top"`
			Unit string `bson:"unit"`
		} `bson:"_id"`
		N int64 `bson:"n"`
	}
	rows, err := aggregated[row](ctx, s.contestants, mongo.Pipeline{
		doc("$match", doc("contest_id", contestID, "status", core.Active)),
		doc("$group", doc("_id", doc("top", "$unit1_code", "unit", "$unit_code"), "n", sum(1))),
	})
	byTop, byUnit = map[string]int64{}, map[string]int64{}
	for _, r := range rows {
		byTop[r.ID.Top] += r.N
		byUnit[r.ID.Unit] += r.N
	}
	return byTop, byUnit, err
}

// TookPart implements exam.FigureStore: the unit's people now, each looked up among valid attempts.
func (s *Store) TookPart(ctx context.Context, contestID, unitCode string, deep bool) (map[string]bool, error) {
	field := "unit1_code"
	if deep {
		field = "unit_code"
	}
	type row struct {
		Person string `bson:"_id"`
	}
	rows, err := aggregated[row](ctx, s.contestants, mongo.Pipeline{
		doc("$match", doc("contest_id", contestID, field, unitCode)),
		doc("$project", doc("_id", 1)),
		doc("$lookup", doc("from", s.attempts.Name(), "localField", "_id", "foreignField", "contestant_id", "as", "took",
			"pipeline", mongo.Pipeline{
				doc("$match", doc("contest_id", contestID, "valid", true)),
				doc("$limit", 1),
				doc("$project", doc("_id", 0, "contestant_id", 1)), // all in the index
			})),
		doc("$match", doc("took", doc("$ne", bson.A{}))),
		doc("$project", doc("_id", 1)),
	})
	out := make(map[string]bool, len(rows))
	for _, r := range rows {
		out[r.Person] = true
	}
	return out, err
}
