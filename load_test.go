package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"

	"duthi/core"
	"duthi/core/exam"
	"duthi/core/store"
)

// cheapHash makes a password string that costs nothing to check, so that a test with a thousand people does not
// measure argon2.
func cheapHash(password string) string {
	salt := []byte("0123456789abcdef")
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=64,t=1,p=1$%s$%s", argon2.Version, b64.EncodeToString(salt), b64.EncodeToString(argon2.IDKey([]byte(password), salt, 1, 64, 1, 32)))
}

// loadConns is how many people answer at the same moment in the benchmarks.
const loadConns = 64

// BenchmarkSaveOverHTTP measures durable answer saves over real HTTP, load and server in one process. The case
// bare is the same endpoint with the store's write taken out: what everything else costs.
//
//	go test -run '^$' -bench SaveOverHTTP -benchtime 5s .
func BenchmarkSaveOverHTTP(b *testing.B) {
	b.Run("store=sqlite", func(b *testing.B) { benchmarkSaves(b, newWorld(b, nil, nil)) })
	b.Run("store=none", func(b *testing.B) { benchmarkSaves(b, bareWorld(b)) })
}

// bareWorld is the program with a store that says "saved" without writing.
func bareWorld(b *testing.B) *world {
	b.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cfg := testConfig(b, nil)
	p := &program{done: make(chan error, 1), leave: func() error { return nil }}
	if err := p.listen(cfg); err != nil {
		b.Fatal(err)
	}
	var err error
	if p.services, err = openServices(ctx, cfg, nil, newLog(cfg, io.Discard)); err != nil {
		b.Fatal(err)
	}
	secret, _, _ := cfg.secrets()
	p.exam, err = exam.New(exam.Config{Attempts: unwritten{p.store}, Figures: p.store, Claims: p.store, Edition: p.edition, Person: p.store.Contestant, Secret: secret, Log: p.log})
	if err != nil {
		b.Fatal(err)
	}
	if err := p.prepare(ctx, io.Discard); err != nil {
		b.Fatal(err)
	}
	go p.run(ctx)
	w := &world{program: p, tb: b, base: "http://" + p.public.Addr().String(), cancel: cancel}
	b.Cleanup(w.stop)
	return w
}

type unwritten struct{ store.Store }

func (unwritten) SaveAnswer(_ context.Context, w exam.AnswerWrite) (exam.AnswerResult, error) {
	return exam.AnswerResult{Outcome: exam.Saved, Answer: core.Answer{Choice: w.Choice, Rev: w.Seen + 1, At: w.Now}}, nil
}

func benchmarkSaves(b *testing.B, w *world) {
	people := w.people(loadConns)
	type seat struct {
		client *rawClient
		path   string
		n      int
		revs   []int
	}
	seats := make([]seat, loadConns)
	for i := range seats {
		a := w.begin(people[i])
		c, err := dialRaw(strings.TrimPrefix(w.base, "http://"), w.signIn(i))
		if err != nil {
			b.Fatal(err)
		}
		defer c.conn.Close()
		seats[i] = seat{client: c, path: "/thi/" + a.ID + "/luu", n: len(a.Paper), revs: make([]int, len(a.Paper))}
	}
	took := make([][]time.Duration, loadConns)
	var wg sync.WaitGroup
	b.ResetTimer()
	spent := processorTime()
	for i := range seats {
		wg.Go(func() {
			s := &seats[i]
			body := make([]byte, 0, 64)
			for k := i; k < b.N; k += loadConns {
				q := (k / loadConns) % s.n
				body = fmt.Appendf(body[:0], `{"i":%d,"c":[%d],"k":false,"r":%d}`, q, k/loadConns/s.n%2, s.revs[q])
				start := time.Now()
				status, answer, err := s.client.post(s.path, body)
				took[i] = append(took[i], time.Since(start))
				if err != nil || status != 200 {
					b.Errorf("save: %d %s %v", status, answer, err)
					return
				}
				s.revs[q]++
				if want := `{"r":` + strconv.Itoa(s.revs[q]) + `,`; !strings.HasPrefix(string(answer), want) {
					b.Errorf("save said %s, want %s", answer, want)
					return
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	// Processor time, load included, stays the same on a machine that does other things too.
	b.ReportMetric(float64((processorTime()-spent).Microseconds())/float64(b.N), "cpu-us/op")
	report(b, slices.Concat(took...))
}

// processorTime gives what this process has used of all cores so far.
func processorTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// report turns times into the figures people compare: per second, and percentiles in milliseconds.
func report(b *testing.B, took []time.Duration) {
	if len(took) == 0 {
		return
	}
	slices.Sort(took)
	b.ReportMetric(float64(len(took))/b.Elapsed().Seconds(), "ops/s")
	for _, p := range []int{50, 95, 99} {
		b.ReportMetric(float64(took[min(len(took)-1, len(took)*p/100)].Microseconds())/1000, fmt.Sprintf("p%d-ms", p))
	}
}
