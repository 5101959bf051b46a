package sqlitestore_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/exam"
)

// BenchmarkSaveAnswerHTTP is durable saves over real HTTP with 64 connections, load and server in this one
// process; "bare" is the same handler without the store's call.
func BenchmarkSaveAnswerHTTP(b *testing.B) {
	for _, stored := range []bool{true, false} {
		b.Run(map[bool]string{true: "stored", false: "bare"}[stored], func(b *testing.B) { benchHTTP(b, stored) })
	}
}

func benchHTTP(b *testing.B, stored bool) {
	const clients = 64
	s := openBench(b)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.FormValue("n"))
		write := exam.AnswerWrite{AttemptID: r.FormValue("attempt"), ContestantID: r.FormValue("attempt"), Index: n % 30,
			Choice: core.OptionSet(n % 16), Seen: n / 30, Now: core.At(time.Now())}
		if stored {
			if got, err := s.SaveAnswer(r.Context(), write); err != nil || got.Outcome != exam.Saved {
				http.Error(w, fmt.Sprint(got, err), http.StatusInternalServerError)
				return
			}
		}
		io.WriteString(w, `{"saved":true}`)
	}))
	defer server.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	for c := range clients {
		a := core.Attempt{ID: fmt.Sprint(c), ContestID: "c", RoundID: "r", ContestantID: fmt.Sprint(c), Ordinal: 1, Status: core.Running,
			StartedAt: 1, Deadline: 1 << 50, Paper: make([]core.PaperItem, 30), Answers: make([]core.Answer, 30)}
		if err := s.InsertAttempt(b.Context(), a); err != nil {
			b.Fatal(err)
		}
	}
	var left atomic.Int64
	left.Store(int64(b.N))
	took := make([][]time.Duration, clients)
	b.ResetTimer()
	var wg sync.WaitGroup
	for c := range clients {
		wg.Go(func() {
			for n := 0; left.Add(-1) >= 0; n++ {
				began := time.Now()
				form := url.Values{"attempt": {fmt.Sprint(c)}, "n": {fmt.Sprint(n)}}
				r, err := client.Post(server.URL, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
				if err != nil {
					b.Error(err)
					return
				}
				if io.Copy(io.Discard, r.Body); r.StatusCode != http.StatusOK {
					b.Error(r.Status)
				}
				r.Body.Close()
				took[c] = append(took[c], time.Since(began))
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	reportTimes(b, slices.Concat(took...))
}

// reportTimes reports operations per second and percentiles.
func reportTimes(b *testing.B, all []time.Duration) {
	slices.Sort(all)
	for _, p := range []int{50, 95, 99} {
		b.ReportMetric(float64(all[len(all)*p/100].Microseconds())/1000, fmt.Sprintf("p%d-ms", p))
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "saves/s")
}
