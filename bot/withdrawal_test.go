package bot_test

import (
	"testing"

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
