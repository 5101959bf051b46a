package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/exam"
)

// world is the real program on ports and a folder of its own, with the sample contest.
type world struct {
	*program
	tb     testing.TB
	base   string
	cancel context.CancelFunc
}

// newWorld starts the program as main does; env adds settings. It stops with the test.
func newWorld(tb testing.TB, env environment, clock core.Clock) *world {
	tb.Helper()
	cfg := testConfig(tb, env)
	ctx, cancel := context.WithCancel(context.Background())
	p, err := start(ctx, cfg, clock, io.Discard)
	if err != nil {
		cancel()
		tb.Fatal(err)
	}
	w := &world{program: p, tb: tb, base: "http://" + p.public.Addr().String(), cancel: cancel}
	tb.Cleanup(w.stop)
	return w
}

func testConfig(tb testing.TB, env environment) *Config {
	tb.Helper()
	all := environment{"DUTHI_ADDR": "127.0.0.1:0", "DUTHI_OPS_ADDR": "off", "DUTHI_DATA": tb.TempDir(), "DUTHI_LOG_LEVEL": "error"}
	for k, v := range env {
		all[k] = v
	}
	cfg, _, err := readConfig("serve", nil, all, nil, nil, io.Discard)
	if err != nil {
		tb.Fatal(err)
	}
	return cfg
}

// stop ends the program gracefully and checks that it did.
func (w *world) stop() {
	if w.cancel == nil {
		return
	}
	w.cancel()
	w.cancel = nil
	if err := w.wait(); err != nil {
		w.tb.Errorf("stopped with %v", err)
	}
}

const testPassword = "chim lac bay cao"

// people adds n contestants of one unit, all with testPassword.
func (w *world) people(n int) []core.Contestant {
	w.tb.Helper()
	ed, err := w.edition(w.tb.Context(), "")
	must(w.tb, err)
	out := make([]core.Contestant, n)
	for i := range out {
		out[i] = newPerson(w, ed.Contest.ID, i+1)
		must(w.tb, w.store.InsertContestant(w.tb.Context(), out[i]))
	}
	return out
}

// phoneOf is the telephone number of the i-th person, as typed.
func phoneOf(i int) string { return fmt.Sprintf("09%08d", i) }

// newPerson makes the i-th contestant of a contest, who is not in the store yet.
func newPerson(w *world, contestID string, i int) core.Contestant {
	return newPersonHashed(w, contestID, i, cheapHash(testPassword))
}

func newPersonHashed(w *world, contestID string, i int, phc string) core.Contestant {
	now, name := core.At(time.Now()), fmt.Sprintf("Người Thử %d", i)
	return core.Contestant{ID: core.NewID(now), ContestID: contestID, Status: core.Active, FullName: name, NameFolded: core.Fold(name),
		Phone: w.sealer.Seal(contestID, "phone", "+84"+phoneOf(i)[1:]), UnitCode: "SNV-VP", Unit1Code: "SNV", PasswordHash: phc,
		CreatedAt: now, UpdatedAt: now, Revision: 1}
}

// consoleSession is the cookie of an organizer.
const consoleSession = "phien_btc"

// organizer adds an account of the console with testPassword and gives the cookie of its session.
func (w *world) organizer(tb testing.TB, name string, role core.Role, change func(*core.Organizer)) string {
	tb.Helper()
	o := core.Organizer{Name: name, FullName: "Cán bộ " + name, Role: role, PasswordHash: cheapHash(testPassword), CreatedAt: core.At(time.Now()), Revision: 1}
	if change != nil {
		change(&o)
	}
	must(tb, w.store.InsertOrganizer(tb.Context(), o))
	in, err := w.account.SignInOrganizer(tb.Context(), name, testPassword, "127.0.0.1")
	must(tb, err)
	return consoleSession + "=" + url.QueryEscape(in.Token)
}

// signIn gives the cookie of a new session of the i-th of people.
func (w *world) signIn(i int) string {
	w.tb.Helper()
	ed, _ := w.edition(w.tb.Context(), "")
	in, err := w.account.SignIn(w.tb.Context(), ed.Contest.ID, phoneOf(i+1), testPassword, "127.0.0.1")
	if err != nil {
		w.tb.Fatal(err)
	}
	return "phien=" + url.QueryEscape(in.Token)
}

// begin starts an attempt of a contestant in the open round.
func (w *world) begin(c core.Contestant) core.Attempt {
	w.tb.Helper()
	ed, err := w.edition(w.tb.Context(), "")
	if err != nil {
		w.tb.Fatal(err)
	}
	a, _, err := w.exam.Start(w.tb.Context(), ed, c, w.openRound(ed).ID, core.At(time.Now()))
	if err != nil {
		w.tb.Fatal(err)
	}
	return a
}

func (w *world) openRound(ed *exam.Edition) core.Round {
	w.tb.Helper()
	now := core.At(time.Now())
	for _, r := range ed.Contest.Rounds {
		if r.Open(now) {
			return r
		}
	}
	w.tb.Fatal("no round is open")
	return core.Round{}
}

// get fetches a page with a cookie ("" for none) and gives its status and body.
func (w *world) get(path, cookie string) (int, string) {
	w.tb.Helper()
	req, err := http.NewRequestWithContext(w.tb.Context(), http.MethodGet, w.base+path, nil)
	if err != nil {
		w.tb.Fatal(err)
	}
	return w.do(req, cookie)
}

// post sends a form as a browser on the same site does, without following the redirect.
func (w *world) post(path, cookie string, form url.Values) (int, string) {
	w.tb.Helper()
	req, err := http.NewRequestWithContext(w.tb.Context(), http.MethodPost, w.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		w.tb.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return w.do(req, cookie)
}

func (w *world) do(req *http.Request, cookie string) (int, string) {
	w.tb.Helper()
	if cookie != "" {
		req.Header.Set("Cookie", cookie)
	}
	client := http.Client{Timeout: 2 * time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		w.tb.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		w.tb.Fatal(err)
	}
	return resp.StatusCode, string(body) + resp.Header.Get("Location")
}
