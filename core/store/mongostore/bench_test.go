package mongostore

import (
	"context"
	"fmt"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"duthi/core"
	"duthi/core/exam"
)

// BenchmarkOverDriver does each operation and the same bare call of the driver in turn, on documents of the
// same shape, and reports how many times longer the operation takes (x-bare).
func BenchmarkOverDriver(b *testing.B) {
	s := openTest(b)
	ctx := b.Context()
	bare := bareCollection(b, s)
	must(b, createIndexesOf(ctx, s, "attempts", bare))
	const questions = 20
	for _, id := range []string{"a", "b"} {
		must(b, s.InsertAttempt(ctx, running(id, id, 1, questions)))
	}
	_, err := bare.InsertOne(ctx, keyed[core.Attempt]{Key: "b", Record: running("b", "b", 1, questions)})
	must(b, err)
	saves, bareSaves, starts, bareStarts := 0, 0, 0, 0
	cases := []struct {
		name       string
		ours, bare func() error
	}{
		{"save", func() error {
			saves++
			_, err := s.SaveAnswer(ctx, exam.AnswerWrite{AttemptID: "a", ContestantID: "a", Index: 3, Choice: 1, Seen: saves - 1, Now: start + 1})
			return err
		}, func() error {
			bareSaves++
			_, err := bare.UpdateOne(ctx, doc("_id", "b", "contestant_id", "b", "status", core.Running, "deadline", doc("$gt", start+1), "answers.3.r", bareSaves-1),
				doc("$set", doc("answers.3", core.Answer{Choice: 1, Rev: bareSaves, At: start + 1}), "$inc", doc("writes", 1)))
			return err
		}},
		{"start", func() error {
			starts++
			return s.InsertAttempt(ctx, running(fmt.Sprint("s", starts), fmt.Sprint("s", starts), 1, questions))
		}, func() error {
			bareStarts++
			id := fmt.Sprint("s", bareStarts)
			_, err := bare.InsertOne(ctx, keyed[core.Attempt]{Key: id, Record: running(id, id, 1, questions)})
			return err
		}},
		{"read", func() error {
			_, err := s.Attempt(ctx, "a", "a")
			return err
		}, func() error {
			var a core.Attempt
			return bare.FindOne(ctx, own("b", "b")).Decode(&a)
		}},
	}
	for _, c := range cases {
		b.Run(c.name, func(b *testing.B) {
			var ours, bare time.Duration
			for b.Loop() {
				ours += took(b, c.ours)
				bare += took(b, c.bare)
			}
			b.ReportMetric(float64(ours)/float64(bare), "x-bare")
			b.ReportMetric(float64(ours.Microseconds())/float64(b.N), "µs/op")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func took(b *testing.B, f func() error) time.Duration {
	began := time.Now()
	must(b, f())
	return time.Since(began)
}

// bareCollection is the driver's own way to the same database: the same concerns, nothing of ours.
func bareCollection(b *testing.B, s *Store) *mongo.Collection {
	client, err := mongo.Connect(options.Client().ApplyURI(testURI(b)).SetWriteConcern(journaledMajority()).SetTimeout(commandTimeout).
		SetBSONOptions(&options.BSONOptions{UseJSONStructTags: true}))
	must(b, err)
	b.Cleanup(func() { client.Disconnect(context.Background()) })
	return client.Database(s.db.Name()).Collection("bare")
}

// createIndexesOf gives another collection the indexes one of ours has.
func createIndexesOf(ctx context.Context, s *Store, from string, to *mongo.Collection) error {
	var copies []index
	for _, ix := range firstIndexes() {
		if ix.collection == from {
			ix.collection = to.Name()
			copies = append(copies, ix)
		}
	}
	return createIndexes(ctx, s.db, copies)
}
