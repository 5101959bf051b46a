package zalo_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"duthi/core/zalo"
	"duthi/core/zalo/zalosim"
)

// echoBot is the smallest right bot: it answers each inbox key once and repeats a send only when it is known not
// to have happened.
type echoBot struct {
	hook    zalo.Webhook
	client  *zalo.Client
	mu      sync.Mutex
	taken   map[string]bool
	unknown map[string]bool // people whose answer may or may not have arrived
	echoes  map[string]int
	odd     []string
	work    sync.WaitGroup
}

func (b *echoBot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	d, err := b.hook.Parse(r)
	b.mu.Lock()
	defer b.mu.Unlock()
	if err != nil {
		b.odd = append(b.odd, err.Error())
		w.WriteHeader(http.StatusForbidden)
		return
	}
	if b.taken[d.Key] {
		return
	}
	b.taken[d.Key] = true
	switch e := d.Event.(type) {
	case *zalo.UserMessage:
		b.work.Go(func() { b.answer(e) })
	case *zalo.Echo:
		b.echoes[e.UserID]++
	case *zalo.Receipt, *zalo.Follow:
	default:
		b.odd = append(b.odd, fmt.Sprintf("%T", e))
	}
}

func (b *echoBot) answer(e *zalo.UserMessage) {
	for try := range 200 {
		_, err := b.client.Send(context.Background(), e.UserID, zalo.Message{Text: "Trả lời " + e.Text})
		switch zalo.ActionOf(err) {
		case zalo.Retry, zalo.Refresh:
			// as a real bot waits: without it a slow refresh makes everybody try until an error page hides what happened
			time.Sleep(time.Millisecond << min(try, 5))
			continue
		case zalo.Reconcile:
			b.mu.Lock()
			b.unknown[e.UserID] = true
			b.mu.Unlock()
		case "":
		default:
			b.mu.Lock()
			b.odd = append(b.odd, err.Error())
			b.mu.Unlock()
		}
		return
	}
	b.mu.Lock()
	b.odd = append(b.odd, "gave up")
	b.mu.Unlock()
}

// Under all of the simulator's trouble at once: no message is answered twice, none is left without an answer but
// those listed as unknown, and tokens are renewed without a double spend.
func TestUnderChaos(t *testing.T) {
	t.Parallel()
	const people = 150
	sim := &zalosim.Sim{Limits: zalosim.Limits{CallsPerMinute: 1 << 20}}
	api := httptest.NewServer(sim.API())
	t.Cleanup(api.Close)
	store := newMemoryTokens()
	bot := &echoBot{taken: map[string]bool{}, unknown: map[string]bool{}, echoes: map[string]int{}}
	sim.Webhook = bot
	tok := sim.Tokens()
	keeper := zalo.NewCustodian(zalo.CustodianConfig{OAuth: zalo.NewOAuth(zalo.OAuthConfig{AppID: sim.AppID, AppSecret: sim.AppSecret, URL: api.URL}),
		Store: store, OAID: sim.OAID, Poll: time.Millisecond, Backoff: []time.Duration{time.Millisecond}, Log: slog.New(slog.DiscardHandler)})
	if err := keeper.Adopt(t.Context(), zalo.Tokens{Access: tok.Access, Refresh: tok.Refresh}); err != nil {
		t.Fatal(err)
	}
	bot.hook = zalo.Webhook{AppID: sim.AppID, Secret: sim.OASecretKey, OAIDs: []string{sim.OAID}}
	bot.client = zalo.NewClient(zalo.ClientConfig{Token: keeper.Token, APIURL: api.URL})
	sim.SetChaos(zalosim.Chaos{Seed: 11, Duplicate: 0.3, Reorder: 0.2, ErrorPage: 0.1, LoseAnswer: 0.1, RateLimit: 0.1, EchoFirst: 0.3, ExpireNow: 0.05,
		Slow: 0.1, SlowFor: 5 * time.Millisecond})
	var ids []string
	for i := range people {
		ids = append(ids, sim.AddPerson(fmt.Sprint("Người ", i), ""))
		sim.Follow(ids[i])
		sim.Say(ids[i], fmt.Sprint("câu ", i))
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := sim.AwaitDelivered(ctx); err != nil {
		t.Fatal(err)
	}
	bot.work.Wait()
	if err := sim.AwaitDelivered(ctx); err != nil { // the echoes
		t.Fatal(err)
	}
	bot.mu.Lock()
	defer bot.mu.Unlock()
	resolved := 0
	for _, id := range ids {
		n := len(sim.Sent(id))
		if n > 1 || (n == 0 && !bot.unknown[id]) {
			t.Errorf("%s got %d answers, unknown: %v", id, n, bot.unknown[id])
		}
		if bot.echoes[id] != n {
			t.Errorf("%s: %d messages, %d echoes", id, n, bot.echoes[id])
		}
		if bot.unknown[id] && n == 1 {
			resolved++
		}
	}
	s := sim.Stats()
	if len(bot.odd) > 0 || s.RefusedTokens != 0 || s.Refreshes == 0 || len(bot.unknown) == 0 || resolved == 0 || len(sim.Refused()) > 0 {
		t.Errorf("odd %q, refused %q, %d unknown, %d of them by echo, stats %+v", bot.odd, sim.Refused(), len(bot.unknown), resolved, s)
	}
}
