package outreach_test

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/outreach"
)

// BenchmarkPlanMillion plans a broadcast to 1,000,000 people on SQLite; run it with -benchtime 1x. The people are
// made as they are asked for, so what it holds in memory is planning's own.
func BenchmarkPlanMillion(b *testing.B) {
	const people = 1_000_000
	for b.Loop() {
		w := newWorld(openStore(b), "p", 0)
		cfg := w.config()
		var peak atomic.Uint64
		cfg.Recipients = func(_ context.Context, _ core.Broadcast, after string, limit int) ([]outreach.Recipient, error) {
			first := 0
			if after != "" {
				fmt.Sscanf(after, "p%d", &first)
				first++
			}
			out := make([]outreach.Recipient, 0, limit)
			for i := first; i < min(first+limit, people); i++ {
				id := fmt.Sprintf("p%07d", i)
				out = append(out, outreach.Recipient{Person: id, UserID: "u" + id, Follows: true, LastInteraction: noon.Add(-time.Hour)})
			}
			if first%50_000 == 0 {
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				peak.Store(max(peak.Load(), m.HeapInuse))
			}
			return out, nil
		}
		w.start(b, "b")
		w.quiet = outreach.Quiet{}
		bc, err := w.store.Broadcast(b.Context(), "b")
		if err != nil {
			b.Fatal(err)
		}
		bc.RuleID, bc.Revision = "", 2 // planned, not sent
		if err := w.store.UpdateBroadcast(b.Context(), bc); err != nil {
			b.Fatal(err)
		}
		began := time.Now()
		if _, err := outreach.New(cfg).Run(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(time.Since(began).Seconds(), "s/plan")
		began = time.Now()
		if got := w.tally(b, "b")["planned"]; got != people {
			b.Fatal(got)
		}
		b.ReportMetric(time.Since(began).Seconds()*1000, "ms/tally")
		b.ReportMetric(float64(peak.Load())/(1<<20), "MB-heap-peak")
	}
}

// BenchmarkDeliver is what duthi itself does for each message with the limiter off: lease, checks, turn, mark,
// outcome, each durable. Planning is not counted; run it with -benchtime 20000x or more.
func BenchmarkDeliver(b *testing.B) {
	w := newWorld(openStore(b), "p", b.N)
	cfg := w.config()
	cfg.Workers = 128
	w.start(b, "b")
	bc, err := w.store.Broadcast(b.Context(), "b")
	if err != nil {
		b.Fatal(err)
	}
	bc.RuleID, bc.Revision = "", 2 // planned, not sent
	if err := w.store.UpdateBroadcast(b.Context(), bc); err != nil {
		b.Fatal(err)
	}
	s := outreach.New(cfg)
	if _, err := s.Run(b.Context()); err != nil {
		b.Fatal(err)
	}
	if err := s.Start(b.Context(), "", "b"); err != nil {
		b.Fatal(err)
	}
	b.ResetTimer()
	if _, err := s.Run(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	if len(w.got) != b.N {
		b.Fatalf("%d of %d", len(w.got), b.N)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "deliveries/s")
}
