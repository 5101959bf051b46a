package mongostore

import (
	"testing"

	"duthi/core"
	"duthi/core/zalo"
)

func talkOperations(t *testing.T, s *Store) {
	ctx := t.Context()
	e := core.InboxEvent{Key: "k", Lane: "oa/u", State: core.EventReceived, Open: true, NotBefore: start, At: start, ReceivedAt: start}
	must(t, s.PutEvent(ctx, e))
	wantCode(t, s.PutEvent(ctx, e), core.Conflict)
	ask(t)(s.Event(ctx, "k"))
	ask(t)(s.PendingEvents(ctx, start, 9))
	ask(t)(s.LaneEvents(ctx, "oa/u", 9))
	e.Revision = 2
	e.Close(core.EventUnknown, "")
	must(t, s.UpdateEvent(ctx, e))
	ask(t)(s.UnknownEvents(ctx, "oa/u", 9))
	ask(t)(s.Events(ctx, core.EventUnknown, 9))
	ask(t)(s.CountEvents(ctx, core.EventUnknown))
	ask(t)(s.LastEvent(ctx))
	if n, err := s.DeleteEvents(ctx, start+1, 9); n != 1 || err != nil {
		t.Errorf("DeleteEvents: %d, %v", n, err)
	}
	f := core.Follower{ID: "oa/u", OAID: "oa", UserID: "u", Handed: core.Handed{Until: start + 9}}
	must(t, s.InsertFollower(ctx, f))
	f.Revision = 2
	must(t, s.UpdateFollower(ctx, f))
	ask(t)(s.Follower(ctx, "oa/u"))
	ask(t)(s.Followers(ctx, "oa", "", 9))
	ask(t)(s.HandedOver(ctx, start, 9))
	q := core.AskedQuestion{ID: "q", ContestID: "c", Folded: "a", Status: core.AskedOpen, Count: 1}
	must(t, s.InsertAsked(ctx, q))
	q.Revision = 2
	must(t, s.UpdateAsked(ctx, q))
	ask(t)(s.Asked(ctx, "q"))
	ask(t)(s.AskedBy(ctx, "c", "a"))
	ask(t)(s.AskedList(ctx, "c", core.AskedOpen, 9))
	must(t, s.InsertTaught(ctx, core.TaughtAnswer{ID: "t", ContestID: "c", Version: 1}))
	ask(t)(s.TaughtVersions(ctx, "c"))
	ask(t)(s.TaughtCount(ctx, "c"))
	g := zalo.Grant{ID: "a:o", AppID: "a", OAID: "o", Revision: 1}
	must(t, s.SaveGrant(ctx, g))
	g.Revision = 2
	must(t, s.SaveGrant(ctx, g))
	ask(t)(s.Grant(ctx, "a:o"))
	ask(t)(s.Grants(ctx, "a"))
	must(t, s.LeaseGrant(ctx, "a:o", "me", start, start+10))
	must(t, s.ReleaseGrant(ctx, "a:o", "me"))
	must(t, s.SaveConsent(ctx, zalo.Consent{State: "s", ExpiresAt: start}))
	ask(t)(s.TakeConsent(ctx, "s", start-1))
}
