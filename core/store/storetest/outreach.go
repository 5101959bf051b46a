package storetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"duthi/core"
	"duthi/core/store"
)

var broadcastTests = tests{
	{"insert, replace, list", broadcastLife},
	{"rules of a contest", ruleLife},
}

var deliveryTests = tests{
	{"one for each person, planned again or not", deliveryPlan},
	{"many leasers, nobody gets the same", deliveryLease},
	{"a lease that ended is taken over, once", deliveryTakeover},
	{"one may mark as sending", deliveryMark},
	{"counts, lists, what is lost, whose echo", deliveryStates},
	{"one for each address", deliveryAddress},
	{"two mark the same address, one may", deliveryAddressRace},
	{"removed a few at a time, of one broadcast", deliveryRemoval},
	{"turns of a day", turnLife},
	{"many take the last turn", turnRace},
}

func broadcast(id, contest string, start core.Instant) core.Broadcast {
	return core.Broadcast{ID: id, ContestID: contest, RoundID: "r1", Title: "Nhắc \"đợt 1\" <đóng>", StartAt: start, State: core.BroadcastDraft,
		Audience:  core.Audience{Who: core.AudienceNotTaken, Units: []string{"so-noi-vu"}},
		Content:   core.Content{Text: "{dot} đóng lúc {dong_luc}", Parameters: map[string]string{"ten": "{ho_ten}"}},
		CreatedBy: "organizer:lan", CreatedAt: T0, UpdatedAt: T0, Revision: 1}
}

func broadcastLife(t *testing.T, s store.Store) {
	_, err := s.Broadcast(ctx(t), "b1")
	code(t, err, core.NotFound)
	b1, b2, other := broadcast("b1", "c", T0+5), broadcast("b2", "c", T0+3), broadcast("b3", "d", T0)
	for _, b := range []core.Broadcast{b1, b2, other} {
		ok(t, s.InsertBroadcast(ctx(t), b))
	}
	code(t, s.InsertBroadcast(ctx(t), b1), core.Conflict)
	same(t, must(s.Broadcast(ctx(t), "b1"))(t), b1)
	same(t, must(s.Broadcasts(ctx(t), "c", 9))(t), []core.Broadcast{b1, b2})
	same(t, must(s.Broadcasts(ctx(t), "c", 1))(t), []core.Broadcast{b1})
	codes := together(20, func(i int) core.Code {
		b := b1
		b.State, b.PlanAfter, b.Revision = core.BroadcastSending, fmt.Sprint(i), 2
		return core.CodeOf(s.UpdateBroadcast(t.Context(), b))
	})
	if count(codes, "") != 1 || count(codes, core.Conflict) != 19 {
		t.Fatalf("want one winner: %v", codes)
	}
	b2.State, b2.Revision = core.BroadcastSending, 2
	b2.Kept = []core.DeliveryCount{{State: core.DeliverySent, Channel: core.ChannelBilled, Count: 7, Cost: 385}}
	ok(t, s.UpdateBroadcast(ctx(t), b2))
	same(t, must(s.BroadcastsIn(ctx(t), core.BroadcastSending, T0+4, 9))(t), []core.Broadcast{b2})
	same(t, len(must(s.BroadcastsIn(ctx(t), core.BroadcastSending, T0+5, 9))(t)), 2)
	same(t, must(s.BroadcastsIn(ctx(t), core.BroadcastDraft, T0+9, 9))(t), []core.Broadcast{other})
}

func ruleLife(t *testing.T, s store.Store) {
	r := core.ReminderRule{ID: "n2", ContestID: "c", Kind: core.RemindDaysLeft, Days: 3, At: "08:00", On: true, By: "organizer:lan",
		Content: core.Content{Text: "{dot}"}, Audience: core.Audience{Who: core.AudienceAll}, UpdatedAt: T0, Revision: 1}
	first := r
	first.ID = "n1"
	ok(t, s.InsertRule(ctx(t), r))
	ok(t, s.InsertRule(ctx(t), first))
	code(t, s.InsertRule(ctx(t), r), core.Conflict)
	r.Days, r.Revision = 2, 2
	ok(t, s.UpdateRule(ctx(t), r))
	code(t, s.UpdateRule(ctx(t), r), core.Conflict)
	same(t, must(s.Rules(ctx(t), "c"))(t), []core.ReminderRule{first, r})
	same(t, must(s.Rules(ctx(t), "d"))(t), []core.ReminderRule{})
}

func planned(broadcastID string, n int) []core.Delivery {
	ds := make([]core.Delivery, n)
	for i := range ds {
		ds[i] = core.Delivery{BroadcastID: broadcastID, Person: fmt.Sprintf("p%04d", i), State: core.DeliveryPlanned, Channel: core.ChannelFree,
			NotBefore: T0, Revision: 1}
	}
	return ds
}

func deliveryPlan(t *testing.T, s store.Store) {
	ds := planned("b", 700)
	ok(t, s.PlanDeliveries(ctx(t), nil))
	ok(t, s.PlanDeliveries(ctx(t), ds[:650]))
	sent := ds[0]
	sent.State, sent.MessageID, sent.Revision = core.DeliverySent, "m", 2
	ok(t, s.UpdateDelivery(ctx(t), sent))
	errs := together(4, func(int) error { return s.PlanDeliveries(t.Context(), ds) }) // as after a crash, and twice at once
	for _, err := range errs {
		ok(t, err)
	}
	ok(t, s.PlanDeliveries(ctx(t), planned("b2", 3)))
	same(t, must(s.Delivery(ctx(t), "b", "p0000"))(t), sent)
	_, err := s.Delivery(ctx(t), "b", "p0700")
	code(t, err, core.NotFound)
	same(t, must(s.Deliveries(ctx(t), "b", "", "p0000", 1000))(t), ds[1:])
	same(t, must(s.Deliveries(ctx(t), "b", core.DeliveryPlanned, "", 2))(t), ds[1:3])
	same(t, must(s.Tally(ctx(t), "b"))(t), []core.DeliveryCount{
		{State: core.DeliveryPlanned, Channel: core.ChannelFree, Count: 699}, {State: core.DeliverySent, Channel: core.ChannelFree, Count: 1}})
	same(t, must(s.Tally(ctx(t), "none"))(t), []core.DeliveryCount{})
}

func byPerson(a, b core.Delivery) int { return cmp.Compare(a.Person, b.Person) }

func deliveryLease(t *testing.T, s store.Store) {
	ds := planned("b", 300)
	ds[0].NotBefore = T0 + 1
	ds[1].NotBefore = T0 - 1
	ok(t, s.PlanDeliveries(ctx(t), ds))
	ok(t, s.PlanDeliveries(ctx(t), planned("b2", 10)))
	same(t, must(s.NextDelivery(ctx(t), "b"))(t), T0-1)
	first := must(s.LeaseDeliveries(ctx(t), "b", "l", T0, T0+minute, 1))(t)
	want := ds[1]
	want.State, want.Lease, want.NotBefore, want.Revision = core.DeliveryLeased, "l", T0+minute, 2
	same(t, first, []core.Delivery{want})
	var mu sync.Mutex
	got := map[string]int{}
	together(8, func(i int) error {
		for turn := 0; ; turn++ {
			batch, err := s.LeaseDeliveries(t.Context(), "b", fmt.Sprint("l", i, ".", turn), T0, T0+minute, 7)
			if err != nil {
				t.Error(err)
				return err
			}
			mu.Lock()
			for _, d := range batch {
				got[d.Person]++
				if d.State != core.DeliveryLeased || d.Lease != fmt.Sprint("l", i, ".", turn) || d.BroadcastID != "b" {
					t.Errorf("leased %+v", d)
				}
			}
			done := len(got) == 298
			mu.Unlock()
			if done {
				return nil
			}
		}
	})
	for p, n := range got {
		if n != 1 {
			t.Errorf("%s leased %d times", p, n)
		}
	}
	same(t, must(s.LeaseDeliveries(ctx(t), "b", "late", T0, T0+minute, 9))(t), []core.Delivery{})
	same(t, must(s.NextDelivery(ctx(t), "b"))(t), T0+1)
	_, err := s.NextDelivery(ctx(t), "none")
	code(t, err, core.NotFound)
}

func deliveryTakeover(t *testing.T, s store.Store) {
	ok(t, s.PlanDeliveries(ctx(t), planned("b", 3)))
	mine := must(s.LeaseDeliveries(ctx(t), "b", "dead", T0, T0+minute, 3))(t)
	slices.SortFunc(mine, byPerson)
	same(t, must(s.LeaseDeliveries(ctx(t), "b", "early", T0+minute-1, T0+9*minute, 3))(t), []core.Delivery{})
	sending := mine[0]
	sending.State, sending.Revision = core.DeliverySending, 3
	ok(t, s.UpdateDelivery(ctx(t), sending))
	taken := must(s.LeaseDeliveries(ctx(t), "b", "heir", T0+minute, T0+9*minute, 3))(t)
	slices.SortFunc(taken, byPerson)
	if len(taken) != 2 || taken[0].Person != "p0001" || taken[1].Person != "p0002" || taken[0].Revision != 3 {
		t.Fatalf("took over %+v", taken)
	}
	late := mine[1]
	late.State, late.Revision = core.DeliverySending, 3
	code(t, s.UpdateDelivery(ctx(t), late), core.Conflict) // who lost the lease can't send
}

func deliveryMark(t *testing.T, s store.Store) {
	ok(t, s.PlanDeliveries(ctx(t), planned("b", 1)))
	d := must(s.LeaseDeliveries(ctx(t), "b", "l", T0, T0+minute, 1))(t)[0]
	codes := together(50, func(i int) core.Code {
		m := d
		m.State, m.UserID, m.SentAt, m.Digest, m.Revision = core.DeliverySending, "u", T0+1, fmt.Sprint(i), d.Revision+1
		return core.CodeOf(s.UpdateDelivery(t.Context(), m))
	})
	if count(codes, "") != 1 || count(codes, core.Conflict) != 49 {
		t.Fatalf("want one sender: %v", codes)
	}
	d.Person, d.Revision = "none", 2
	code(t, s.UpdateDelivery(ctx(t), d), core.Conflict)
}

func deliveryStates(t *testing.T, s store.Store) {
	var all []core.Delivery
	for i, state := range []string{core.DeliverySending, core.DeliverySending, core.DeliveryUnknown, core.DeliveryFailed, core.DeliverySkipped, core.DeliverySent} {
		d := core.Delivery{BroadcastID: "b", Person: fmt.Sprint("p", i), State: state, Channel: core.ChannelBilled, Cost: 55, UserID: "u" + fmt.Sprint(i%2),
			NotBefore: T0 + core.Instant(10-i), SentAt: T0 + core.Instant(i), Revision: 1}
		if state == core.DeliverySkipped {
			d.Reason, d.Channel, d.Cost = "no_channel", core.ChannelNone, 0
		}
		all = append(all, d)
	}
	ok(t, s.PlanDeliveries(ctx(t), all))
	same(t, must(s.Tally(ctx(t), "b"))(t), []core.DeliveryCount{
		{State: core.DeliveryFailed, Channel: core.ChannelBilled, Count: 1, Cost: 55},
		{State: core.DeliverySending, Channel: core.ChannelBilled, Count: 2, Cost: 110},
		{State: core.DeliverySent, Channel: core.ChannelBilled, Count: 1, Cost: 55},
		{State: core.DeliverySkipped, Channel: core.ChannelNone, Reason: "no_channel", Count: 1},
		{State: core.DeliveryUnknown, Channel: core.ChannelBilled, Count: 1, Cost: 55}})
	same(t, must(s.LostDeliveries(ctx(t), "b", T0+9, 9))(t), all[1:2])
	same(t, must(s.LostDeliveries(ctx(t), "b", T0+10, 9))(t), []core.Delivery{all[1], all[0]})
	same(t, must(s.LostDeliveries(ctx(t), "b2", T0+10, 9))(t), []core.Delivery{})
	same(t, must(s.OpenTo(ctx(t), "u0", 9))(t), []core.Delivery{all[0], all[2]})
	same(t, must(s.OpenTo(ctx(t), "u0", 1))(t), all[:1])
	same(t, must(s.OpenTo(ctx(t), "u", 9))(t), []core.Delivery{})
	for i, state := range []string{core.DeliveryUnknown, core.DeliveryFailed, core.DeliverySkipped, core.DeliverySent} {
		same(t, must(s.Deliveries(ctx(t), "b", state, "", 9))(t), all[2+i:3+i])
		same(t, must(s.Deliveries(ctx(t), "b", state, all[2+i].Person, 9))(t), []core.Delivery{})
	}
	_, err := s.NextDelivery(ctx(t), "b")
	code(t, err, core.NotFound)
}

func deliveryRemoval(t *testing.T, s store.Store) {
	ok(t, s.PlanDeliveries(ctx(t), planned("b", 450)))
	other := planned("b2", 3)
	ok(t, s.PlanDeliveries(ctx(t), other))
	same(t, must(s.DeleteDeliveries(ctx(t), "b", 30))(t), 30)
	same(t, len(must(s.Deliveries(ctx(t), "b", "", "", 1000))(t)), 420)
	same(t, must(s.DeleteDeliveries(ctx(t), "b", 1000))(t), 420)
	same(t, must(s.DeleteDeliveries(ctx(t), "b", 1000))(t), 0)
	same(t, must(s.Deliveries(ctx(t), "b", "", "", 9))(t), []core.Delivery{})
	same(t, must(s.Deliveries(ctx(t), "b2", "", "", 9))(t), other)
}

// turn takes one turn; Limited when there is none.
func turn(ctx context.Context, s store.Store, person, day, broadcastID string, max int) error {
	have, err := s.TakeTurns(ctx, []string{person}, day, broadcastID, max)
	if err == nil && !slices.Equal(have, []string{person}) {
		err = refuse(core.Limited)
	}
	return err
}

func turnLife(t *testing.T, s store.Store) {
	ok(t, turn(ctx(t), s, "p", "2023-10-01", "b1", 2))
	ok(t, turn(ctx(t), s, "p", "2023-10-01", "b1", 2)) // its own again
	ok(t, turn(ctx(t), s, "p", "2023-10-01", "b2", 2))
	code(t, turn(ctx(t), s, "p", "2023-10-01", "b3", 2), core.Limited)
	ok(t, turn(ctx(t), s, "p", "2023-10-02", "b3", 2))
	ok(t, turn(ctx(t), s, "q", "2023-10-01", "b3", 2))
	ok(t, s.ReturnTurn(ctx(t), "p", "2023-10-01", "b1"))
	ok(t, s.ReturnTurn(ctx(t), "p", "2023-10-01", "b1"))
	ok(t, turn(ctx(t), s, "p", "2023-10-01", "b3", 2))
	code(t, turn(ctx(t), s, "p", "2023-10-01", "b1", 2), core.Limited)
	same(t, must(s.DeleteTurns(ctx(t), "2023-10-02", 2))(t), 2)
	same(t, must(s.DeleteTurns(ctx(t), "2023-10-02", 9))(t), 1)
	code(t, turn(ctx(t), s, "p", "2023-10-02", "b1", 1), core.Limited)
	many := func(broadcast string, max int) []string {
		have := must(s.TakeTurns(ctx(t), []string{"q", "p", "r", "s"}, "2023-10-02", broadcast, max))(t)
		slices.Sort(have)
		return have
	}
	same(t, many("b4", 1), []string{"q", "r", "s"})
	same(t, many("b4", 1), []string{"q", "r", "s"})
	same(t, many("b3", 1), []string{"p"})
	same(t, many("b5", 2), []string{"p", "q", "r", "s"})
	same(t, many("b6", 2), []string{})
	same(t, must(s.TakeTurns(ctx(t), nil, "2023-10-02", "b6", 2))(t), []string{})
}

func turnRace(t *testing.T, s store.Store) {
	codes := together(30, func(i int) core.Code {
		return core.CodeOf(turn(t.Context(), s, "p", "2023-10-01", fmt.Sprint("b", i), 2))
	})
	if count(codes, "") != 2 || count(codes, core.Limited) != 28 {
		t.Fatalf("want two turns: %v", codes)
	}
}

// addressTaken wants the Conflict that names the address.
func addressTaken(t *testing.T, err error) {
	t.Helper()
	code(t, err, core.Conflict)
	var e *core.Error
	if !errors.As(err, &e) || e.Fields["address"] == "" {
		t.Fatalf("want the address named: %v", err)
	}
}

func deliveryAddress(t *testing.T, s store.Store) {
	ds, other := planned("b", 5), planned("b2", 1)
	ds[1].Address, ds[2].Address, ds[3].Address, other[0].Address = "a1", "a1", "a2", "a1"
	ok(t, s.PlanDeliveries(ctx(t), ds[:2]))
	ok(t, s.PlanDeliveries(ctx(t), ds))
	ok(t, s.PlanDeliveries(ctx(t), other))
	same(t, must(s.Deliveries(ctx(t), "b", "", "", 9))(t), []core.Delivery{ds[0], ds[1], ds[3], ds[4]})
	at := must(s.DeliveriesAt(ctx(t), "b", []string{"a2", "a1", "a9"}))(t)
	slices.SortFunc(at, byPerson)
	same(t, at, []core.Delivery{ds[1], ds[3]})
	same(t, must(s.DeliveriesAt(ctx(t), "b2", []string{"a1", "a2"}))(t), other)
	same(t, must(s.DeliveriesAt(ctx(t), "b", nil))(t), []core.Delivery{})
	ds[2].Address, ds[2].Same, ds[2].State, ds[2].Reason = "", "p0001", core.DeliverySkipped, "same_phone"
	ok(t, s.PlanDeliveries(ctx(t), ds[2:3]))
	same(t, must(s.Delivery(ctx(t), "b", "p0002"))(t), ds[2])
	late := ds[4]
	late.Address, late.Revision = "a2", 2
	addressTaken(t, s.UpdateDelivery(ctx(t), late))
	same(t, must(s.Delivery(ctx(t), "b", "p0004"))(t), ds[4])
	free := ds[3]
	free.Address, free.Revision = "", 2
	ok(t, s.UpdateDelivery(ctx(t), free))
	ok(t, s.UpdateDelivery(ctx(t), late))
	err := s.UpdateDelivery(ctx(t), late) // its revision moved on: no matter of the address
	code(t, err, core.Conflict)
	if e := (*core.Error)(nil); errors.As(err, &e) && e.Fields["address"] != "" {
		t.Fatal("the address is its own", err)
	}
}

func deliveryAddressRace(t *testing.T, s store.Store) {
	ok(t, s.PlanDeliveries(ctx(t), planned("b", 40)))
	codes := together(40, func(i int) core.Code {
		d := planned("b", 40)[i]
		d.State, d.Address, d.Revision = core.DeliverySending, "a", 2
		return core.CodeOf(s.UpdateDelivery(t.Context(), d))
	})
	if count(codes, "") != 1 || count(codes, core.Conflict) != 39 {
		t.Fatalf("want one sender: %v", codes)
	}
	same(t, len(must(s.DeliveriesAt(ctx(t), "b", []string{"a"}))(t)), 1)
}
