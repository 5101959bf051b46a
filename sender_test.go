package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"duthi/bot"
	"duthi/core"
	"duthi/core/zalo"
	"duthi/core/zalo/zalosim"
)

// senderVar tells the test binary that it is a process that sends; the program's settings are beside it.
const senderVar = "SENDER_OF_TEST"

// TestSenderProcess is no test: it is a process of its own that does what the job "deliver" does, over and over, until
// it gets SIGTERM or is killed. Several may be on one embedded database: nothing of it serves.
func TestSenderProcess(t *testing.T) {
	if os.Getenv(senderVar) == "" {
		t.Skip("started by the tests of killed senders only")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	env := environ()
	cfg := testConfig(t, env)
	s, err := openServices(ctx, cfg, nil, newLog(cfg, io.Discard))
	must(t, err)
	must(t, s.load(ctx))
	fmt.Println("sending")
	for ctx.Err() == nil {
		if err := s.deliver(ctx); err != nil {
			fmt.Println("deliver:", err)
		}
		select { // the job's tick, only closer
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
	s.zalo.drain(ctx)
	must(t, s.close())
}

// sender is a running TestSenderProcess.
type sender struct {
	cmd  *exec.Cmd
	said *words
}

// startSender starts a process and waits until it sends.
func startSender(t *testing.T, env environment) *sender {
	t.Helper()
	s := &sender{cmd: exec.Command(os.Args[0], "-test.run=^TestSenderProcess$", "-test.timeout=30m"), said: &words{}}
	s.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.TempDir(), senderVar + "=1"}
	for k, v := range env {
		s.cmd.Env = append(s.cmd.Env, k+"="+v)
	}
	out, err := s.cmd.StdoutPipe()
	must(t, err)
	must(t, s.cmd.Start())
	t.Cleanup(func() { s.end(syscall.SIGKILL) })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		s.said.add(lines.Text())
		if lines.Text() == "sending" {
			go func() {
				for lines.Scan() {
					s.said.add(lines.Text())
				}
			}()
			return s
		}
	}
	t.Fatalf("no sender: %s", s.said)
	return nil
}

// end ends the process by a signal and reports whether it ended well.
func (s *sender) end(sig syscall.Signal) bool {
	if s.cmd.ProcessState == nil {
		_ = s.cmd.Process.Signal(sig)
		_ = s.cmd.Wait()
	}
	return s.cmd.ProcessState.Success()
}

// post is a contest with followers of a simulated OA, the program's web and bot roles in this process, and senders in
// processes of their own on the same store.
type post struct {
	*world
	sim      *zalosim.Sim
	contest  string
	senders  environment     // settings of a sender
	people   []string        // Zalo users
	sent     []string        // broadcasts
	consents int             // given again
	inFlight map[string]bool // deliveries marked as sending when their processes were killed, over all kills
}

// newPost opens a store with n followers.
func newPost(t *testing.T, env environment, n int) *post {
	t.Helper()
	p := &post{inFlight: map[string]bool{}, sim: &zalosim.Sim{AppID: fmt.Sprint(time.Now().UnixNano()), Limits: zalosim.Limits{CallsPerMinute: 1 << 30, PackageQuota: 1 << 30}}}
	for i := range n {
		id := p.sim.AddPerson(fmt.Sprint("Người ", i), "")
		p.sim.Follow(id)
		p.sim.Say(id, "xin chào")
		p.people = append(p.people, id)
	}
	api := httptest.NewServer(p.sim.API())
	t.Cleanup(api.Close)
	maps.Copy(env, environment{"DUTHI_ZALO_APP_ID": p.sim.AppID, "DUTHI_ZALO_APP_SECRET": p.sim.AppSecret, "DUTHI_ZALO_OA_SECRET_KEY": p.sim.OASecretKey,
		"DUTHI_ZALO_API_URL": api.URL, "DUTHI_ZALO_OAUTH_URL": api.URL, "DUTHI_QUIET_HOURS": "off", "DUTHI_SEND_DAILY": "1000000", "DUTHI_SEND_RATE": "600000",
		"DUTHI_BACKUPS": "0"})
	p.senders = maps.Clone(env)
	cfg := testConfig(t, env)
	cfg.Roles = []string{"web", "bot"} // the senders do the rest, on the embedded database too
	ctx, cancel := context.WithCancel(context.Background())
	program, err := start(ctx, cfg, nil, io.Discard)
	if err != nil {
		cancel()
		t.Fatal(err)
	}
	p.world = &world{program: program, tb: t, base: "http://" + program.public.Addr().String(), cancel: cancel}
	t.Cleanup(p.stop)
	p.contest = p.catalog.All()[0].Record.ID
	p.sim.OAID = or(p.zalo.oaID(t.Context()), p.sim.OAID)
	p.consent(t)
	now := core.At(time.Now())
	for _, id := range p.people {
		must(t, p.store.InsertFollower(t.Context(), core.Follower{ID: core.FollowerID(p.sim.OAID, id), OAID: p.sim.OAID, UserID: id, Follows: true,
			LastInteraction: now, CreatedAt: now, UpdatedAt: now, Revision: 1}))
	}
	p.sim.WebhookURL = p.base + bot.WebhookPath
	return p
}

// consent is somebody with the OA's rights giving their consent.
func (p *post) consent(t *testing.T) {
	t.Helper()
	tokens := p.sim.Tokens()
	must(t, zalo.NewCustodian(zalo.CustodianConfig{OAuth: p.zalo.oauth, Store: p.store, OAID: p.sim.OAID, Vault: p.zalo.vault, Log: p.log}).
		Adopt(t.Context(), zalo.Tokens{Access: tokens.Access, Refresh: tokens.Refresh}))
}

// consentAgain does what the console asks for when a process was killed while it renewed the tokens: Zalo has given
// new ones, which nobody got, and takes the old ones no more. Then the paused broadcasts go on. It is done after each
// round, as the others would wait a minute for the killed one's lease on the tokens; counted are those that were needed.
func (p *post) consentAgain(t *testing.T) {
	t.Helper()
	st, err := p.zalo.custodian(t.Context()).Status(t.Context())
	must(t, err)
	if st.State == zalo.GrantNeedsConsent {
		p.consents++
	}
	p.consent(t)
	for _, id := range p.sent {
		b, err := p.store.Broadcast(t.Context(), id)
		must(t, err)
		if b.State == core.BroadcastPaused {
			must(t, p.outreach.Resume(t.Context(), "organizer:lan", id, "đã cấp quyền lại"))
		}
	}
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// broadcast adds a broadcast to all followers; the senders plan it and send it.
func (p *post) broadcast(t *testing.T) {
	t.Helper()
	now := core.At(time.Now())
	id := fmt.Sprintf("b%03d", len(p.sent))
	p.sent = append(p.sent, id)
	must(t, p.store.InsertBroadcast(t.Context(), core.Broadcast{ID: id, ContestID: p.contest, Title: id, Direct: true, State: core.BroadcastPlanning, StartAt: now,
		Audience: core.Audience{Who: core.AudienceFollowers}, Content: core.Content{Text: p.text(id)}, CreatedBy: "system", CreatedAt: now, UpdatedAt: now, Revision: 1}))
}

func (p *post) text(broadcast string) string { return "Tin " + broadcast + " của cuộc thi." }

// within bounds the random moments of ends: a sender on the server in Python begins to send after a second or two.
func (p *post) within() int {
	if p.cfg.MongoURI != "" {
		return 4000
	}
	return 300
}

// passLeases counts what was in flight when every sender was killed, and lets the time pass that other processes wait
// before they take it on: what is leased and sending is moved back by it.
func (p *post) passLeases(t *testing.T) {
	t.Helper()
	const wait = core.Instant(6 * 60 * 1000)
	for _, id := range p.sent {
		if b, err := p.store.Broadcast(t.Context(), id); err != nil || b.State == core.BroadcastDone {
			must(t, err)
			continue
		}
		for _, state := range []string{core.DeliveryLeased, core.DeliverySending, core.DeliveryPlanned} {
			for after := ""; ; {
				ds, err := p.store.Deliveries(t.Context(), id, state, after, 500)
				must(t, err)
				if len(ds) == 0 {
					break
				}
				for _, d := range ds {
					after = d.Person
					if state == core.DeliverySending {
						p.inFlight[id+d.Person] = true
					}
					if state == core.DeliveryPlanned && d.NotBefore <= core.At(time.Now()) {
						continue
					}
					d.NotBefore -= wait
					d.Revision++
					if err := p.store.UpdateDelivery(t.Context(), d); err != nil && !core.Is(err, core.Conflict) {
						t.Fatal(err) // a conflict: an echo settled it meanwhile
					}
				}
			}
		}
	}
}

// finish lets one sender go on until every broadcast is done.
func (p *post) finish(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*patience)
	defer cancel()
	p.consentAgain(t)
	s := startSender(t, p.senders)
	for _, id := range p.sent {
		for {
			b, err := p.store.Broadcast(ctx, id)
			if err != nil {
				counts, _ := p.store.Tally(context.Background(), id)
				next, _ := p.store.NextDelivery(context.Background(), id)
				t.Fatalf("%s is not done: %v\n%+v, next in %v\n%s", id, err, counts, next.Sub(core.At(time.Now())), s.said)
			}
			if b.State == core.BroadcastDone {
				break
			}
			<-time.After(50 * time.Millisecond) // not to take the store's time from the sender
		}
	}
	if !s.end(syscall.SIGTERM) {
		t.Errorf("the last sender: %s", s.said)
	}
	must(t, p.sim.AwaitDelivered(ctx))
	must(t, p.resolve(ctx))
}

// account compares what the simulator took with what the store says, message by message, and gives the row of the
// table of crashes.
func (p *post) account(t *testing.T, kills int) (lost, doubled int, unknown map[string]int) {
	t.Helper()
	got := map[[2]string]int{}
	for _, m := range p.sim.Sent("") {
		got[[2]string{m.UserID, m.Text}]++
	}
	total := 0
	unknown = map[string]int{}
	for _, id := range p.sent {
		ds, err := p.store.Deliveries(t.Context(), id, "", "", len(p.people)+1)
		must(t, err)
		if len(ds) != len(p.people) {
			t.Fatalf("%s: %d deliveries to %d people", id, len(ds), len(p.people))
		}
		for _, d := range ds {
			user := strings.TrimPrefix(d.Person, core.FollowerPrefix+p.sim.OAID+"/")
			n := got[[2]string{user, p.text(id)}]
			total += n
			switch {
			case n > 1:
				doubled++
			case d.State == core.DeliveryUnknown:
				unknown[d.Reason]++
				if d.Person == "" || d.Reason == "" {
					t.Errorf("unknown, but whose and why: %+v", d)
				}
			case n == 0 || d.State != core.DeliverySent:
				lost++
				t.Errorf("%s of %s: taken %d times, the store says %s %s %d", id, user, n, d.State, d.Reason, d.Code)
			}
		}
	}
	t.Logf("| kills %d | messages %d | taken by Zalo %d | lost %d | doubled %d | unknown %v | in flight at the kills %d | consents given again %d |",
		kills, len(p.sent)*len(p.people), total, lost, doubled, unknown, len(p.inFlight), p.consents)
	if lost+doubled > 0 {
		t.Errorf("%d lost, %d doubled", lost, doubled)
	}
	return lost, doubled, unknown
}
