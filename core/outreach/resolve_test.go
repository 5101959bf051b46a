package outreach_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"duthi/core"
	"duthi/core/outreach"
	"duthi/core/zalo"
)

// TestTwoBroadcastsOfOneText: what proves that one arrived proves nothing of the other.
func TestTwoBroadcastsOfOneText(t *testing.T) {
	t.Parallel()
	const text = "Nguyễn Văn p00000 còn lượt thi."
	lost := refusal(0, zalo.Reconcile)
	for name, c := range map[string]struct {
		answers []error // to the first broadcast, then to the second
		chat    []string
		echo    string
		want    map[string]string // state by broadcast
	}{
		"the second's echo":                     {[]error{lost, nil}, nil, "mup00000", map[string]string{"a": "unknown", "b": "sent"}},
		"the first's echo":                      {[]error{lost, nil}, nil, "m-first", map[string]string{"a": "sent", "b": "sent"}},
		"an echo of one of two":                 {[]error{lost, lost}, nil, "m-first", map[string]string{"a": "unknown", "b": "unknown"}},
		"the second in the conversation":        {[]error{lost, nil}, []string{"mup00000"}, "", map[string]string{"a": "unknown", "b": "sent"}},
		"both in the conversation":              {[]error{lost, nil}, []string{"mup00000", "m-first"}, "", map[string]string{"a": "sent", "b": "sent"}},
		"two unknown, both in the conversation": {[]error{lost, lost}, []string{"m1", "m2"}, "", map[string]string{"a": "sent", "b": "sent"}},
		"two unknown, one in the conversation":  {[]error{lost, lost}, []string{"m1"}, "", map[string]string{"a": "unknown", "b": "sent"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(openStore(t), "p", 1)
			w.daily = -1
			w.answers["up00000"] = c.answers
			cfg := w.config()
			cfg.Conversation = func(context.Context, string) (chat []zalo.ChatMessage, err error) {
				for _, id := range c.chat {
					chat = append(chat, zalo.ChatMessage{MessageID: id, Text: text, At: noon.Add(time.Second)})
				}
				return chat, nil
			}
			s := outreach.New(cfg)
			for _, id := range []string{"a", "b"} {
				w.start(t, id)
				w.finish(t, s, id)
			}
			if c.echo != "" {
				if ours, err := s.Echoed(t.Context(), "up00000", text, c.echo, noon.Add(time.Second)); !ours || err != nil {
					t.Error(ours, err)
				}
			} else if err := s.ResolveAll(t.Context(), "c"); err != nil {
				t.Error(err)
			}
			got, ids := map[string]string{}, map[string]int{}
			for id := range c.want {
				d, err := w.store.Delivery(t.Context(), id, "p00000")
				if err != nil {
					t.Fatal(err)
				}
				got[id] = d.State
				if ids[d.MessageID]++; d.MessageID != "" && ids[d.MessageID] > 1 {
					t.Errorf("%s is the message of both", d.MessageID)
				}
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestReceiptSettlesATemplate by its tracking id, of what is unknown and of what is being sent, and nothing else.
func TestReceiptSettlesATemplate(t *testing.T) {
	t.Parallel()
	w := newWorld(openStore(t), "p", 3)
	var tracked []string
	for i := range w.people {
		w.people[i].UserID, w.people[i].Phone = "", "0912345678"
	}
	cfg := w.config()
	cfg.Send = func(_ context.Context, m outreach.Message) (outreach.Receipt, error) {
		tracked = append(tracked, m.TrackingID)
		return outreach.Receipt{}, refusal(0, zalo.Reconcile)
	}
	s := outreach.New(cfg)
	b := core.Broadcast{ID: "b", ContestID: "c", RuleID: "rule", State: core.BroadcastPlanning, StartAt: noon, Content: core.Content{PhoneTemplate: "t1"}}
	if err := w.store.InsertBroadcast(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	w.finish(t, s, "b")
	sending, err := w.store.Delivery(t.Context(), "b", "p00001")
	if err != nil {
		t.Fatal(err)
	}
	sending.State, sending.Reason, sending.NotBefore, sending.Revision = core.DeliverySending, "", noon.Add(time.Hour), sending.Revision+1
	if err := w.store.UpdateDelivery(t.Context(), sending); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]bool{tracked[0]: true, tracked[1]: true, "none": false, "": false} {
		if found, err := s.Received(t.Context(), "c", id, "m-"+id); found != want || err != nil {
			t.Errorf("%q: %v, %v", id, found, err)
		}
	}
	if found, err := s.Received(t.Context(), "c", tracked[0], "again"); found || err != nil {
		t.Error("settled twice", found, err)
	}
	if d := cmp.Diff(map[string]int64{"sent seen": 2, "unknown no_answer": 1}, w.tally(t, "b")); d != "" {
		t.Error(d)
	}
}
