package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/exam"
)

// Size of the contest that BenchmarkScale shows pages of.
const (
	manyPeople   = 100_000
	manyAttempts = 300_000
)

// BenchmarkScale measures pages over HTTP with 100,000 contestants and 300,000 attempts in the embedded store,
// served by the built program: board, unit table, a contestant's own page. Bytes are as sent, compressed.
// Filling the store takes a minute; DUTHI_TEST_SCALE=N makes it N times smaller.
//
//	go test -run '^$' -bench Scale -benchtime 300x .
func BenchmarkScale(b *testing.B) {
	env := environment{"DUTHI_DATA": b.TempDir()}
	cookies := fillStore(b, env)
	p := serve(b, env)
	pages := []struct{ name, path string }{
		{"home", "/"}, {"board", "/xep-hang"}, {"units", "/ty-le"}, {"unit", "/ty-le?don-vi=SNV"}, {"own", "/bai-thi"}, {"before-start", "/thi"},
	}
	for _, page := range pages {
		var n int64 // the tables are computed for the first who asks, then kept for 30 seconds
		cold := look(b, &http.Transport{DisableCompression: true}, p.base+page.path, cookies[0], &n)
		b.Run("page="+page.name, func(b *testing.B) {
			benchmarkPage(b, p, page.path, cookies)
			b.ReportMetric(float64(cold.Milliseconds()), "first-ms")
			b.ReportMetric(float64(p.memory(b))/1e6, "rss-MB")
		})
	}
}

// pageConns is how many people look at once.
const pageConns = 16

func benchmarkPage(b *testing.B, p *process, path string, cookies []string) {
	transport := &http.Transport{MaxIdleConnsPerHost: pageConns, DisableCompression: true}
	defer transport.CloseIdleConnections()
	bytes := make([]int64, pageConns)
	took := make([][]time.Duration, pageConns)
	b.ResetTimer()
	var wg sync.WaitGroup
	for i := range pageConns {
		wg.Go(func() {
			for k := i; k < b.N; k += pageConns {
				took[i] = append(took[i], look(b, transport, p.base+path, cookies[k%len(cookies)], &bytes[i]))
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	report(b, slices.Concat(took...))
	b.ReportMetric(float64(bytes[0]), "bytes")
}

// look asks for a page and gives how long it took and, in n, the bytes of its body as sent.
func look(b *testing.B, client *http.Transport, url, cookie string, n *int64) time.Duration {
	req, err := http.NewRequest(http.MethodGet, url, nil)
	if err != nil {
		b.Error(err)
		return 0
	}
	req.Header.Set("Cookie", cookie)
	req.Header.Set("Accept-Encoding", "gzip")
	begun := time.Now()
	resp, err := client.RoundTrip(req)
	if err != nil {
		b.Error(err)
		return 0
	}
	defer resp.Body.Close()
	counted := &counter{}
	if _, err := counted.readAll(resp); err != nil || resp.StatusCode != http.StatusOK {
		b.Errorf("%s: %d %v", url, resp.StatusCode, err)
	}
	*n = counted.n
	return time.Since(begun)
}

type counter struct{ n int64 }

func (c *counter) readAll(resp *http.Response) (int64, error) {
	buf := make([]byte, 32<<10)
	for {
		n, err := resp.Body.Read(buf)
		c.n += int64(n)
		if err != nil {
			if err.Error() == "EOF" {
				err = nil
			}
			return c.n, err
		}
	}
}

// fillStore puts the people and their attempts into the embedded store and gives the cookies of some of them.
func fillStore(b *testing.B, env environment) []string {
	b.Helper()
	people, each := manyPeople, manyAttempts/manyPeople
	if s := os.Getenv("DUTHI_TEST_SCALE"); s != "" {
		var n int
		_, _ = fmt.Sscan(s, &n)
		people /= max(n, 1)
	}
	begun := time.Now()
	w := newWorld(b, env, nil)
	defer w.stop()
	ed, err := w.edition(context.Background(), "")
	must(b, err)
	paper := core.DrawPaper(ed.Bank, ed.Contest.Quiz, 1)
	phc := cheapHash(testPassword)
	var wg sync.WaitGroup
	const workers = 64
	for n := range workers {
		wg.Go(func() {
			batch := make([]core.Attempt, 0, 600)
			for i := n; i < people; i += workers {
				p := crowd(w, ed, i, phc)
				if err := w.store.InsertContestant(context.Background(), p); err != nil {
					b.Error(err)
					return
				}
				for k := range each {
					batch = append(batch, past(ed, p, paper, i, k))
				}
				if len(batch) > 590 || i+workers >= people {
					if err := w.store.ImportAttempts(context.Background(), batch); err != nil {
						b.Error(err)
						return
					}
					batch = batch[:0]
				}
			}
		})
	}
	wg.Wait()
	cookies := make([]string, 64)
	for i := range cookies {
		in, err := w.account.SignIn(context.Background(), ed.Contest.ID, phoneOf(i*people/len(cookies)+1), testPassword, "127.0.0.1")
		must(b, err)
		cookies[i] = "phien=" + in.Token
	}
	b.Logf("%d contestants and %d attempts stored in %s", people, people*each, time.Since(begun).Round(time.Second))
	return cookies
}

// crowd makes the i-th of many people, in one of all units.
func crowd(w *world, ed *exam.Edition, i int, phc string) core.Contestant {
	p := newPersonHashed(w, ed.Contest.ID, i+1, phc)
	units := ed.Units.All()
	unit := units[i%len(units)]
	p.UnitCode = unit.Code
	if top, ok := ed.Units.Top(unit.Code); ok {
		p.Unit1Code = top.Code
	}
	return p
}

// past makes the k-th finished attempt of a person: rounds in turn, the open one last.
func past(ed *exam.Edition, p core.Contestant, paper []core.PaperItem, i, k int) core.Attempt {
	round := ed.Contest.Rounds[k%3]
	start := round.Start.Add(time.Duration(i%(5*24*60)) * time.Minute)
	a := core.Attempt{ID: core.NewID(start), ContestID: p.ContestID, RoundID: round.ID, ContestantID: p.ID, Ordinal: 1, UnitCode: p.UnitCode, Unit1Code: p.Unit1Code,
		Seed: int64(i), Paper: paper, Answers: make([]core.Answer, len(paper)), Status: core.Running, StartedAt: start, Deadline: start.Add(20 * time.Minute)}
	if block, ok := ed.Units.Block(p.UnitCode); ok {
		a.BlockID = block.ID
	}
	for q := range a.Answers {
		a.Answers[q] = core.Answer{Choice: 1, Rev: 1, At: start}
	}
	right := (i*7 + k*3) % 21
	a.Finish(core.Submitted, start.Add(time.Duration(120+i%900)*time.Second), core.Score{Answered: 20, Correct: right, Points: right * 5})
	a.Receipt = strings.ToUpper(a.ID[:12])
	return a
}
