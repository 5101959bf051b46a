package mongostore

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"duthi/core"
	"duthi/core/catalog"
	"duthi/core/outreach"
	"duthi/core/outreach/audience"
)

// BenchmarkPlanPeople plans a broadcast to contestants who are followers of the OA, a million or DUTHI_TEST_PEOPLE of
// them, out of the store and into it, and counts what that asks of the server; run it with -benchtime 1x.
func BenchmarkPlanPeople(b *testing.B) {
	people, ctx := 1_000_000, b.Context()
	if n, err := strconv.Atoi(os.Getenv("DUTHI_TEST_PEOPLE")); err == nil && n > 0 {
		people = n
	}
	var sent commandCount
	s, err := open(ctx, testURI(b), sent.monitor())
	must(b, err)
	b.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
		defer cancel()
		if err := s.db.Drop(ctx); err != nil {
			b.Errorf("dropping the benchmark's database: %v", err)
		}
		s.Close()
	})
	c := core.Contest{ID: "c", Timezone: "Asia/Ho_Chi_Minh", Quiz: core.Quiz{AttemptsPerRound: 2}, Rounds: []core.Round{{ID: "r1"}}}
	must(b, s.SaveContest(ctx, core.ContestRecord{ID: "c", Contest: c, Revision: 1}))
	seedPeople(b, s, people)
	clock := func() time.Time { return start.Time(time.UTC) }
	cat := catalog.New(s, clock, slog.New(slog.DiscardHandler))
	must(b, cat.Reload(ctx))
	found := audience.New(audience.Config{Store: s, Edition: cat.Edition, OAID: func(context.Context) string { return "oa" }})
	peak := uint64(0)
	planner := outreach.New(outreach.Config{Broadcasts: s, Deliveries: s, Clock: clock, Recipient: found.Recipient,
		Recipients: func(ctx context.Context, bc core.Broadcast, after string, limit int) ([]outreach.Recipient, error) {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			peak = max(peak, m.HeapInuse)
			return found.Recipients(ctx, bc, after, limit)
		},
		Contest: func(context.Context, core.Broadcast) (map[string]string, *time.Location, error) {
			return nil, time.UTC, nil
		}})
	for i := 0; b.Loop(); i++ {
		id := fmt.Sprint("b", i)
		must(b, s.InsertBroadcast(ctx, core.Broadcast{ID: id, ContestID: "c", RoundID: "r1", State: core.BroadcastPlanning, StartAt: start.Add(time.Hour),
			Audience: core.Audience{Who: core.AudienceNotTaken}, Content: core.Content{Text: "{ho_ten}"}}))
		runtime.GC()
		peak = 0
		began, before := time.Now(), sent.n.Load()
		_, err := planner.Run(ctx)
		must(b, err)
		b.ReportMetric(time.Since(began).Seconds(), "s/plan")
		b.ReportMetric(float64(sent.n.Load()-before)*1000/float64(people), "commands/1000people")
		b.ReportMetric(float64(peak)/(1<<20), "MB-heap-peak")
		counts, err := s.Tally(ctx, id)
		must(b, err)
		if len(counts) != 1 || counts[0].Count != int64(people) || counts[0].Channel != core.ChannelFree {
			b.Fatalf("%+v", counts)
		}
	}
}

// commandCount counts the commands a client sent.
type commandCount struct{ n atomic.Int64 }

func (c *commandCount) monitor() *event.CommandMonitor {
	return &event.CommandMonitor{Started: func(context.Context, *event.CommandStartedEvent) { c.n.Add(1) }}
}

// seedPeople adds contestants with their followers, a thousand in a command.
func seedPeople(b *testing.B, s *Store, people int) {
	b.Helper()
	began := time.Now()
	for from := 0; from < people; from += 1000 {
		var persons, followers []any
		for i := from; i < min(from+1000, people); i++ {
			user := fmt.Sprintf("u%07d", i)
			persons = append(persons, keyed[core.Contestant]{Key: fmt.Sprintf("0%07d", i), Record: core.Contestant{ID: fmt.Sprintf("0%07d", i), ContestID: "c", Status: core.Active,
				FullName: "Nguyễn Thị Ánh", NameFolded: "nguyen thi anh", UnitCode: "u1", Unit1Code: "u1", ZaloUserID: user, Phone: core.Sealed{Hash: user, Value: user, Last: "123"},
				Consents: []core.Consent{{Kind: "data", At: start}, {Kind: "zalo", At: start}}, CreatedAt: start, Revision: 1}})
			followers = append(followers, keyed[core.Follower]{Key: core.FollowerID("oa", user), Record: core.Follower{ID: core.FollowerID("oa", user), OAID: "oa", UserID: user,
				Follows: true, LastInteraction: start, Revision: 1}})
		}
		_, err := s.contestants.InsertMany(b.Context(), persons, options.InsertMany().SetOrdered(false))
		must(b, err)
		_, err = s.followers.InsertMany(b.Context(), followers, options.InsertMany().SetOrdered(false))
		must(b, err)
	}
	n, err := s.contestants.CountDocuments(b.Context(), bson.D{})
	must(b, err)
	b.Logf("%d people made in %s", n, time.Since(began).Round(time.Second))
}
