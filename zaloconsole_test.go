package main

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"duthi/core"
	"duthi/core/zalo/zalosim"
)

// TestHandedConversationsInTheConsole: whoever wants a person, or was written to by one, stands on the page and is left
// alone by the bot until an organizer gives the conversation back.
func TestHandedConversationsInTheConsole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	sim := w.zalo.sim
	viewer, editor := w.organizer(t, "xem", core.Viewer, nil), w.organizer(t, "lan", core.Editor, nil)
	who := w.people(1)[0]
	an, binh := w.linkZalo(who), sim.AddPerson("Bình", "")
	if page := w.zaloState(t, editor); !strings.Contains(page, "Không có ai.") {
		t.Errorf("before:\n%s", page)
	}
	w.says(t, an, "gặp người")
	w.says(t, binh, "lịch")
	sim.StaffSay(binh, "Chào chị, em là Lan ở Sở Nội vụ.")
	must(t, sim.AwaitDelivered(t.Context()))
	w.awaitInbox(t, func(st inboxState) bool { return st.Received+st.Sending == 0 })
	page := w.zaloState(t, viewer)
	for _, want := range []string{who.FullName, "muốn gặp người hỗ trợ, từ ", "Người dùng Zalo …" + binh[len(binh)-4:], "cán bộ đang trả lời trong OA Manager, từ "} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not on the page:\n%s", want, page)
		}
	}
	if strings.Contains(page, zaloPage+"/nha") {
		t.Error("a viewer is offered to give the conversation back")
	}
	w.ignored(t, an, "lịch")
	w.ignored(t, binh, "thể lệ")

	handed := regexp.MustCompile(`name="oa" value="(\d+)"><input type="hidden" name="nguoi" value="(\d+)"`).FindAllStringSubmatch(w.zaloState(t, editor), -1)
	if len(handed) != 2 {
		t.Fatalf("%d conversations to give back, want 2", len(handed))
	}
	release := func(cookie, user string) (int, string) {
		return w.post(zaloPage+"/nha", cookie, url.Values{"oa": {sim.OAID}, "nguoi": {user}})
	}
	if status, _ := release(viewer, binh); status != http.StatusForbidden {
		t.Errorf("a viewer gives it back: %d", status)
	}
	w.ignored(t, binh, "lịch")
	if status, to := release(editor, binh); status != http.StatusSeeOther || to != zaloPage+"?xong=nha" {
		t.Fatalf("giving back: %d %s", status, to)
	}
	if got := w.says(t, binh, "lịch"); !strings.Contains(got, "Đợt 3") {
		t.Errorf("given back, but the bot says %q", got)
	}
	w.ignored(t, an, "lịch") // only the one
	if page := w.zaloState(t, editor); !strings.Contains(page, who.FullName) || strings.Contains(page, binh[len(binh)-4:]) {
		t.Errorf("after one was given back:\n%s", page)
	}
	if status, _ := release(editor, "khong-ai"); status != http.StatusSeeOther {
		t.Errorf("nobody's conversation: %d", status)
	}
	log := w.logged(t, "talk.release")
	if len(log) != 1 || log[0].Actor != "organizer:lan" || strings.Contains(log[0].Subject, binh) {
		t.Errorf("in the log: %+v", log)
	}
}

// ignored sends a text that the bot must leave to people.
func (w *world) ignored(t *testing.T, user, text string) {
	t.Helper()
	before := len(w.zalo.sim.Sent(user))
	w.zalo.sim.Say(user, text)
	must(t, w.zalo.sim.AwaitDelivered(t.Context()))
	w.awaitInbox(t, func(st inboxState) bool { return st.Received+st.Sending == 0 })
	if sent := w.zalo.sim.Sent(user); len(sent) != before {
		t.Errorf("the bot speaks beside a person: %q", sent[len(sent)-1].Text)
	}
}

// TestAnswersOfUnknownFateInTheConsole: an answer that may or may not have arrived is not repeated; it waits on the page
// with what was asked until somebody has looked.
func TestAnswersOfUnknownFateInTheConsole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	sim := w.zalo.sim
	viewer, editor, an := w.organizer(t, "xem", core.Viewer, nil), w.organizer(t, "lan", core.Editor, nil), sim.AddPerson("An", "")
	sim.Inject(zalosim.Fault{Path: "/v3.0/oa/message/cs", Lose: zalosim.LoseBefore})
	sim.Say(an, "mấy giờ đóng đợt 3 <vậy>")
	must(t, sim.AwaitDelivered(t.Context()))
	w.awaitInbox(t, func(st inboxState) bool { return st.Received+st.Sending == 0 })
	page := w.zaloState(t, viewer)
	for _, want := range []string{"Chưa rõ đã tới chưa</dt><dd>1<", "mấy giờ đóng đợt 3 <vậy>", "Zalo không trả lời kịp", "Người dùng Zalo …" + an[len(an)-4:]} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is not on the page:\n%s", want, page)
		}
	}
	if _, body := w.get(zaloPage, viewer); strings.Contains(body, "<vậy>") || strings.Contains(body, zaloPage+"/da-xem") {
		t.Error("what people write is HTML, or a viewer may mark it as seen")
	}
	events, err := w.talk.Listed(t.Context(), core.EventUnknown, 10)
	if err != nil || len(events) != 1 {
		t.Fatalf("%d events, %v", len(events), err)
	}
	seen := url.Values{"tin": {events[0].Key}}
	if status, _ := w.post(zaloPage+"/da-xem", viewer, seen); status != http.StatusForbidden {
		t.Errorf("a viewer marks it as seen: %d", status)
	}
	if status, _ := w.post(zaloPage+"/da-xem", editor, url.Values{"tin": {"khong-co"}}); status != http.StatusNotFound {
		t.Errorf("no such event: %d", status)
	}
	for range 2 { // twice is fine
		if status, to := w.post(zaloPage+"/da-xem", editor, seen); status != http.StatusSeeOther || to != zaloPage+"?xong=da-xem" {
			t.Errorf("seen: %d %s", status, to)
		}
	}
	if page := w.zaloState(t, editor); !strings.Contains(page, "Không có tin nào.") || !strings.Contains(page, "Chưa rõ đã tới chưa</dt><dd>0<") {
		t.Errorf("seen, but:\n%s", page)
	}
	if n := len(sim.Sent(an)); n != 0 {
		t.Errorf("%d answers were sent", n)
	}
	if log := w.logged(t, "inbox.resolve"); len(log) != 1 || log[0].Actor != "organizer:lan" {
		t.Errorf("in the log: %+v", log)
	}
}
