package mongostore

import (
	"testing"

	"go.mongodb.org/mongo-driver/v2/bson"
)

// foundIndex is an index as the server lists it.
type foundIndex struct {
	Key   bson.D `bson:"key"`
	Where bson.M `bson:"partialFilterExpression"`
}

func indexesOf(t *testing.T, s *Store) map[string][]foundIndex {
	out := map[string][]foundIndex{}
	names, err := s.db.ListCollectionNames(t.Context(), doc())
	must(t, err)
	for _, name := range names {
		cur, err := s.db.Collection(name).Indexes().List(t.Context())
		must(t, err)
		var list []foundIndex
		must(t, cur.All(t.Context(), &list))
		out[name] = list
	}
	return out
}

// usable reports whether one of the indexes serves q as MongoDB's planner uses them: the filter implies the
// condition of a partial one and bounds the first fields of its key, two of them where it bounds two (a whole
// contest is too much to read for one person), or its key gives the sort order of a query for everything.
// Every branch of an $or at the top needs an index.
func usable(indexes []foundIndex, q bson.D) bool {
	filter, sort := filterOf(q)
	if branches, ok := filter["$or"].(bson.A); ok && len(filter) == 1 {
		for _, b := range branches {
			if !usable(indexes, doc("find", "", "filter", b)) {
				return false
			}
		}
		return true
	}
	for _, ix := range indexes {
		if len(filter) == 0 && sorts(ix.Key, sort) || implies(filter, ix.Where) && serves(ix, filter) {
			return true
		}
	}
	return false
}

// serves reports whether the filter bounds enough of the index's first fields.
func serves(ix foundIndex, filter bson.M) bool {
	want := 0 // fields the filter bounds, those of the index's condition left aside
	for field, condition := range filter {
		if _, in := ix.Where[field].(string); !in && bounded(condition) {
			want++
		}
	}
	got := 0
	for _, e := range ix.Key {
		if !bounded(filter[e.Key]) {
			break
		}
		got++
	}
	return got > 0 && (got >= min(2, want) || ix.Key[0].Key == "_id")
}

// filterOf gives the filter and sort of a find, or the first $match of a pipeline.
func filterOf(q bson.D) (filter bson.M, sort bson.D) {
	raw, _ := bson.Marshal(q)
	var c struct {
		Filter   bson.M `bson:"filter"`
		Sort     bson.D `bson:"sort"`
		Pipeline []struct {
			Match bson.M `bson:"$match"`
		} `bson:"pipeline"`
	}
	if bson.Unmarshal(raw, &c) == nil && len(c.Pipeline) > 0 {
		return c.Pipeline[0].Match, nil
	}
	return c.Filter, c.Sort
}

// bounded reports whether a condition narrows an index to a part of it.
func bounded(condition any) bool {
	d, ok := condition.(bson.D)
	if !ok {
		return condition != nil
	}
	for _, e := range d {
		switch e.Key {
		case "$gt", "$gte", "$lt", "$lte", "$in":
			return true
		}
	}
	return false
}

func implies(filter bson.M, where bson.M) bool {
	for field, want := range where {
		if _, exists := want.(bson.D); exists { // {$exists: true}
			if !bounded(filter[field]) {
				return false
			}
		} else if filter[field] != want {
			return false
		}
	}
	return true
}

func sorts(key, sort bson.D) bool {
	if len(sort) == 0 || len(sort) > len(key) {
		return false
	}
	for i, e := range sort {
		if key[i].Key != e.Key {
			return false
		}
	}
	return true
}
