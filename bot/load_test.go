package bot_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"duthi/bot"
	"duthi/core"
	"duthi/core/zalo/zalosim"
)

// The child of TestKilledUnderLoad: the bot as a process of its own.
const (
	childDir  = "DUTHI_TEST_BOT_DIR"
	childAPI  = "DUTHI_TEST_BOT_API"
	childAddr = "DUTHI_TEST_BOT_ADDR"
)

// TestChildProcess is no test: it is the process that TestKilledUnderLoad starts and kills.
func TestChildProcess(t *testing.T) {
	if os.Getenv(childDir) == "" {
		t.Skip("started by TestKilledUnderLoad only")
	}
	sim := &zalosim.Sim{Clock: &zalosim.Clock{}}
	w := newWorld(t, sim)
	w.dir, w.api.URL = os.Getenv(childDir), os.Getenv(childAPI)
	r := w.start()
	l, err := net.Listen("tcp", os.Getenv(childAddr))
	w.must(err)
	fmt.Println("listening")
	if err := http.Serve(l, r.server); err != nil {
		t.Fatal(err)
	}
}

// load is how hard the test is.
type load struct {
	rate   int           // events a second
	length time.Duration // of the sending
	people int
}

// TestKilledUnderLoad sends events at a steady rate to a bot process, kills it in the middle (kill -9) and starts
// another: no acknowledged event is lost, nobody is answered twice, and acknowledgements stay fast. With
// DUTHI_TEST_LONG it is 2,000 events a second for a minute.
func TestKilledUnderLoad(t *testing.T) {
	l := load{rate: 300, length: 4 * time.Second, people: 300}
	if os.Getenv("DUTHI_TEST_LONG") != "" {
		l = load{rate: 2000, length: time.Minute, people: 5000}
	}
	sim := &zalosim.Sim{Clock: &zalosim.Clock{}, NoEchoes: true, NoReceipts: true, Limits: zalosim.Limits{CallsPerMinute: 1 << 30}}
	w := newWorld(t, sim)
	var ids []string
	for i := range l.people {
		ids = append(ids, sim.AddPerson(fmt.Sprint("Người ", i), ""))
		sim.Follow(ids[i])
	}
	w.start().stop() // the store has the sample contest and the simulator's tokens when the process starts
	child := w.child(t, "")
	g := &generator{w: w, target: "http://" + child.addr + bot.WebhookPath, ids: ids, load: l,
		client: &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 256, MaxConnsPerHost: 256}}}
	killed := make(chan *childProcess)
	go func() {
		time.Sleep(l.length / 2)
		child.kill()
		killed <- w.child(t, child.addr)
	}()
	begin := time.Now()
	g.run()
	sending := time.Since(begin)
	next := <-killed
	w.drained(t)
	next.kill()
	g.report(t, sending, time.Since(begin))
}

type childProcess struct {
	cmd  *exec.Cmd
	addr string
}

func (c *childProcess) kill() {
	_ = c.cmd.Process.Kill() // SIGKILL; it may be gone already
	_ = c.cmd.Wait()
}

// child starts a bot process and waits until it listens.
func (w *world) child(t *testing.T, addr string) *childProcess {
	if addr == "" {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		w.must(err)
		addr = l.Addr().String()
		l.Close()
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestChildProcess$", "-test.timeout=30m")
	cmd.Env = append(os.Environ(), childDir+"="+w.dir, childAPI+"="+w.api.URL, childAddr+"="+addr)
	out, err := cmd.StdoutPipe()
	w.must(err)
	w.must(cmd.Start())
	c := &childProcess{cmd, addr}
	t.Cleanup(c.kill)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == "listening" {
			go func() { // nobody reads the rest
				for lines.Scan() {
				}
			}()
			return c
		}
	}
	t.Error("the bot process did not start")
	return c
}

// generator is Zalo's sender: it repeats an event with the same body until it is acknowledged.
type generator struct {
	w      *world
	target string
	ids    []string
	load   load
	client *http.Client

	mu      sync.Mutex
	took    []time.Duration // of first calls that were acknowledged
	repeats int
}

func (g *generator) run() {
	var all sync.WaitGroup
	begin := time.Now()
	total := int(g.load.length.Seconds()) * g.load.rate
	for i := range total {
		due := begin.Add(time.Duration(i) * time.Second / time.Duration(g.load.rate))
		time.Sleep(time.Until(due))
		all.Go(func() { g.deliver(i) })
	}
	all.Wait()
}

func (g *generator) deliver(i int) {
	body, stamp := textEvent(g.w, g.ids[i%len(g.ids)], fmt.Sprint("load", i), "link")
	mac := sign(g.w, body, stamp)
	for try := 0; ; try++ {
		begin := time.Now()
		if g.call(body, mac, try) {
			if try == 0 {
				g.mu.Lock()
				g.took = append(g.took, time.Since(begin))
				g.mu.Unlock()
			}
			return
		}
		g.mu.Lock()
		g.repeats++
		g.mu.Unlock()
		time.Sleep(500 * time.Millisecond)
	}
}

func (g *generator) call(body, mac string, try int) bool {
	req, err := http.NewRequest(http.MethodPost, g.target, strings.NewReader(body))
	if err != nil {
		return false
	}
	req.Header.Set("X-ZEvent-Signature", mac)
	if try > 0 {
		req.Header["num_retry"] = []string{strconv.Itoa(try)}
	}
	resp, err := g.client.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

// drained waits until the bot process has worked off what can be worked off: what was in flight at the kill waits
// for its lease.
func (w *world) drained(t *testing.T) {
	last, still := int64(-1), 0
	for still < 20 {
		time.Sleep(200 * time.Millisecond)
		n := w.sim.Stats().Accepted
		if n == last {
			still++
		} else {
			last, still = n, 0
		}
	}
}

// report counts, from the store and the simulator, what became of every event.
func (g *generator) report(t *testing.T, sending, whole time.Duration) {
	g.w.clock = zalosim.NewClock(time.Now().Add(10 * time.Minute)) // leases of the dead are over
	g.w.sim.Clock = g.w.clock
	r := g.w.start()
	defer g.w.flow(t)()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second+g.load.length)
	defer cancel()
	for {
		st, err := r.talk.State(t.Context())
		g.w.must(err)
		if st.Received+st.Sending == 0 {
			break
		}
		if ctx.Err() != nil {
			t.Fatalf("not worked off: %+v", st)
		}
		time.Sleep(20 * time.Millisecond)
	}
	count := map[string]int64{}
	var stored int64
	for _, state := range []string{core.EventAnswered, core.EventUnknown, core.EventFailed, core.EventDropped} {
		n, err := r.store.CountEvents(t.Context(), state)
		g.w.must(err)
		count[state], stored = n, stored+n
	}
	sent := g.w.sim.Stats().Accepted
	total := int64(int(g.load.length.Seconds()) * g.load.rate)
	slices.Sort(g.took)
	at := func(p float64) time.Duration { return g.took[int(float64(len(g.took)-1)*p)] }
	t.Logf("%d events in %v, %d repeated after the kill; acknowledged in p50 %v p99 %v max %v", total, sending.Round(time.Millisecond), g.repeats,
		at(.5), at(.99), g.took[len(g.took)-1])
	t.Logf("stored %d, answered %d, unknown %d, failed %d; the simulator took %d messages in %v: %.0f a second", stored, count[core.EventAnswered],
		count[core.EventUnknown], count[core.EventFailed], sent, whole.Round(time.Millisecond), float64(sent)/whole.Seconds())
	if stored != total {
		t.Errorf("%d events acknowledged, %d stored: events are lost", total, stored)
	}
	if sent < count[core.EventAnswered] || sent > count[core.EventAnswered]+count[core.EventUnknown] {
		t.Errorf("%d answered and %d unknown, but the simulator took %d messages: somebody was answered twice, or not at all", count[core.EventAnswered], count[core.EventUnknown], sent)
	}
	if count[core.EventFailed] != 0 || count[core.EventUnknown] > 64 {
		t.Errorf("%+v", count)
	}
}
