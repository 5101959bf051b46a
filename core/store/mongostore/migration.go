package mongostore

import (
	"context"
	"fmt"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// migration is one step of the schema. Numbers grow by one and are never used again. Any number of processes
// may run the same step at once, and a step may be cut short and run again, so it must change nothing that is
// right already. Making an index is such a step.
type migration struct {
	number int64
	name   string
	run    func(ctx context.Context, db *mongo.Database) error
}

// migrations lists the schema's history; the last number is the schema this program knows.
func migrations() []migration {
	return []migration{
		{1, "first indexes", func(ctx context.Context, db *mongo.Database) error { return createIndexes(ctx, db, firstIndexes()) }},
		{2, "conversations over Zalo", func(ctx context.Context, db *mongo.Database) error { return createIndexes(ctx, db, talkIndexes()) }},
		{3, "reminders and broadcasts", func(ctx context.Context, db *mongo.Database) error {
			return createIndexes(ctx, db, outreachIndexes())
		}},
		{4, "roster by unit", func(ctx context.Context, db *mongo.Database) error {
			return createIndexes(ctx, db, []index{{"roster", doc("contest_id", 1, "set", 1, "unit_code", 1, "key", 1), false, nil}})
		}},
		{5, "files of contests", func(ctx context.Context, db *mongo.Database) error {
			return createIndexes(ctx, db, attachmentIndexes())
		}},
		{6, "focal points over Zalo, one message for each address", func(ctx context.Context, db *mongo.Database) error {
			return createIndexes(ctx, db, addressIndexes())
		}},
	}
}

// migrate runs the steps the database lacks, in order, and refuses a database that knows more than steps.
func (s *Store) migrate(ctx context.Context, steps []migration) error {
	type mark struct {
		Number int64 `bson:"_id"`
	}
	done, err := many[mark](ctx, s.mg, doc(), options.Find().SetSort(doc("_id", 1)))
	if err != nil {
		return err
	}
	has := map[int64]bool{}
	for _, m := range done {
		has[m.Number] = true
	}
	known := steps[len(steps)-1].number
	if n := len(done); n > 0 && done[n-1].Number > known {
		return internal(fmt.Errorf("database has schema %d, this program knows up to %d: use a newer program", done[n-1].Number, known))
	}
	for _, m := range steps {
		if has[m.number] {
			continue
		}
		if err := m.run(ctx, s.db); err != nil {
			return translate(fmt.Errorf("migration %d (%s): %w", m.number, m.name, err))
		}
		_, err := s.mg.UpdateOne(ctx, doc("_id", m.number), doc("$setOnInsert", doc("name", m.name)), options.UpdateOne().SetUpsert(true))
		if err != nil && !mongo.IsDuplicateKeyError(err) { // another process wrote the same mark
			return translate(err)
		}
	}
	return nil
}

// index describes one index; where is the condition of a partial one.
type index struct {
	collection string
	keys       bson.D
	unique     bool
	where      bson.D
}

// firstIndexes are the indexes of schema 1: every query of this package has one. Those that figures count by
// hold every field the count needs, the condition of a partial index included, so that no document is read.
func firstIndexes() []index {
	running, valid := doc("status", "running"), doc("valid", true)
	return []index{
		{"contests", doc("activated_at", -1, "_id", 1, "revision", 1), false, nil},
		{"questions", doc("contest_id", 1, "set", 1, "id", 1, "version", 1), false, nil},
		{"questions", doc("contest_id", 1, "id", 1, "version", 1, "set", -1), false, nil},
		{"units", doc("contest_id", 1, "set", 1, "position", 1), false, nil},
		{"roster", doc("contest_id", 1, "set", 1, "key", 1), true, nil},
		{"roster", doc("contest_id", 1, "set", 1, "name_folded", 1, "unit_code", 1, "key", 1), false, nil},
		{"roster", doc("contest_id", 1, "set", 1, "national_id.hash", 1), false, doc("national_id.hash", isSet())},
		{"roster", doc("contest_id", 1, "set", 1, "phone.hash", 1), false, doc("phone.hash", isSet())},
		{"roster", doc("contest_id", 1, "set", 1, "staff_code", 1), false, doc("staff_code", isSet())},

		{"contestants", doc("contest_id", 1, "phone.hash", 1), true, doc("phone.hash", isSet())},
		{"contestants", doc("contest_id", 1, "national_id.hash", 1), true, doc("national_id.hash", isSet())},
		{"contestants", doc("contest_id", 1, "roster_key", 1), true, doc("roster_key", isSet())},
		{"contestants", doc("contest_id", 1, "zalo_user_id", 1), true, doc("zalo_user_id", isSet())},
		{"contestants", doc("contest_id", 1, "_id", 1), false, nil},
		{"contestants", doc("contest_id", 1, "unit_code", 1, "_id", 1), false, nil},
		{"contestants", doc("contest_id", 1, "unit1_code", 1, "_id", 1), false, nil},
		{"contestants", doc("contest_id", 1, "status", 1, "unit1_code", 1, "unit_code", 1), false, nil},
		{"requests", doc("contestant_id", 1, "kind", 1), true, doc("status", "open", "contestant_id", isSet())},
		{"requests", doc("contest_id", 1, "created_at", 1, "_id", 1), false, nil},
		{"requests", doc("contest_id", 1, "status", 1, "created_at", 1, "_id", 1), false, nil},
		{"requests", doc("contest_id", 1, "contestant_id", 1, "created_at", 1, "_id", 1), false, nil},
		{"organizers", doc("contest_id", 1), false, doc("contest_id", isSet())},
		{"tokens", doc("kind", 1, "subject", 1), false, nil},
		{"tokens", doc("expires_at", 1), false, nil},
		{"tokens", doc("contest_id", 1), false, doc("contest_id", isSet())},

		{"attempts", doc("contestant_id", 1, "round_id", 1, "ordinal", 1), true, nil},
		{"attempts", doc("contestant_id", 1, "round_id", 1), true, running},
		{"attempts", doc("contest_id", 1, "receipt", 1), false, doc("receipt", isSet())},
		{"attempts", doc("contest_id", 1, "started_at", 1), false, nil},
		{"attempts", doc("deadline", 1, "_id", 1), false, running},
		{"attempts", doc("contest_id", 1, "status", 1, "deadline", 1), false, running},
		{"attempts", doc("contest_id", 1, "valid", 1, "contestant_id", 1, "unit1_code", 1, "unit_code", 1, "block_id", 1, "points", 1, "started_at", 1), false, valid},
		{"attempts", doc("contest_id", 1, "valid", 1, "round_id", 1, "contestant_id", 1, "unit1_code", 1, "unit_code", 1, "block_id", 1, "points", 1), false, valid},
		{"attempts", doc("contest_id", 1, "round_id", 1, "correct", -1, "duration_seconds", 1, "submitted_at", 1, "_id", 1), false, valid},

		{"audit", doc("contest_id", 1, "_id", 1), false, nil},
		{"snapshots", doc("contest_id", 1), false, doc("contest_id", isSet())},
		{"links", doc("contest_id", 1, "kind", 1, "ref", 1), true, nil},
		{"claims", doc("done_at", 1), false, doc("done_at", isSet())},
		{"claims", doc("lease_until", 1), false, nil},
	}
}

// createIndexes makes what is missing, one command for each collection.
func createIndexes(ctx context.Context, db *mongo.Database, indexes []index) error {
	var names []string
	models := map[string][]mongo.IndexModel{}
	for _, ix := range indexes {
		opts := options.Index().SetName(indexName(ix))
		if ix.unique {
			opts.SetUnique(true)
		}
		if ix.where != nil {
			opts.SetPartialFilterExpression(ix.where)
		}
		if models[ix.collection] == nil {
			names = append(names, ix.collection)
		}
		models[ix.collection] = append(models[ix.collection], mongo.IndexModel{Keys: ix.keys, Options: opts})
	}
	for _, c := range names {
		if _, err := db.Collection(c).Indexes().CreateMany(ctx, models[c]); err != nil {
			return fmt.Errorf("indexes of %s: %w", c, err)
		}
	}
	return nil
}

// indexName gives the keys joined by "_"; the driver's own names grow past what old servers take.
func indexName(ix index) string {
	names := make([]string, len(ix.keys))
	for i, k := range ix.keys {
		names[i] = k.Key
	}
	return strings.Join(names, "_")
}
