package main

import (
	"strings"
	"testing"
	"time"

	"duthi/core"
)

// TestResultsAreAnnouncedOnce: what is published about a round makes the broadcast of the rule on results, once; what was
// published long before the rule was turned on makes none.
func TestResultsAreAnnouncedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, anyHour, nil)
	ed, err := w.edition(t.Context(), "")
	must(t, err)
	day := func(days int) string { return time.Now().In(ed.Loc).AddDate(0, 0, days).Format(time.DateOnly) }
	rec, err := w.store.ContestRecord(t.Context(), ed.Contest.ID)
	must(t, err)
	rec.Contest.Notices = []core.Document{{Title: "Kết quả Đợt 1", Date: day(-10), Text: "…"}, {Title: "Mở Đợt 2", Text: "…"}, {Title: "Kết quả Đợt 3", Text: "…"}}
	publish := func() {
		t.Helper()
		rec.Revision++
		must(t, w.store.SaveContest(t.Context(), rec))
		must(t, w.catalog.Reload(t.Context()))
	}
	publish()
	r, err := w.outreach.Rule(t.Context(), ed.Contest.ID, ed.Contest.ID+"."+core.RemindResults)
	must(t, err)
	r.On = true
	_, err = w.outreach.SaveRule(t.Context(), "organizer:lan", *ed.Contest, r, "kế hoạch")
	must(t, err)
	made := func() (rounds []string) {
		t.Helper()
		w.fire(t, w.services, w.services)
		all, err := w.store.Broadcasts(t.Context(), ed.Contest.ID, 100)
		must(t, err)
		for _, b := range all {
			if b.RuleID == r.ID {
				rounds = append(rounds, b.RoundID)
			}
		}
		return rounds
	}
	if got := made(); len(got) > 0 {
		t.Fatalf("made for %v: round 1 is old news, round 3 is open", got)
	}
	rec.Contest.Notices = append(rec.Contest.Notices, core.Document{Title: "Kết quả Đợt 2", Date: day(0), Text: "…"})
	publish()
	for range 2 {
		if got := made(); len(got) != 1 || got[0] != ed.Contest.Rounds[1].ID {
			t.Fatalf("made for %v", got)
		}
	}
}

// TestRulesThatCannotSend: the console says of the rule on certificates that nothing issues any, and offers no switch.
func TestRulesThatCannotSend(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	owner := w.organizer(t, "chu-tri", core.Owner, nil)
	_, body := w.get("/console/nhac/quy-tac", owner)
	saidIn(t, "rules", body, "Chưa dùng được", "Chưa dùng được: bản này chưa phát hành giấy chứng nhận", "Ngay khi thông báo hoặc tài liệu của cuộc thi có mục “Kết quả Đợt …”")
	id := w.contestID() + "." + core.RemindCertificates
	if strings.Contains(body, `name="id" value="`+id+`"`) {
		t.Error("a switch is offered")
	}
	status, body := w.post("/console/nhac/quy-tac/bat", owner, map[string][]string{"id": {id}, "lan": {"0"}, "bat": {"1"}, "ly_do": {"thử xem"}})
	if status != 422 {
		t.Errorf("turned on: %d\n%s", status, body)
	}
	if _, body := w.get("/console/nhac/quy-tac/sua?loai=days_left", owner); strings.Contains(body, "loai="+core.RemindCertificates) {
		t.Error("a new rule of the kind is offered")
	}
}

// TestTwoLinesWithOneNumber: of two people of the roster with the same number one gets the message; the outcome names the
// other and never the number.
func TestTwoLinesWithOneNumber(t *testing.T) {
	t.Parallel()
	w := newWorld(t, anyHour, nil)
	id, owner := w.contestID(), w.organizer(t, "chu-tri", core.Owner, nil)
	row := func(key, name, phone string) core.RosterPerson {
		p := core.RosterPerson{ContestID: id, Set: 1, Key: key, UnitCode: "SNV", FullName: name, NameFolded: core.Fold(name)}
		p.Phone = w.sealer.Seal(id, "phone", phone)
		return p
	}
	must(t, w.store.StageRoster(t.Context(), []core.RosterPerson{row("k1", "Lê Thị Một", "+84977000111"), row("k2", "Trần Văn Hai", "+84977000111"), row("k3", "Vũ Ba", "+84977000333")}))
	rec, err := w.store.ContestRecord(t.Context(), id)
	must(t, err)
	rec.RosterSet, rec.Revision = 1, rec.Revision+1
	must(t, w.store.SaveContest(t.Context(), rec))
	must(t, w.catalog.Reload(t.Context()))
	b, err := w.outreach.Create(t.Context(), "organizer:chu-tri", core.Broadcast{ContestID: id, Title: "Nhắc đăng ký", Budget: 1000, Audience: core.Audience{Who: core.AudienceOnlyRoster},
		Content: core.Content{PhoneTemplate: "345", Parameters: map[string]string{"ten": "{ho_ten}"}}})
	must(t, err)
	must(t, w.outreach.Plan(t.Context(), "organizer:chu-tri", b.ID))
	_, err = w.outreach.PlanNow(t.Context(), b.ID)
	must(t, err)
	_, body := w.get("/console/nhac/"+b.ID, owner)
	saidIn(t, "the plan", body, "cùng số điện thoại với người khác nhận tin này", "Tổng gửi", "1.600", "Cần 1.600\u00a0đ, vượt hạn mức 1.000\u00a0đ của thông báo này")
	if status, body := w.post("/console/nhac/"+b.ID+"/gui", owner, map[string][]string{"so_tin": {"2"}}); status != 422 || !strings.Contains(body, "vượt hạn mức 1.000 đ") {
		t.Errorf("sent beyond its budget: %d", status)
	}
	_, body = w.get("/console/nhac/"+b.ID+"/ket-qua?xem=skipped", owner)
	saidIn(t, "outcomes", body, "Trần Văn Hai", "Cùng số điện thoại với Lê Thị Một, người nhận tin này")
	_, csv := w.get("/console/nhac/"+b.ID+"/ket-qua/tai?dang=csv", owner)
	if !strings.Contains(csv, "Cùng số điện thoại với Lê Thị Một") || strings.Contains(body+csv, "977000111") {
		t.Error("the file says less, or the number is told")
	}
}
