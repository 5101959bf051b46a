package sqlitestore_test

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"sync"
	"testing"

	"duthi/core"
	"duthi/core/exam"
	"duthi/core/store/sqlitestore"
)

// killDir makes the test binary a victim: it saves answers to the database in this folder until it is killed.
const killDir = "DUTHI_TEST_KILL_DIR"

func TestMain(m *testing.M) {
	if dir := os.Getenv(killDir); dir != "" {
		victim(dir)
	}
	os.Exit(m.Run())
}

const (
	killClients   = 16
	killQuestions = 10
)

func killAttempt(client int) core.Attempt {
	return core.Attempt{ID: fmt.Sprint("a", client), ContestID: "c", RoundID: "r", ContestantID: fmt.Sprint("p", client), Ordinal: 1,
		Status: core.Running, StartedAt: 1, Deadline: 1 << 50, Paper: make([]core.PaperItem, killQuestions), Answers: make([]core.Answer, killQuestions)}
}

// victim saves answers as fast as it can, several clients at once, and prints "client write" for each one
// that was acknowledged. The choice of write n is known, so that the reader can tell what must be there.
func victim(dir string) {
	ctx := context.Background()
	s, err := sqlitestore.Open(ctx, dir, nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var wg sync.WaitGroup
	for client := range killClients {
		wg.Go(func() {
			a := killAttempt(client)
			if err := s.InsertAttempt(ctx, a); err != nil && !core.Is(err, core.Conflict) {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
			a, err := s.Attempt(ctx, a.ContestantID, a.ID)
			for n := a.Writes; err == nil; n++ {
				var r exam.AnswerResult
				r, err = s.SaveAnswer(ctx, killWrite(client, n))
				if err == nil && r.Outcome == exam.Saved {
					os.Stdout.WriteString(fmt.Sprintln(client, n)) // one write: a line is whole or absent
				} else {
					err = fmt.Errorf("%v, %w", r, err)
				}
			}
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		})
	}
	wg.Wait()
}

// killWrite is the n-th write of a client: the questions in turn.
func killWrite(client int, n int64) exam.AnswerWrite {
	return exam.AnswerWrite{AttemptID: fmt.Sprint("a", client), ContestantID: fmt.Sprint("p", client), Index: int(n % killQuestions),
		Choice: core.OptionSet(n % 63), Seen: int(n / killQuestions), Now: core.Instant(n + 2)}
}

// TestKilled kills a process that saves answers, again and again on the same database, and looks for every
// answer it acknowledged.
func TestKilled(t *testing.T) {
	t.Parallel()
	rounds := 20
	if os.Getenv("DUTHI_TEST_LONG") == "1" {
		rounds = 200
	}
	dir := t.TempDir()
	acknowledged := make([]int64, killClients) // the number of writes
	rng := rand.New(rand.NewPCG(1, uint64(rounds)))
	total := 0
	for round := range rounds {
		total += killOnce(t, dir, acknowledged, 1+rng.IntN(3000))
		s, err := sqlitestore.Open(t.Context(), dir, nil)
		if err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		for client := range killClients {
			a, err := s.Attempt(t.Context(), fmt.Sprint("p", client), fmt.Sprint("a", client))
			if core.Is(err, core.NotFound) && acknowledged[client] == 0 {
				continue
			}
			if err != nil || a.Writes < acknowledged[client] || a.Writes > acknowledged[client]+1 {
				t.Fatalf("round %d, client %d: %d acknowledged, %d stored (%v)", round, client, acknowledged[client], a.Writes, err)
			}
			for n := max(0, a.Writes-killQuestions); n < a.Writes; n++ { // the last write to each question
				w := killWrite(client, n)
				if got := a.Answers[w.Index]; got.Choice != w.Choice || got.Rev != w.Seen+1 || got.At != w.Now {
					t.Fatalf("round %d, client %d, write %d: stored %+v", round, client, n, got)
				}
			}
			acknowledged[client] = a.Writes // a write that was not acknowledged may be there: one a client
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%d acknowledged answers in %d rounds", total, rounds)
}

// killOnce runs a victim, kills it when it has acknowledged about as many answers as said, and notes all it
// acknowledged.
func killOnce(t *testing.T, dir string, acknowledged []int64, after int) (lines int) {
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), killDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for scan := bufio.NewScanner(out); scan.Scan(); {
		var client int
		var n int64
		if _, err := fmt.Sscan(scan.Text(), &client, &n); err != nil {
			t.Fatalf("%q: %v", scan.Text(), err)
		}
		acknowledged[client] = max(acknowledged[client], n+1)
		if lines++; lines == after {
			cmd.Process.Kill() // SIGKILL; what is still in the pipe was acknowledged too
		}
	}
	cmd.Wait()
	if lines < after {
		t.Fatalf("the victim ended by itself after %d answers", lines)
	}
	return lines
}
