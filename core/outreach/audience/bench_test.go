package audience_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/catalog"
	"duthi/core/outreach"
	"duthi/core/outreach/audience"
	"duthi/core/store/sqlitestore"
)

// benchPeople is 1,000,000, or what DUTHI_TEST_PEOPLE says.
func benchPeople() int {
	if n, err := strconv.Atoi(os.Getenv("DUTHI_TEST_PEOPLE")); err == nil && n > 0 {
		return n
	}
	return 1_000_000
}

// BenchmarkPlanPeople plans a broadcast to contestants who are followers of the OA, out of the store and into it; run
// it with -benchtime 1x. Making them takes some minutes more.
func BenchmarkPlanPeople(b *testing.B) {
	people, ctx := benchPeople(), b.Context()
	store, err := sqlitestore.Open(ctx, b.TempDir(), nil)
	must(b, err)
	defer store.Close()
	c := core.Contest{ID: "c", Timezone: "Asia/Ho_Chi_Minh", Quiz: core.Quiz{AttemptsPerRound: 2}, Rounds: []core.Round{{ID: "r1"}}}
	must(b, store.SaveContest(ctx, core.ContestRecord{ID: "c", Contest: c, Revision: 1}))
	seed(b, store, people)
	clock := func() time.Time { return now.Time(time.UTC) }
	cat := catalog.New(store, clock, slog.New(slog.DiscardHandler))
	must(b, cat.Reload(ctx))
	found := audience.New(audience.Config{Store: store, Edition: cat.Edition, OAID: func(context.Context) string { return "oa" }})
	peak := uint64(0)
	s := outreach.New(outreach.Config{Broadcasts: store, Deliveries: store, Clock: clock, Recipient: found.Recipient,
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
		must(b, store.InsertBroadcast(ctx, core.Broadcast{ID: id, ContestID: "c", RoundID: "r1", State: core.BroadcastPlanning, StartAt: now.Add(time.Hour),
			Audience: core.Audience{Who: core.AudienceNotTaken}, Content: core.Content{Text: "{ho_ten}"}}))
		runtime.GC()
		peak = 0
		began := time.Now()
		_, err := s.Run(ctx)
		must(b, err)
		b.ReportMetric(time.Since(began).Seconds(), "s/plan")
		b.ReportMetric(float64(peak)/(1<<20), "MB-heap-peak")
		counts, err := store.Tally(ctx, id)
		must(b, err)
		if len(counts) != 1 || counts[0].Count != int64(people) || counts[0].Channel != core.ChannelFree {
			b.Fatalf("%+v", counts)
		}
	}
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// seed adds contestants with their followers, many at a time: waiting writes share a transaction.
func seed(b *testing.B, store *sqlitestore.Store, people int) {
	b.Helper()
	const writers = 256
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := w; i < people; i += writers {
				user := fmt.Sprintf("u%07d", i)
				c := core.Contestant{ID: fmt.Sprintf("0%07d", i), ContestID: "c", Status: core.Active, FullName: "Nguyễn Thị Ánh", NameFolded: "nguyen thi anh", UnitCode: "u1",
					Unit1Code: "u1", ZaloUserID: user, Phone: sealed(user), Consents: []core.Consent{{Kind: "data", At: now}, {Kind: "zalo", At: now}}, CreatedAt: now}
				if err := store.InsertContestant(b.Context(), c); err != nil {
					b.Error(err)
					return
				}
				f := core.Follower{ID: core.FollowerID("oa", user), OAID: "oa", UserID: user, Follows: true, LastInteraction: now}
				if err := store.InsertFollower(b.Context(), f); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}
