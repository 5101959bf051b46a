package bot_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/account"
)

// TestWithdrawalEndsReminders: whoever demands erasure over Zalo is not linked any more, and is not reminded by phone.
func TestWithdrawalEndsReminders(t *testing.T) {
	t.Parallel()
	w, r := alone(t)
	id := w.sim.AddPerson("An", "84912345678")
	w.sim.Follow(id)
	w.settled(r)
	e, err := r.catalog.Edition("")
	w.must(err)
	c := core.Contestant{ID: "an", ContestID: e.Record.ID, Status: core.Active, FullName: "An", ZaloUserID: id, UnitCode: "SNV", Unit1Code: "SNV",
		Consents: []core.Consent{{Kind: account.ConsentData, At: 1}, {Kind: account.ConsentZalo, At: 1}}}
	w.must(r.store.InsertContestant(t.Context(), c))
	w.must(r.store.InsertOrganizer(t.Context(), core.Organizer{Name: "dau-moi", Role: core.FocalPoint, ContestID: e.Record.ID, UnitCode: "SNV", ZaloUserID: id, Revision: 1}))
	w.sim.Say(id, "nhắc lịch")
	w.settled(r)
	if got := w.sim.Sent(id); got[len(got)-1].Text != "Nhắc lịch thi qua Zalo đang bật cho anh/chị." {
		t.Errorf("%q", got[len(got)-1].Text)
	}
	w.sim.Withdraw(id)
	w.settled(r)
	c, err = r.store.Contestant(t.Context(), "an")
	w.must(err)
	if c.ZaloUserID != "" || !c.Consents[0].WithdrawnAt.IsZero() || c.Consents[1].WithdrawnAt.IsZero() || c.Status != core.Active {
		t.Errorf("after the demand: %+v", c)
	}
	if o, err := r.store.Organizer(t.Context(), "dau-moi"); err != nil || o.ZaloUserID != "" {
		t.Errorf("the focal point's link: %q, %v", o.ZaloUserID, err)
	}
}

// TestOptOutsAreKept: unfollowing and the demand for erasure end reminders, also when Zalo brings events in another order,
// and only following anew, or asking for reminders, brings them back.
func TestOptOutsAreKept(t *testing.T) {
	t.Parallel()
	w, r := alone(t)
	an := w.sim.AddPerson("An", "")
	event := func(name string, minute int) {
		t.Helper()
		stamp := fmt.Sprint(w.clock.Now().Add(time.Duration(minute-60) * time.Minute).UnixMilli())
		who := fmt.Sprintf(`"follower":{"id":%q},"oa_id":%q`, an, w.sim.OAID)
		switch name {
		case "user_withdraw":
			who = fmt.Sprintf(`"user_id":%q,"oa_id":%q`, an, w.sim.OAID)
		case "user_send_text":
			who = fmt.Sprintf(`"sender":{"id":%q},"recipient":{"id":%q},"message":{"text":"link","msg_id":"m%d"}`, an, w.sim.OAID, minute)
		}
		body := fmt.Sprintf(`{"app_id":%q,"event_name":%q,%s,"timestamp":%q}`, w.sim.AppID, name, who, stamp)
		if got := post(r, body, sign(w, body, stamp)); got != http.StatusOK {
			t.Fatalf("%s: %d", name, got)
		}
		w.settled(r)
	}
	for i, step := range []struct {
		name   string
		minute int
		may    bool
	}{
		{"follow", 10, true}, {"user_send_text", 12, true}, {"unfollow", 20, false},
		{"follow", 15, false},                        // late
		{"user_send_text", 25, false},                // writing is not following
		{"follow", 30, true}, {"unfollow", 28, true}, // late
		{"user_send_text", 40, true}, {"unfollow", 35, false}, // late, but after the last follow
		{"follow", 45, true}, {"user_withdraw", 50, false}, {"follow", 55, false},
	} {
		event(step.name, step.minute)
		f, err := r.talk.Follower(t.Context(), w.sim.OAID, an)
		if err != nil || f.MayRemind() != step.may {
			t.Errorf("step %d, %s of minute %d: may remind %v, want %v (%+v, %v)", i, step.name, step.minute, f.MayRemind(), step.may, f, err)
		}
	}
	w.sim.Say(an, "bật nhắc")
	w.settled(r)
	if f, _ := r.talk.Follower(t.Context(), w.sim.OAID, an); !f.MayRemind() {
		t.Errorf("asked for reminders again: %+v", f)
	}
}

// TestRemindersNeedConsent: a linked account that never agreed is told that reminders are off.
func TestRemindersNeedConsent(t *testing.T) {
	t.Parallel()
	w, r := alone(t)
	id := w.sim.AddPerson("An", "84912345678")
	w.sim.Follow(id)
	w.settled(r)
	e, err := r.catalog.Edition("")
	w.must(err)
	w.must(r.store.InsertContestant(t.Context(), core.Contestant{ID: "an", ContestID: e.Record.ID, Status: core.Active, FullName: "An", ZaloUserID: id, UnitCode: "SNV", Unit1Code: "SNV"}))
	for _, c := range []struct{ say, want string }{
		{"nhắc lịch", "Nhắc lịch thi qua Zalo đang tắt cho anh/chị."},
		{"bật nhắc", "Đã bật nhắc lịch: anh/chị đồng ý nhận nhắc lịch thi qua Zalo này. Tắt lúc nào cũng được."},
		{"nhắc lịch", "Nhắc lịch thi qua Zalo đang bật cho anh/chị."},
		{"tắt nhắc", "Đã tắt nhắc lịch. Bot chỉ còn trả lời khi anh/chị hỏi."},
		{"nhắc lịch", "Nhắc lịch thi qua Zalo đang tắt cho anh/chị."},
	} {
		w.sim.Say(id, c.say)
		w.settled(r)
		if got := w.sim.Sent(id); got[len(got)-1].Text != c.want {
			t.Errorf("%q: %q, want %q", c.say, got[len(got)-1].Text, c.want)
		}
	}
}
