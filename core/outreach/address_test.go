package outreach_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/outreach"
	"duthi/core/zalo"
)

// TestOneMessageForEachAddress: of people who share a number or a Zalo the first gets the message; the others stand in the
// plan as skipped, with whom they share it, and whoever plans again finds it so.
func TestOneMessageForEachAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 2400) // more than are planned at a time
	for i := range w.people {
		w.people[i].Shared = true
		if w.people[i].UserID = fmt.Sprint("u", i%800); i%3 == 0 {
			w.people[i].UserID, w.people[i].Phone, w.people[i].PhoneKey = "", "0912", fmt.Sprint("k", i%600)
		}
	}
	s := outreach.New(w.config())
	b := core.Broadcast{ID: "b", ContestID: "c", Title: "b", Audience: core.Audience{Who: core.AudienceAll}, Content: core.Content{Text: "Xin chào.", PhoneTemplate: "100"}}
	_, err := s.Create(t.Context(), "organizer:lan", b)
	do(t, err)
	survey, err := s.Survey(t.Context(), b, 10_000)
	do(t, err)
	do(t, s.Plan(t.Context(), "organizer:lan", "b"))
	b, err = s.PlanNow(t.Context(), "b")
	do(t, err)
	users, phones := map[string]bool{}, map[string]bool{}
	for _, p := range w.people {
		if p.UserID != "" {
			users[p.UserID] = true
		} else {
			phones[p.PhoneKey] = true
		}
	}
	want := int64(len(users) + len(phones))
	tally := w.tally(t, "b")
	if tally["planned"] != want || tally["skipped same_phone"] != int64(800-len(phones)) || tally["skipped same_zalo"] != int64(1600-len(users)) {
		t.Fatalf("%v, want %d and %d", tally, len(users), len(phones))
	}
	if survey.Reach != want || survey.People != 2400 {
		t.Errorf("counted before: %+v", survey)
	}
	f, err := s.Forecast(t.Context(), b, 100)
	do(t, err)
	if f.Reach != want || f.Missed != 2400-want {
		t.Errorf("%+v", f)
	}
	do(t, s.Start(t.Context(), "organizer:lan", "b"))
	w.run(t, s)
	for user := range users {
		if w.got[user] != 1 {
			t.Fatalf("%s got %d", user, w.got[user])
		}
	}
	out, err := s.Outcomes(t.Context(), b, core.DeliverySkipped, "", 1)
	do(t, err)
	if len(out) != 1 || out[0].Same.Values["ho_ten"] == "" || out[0].Same.Person == out[0].Recipient.Person || out[0].Delivery.Address != "" {
		t.Errorf("%+v", out)
	}
}

// TestRacingSendersOfOneAddress: people whose number or Zalo became the same after the plan are sent one message,
// whichever of four processes is first, also when Zalo refuses the first try.
func TestRacingSendersOfOneAddress(t *testing.T) {
	t.Parallel()
	for name, answers := range map[string][]error{"taken": nil, "refused first": {refusal(-32, zalo.Retry), refusal(0, zalo.Retry)}, "no answer": {refusal(0, zalo.Reconcile)}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(openStore(t), "p", 60)
			w.start(t, "b")
			w.answers["same"] = answers
			planner := outreach.New(w.config())
			if _, err := planner.PlanNow(t.Context(), "b"); err != nil {
				t.Fatal(err)
			}
			for i := range w.people {
				w.people[i].UserID = "same"
			}
			cfg := w.config()
			cfg.Workers = 8
			for range 6 {
				var all sync.WaitGroup
				for range 4 {
					s := outreach.New(cfg)
					all.Go(func() {
						if _, err := s.Run(t.Context()); err != nil {
							t.Error(err)
						}
					})
				}
				all.Wait()
				w.clock.advance(40 * time.Minute)
			}
			tally := w.tally(t, "b")
			if name == "no answer" {
				if tally["unknown no_answer"] != 1 || w.got["same"] != 0 {
					t.Errorf("%v, got %v", tally, w.got)
				}
			} else if tally["sent"] != 1 || w.got["same"] != 1 {
				t.Errorf("%v, got %v", tally, w.got)
			}
			if tally["skipped same_zalo"] != 59 || w.state(t, "b") != core.BroadcastDone {
				t.Errorf("%v, %s", tally, w.state(t, "b"))
			}
			skipped, err := w.store.Deliveries(t.Context(), "b", core.DeliverySkipped, "", 1)
			if err != nil || skipped[0].Same == "" || skipped[0].Same == skipped[0].Person {
				t.Errorf("%+v %v", skipped, err)
			}
		})
	}
}
