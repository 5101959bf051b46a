package rules

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"duthi/core"
)

// CommandLine runs "duthi ask" and "duthi eval". Load reads a contest file; Now is the clock when --now is not given.
type CommandLine struct {
	Load func(path string) (*core.Contest, error)
	Now  func() time.Time
}

// line is one reply of "duthi ask".
type line struct {
	Q       string   `json:"q"`
	Outcome Outcome  `json:"outcome"`
	Cites   []string `json:"cites"`
	Answer  string   `json:"answer"`
	Score   float64  `json:"score"`
}

// Exit statuses.
const (
	statusFailed = 1
	statusUsage  = 2
)

// Ask reads one question a line from in and writes one JSON object a line to out. Blank lines are skipped.
func (c CommandLine) Ask(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	fs := flag.NewFlagSet("duthi ask", flag.ContinueOnError)
	fs.SetOutput(errs)
	ix, now, status := c.open(fs, args, errs)
	if ix == nil {
		return status
	}
	sc := bufio.NewScanner(in)
	sc.Buffer(nil, 1<<20)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for sc.Scan() && ctx.Err() == nil {
		q := sc.Text()
		if q == "" {
			continue
		}
		r := ix.Ask(q, now)
		if err := enc.Encode(line{q, r.Outcome, append([]string{}, r.Cites...), r.Answer, r.Score}); err != nil {
			fmt.Fprintln(errs, "duthi ask:", err)
			return statusFailed
		}
	}
	if err := sc.Err(); err != nil {
		fmt.Fprintln(errs, "duthi ask:", err)
		return statusFailed
	}
	return 0
}

// Eval asks the questions of a faq file and prints how good the replies are.
func (c CommandLine) Eval(ctx context.Context, args []string, out, errs io.Writer) int {
	fs := flag.NewFlagSet("duthi eval", flag.ContinueOnError)
	fs.SetOutput(errs)
	faqPath := fs.String("faq", "", "questions with expected clauses, JSON lines (required)")
	misses := fs.Bool("misses", false, "list the questions that went wrong")
	ix, now, status := c.open(fs, args, errs)
	if ix == nil {
		return status
	}
	if *faqPath == "" {
		fmt.Fprintln(errs, "duthi eval: --faq is required")
		return statusUsage
	}
	f, err := os.Open(*faqPath)
	if err != nil {
		fmt.Fprintln(errs, "duthi eval:", err)
		return statusFailed
	}
	defer f.Close()
	faqs, err := ReadFAQ(f)
	if err != nil {
		fmt.Fprintln(errs, "duthi eval:", err)
		return statusFailed
	}
	report := Evaluate(ix, faqs, now)
	report.Print(out)
	if *misses {
		report.printMisses(out)
	}
	return 0
}

// open reads the flags both commands have and builds the index. A nil index comes with the exit status.
func (c CommandLine) open(fs *flag.FlagSet, args []string, errs io.Writer) (*Index, time.Time, int) {
	contest := fs.String("contest", "", "contest file (required)")
	at := fs.String("now", "", "the moment to answer for, RFC 3339 (default: the clock)")
	if err := fs.Parse(args); err != nil {
		if err == flag.ErrHelp {
			return nil, time.Time{}, 0
		}
		return nil, time.Time{}, statusUsage
	}
	if *contest == "" || fs.NArg() > 0 {
		fmt.Fprintf(errs, "%s: --contest FILE is required, without further arguments\n", fs.Name())
		return nil, time.Time{}, statusUsage
	}
	now := c.Now()
	if *at != "" {
		t, err := time.Parse(time.RFC3339, *at)
		if err != nil {
			fmt.Fprintf(errs, "%s: --now: %v\n", fs.Name(), err)
			return nil, time.Time{}, statusUsage
		}
		now = t
	}
	loaded, err := c.Load(*contest)
	if err != nil {
		fmt.Fprintf(errs, "%s: %v\n", fs.Name(), err)
		return nil, time.Time{}, statusFailed
	}
	return New(Source{Contest: loaded}), now, 0
}

// printMisses lists what went wrong, for whoever writes the rules or the library.
func (r Report) printMisses(w io.Writer) {
	for _, v := range r.Verdicts {
		if v.Right {
			continue
		}
		want := fmt.Sprint(v.FAQ.Expect)
		if len(v.FAQ.Expect) == 0 {
			want = "none"
		}
		fmt.Fprintf(w, "%-9s %.2f  want %s got %v  %s\n", v.Reply.Outcome, v.Reply.Score, want, v.Reply.Cites, v.FAQ.Q)
	}
}
