package zalosim_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"duthi/core/zalo/zalosim"

	"github.com/google/go-cmp/cmp"
)

// inbox is a bot that only writes down; answer says how it answers the n-th call.
type inbox struct {
	t      *testing.T
	answer func(n int) int
	mu     sync.Mutex
	events []received
}

func (b *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	e := decode(b.t, r)
	b.mu.Lock()
	b.events = append(b.events, e)
	n := len(b.events)
	b.mu.Unlock()
	if b.answer != nil {
		w.WriteHeader(b.answer(n))
	}
}

func (b *inbox) all() []received {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.events)
}

func (b *inbox) names() []string {
	var list []string
	for _, e := range b.all() {
		list = append(list, e.Name)
	}
	return list
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var start = time.Date(2023, 11, 10, 13, 0, 0, 0, time.UTC)

func TestZeroSim(t *testing.T) {
	t.Parallel()
	var sim zalosim.Sim
	bot := &inbox{t: t}
	sim.Webhook = bot
	an := sim.AddPerson("An", "84912345678")
	sim.Follow(an)
	sim.Say(an, "a/b <c>")
	sim.SendImage(an, "https://x/a.png")
	sim.Share(an)
	sim.Unfollow(an)
	check(t, sim.AwaitDelivered(within(t)))
	if diff := cmp.Diff([]string{"follow", "user_send_text", "user_send_image", "user_submit_info", "unfollow"}, bot.names()); diff != "" {
		t.Error(diff)
	}
	if e := bot.all()[1]; e.Message.Text != "a/b <c>" || e.Sender.ID != an || e.retry != "" {
		t.Errorf("text arrived as %+v", e)
	}
	if s := sim.Stats(); s.Events != 5 || s.Acknowledged != 5 || s.Deliveries != 5 || s.Lost != 0 {
		t.Errorf("stats %+v", s)
	}
}

func server(t *testing.T, sim *zalosim.Sim) string {
	srv := httptest.NewServer(sim.API())
	t.Cleanup(srv.Close)
	return srv.URL
}

func cs(user, words string) string {
	return fmt.Sprintf(`{"recipient":{"user_id":%q},"message":{"text":%q}}`, user, words)
}

func TestEchoAndReceiptsFollowASend(t *testing.T) {
	t.Parallel()
	bot := &inbox{t: t}
	sim := &zalosim.Sim{Webhook: bot}
	api := server(t, sim)
	an := sim.AddPerson("An", "")
	sim.Follow(an)
	if status, body := call(sim, api, "/v3.0/oa/message/cs", cs(an, "chào")); status != 200 || !strings.Contains(body, `"error":0`) {
		t.Fatal(status, body)
	}
	check(t, sim.AwaitCall(within(t), "user_received_message", 1))
	sim.See(an)
	sim.StaffSay(an, "em đây")
	check(t, sim.AwaitDelivered(within(t)))
	if diff := cmp.Diff([]string{"follow", "oa_send_text", "user_received_message", "user_seen_message", "oa_send_text"}, bot.names()); diff != "" {
		t.Error(diff)
	}
	e := bot.all()
	sent := sim.Sent(an)[0].MessageID
	if e[1].Message.MsgID != sent || e[1].Sender.AdminID != "" || !slices.Equal(e[3].Message.MsgIDs, []string{sent}) || e[4].Sender.AdminID == "" {
		t.Errorf("echo %+v, seen %+v, staff %+v", e[1], e[3], e[4])
	}
}

func TestEchoBeforeTheAnswer(t *testing.T) {
	t.Parallel()
	bot := &inbox{t: t}
	sim := &zalosim.Sim{Webhook: bot, NoReceipts: true}
	api := server(t, sim)
	an := sim.AddPerson("An", "")
	sim.Follow(an)
	check(t, sim.AwaitDelivered(within(t)))
	sim.SetChaos(zalosim.Chaos{EchoFirst: 1})
	hold := make(chan struct{})
	sim.Inject(zalosim.Fault{Hold: hold})
	answered := make(chan string)
	go func() {
		_, body := call(sim, api, "/v3.0/oa/message/cs", cs(an, "chào"))
		answered <- body
	}()
	check(t, sim.AwaitCall(within(t), "oa_send_text", 1)) // while the answer is held back
	close(hold)
	if body := <-answered; !strings.Contains(body, sim.Sent(an)[0].MessageID) {
		t.Errorf("answer %s", body)
	}
	check(t, sim.AwaitDelivered(within(t)))
	if diff := cmp.Diff([]string{"follow", "oa_send_text"}, bot.names()); diff != "" {
		t.Error(diff)
	}
}

func TestUnknownIsRefusedLoudly(t *testing.T) {
	t.Parallel()
	sim := &zalosim.Sim{}
	api := server(t, sim)
	an := sim.AddPerson("An", "")
	sim.Follow(an)
	for _, c := range []struct{ path, body string }{
		{"/v3.0/oa/menu", `{}`},
		{"/v3.0/oa/message/cs", `{"recipient":{"user_id":"` + an + `"},"message":{"text":"a","react_message_id":"x"}}`},
		{"/v3.0/oa/message/cs", `{"recipient":{"id":"` + an + `"},"message":{"text":"a"}}`},
		{"/v3.0/oa/message/cs?access_token=x", cs(an, "a")},
		{"/v3.0/oa/message/template", `{"recipient":{"user_id":"` + an + `"},"template_id":"1"}`},
	} {
		before := len(sim.Refused())
		status, body := call(sim, api, c.path, c.body)
		if status < 400 || len(sim.Refused()) != before+1 || strings.Contains(body, `"error":0`) {
			t.Errorf("%s %s: %d %s", c.path, c.body, status, body)
		}
	}
	if len(sim.Sent("")) != 0 {
		t.Error("something was sent")
	}
}

// The same seed and the same order of calls make the same trouble.
func TestChaosIsSeeded(t *testing.T) {
	t.Parallel()
	run := func(seed uint64) string {
		sim := &zalosim.Sim{NoEchoes: true, NoReceipts: true}
		api := server(t, sim)
		an := sim.AddPerson("An", "")
		sim.Follow(an)
		sim.SetChaos(zalosim.Chaos{Seed: seed, ErrorPage: 0.3, RateLimit: 0.3, LoseAnswer: 0.2})
		var out strings.Builder
		for range 40 {
			status, body := call(sim, api, "/v3.0/oa/message/cs", cs(an, "a"))
			fmt.Fprintf(&out, "%d%v ", status, strings.Contains(body, "-32"))
		}
		return out.String() + fmt.Sprint(len(sim.Sent("")))
	}
	a, b, other := run(7), run(7), run(8)
	if a != b {
		t.Errorf("the same seed differs:\n%s\n%s", a, b)
	}
	if a == other || !strings.Contains(a, "502false") || !strings.Contains(a, "200true") || !strings.Contains(a, "0false") {
		t.Errorf("no trouble: %s", a)
	}
}

func TestDuplicatesAndReordering(t *testing.T) {
	t.Parallel()
	bot := &inbox{t: t}
	sim := &zalosim.Sim{Webhook: bot}
	sim.SetChaos(zalosim.Chaos{Seed: 3, Duplicate: 0.5, Reorder: 0.4})
	an := sim.AddPerson("An", "")
	for i := range 30 {
		sim.Say(an, fmt.Sprint(i))
	}
	check(t, sim.AwaitDelivered(within(t)))
	seen := map[string]int{}
	var order []string
	for _, e := range bot.all() {
		if seen[e.Message.MsgID]++; seen[e.Message.MsgID] == 1 {
			order = append(order, e.Message.Text)
		}
	}
	doubled := 0
	for _, n := range seen {
		if n == 2 {
			doubled++
		}
	}
	sorted := slices.IsSortedFunc(order, func(a, b string) int { return len(a)*100 - len(b)*100 + strings.Compare(a, b) })
	if len(seen) != 30 || doubled == 0 || sorted {
		t.Errorf("%d events, %d doubled, in order: %v", len(seen), doubled, sorted)
	}
}

func TestNothingIsSentWithoutAGrant(t *testing.T) {
	t.Parallel()
	bot := &inbox{t: t}
	sim := &zalosim.Sim{Webhook: bot, Ungranted: true}
	an := sim.AddPerson("An", "")
	sim.Say(an, "a")
	check(t, sim.AwaitDelivered(within(t)))
	if len(bot.all()) != 0 || sim.Stats().Lost != 1 {
		t.Errorf("%d events, %+v", len(bot.all()), sim.Stats())
	}
	if status := sim.CheckURL(); status != 200 || bot.all()[0].Message.MsgID != "This is message id" {
		t.Errorf("sample call: %d", status)
	}
}
