package storetest

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"duthi/core"
	"duthi/core/store"
)

var inboxTests = tests{
	{"a key is taken once", inboxKey},
	{"open events by time and by lane", inboxOpen},
	{"states are listed, counted and settled", inboxStates},
	{"old events go, open ones stay", inboxOld},
}

var followerTests = tests{
	{"insert, replace, list", followerLife},
	{"conversations a person has", followerHanded},
}

var askedTests = tests{
	{"one for each text, most asked first", askedLife},
	{"those of a contest go, some at a time", askedGone},
	{"versions of answers are kept", taughtVersions},
}

func event(key, lane string, at core.Instant) core.InboxEvent {
	return core.InboxEvent{Key: key, Lane: lane, OAID: "oa", UserID: "u", Name: "user_send_text", At: at, ReceivedAt: at + 1,
		State: core.EventReceived, Open: true, NotBefore: at, Body: `{"message":{"text":"mấy giờ \"đóng\" <đợt 3> 😀"}}`, Revision: 1}
}

func inboxKey(t *testing.T, s store.Store) {
	e := event("oa/user_send_text/1", "oa/u", T0)
	_, err := s.Event(ctx(t), e.Key)
	code(t, err, core.NotFound)
	codes := together(50, func(int) core.Code { return core.CodeOf(s.PutEvent(t.Context(), e)) })
	if count(codes, "") != 1 || count(codes, core.Conflict) != 49 {
		t.Fatalf("want one winner: %v", codes)
	}
	same(t, must(s.Event(ctx(t), e.Key))(t), e)
	odd := event("oa/user_send_text/odd", "oa/v", T0)
	odd.Body = "{\"text\":\"\xff\xfe\"}"
	ok(t, s.PutEvent(ctx(t), odd))
	if got := must(s.Event(ctx(t), odd.Key))(t).Body; !utf8.ValidString(got) || !strings.HasPrefix(got, `{"text":"`) {
		t.Errorf("a body that is not UTF-8 came back as %q", got)
	}
	codes = together(50, func(i int) core.Code { // marking as sending: one may send
		m := e
		m.State, m.Sending, m.SentAt, m.Revision = core.EventSending, fmt.Sprint(i), T0+2, 2
		return core.CodeOf(s.UpdateEvent(t.Context(), m))
	})
	if count(codes, "") != 1 || count(codes, core.Conflict) != 49 {
		t.Fatalf("want one sender: %v", codes)
	}
	e.Key, e.Revision = "none", 2
	code(t, s.UpdateEvent(ctx(t), e), core.Conflict)
}

func inboxOpen(t *testing.T, s store.Store) {
	same(t, must(s.PendingEvents(ctx(t), T0, 9))(t), []core.InboxEvent{})
	a1, a2, b1 := event("k2", "oa/a", T0+5), event("k1", "oa/a", T0+3), event("k3", "oa/b", T0+4)
	for _, e := range []core.InboxEvent{a1, a2, b1} {
		ok(t, s.PutEvent(ctx(t), e))
	}
	done := event("k0", "oa/a", T0)
	done.Close(core.EventDropped, "biên nhận")
	ok(t, s.PutEvent(ctx(t), done))
	same(t, must(s.PendingEvents(ctx(t), T0+4, 9))(t), []core.InboxEvent{a2, b1})
	same(t, must(s.PendingEvents(ctx(t), T0+9, 2))(t), []core.InboxEvent{a2, b1})
	same(t, must(s.LaneEvents(ctx(t), "oa/a", 9))(t), []core.InboxEvent{a2, a1})
	same(t, must(s.LaneEvents(ctx(t), "oa/a", 1))(t), []core.InboxEvent{a2})
	same(t, must(s.LaneEvents(ctx(t), "oa", 9))(t), []core.InboxEvent{})
	a2.State, a2.NotBefore, a2.Tries, a2.Revision = core.EventSending, T0+100, 1, 2
	ok(t, s.UpdateEvent(ctx(t), a2))
	same(t, must(s.PendingEvents(ctx(t), T0+9, 9))(t), []core.InboxEvent{b1, a1})
	same(t, must(s.LaneEvents(ctx(t), "oa/a", 9))(t), []core.InboxEvent{a2, a1})
}

func inboxStates(t *testing.T, s store.Store) {
	_, err := s.LastEvent(ctx(t))
	code(t, err, core.NotFound)
	var all []core.InboxEvent
	for i := range 4 {
		e := event(fmt.Sprint("k", i), fmt.Sprint("oa/", i%2), T0+core.Instant(i))
		ok(t, s.PutEvent(ctx(t), e))
		e.Revision = 2
		e.MessageIDs = []string{"m1", "m2"}
		e.Close(core.EventUnknown, "hết giờ chờ")
		ok(t, s.UpdateEvent(ctx(t), e))
		all = append(all, e)
	}
	same(t, must(s.UnknownEvents(ctx(t), "oa/1", 9))(t), []core.InboxEvent{all[1], all[3]})
	same(t, must(s.Events(ctx(t), core.EventUnknown, 3))(t), []core.InboxEvent{all[3], all[2], all[1]})
	all[3].Revision = 3
	all[3].Close(core.EventAnswered, "")
	ok(t, s.UpdateEvent(ctx(t), all[3]))
	same(t, must(s.UnknownEvents(ctx(t), "oa/1", 9))(t), []core.InboxEvent{all[1]})
	same(t, must(s.CountEvents(ctx(t), core.EventUnknown))(t), int64(3))
	same(t, must(s.CountEvents(ctx(t), core.EventFailed))(t), int64(0))
	same(t, must(s.LastEvent(ctx(t)))(t), all[3])
	same(t, must(s.PendingEvents(ctx(t), T0+99*minute, 9))(t), []core.InboxEvent{})
}

func inboxOld(t *testing.T, s store.Store) {
	for i := range 6 {
		e := event(fmt.Sprint("k", i), "oa/u", T0+core.Instant(i))
		if i != 1 {
			e.Close(core.EventDropped, "")
		}
		ok(t, s.PutEvent(ctx(t), e))
	}
	same(t, must(s.DeleteEvents(ctx(t), T0+5, 2))(t), 2) // received at T0+1 … T0+6
	same(t, must(s.DeleteEvents(ctx(t), T0+5, 9))(t), 1)
	same(t, must(s.DeleteEvents(ctx(t), T0+5, 9))(t), 0)
	for i, want := range []bool{false, true, false, false, true, true} {
		if _, err := s.Event(ctx(t), fmt.Sprint("k", i)); (err == nil) != want {
			t.Fatalf("k%d: %v", i, err)
		}
	}
}

func follower(user string) core.Follower {
	return core.Follower{ID: core.FollowerID("oa", user), OAID: "oa", UserID: user, Follows: true, LastInteraction: T0,
		Dialog: core.Dialog{Question: "rớt mạng thì sao", Until: T0 + minute}, CreatedAt: T0, UpdatedAt: T0, Revision: 1}
}

func followerLife(t *testing.T, s store.Store) {
	f := follower("u2")
	_, err := s.Follower(ctx(t), f.ID)
	code(t, err, core.NotFound)
	code(t, s.UpdateFollower(ctx(t), f), core.Conflict)
	ok(t, s.InsertFollower(ctx(t), f))
	code(t, s.InsertFollower(ctx(t), f), core.Conflict)
	same(t, must(s.Follower(ctx(t), f.ID))(t), f)
	f.Follows, f.UnfollowedAt, f.NoReminders, f.WithdrawnAt, f.Revision = false, T0+5, true, T0+6, 2
	ok(t, s.UpdateFollower(ctx(t), f))
	code(t, s.UpdateFollower(ctx(t), f), core.Conflict)
	same(t, must(s.Follower(ctx(t), f.ID))(t), f)
	other := follower("u1")
	other.ID, other.OAID = "other/u1", "other"
	one, three := follower("u1"), follower("u3")
	for _, x := range []core.Follower{three, one, other} {
		ok(t, s.InsertFollower(ctx(t), x))
	}
	same(t, must(s.Followers(ctx(t), "oa", "", 2))(t), []core.Follower{one, f})
	same(t, must(s.Followers(ctx(t), "oa", f.ID, 2))(t), []core.Follower{three})
}

func followerHanded(t *testing.T, s store.Store) {
	var all []core.Follower
	for i, until := range []core.Instant{T0 + 20, 0, T0 + 10, T0 + 5} {
		f := follower(fmt.Sprint("u", i))
		if until > 0 {
			f.Handed = core.Handed{Until: until, Since: T0, Reason: core.HandedAsked}
		}
		ok(t, s.InsertFollower(ctx(t), f))
		all = append(all, f)
	}
	same(t, must(s.HandedOver(ctx(t), T0+5, 9))(t), []core.Follower{all[2], all[0]})
	same(t, must(s.HandedOver(ctx(t), T0+4, 1))(t), []core.Follower{all[3]})
	all[0].Handed, all[0].Revision = core.Handed{}, 2
	ok(t, s.UpdateFollower(ctx(t), all[0]))
	same(t, must(s.HandedOver(ctx(t), T0+5, 9))(t), []core.Follower{all[2]})
}

func asked(id, folded string, n int) core.AskedQuestion {
	return core.AskedQuestion{ID: id, ContestID: "c", Folded: folded, Samples: []string{"Ơ " + folded}, Count: n, Status: core.AskedOpen,
		FirstAt: T0, LastAt: T0 + 1, LastKey: "k", Revision: 1}
}

func askedLife(t *testing.T, s store.Store) {
	a, b, c := asked("a", "gui xe o dau", 2), asked("b", "co duoc mang con khong", 5), asked("c", "mac ao gi", 2)
	c.LastAt = T0 + 9
	_, err := s.AskedBy(ctx(t), "c", a.Folded)
	code(t, err, core.NotFound)
	for _, q := range []core.AskedQuestion{a, b, c} {
		ok(t, s.InsertAsked(ctx(t), q))
	}
	twin := a
	twin.ID = "d"
	code(t, s.InsertAsked(ctx(t), twin), core.Conflict)
	twin.ContestID = "other"
	ok(t, s.InsertAsked(ctx(t), twin))
	same(t, must(s.AskedBy(ctx(t), "c", a.Folded))(t), a)
	same(t, must(s.AskedList(ctx(t), "c", core.AskedOpen, 9))(t), []core.AskedQuestion{b, c, a})
	same(t, must(s.AskedList(ctx(t), "c", core.AskedOpen, 2))(t), []core.AskedQuestion{b, c})
	b.Status, b.TaughtID, b.Disliked, b.Revision = core.AskedAnswered, "t1", 1, 2
	ok(t, s.UpdateAsked(ctx(t), b))
	code(t, s.UpdateAsked(ctx(t), b), core.Conflict)
	same(t, must(s.Asked(ctx(t), "b"))(t), b)
	same(t, must(s.AskedList(ctx(t), "c", core.AskedOpen, 9))(t), []core.AskedQuestion{c, a})
	same(t, must(s.AskedList(ctx(t), "c", core.AskedAnswered, 9))(t), []core.AskedQuestion{b})
	_, err = s.Asked(ctx(t), "none")
	code(t, err, core.NotFound)
}

func askedGone(t *testing.T, s store.Store) {
	same(t, must(s.DeleteAsked(ctx(t), "c", 9))(t), 0)
	other := asked("other", "gui xe o dau", 1)
	other.ContestID = "other"
	ok(t, s.InsertAsked(ctx(t), other))
	for i := range 5 {
		q := asked(fmt.Sprint("q", i), fmt.Sprint("cau ", i), i)
		q.Status = []string{core.AskedOpen, core.AskedAnswered, core.AskedDismissed}[i%3]
		ok(t, s.InsertAsked(ctx(t), q))
	}
	same(t, must(s.DeleteAsked(ctx(t), "c", 2))(t), 2)
	same(t, must(s.DeleteAsked(ctx(t), "c", 9))(t), 3)
	same(t, must(s.DeleteAsked(ctx(t), "c", 9))(t), 0)
	for i := range 5 {
		_, err := s.Asked(ctx(t), fmt.Sprint("q", i))
		code(t, err, core.NotFound)
	}
	same(t, must(s.Asked(ctx(t), "other"))(t), other)
}

func taughtVersions(t *testing.T, s store.Store) {
	same(t, must(s.TaughtVersions(ctx(t), "c"))(t), []core.TaughtAnswer{})
	a := core.TaughtAnswer{ID: "b", ContestID: "c", Version: 1, Questions: []string{"gửi xe ở đâu"}, Answer: "Ở sân sau.", Clause: "dieu-1.1", By: "organizer:lan", At: T0}
	b := a
	b.Version, b.Answer, b.Removed = 2, "Ở cổng 2.", true
	c := a
	c.ID = "a"
	for _, v := range []core.TaughtAnswer{b, a, c} {
		ok(t, s.InsertTaught(ctx(t), v))
	}
	codes := together(20, func(i int) core.Code {
		v := b
		v.Version = 3
		return core.CodeOf(s.InsertTaught(t.Context(), v))
	})
	if count(codes, "") != 1 || count(codes, core.Conflict) != 19 {
		t.Fatalf("want one version 3: %v", codes)
	}
	d := b
	d.Version = 3
	same(t, must(s.TaughtVersions(ctx(t), "c"))(t), []core.TaughtAnswer{c, a, b, d})
	same(t, must(s.TaughtCount(ctx(t), "c"))(t), int64(4))
	same(t, must(s.TaughtCount(ctx(t), "other"))(t), int64(0))
}
