package mongostore

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
)

// batchSize bounds the documents of one bulk command: enough that the way there costs little, and few enough
// that a command is done long before its time is up.
const batchSize = 500

// keyed is a record as it is stored: under its natural key, with derived fields that indexes need.
type keyed[T any] struct {
	Key      any   `bson:"_id"`
	Record   T     `bson:",inline"`
	Valid    bool  `bson:"valid,omitempty"`    // attempts: counts in figures
	Position int64 `bson:"position,omitempty"` // units: place in the file, from 1
}

// naturalKey joins the parts of a key readably; a separator inside a part is escaped.
func naturalKey(parts ...any) string {
	text := make([]string, len(parts))
	for i, p := range parts {
		text[i] = url.PathEscape(fmt.Sprint(p))
	}
	return strings.Join(text, "/")
}

// doc builds an ordered document from pairs of key and value.
func doc(pairs ...any) bson.D {
	d := make(bson.D, 0, len(pairs)/2)
	for i := 0; i < len(pairs); i += 2 {
		d = append(d, bson.E{Key: pairs[i].(string), Value: pairs[i+1]})
	}
	return d
}

// isSet and isUnset are conditions on a field that is left out when it is empty.
func isSet() bson.D   { return doc("$exists", true) }
func isUnset() bson.D { return doc("$exists", false) }

// one gives the first match, or NotFound.
func one[T any](ctx context.Context, c *mongo.Collection, filter bson.D, opts ...options.Lister[options.FindOneOptions]) (T, error) {
	return decoded[T](c.FindOne(ctx, filter, opts...))
}

func decoded[T any](res *mongo.SingleResult) (T, error) {
	var rec T
	if err := res.Err(); err != nil {
		return rec, translate(err)
	}
	if err := res.Decode(&rec); err != nil {
		return rec, internal(err)
	}
	return rec, nil
}

// many gives all matches.
func many[T any](ctx context.Context, c *mongo.Collection, filter bson.D, opts ...options.Lister[options.FindOptions]) ([]T, error) {
	cur, err := c.Find(ctx, filter, opts...)
	return drained[T](ctx, cur, err)
}

// aggregated gives all results of a pipeline.
func aggregated[T any](ctx context.Context, c *mongo.Collection, pipeline mongo.Pipeline) ([]T, error) {
	cur, err := c.Aggregate(ctx, pipeline)
	return drained[T](ctx, cur, err)
}

func drained[T any](ctx context.Context, cur *mongo.Cursor, err error) ([]T, error) {
	if err != nil {
		return nil, translate(err)
	}
	defer cur.Close(ctx)
	var out []T
	for cur.Next(ctx) {
		var rec T
		if err := cur.Decode(&rec); err != nil {
			return nil, internal(err)
		}
		out = append(out, rec)
	}
	return out, translate(cur.Err())
}

// insert adds a record under key; Conflict when the key or a unique value is taken.
func insert[T any](ctx context.Context, c *mongo.Collection, key any, rec T) error {
	_, err := c.InsertOne(ctx, keyed[T]{Key: key, Record: rec})
	return translate(err)
}

// replace puts rec in the place of the record of the revision before; Conflict when that one is not there.
func replace[T any](ctx context.Context, c *mongo.Collection, key any, revision int64, rec T) error {
	res, err := c.ReplaceOne(ctx, doc("_id", key, "revision", revision-1), keyed[T]{Key: key, Record: rec})
	if err != nil {
		return translate(err)
	}
	if res.MatchedCount == 0 {
		return conflict()
	}
	return nil
}

// exists reports whether a document matches.
func exists(ctx context.Context, c *mongo.Collection, filter bson.D) (bool, error) {
	err := c.FindOne(ctx, filter, options.FindOne().SetProjection(doc("_id", 1))).Err()
	if err == mongo.ErrNoDocuments {
		return false, nil
	}
	return err == nil, translate(err)
}

// removeSome deletes up to limit matches and says how many. Each delete names one document, so that the driver
// can repeat it; guard is what must still hold of the document then, where that may change meanwhile.
func removeSome(ctx context.Context, c *mongo.Collection, filter, guard bson.D, limit int) (int, error) {
	type id struct {
		ID any `bson:"_id"`
	}
	found, err := many[id](ctx, c, filter, options.Find().SetProjection(doc("_id", 1)).SetLimit(int64(limit)))
	if err != nil || len(found) == 0 {
		return 0, err
	}
	deletes := make([]mongo.WriteModel, len(found))
	for i, f := range found {
		deletes[i] = mongo.NewDeleteOneModel().SetFilter(append(doc("_id", f.ID), guard...))
	}
	res, err := c.BulkWrite(ctx, deletes, options.BulkWrite().SetOrdered(false))
	if err != nil {
		return 0, translate(err)
	}
	return int(res.DeletedCount), nil
}

// removeAll deletes every match, batch by batch. Called again after a failure it goes on.
func removeAll(ctx context.Context, c *mongo.Collection, filter, guard bson.D) error {
	for {
		n, err := removeSome(ctx, c, filter, guard, batchSize)
		if err != nil || n == 0 {
			return err
		}
	}
}
