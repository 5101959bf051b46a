package zalosim_test

import (
	"net/http"
	"testing"
	"time"

	"duthi/core/zalo/zalosim"
)

func TestRedelivery(t *testing.T) {
	t.Parallel()
	clock := zalosim.NewClock(start)
	bot := &inbox{t: t, answer: func(n int) int {
		if n < 4 {
			return http.StatusServiceUnavailable
		}
		return http.StatusOK
	}}
	sim := &zalosim.Sim{Clock: clock, Webhook: bot}
	an := sim.AddPerson("An", "")
	sim.Say(an, "a")
	for i, wait := range []time.Duration{30 * time.Second, 5 * time.Minute, 15 * time.Minute} {
		check(t, sim.AwaitDelivered(within(t)))
		check(t, sim.AwaitRedelivery(within(t), 1))
		clock.Advance(wait - time.Second)
		check(t, sim.AwaitDelivered(within(t)))
		if n := len(bot.all()); n != i+1 {
			t.Fatalf("%d calls a second before redelivery %d", n, i+1)
		}
		clock.Advance(time.Second)
		check(t, sim.AwaitDelivered(within(t)))
	}
	events := bot.all()
	if len(events) != 4 || events[0].retry != "" || events[1].retry != "1" || events[3].retry != "3" {
		t.Fatalf("%d calls, num_retry %q %q %q", len(events), events[0].retry, events[1].retry, events[len(events)-1].retry)
	}
	for _, e := range events[1:] {
		if string(e.raw) != string(events[0].raw) {
			t.Error("a redelivery has another body")
		}
	}
	if p, _ := sim.Person(an); !p.Chat[0].Seen || p.Chat[0].State != "" {
		t.Errorf("on the phone: %+v", p.Chat[0])
	}
}

func TestWebhookGoesOffAfterTheLastTry(t *testing.T) {
	t.Parallel()
	clock := zalosim.NewClock(start)
	bot := &inbox{t: t, answer: func(int) int { return http.StatusInternalServerError }}
	sim := &zalosim.Sim{Clock: clock, Webhook: bot}
	an := sim.AddPerson("An", "")
	sim.Say(an, "a")
	for range 5 {
		check(t, sim.AwaitDelivered(within(t)))
		clock.Advance(time.Hour)
	}
	check(t, sim.AwaitDelivered(within(t)))
	if len(bot.all()) != 6 || sim.Subscribed() {
		t.Fatalf("%d calls, subscribed %v", len(bot.all()), sim.Subscribed())
	}
	sim.Say(an, "b")
	if s := sim.Stats(); s.Lost != 2 {
		t.Errorf("lost %d, want 2", s.Lost)
	}
	sim.Resubscribe()
	sim.Say(an, "c")
	check(t, sim.AwaitDelivered(within(t)))
	if len(bot.all()) != 7 {
		t.Errorf("%d calls after switching it on", len(bot.all()))
	}
}

func TestSlowWebhookIsCalledAgain(t *testing.T) {
	t.Parallel()
	clock := zalosim.NewClock(start)
	block := make(chan struct{})
	first := make(chan struct{}, 1)
	first <- struct{}{}
	sim := &zalosim.Sim{Clock: clock, Limits: zalosim.Limits{AckWithin: 20 * time.Millisecond}, Webhook: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-first:
			<-block
		default:
		}
	})}
	t.Cleanup(func() { close(block) })
	sim.Say(sim.AddPerson("An", ""), "a")
	check(t, sim.AwaitRedelivery(within(t), 1))
	clock.Advance(30 * time.Second)
	check(t, sim.AwaitDelivered(within(t)))
	if s := sim.Stats(); s.Redeliveries != 1 || s.Acknowledged != 1 {
		t.Errorf("stats %+v", s)
	}
}
