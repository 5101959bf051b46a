package main

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"duthi/core"
)

// TestFocalPointRemindsTheirPeople goes the whole way: who gets it is said first, those who are linked, of the unit and
// not yet in get it once, nobody else does, and a second time on the day is refused.
func TestFocalPointRemindsTheirPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t, anyHour, nil)
	ed, err := w.edition(t.Context(), "")
	must(t, err)
	people := w.people(4) // of SNV-VP
	tell, did := w.linkZalo(people[0]), w.linkZalo(people[1])
	w.answerAndSubmit(ed, people[1], w.begin(people[1]))
	stranger := newPerson(w, ed.Contest.ID, 8)
	stranger.UnitCode, stranger.Unit1Code = "STC", "STC"
	must(t, w.store.InsertContestant(t.Context(), stranger))
	elsewhere := w.linkZalo(stranger)
	cookie := w.focal("SNV")

	_, body := w.get("/dau-moi", cookie)
	saidIn(t, "focal page", body, "Nhắc 1 người", "1 người chưa thi đã liên kết Zalo")
	_, body = w.get("/dau-moi/nhac", cookie)
	saidIn(t, "before sending", body, "1 người sẽ nhận tin Zalo", "Gửi cho 1 người", "Chào anh/chị Người Thử 1, Văn phòng Sở, Sở Nội vụ.", "Đợt 3 đóng lúc 23:59 ngày")
	if got := w.textsTo(tell, "Chào anh/chị Người"); len(got) > 0 {
		t.Fatalf("sent by looking: %v", got)
	}
	if status, to := w.post("/dau-moi/nhac", cookie, nil); status != http.StatusSeeOther || to != "/dau-moi?xong=nhac" {
		t.Fatalf("%d %s", status, to)
	}
	if status, body := w.post("/dau-moi/nhac", cookie, nil); status != http.StatusTooManyRequests || !strings.Contains(body, "Hôm nay đơn vị đã nhắc rồi") {
		t.Errorf("twice on a day: %d", status)
	}
	made, err := w.outreach.UnitReminders(t.Context(), ed.Contest.ID, w.openRound(ed).ID, "SNV")
	if err != nil || len(made) != 1 || made[0].Billed || !made[0].Direct || made[0].CreatedBy != "organizer:dau-moi-snv" {
		t.Fatalf("%+v %v", made, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	w.untilDone(ctx, made[0].ID)
	for who, want := range map[string]int{tell: 1, did: 0, elsewhere: 0} {
		if got := w.textsTo(who, "Chào anh/chị Người"); len(got) != want {
			t.Errorf("%s got %q, want %d", who, got, want)
		}
	}
	_, body = w.get("/dau-moi/nhac", cookie)
	saidIn(t, "afterwards", body, "Hôm nay đơn vị đã nhắc rồi", "1 / 1 người đã nhận", "Đã xong")
	w.checkLog(t, "organizer:dau-moi-snv", "broadcast.unit")
	_, body = w.get("/console/nhac", w.organizer(t, "chu-tri", core.Owner, nil))
	saidIn(t, "console", body, "Đầu mối nhắc: Sở Nội vụ")
}

// TestFocalPointCannotRemindBetweenRounds looks at the page when no round is open.
func TestFocalPointCannotRemindBetweenRounds(t *testing.T) {
	t.Parallel()
	w, go2 := over(t, anyHour)
	ed, err := w.edition(t.Context(), "")
	must(t, err)
	go2(ed.Contest.Over() + 1000)
	cookie := w.focal("SNV")
	if _, body := w.get("/dau-moi", cookie); strings.Contains(body, "/dau-moi/nhac") {
		t.Error("reminding is offered when no round is open")
	}
	_, body := w.get("/dau-moi/nhac", cookie)
	saidIn(t, "the page", body, "Chưa có đợt thi nào đang mở")
	if status, _ := w.post("/dau-moi/nhac", cookie, nil); status != http.StatusConflict {
		t.Errorf("%d", status)
	}
	if made, err := w.outreach.UnitReminders(t.Context(), ed.Contest.ID, "", "SNV"); err != nil || len(made) > 0 {
		t.Errorf("%v %v", made, err)
	}
}
