package main

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"duthi/core"
)

// killRounds is how often the program is killed: 5 times, 20 in CI, 200 in the long suite.
func killRounds() int {
	switch {
	case os.Getenv("DUTHI_TEST_LONG") != "":
		return 200
	case os.Getenv("DUTHI_TEST_CI") != "":
		return 20
	}
	return 5
}

// TestKill kills the built program at random moments while answers are being saved, starts it again on the same
// store, and looks at what a contestant sees: every acknowledged answer with its choice, none counted twice,
// nobody signed out. The database server, where there is one, stays up.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("kills and restarts a built program: left out with -short")
	}
	t.Parallel()
	eachStore(t, killing)
}

// killSeats is how many people answer while the program is killed.
const killSeats = 12

func killing(t *testing.T, env environment) {
	seed := uint64(time.Now().UnixNano())
	rng := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d, %d rounds", seed, killRounds())
	seats := seatPeople(t, env, killSeats+killRounds())
	acked := 0
	for round := range killRounds() {
		p := serve(t, env)
		for i := range seats {
			seats[i].rejoin(t, p.base)
		}
		n := &atomic.Int64{}
		moment := time.Duration(rng.IntN(4000)) * time.Microsecond
		load(t, seats[:killSeats], seats[killSeats+round], n, int64(1+rng.IntN(400)), func() { <-time.After(moment); p.kill() })
		acked += int(n.Load())
		if t.Failed() {
			t.Fatalf("round %d; the program said:\n%s", round, p.said)
		}
	}
	p := serve(t, env)
	for i := range seats {
		seats[i].rejoin(t, p.base)
		seats[i].submit(t, p.base)
	}
	p.kill()
	besideStore(t, env, func(tb testing.TB, s *services) { checkSeats(tb, s, seats) })
	t.Logf("%d kills, %d acknowledged answers, none lost, none counted twice", killRounds(), acked)
}

// seat is a contestant at an attempt and what the program acknowledged to them.
type seat struct {
	client    *rawClient
	cookie    string
	person    core.Contestant
	attempt   string
	answers   []held
	sent      *sending // without an answer yet
	submitted string   // the receipt page after an acknowledged submit
}

type held struct{ rev, choice int }

type sending struct{ index, choice int }

// seatPeople prepares a store: people, each signed in and with an attempt begun.
func seatPeople(t *testing.T, env environment, n int) []*seat {
	t.Helper()
	w := newWorld(t, env, nil)
	defer w.stop()
	seats := make([]*seat, n)
	for i, c := range w.people(n) {
		c.ExtraSeconds, c.Revision = 4*3600, 2 // the long suite takes longer than a paper
		must(t, w.store.UpdateContestant(t.Context(), c))
		seats[i] = &seat{person: c, cookie: w.signIn(i)}
		a := w.begin(c)
		seats[i].attempt, seats[i].answers = a.ID, make([]held, len(a.Paper))
		for q := range seats[i].answers {
			seats[i].answers[q].choice = -1
		}
	}
	return seats
}

// load answers on every seat and submits on one more, until n saves were acknowledged; then end ends the program.
func load(t *testing.T, seats []*seat, leaver *seat, n *atomic.Int64, until int64, end func()) {
	enough, once := make(chan struct{}), sync.Once{}
	var wg sync.WaitGroup
	for i, s := range seats {
		wg.Go(func() {
			rng := rand.New(rand.NewPCG(uint64(until), uint64(i)))
			for s.save(t, rng.IntN(len(s.answers)), rng.IntN(2)) {
				if n.Add(1) >= until {
					once.Do(func() { close(enough) })
				}
			}
			once.Do(func() { close(enough) })
		})
	}
	wg.Go(func() {
		<-enough
		leaver.submitRaw()
	})
	<-enough
	end()
	wg.Wait()
	for _, s := range append(slices.Clone(seats), leaver) {
		s.client.conn.Close()
	}
}

// save sends one answer and reports whether it was acknowledged. A connection that breaks leaves it in s.sent.
func (s *seat) save(t *testing.T, index, choice int) bool {
	s.sent = &sending{index, choice}
	rev := s.answers[index].rev
	status, answer, err := s.client.post("/thi/"+s.attempt+"/luu", fmt.Appendf(nil, `{"i":%d,"c":[%d],"k":false,"r":%d}`, index, choice, rev))
	if err != nil {
		return false
	}
	if want := fmt.Sprintf(`{"r":%d,`, rev+1); status != http.StatusOK || !strings.HasPrefix(string(answer), want) {
		t.Errorf("saving question %d at revision %d: %d %s", index, rev, status, answer)
		return false
	}
	s.answers[index], s.sent = held{rev + 1, choice}, nil
	return true
}

// submitRaw hands in and keeps that it was acknowledged.
func (s *seat) submitRaw() {
	status, _, err := s.client.post("/thi/"+s.attempt+"/nop", nil)
	if err == nil && status == http.StatusSeeOther {
		s.submitted = "acknowledged"
	}
}

// rejoin connects anew and compares what the program holds with what it acknowledged. What was under way may
// have been stored or not; sending it again must leave it there once.
func (s *seat) rejoin(t *testing.T, base string) {
	t.Helper()
	var err error
	if s.client, err = dialRaw(strings.TrimPrefix(base, "http://"), s.cookie); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.client.conn.Close() })
	status, body, err := s.client.get("/thi/" + s.attempt + "/trang-thai")
	if err != nil || status != http.StatusOK {
		t.Fatalf("after a kill: %d %s %v: the session or the attempt is gone", status, body, err)
	}
	var now struct {
		Over    bool `json:"over"`
		Answers []struct {
			Chosen []int `json:"c"`
			Rev    int   `json:"r"`
		} `json:"a"`
	}
	must(t, json.Unmarshal(body, &now))
	if s.submitted != "" && !now.Over {
		t.Fatal("an acknowledged submission is gone")
	}
	if now.Over {
		return
	}
	for i, a := range now.Answers {
		got, want := held{a.Rev, -1}, s.answers[i]
		if len(a.Chosen) == 1 {
			got.choice = a.Chosen[0]
		}
		stored := s.sent != nil && s.sent.index == i && got == held{want.rev + 1, s.sent.choice}
		if got != want && !stored {
			t.Fatalf("question %d holds %+v, acknowledged was %+v, under way %+v", i, got, want, s.sent)
		}
	}
	if s.sent != nil && !s.save(t, s.sent.index, s.sent.choice) {
		t.Fatal("what was under way could not be sent again")
	}
}

func (s *seat) submit(t *testing.T, _ string) {
	t.Helper()
	for range 2 { // handing in twice is handing in once
		if s.submitRaw(); s.submitted == "" {
			t.Fatal("the attempt could not be handed in")
		}
	}
}

// checkSeats looks into the store: one attempt each, with the acknowledged answers, as many writes as there
// were changes, and the score they make.
func checkSeats(tb testing.TB, s *services, seats []*seat) {
	tb.Helper()
	ctx := context.Background()
	ed, err := s.edition(ctx, "")
	must(tb, err)
	for _, seat := range seats {
		all, err := s.store.AttemptsOf(ctx, seat.person.ID, "")
		must(tb, err)
		if len(all) != 1 || !all[0].Final() {
			tb.Fatalf("%d attempts of one contestant, want 1 that is over", len(all))
		}
		a, writes, right := all[0], 0, 0
		for i, h := range seat.answers {
			writes += h.rev
			q, err := ed.Question(ctx, a.Paper[i].QuestionRef)
			must(tb, err)
			want := core.OptionSet(0)
			if h.choice >= 0 {
				want = 1 << a.Paper[i].Order[h.choice]
			}
			if a.Answers[i].Choice != want || a.Answers[i].Rev != h.rev {
				tb.Errorf("question %d: stored %+v, acknowledged %+v", i, a.Answers[i], h)
			}
			if want != 0 && want == q.Correct {
				right++
			}
		}
		if a.Writes != int64(writes) || a.Correct != right || a.Points != right*ed.Contest.Quiz.PointsPerAnswer {
			tb.Errorf("writes %d, correct %d, points %d; want %d, %d, %d", a.Writes, a.Correct, a.Points, writes, right, right*ed.Contest.Quiz.PointsPerAnswer)
		}
	}
}
