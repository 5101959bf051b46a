package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"duthi/core"
	"duthi/core/outreach"
)

// anyHour are settings under which messages leave whenever the tests run.
var anyHour = environment{"DUTHI_QUIET_HOURS": "off"}

// linkZalo makes the i-th of people a follower of the OA who wrote to it just now, and gives their Zalo id.
func (w *world) linkZalo(person core.Contestant) string {
	w.tb.Helper()
	ctx, cancel := context.WithTimeout(w.tb.Context(), patience)
	defer cancel()
	id := w.zalo.sim.AddPerson(person.FullName, "84900000000")
	w.zalo.sim.Follow(id)
	w.zalo.sim.Say(id, "xin chào")
	must(w.tb, w.zalo.sim.AwaitDelivered(ctx))
	person.ZaloUserID, person.Consents = id, []core.Consent{{Kind: "zalo", At: core.At(time.Now())}}
	person.Revision++
	must(w.tb, w.store.UpdateContestant(ctx, person))
	for {
		f, err := w.store.Follower(ctx, core.FollowerID(w.zalo.sim.OAID, id))
		if err == nil && !f.LastInteraction.IsZero() {
			return id
		}
		if ctx.Err() != nil {
			w.tb.Fatalf("the bot never met %s: %v", id, err)
		}
	}
}

// typedMessage is a form of the first step that is right, changed as told.
func typedMessage(change ...string) url.Values {
	form := url.Values{"ten": {"Nhắc thi đợt 3"}, "noi_dung": {"Chào anh/chị {ho_ten}. Hotline {hotline}."}, "nut": {"Vào thi"}, "nut_lien_ket": {"{lien_ket}"}}
	for i := 0; i < len(change); i += 2 {
		form.Set(change[i], change[i+1])
	}
	return form
}

var broadcastID = regexp.MustCompile(`/console/nhac/([^/?]+)`)

// draftOf sends the first step and gives the address of the draft.
func (w *world) draftOf(cookie string, form url.Values) string {
	w.tb.Helper()
	status, to := w.post("/console/nhac/soan", cookie, form)
	m := broadcastID.FindStringSubmatch(to)
	if status != http.StatusSeeOther || m == nil {
		w.tb.Fatalf("compose: %d %s", status, to)
	}
	return "/console/nhac/" + m[1]
}

// saidIn reports what is missing on a page.
func saidIn(t *testing.T, what, body string, words ...string) {
	t.Helper()
	_, main, _ := strings.Cut(body, "<main")
	plain := html.UnescapeString(main)
	for _, word := range words {
		if !strings.Contains(plain, word) {
			t.Errorf("%s: %q is not on the page\n%s", what, word, plain)
			return
		}
	}
}

// TestBroadcastFromConsoleToZalo goes the whole way: write, choose people, plan, send; the simulator has the message,
// the pages and the file have the outcome, the log has who did it.
func TestBroadcastFromConsoleToZalo(t *testing.T) {
	t.Parallel()
	eachStore(t, func(t *testing.T, env environment) {
		env["DUTHI_QUIET_HOURS"] = "off"
		broadcastFromConsole(t, newWorld(t, env, nil))
	})
}

func broadcastFromConsole(t *testing.T, w *world) {
	t.Helper()
	editor := w.organizer(t, "bien-tap", core.Editor, nil)
	people := w.people(3)
	zalo := w.linkZalo(people[0])
	href := w.draftOf(editor, typedMessage())
	audience := url.Values{"ai": {"registered"}, "don_vi": {"SNV"}, "lam": {"dem"}}
	status, body := w.post(href+"/nguoi-nhan", editor, audience)
	saidIn(t, "counts", body, "Nhắn Zalo miễn phí", "Không gửi được", "Đã đăng ký, Sở Nội vụ")
	if status != http.StatusOK {
		t.Errorf("counting: %d", status)
	}
	audience.Del("lam")
	if status, to := w.post(href+"/nguoi-nhan", editor, audience); status != http.StatusSeeOther || !strings.HasSuffix(to, href) {
		t.Fatalf("plan: %d %s", status, to)
	}
	_, body = w.get(href, editor)
	saidIn(t, "plan", body, "Người Thử 1", "Gửi 1 tin", "chưa đồng ý nhận nhắc qua Zalo", "xong lúc khoảng", "Dự kiến 0")
	if status, body := w.post(href+"/gui", editor, url.Values{"so_tin": {"2"}}); status != http.StatusConflict || !strings.Contains(body, "đã khác") {
		t.Errorf("another number than planned: %d", status)
	}
	if m := w.textsTo(zalo, "Chào anh/chị Người"); len(m) > 0 {
		t.Fatalf("left before anybody said so: %v", m)
	}
	if status, body := w.post(href+"/gui", editor, url.Values{"so_tin": {"1"}}); status != http.StatusSeeOther {
		t.Fatalf("send: %d %s", status, body)
	}
	if status, to := w.post(href+"/gui", editor, url.Values{"so_tin": {"1"}}); status != http.StatusSeeOther {
		t.Errorf("pressed twice: %d %s", status, to)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*patience)
	defer cancel()
	w.untilDone(ctx, strings.TrimPrefix(href, "/console/nhac/"))
	if m := w.textsTo(zalo, "Chào anh/chị Người Thử 1. Hotline "); len(m) != 1 || strings.Contains(m[0], "{") {
		t.Errorf("%q", m)
	}
	_, body = w.get(href, editor)
	saidIn(t, "afterwards", body, "Đã xong", "Soạn lại")
	_, body = w.get(href+"/ket-qua", editor)
	saidIn(t, "outcomes", body, "Người Thử 1", "Đã gửi 1", "Chưa đồng ý nhận nhắc qua Zalo")
	w.checkFiles(t, href, editor)
	w.checkLog(t, "organizer:bien-tap", "broadcast.create", "broadcast.edit", "broadcast.plan", "broadcast.start", "broadcast.export")
}

// textsTo gives the messages a Zalo user got that begin with something.
func (w *world) textsTo(userID, prefix string) []string {
	var out []string
	for _, m := range w.zalo.sim.Sent(userID) {
		if strings.HasPrefix(m.Text, prefix) {
			out = append(out, m.Text)
		}
	}
	return out
}

// untilDone waits until nothing of a broadcast is left to send.
func (w *world) untilDone(ctx context.Context, id string) {
	w.tb.Helper()
	for {
		b, err := w.store.Broadcast(ctx, id)
		must(w.tb, err)
		if b.State == core.BroadcastDone {
			return
		}
	}
}

// checkFiles opens both exports: a line for each person, nothing that a program takes for a formula.
func (w *world) checkFiles(t *testing.T, href, cookie string) {
	t.Helper()
	_, body := w.get(href+"/ket-qua/tai?dang=xlsx", cookie)
	book, err := excelize.OpenReader(bytes.NewReader([]byte(body)))
	must(t, err)
	defer book.Close()
	rows, err := book.GetRows(book.GetSheetName(0))
	must(t, err)
	_, text := w.get(href+"/ket-qua/tai?dang=csv", cookie)
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff"))).ReadAll()
	must(t, err)
	if len(rows) != len(lines) || len(rows) < 4 || rows[0][1] != "Họ và tên" || lines[0][4] != "Kết quả" {
		t.Fatalf("xlsx %d lines, csv %d lines: %v", len(rows), len(lines), lines)
	}
	sent := 0
	for _, line := range lines[1:] {
		if line[4] == "Đã gửi" {
			sent++
			if line[1] != "Người Thử 1" || line[7] == "" || line[8] == "" {
				t.Errorf("%q", line)
			}
		} else if line[5] == "" {
			t.Errorf("no reason: %q", line)
		}
	}
	if sent != 1 {
		t.Errorf("%d were sent", sent)
	}
}

// checkLog checks that the audit log has an actor's actions, in their order.
func (w *world) checkLog(t *testing.T, actor string, actions ...string) {
	t.Helper()
	all, err := w.store.AuditAfter(t.Context(), "", 0, 1000)
	must(t, err)
	for _, e := range all {
		if len(actions) > 0 && e.Actor == actor && e.Action == actions[0] {
			actions = actions[1:]
		}
	}
	if len(actions) > 0 {
		t.Errorf("not in the audit log of %s: %v", actor, actions)
	}
}

// previewed is the message with somebody's name in it.
var previewed = regexp.MustCompile(`chat-bubble">Chào anh/chị [^{<]{4,}\. Hotline [0-9]`)

// TestBroadcastFormsKeepWhatWasTyped sends every form of a broadcast with a mistake in it.
func TestBroadcastFormsKeepWhatWasTyped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, anyHour, nil)
	editor := w.organizer(t, "bien-tap", core.Editor, nil)
	w.people(1)
	wrong := typedMessage("noi_dung", "Chào {ho_tren} thân mến", "nut", "", "mau_so", "345", "ts_ten_0", "ten", "ts_gia_0", "{gi_do}", "ts_gia_1", "không tên", "co_phi", "1", "dot", "")
	status, body := w.post("/console/nhac/soan", editor, wrong)
	if status != http.StatusUnprocessableEntity {
		t.Errorf("unknown placeholders: %d", status)
	}
	saidIn(t, "compose", body, "Không có chỗ điền {ho_tren}", "Chào {ho_tren} thân mến", `value="Nhắc thi đợt 3"`, "Không có chỗ điền {gi_do}", `value="{gi_do}"`, "Ghi tên tham số", `value="không tên"`,
		"Nút cần cả chữ và liên kết", `name="co_phi" value="1" checked`, `value="345"`, `href="#noi_dung"`)
	status, body = w.post("/console/nhac/soan", editor, typedMessage("mau_so", "../34 5", "ts_ten_0", "ten", "ts_gia_0", "A", "ts_ten_1", "ten", "ts_gia_1", "B", "nut_lien_ket", "javascript:alert(1)"))
	if status != http.StatusUnprocessableEntity {
		t.Errorf("template and link: %d", status)
	}
	saidIn(t, "template and link", body, "Tham số ten đã có ở trên", "Mã mẫu tin chỉ gồm", "Liên kết bắt đầu bằng https://")
	status, body = w.post("/console/nhac/soan", editor, typedMessage("lam", "xem"))
	if status != http.StatusOK || !previewed.MatchString(body) {
		t.Errorf("preview: %d %s", status, body)
	}
	if status, body = w.post("/console/nhac/soan", editor, typedMessage("noi_dung", "{dong_luc}", "lam", "xem")); !strings.Contains(body, "cần một đợt thi") {
		t.Errorf("a placeholder of a round without one: %d", status)
	}
	href := w.draftOf(editor, typedMessage())
	if status, body := w.post(href+"/huy", editor, url.Values{"ly_do": {""}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Ghi lý do") || !strings.Contains(body, "Hotline {hotline}") {
		t.Errorf("a draft dropped without a reason: %d", status)
	}
	_, body = w.get(href+"/soan", editor)
	saidIn(t, "draft", body, "Chào anh/chị {ho_ten}. Hotline {hotline}.")
	status, body = w.post(href+"/nguoi-nhan", editor, url.Values{"ai": {"taken"}, "ma_don_vi": {"SNV-VP, KHONG-CO"}, "ngay": {"2020-01-01"}, "luc": {"09:30"}, "lien_ket": {"no"}})
	if status != http.StatusUnprocessableEntity {
		t.Errorf("audience: %d", status)
	}
	saidIn(t, "audience", body, "Không có đơn vị KHONG-CO", `value="SNV-VP, KHONG-CO"`, "Thời điểm này đã qua", `value="2020-01-01"`, `value="09:30"`, `value="taken" checked`, `value="no" checked`)
	must(t, w.store.InsertBroadcast(t.Context(), w.broadcastIn(core.BroadcastPaused)))
	b, err := w.store.Broadcasts(t.Context(), w.contestID(), 1)
	must(t, err)
	status, body = w.post("/console/nhac/"+b[0].ID+"/tiep-tuc", editor, url.Values{"ly_do": {"x"}})
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, "Ghi lý do") || !strings.Contains(body, `value="x"`) {
		t.Errorf("a reason that is none: %d", status)
	}
}

func (w *world) contestID() string {
	w.tb.Helper()
	ed, err := w.edition(w.tb.Context(), "")
	must(w.tb, err)
	return ed.Contest.ID
}

// broadcastIn makes a broadcast in a state that begins in an hour, so that nothing of it is sent while a test looks.
func (w *world) broadcastIn(state string) core.Broadcast {
	now := w.clock.Now()
	return core.Broadcast{ID: core.NewID(now), ContestID: w.contestID(), Title: "Thông báo thử", State: state, StartAt: now.Add(time.Hour), CreatedBy: "organizer:chu-tri", CreatedAt: now, UpdatedAt: now, Revision: 1,
		Audience: core.Audience{Who: core.AudienceRegistered}, Content: core.Content{Text: "Chào {ho_ten}.", ButtonTitle: "Vào thi", ButtonURL: "{lien_ket}", PhoneTemplate: "345678", Parameters: map[string]string{"ten": "{ho_ten}"}}}
}

// TestBroadcastIsStoppedWithAReason pauses, goes on and cancels, each with a reason that the log keeps; a stream of
// progress says so at once.
func TestBroadcastIsStoppedWithAReason(t *testing.T) {
	t.Parallel()
	w := newWorld(t, anyHour, nil)
	editor := w.organizer(t, "bien-tap", core.Editor, nil)
	b := w.broadcastIn(core.BroadcastSending)
	must(t, w.store.InsertBroadcast(t.Context(), b))
	must(t, w.store.PlanDeliveries(t.Context(), []core.Delivery{{BroadcastID: b.ID, Person: w.people(1)[0].ID, State: core.DeliveryPlanned, Channel: core.ChannelPhoneTemplate, Cost: 800, NotBefore: b.StartAt, Revision: 1}}))
	href := "/console/nhac/" + b.ID
	events := w.stream(t, href+"/tien-do", editor)
	if e := events(); e[0] != "tien-do" || !strings.Contains(e[1], "Đã hẹn giờ") || !strings.Contains(e[1], "Chờ gửi") {
		t.Errorf("first event: %q", e)
	}
	because := url.Values{"ly_do": {"Sai giờ đóng đợt"}}
	if status, to := w.post(href+"/tam-dung", editor, because); status != http.StatusSeeOther {
		t.Fatalf("pause: %d %s", status, to)
	}
	for e := events(); e[0] != "xong"; e = events() {
		if e[0] == "" {
			t.Fatal("the stream ended without a word")
		}
	}
	_, body := w.get(href, editor)
	saidIn(t, "paused", body, "Tạm dừng", "Sai giờ đóng đợt", "Gửi tiếp")
	if status, body := w.post(href+"/tam-dung", editor, because); status != http.StatusConflict || !strings.Contains(body, "đang tạm dừng, nên không làm được") {
		t.Errorf("pausing what is paused: %d", status)
	}
	for _, action := range []string{"tiep-tuc", "huy"} {
		if status, to := w.post(href+"/"+action, editor, because); status != http.StatusSeeOther {
			t.Errorf("%s: %d %s", action, status, to)
		}
	}
	_, body = w.get(href, editor)
	saidIn(t, "cancelled", body, "Đã hủy", "Soạn lại từ thông báo này")
	w.checkLog(t, "organizer:bien-tap", "broadcast.pause", "broadcast.resume", "broadcast.cancel")
	all, err := w.store.AuditAfter(t.Context(), "", 0, 1000)
	must(t, err)
	for _, e := range all {
		if strings.HasPrefix(e.Action, "broadcast.") && e.Reason != "Sai giờ đóng đợt" {
			t.Errorf("without its reason: %+v", e)
		}
	}
}

// TestStreamEndsWithTheServer: whoever watches progress does not hold a stop up.
func TestStreamEndsWithTheServer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, anyHour, nil)
	b := w.broadcastIn(core.BroadcastSending)
	must(t, w.store.InsertBroadcast(t.Context(), b))
	events := w.stream(t, "/console/nhac/"+b.ID+"/tien-do", w.organizer(t, "chu-tri", core.Owner, nil))
	if e := events(); e[0] != "tien-do" {
		t.Fatalf("%q", e)
	}
	w.stop() // reports a stop that was not graceful
	if e := events(); e[0] != "" {
		t.Errorf("after the stop: %q", e)
	}
}

// stream opens a stream of server-sent events and gives a function for the next one: its name and data, "" when the
// stream is over.
func (w *world) stream(t *testing.T, path, cookie string) func() [2]string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.base+path, nil)
	must(t, err)
	req.Header.Set("Cookie", cookie)
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	t.Cleanup(func() { res.Body.Close() })
	if kind := res.Header.Get("Content-Type"); res.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "text/event-stream") {
		t.Fatalf("%d %s", res.StatusCode, kind)
	}
	lines := bufio.NewScanner(res.Body)
	return func() (e [2]string) {
		for lines.Scan() {
			name, value, _ := strings.Cut(lines.Text(), ": ")
			switch {
			case name == "event":
				e[0] = value
			case name == "data":
				e[1] = html.UnescapeString(value)
			case name == "" && e[0] != "":
				return e
			}
		}
		return [2]string{}
	}
}

// TestUnknownOutcomesAreDecidedByPeople: with a reason, once.
func TestUnknownOutcomesAreDecidedByPeople(t *testing.T) {
	t.Parallel()
	w := newWorld(t, anyHour, nil)
	editor := w.organizer(t, "bien-tap", core.Editor, nil)
	b, person := w.broadcastIn(core.BroadcastDone), w.people(1)[0]
	must(t, w.store.InsertBroadcast(t.Context(), b))
	must(t, w.store.PlanDeliveries(t.Context(), []core.Delivery{{BroadcastID: b.ID, Person: person.ID, State: core.DeliveryUnknown, Reason: outreach.ReasonCrashed, Channel: core.ChannelFree, Revision: 1}}))
	href := "/console/nhac/" + b.ID
	_, body := w.get(href, editor)
	saidIn(t, "page", body, "1 tin chưa rõ đã tới chưa")
	_, body = w.get(href+"/ket-qua?xem=unknown", editor)
	saidIn(t, "list", body, "Người Thử 1", "Máy chủ dừng giữa lúc gửi", "Ghi kết quả")
	form := url.Values{"nguoi": {person.ID}, "toi": {"co"}, "ly_do": {"?"}}
	if status, body := w.post(href+"/ket-qua", editor, form); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Ghi lý do") || !strings.Contains(body, `value="?"`) {
		t.Errorf("without a reason: %d", status)
	}
	form.Set("ly_do", "Thấy trong OA Manager")
	if status, to := w.post(href+"/ket-qua", editor, form); status != http.StatusSeeOther {
		t.Fatalf("%d %s", status, to)
	}
	if d, err := w.store.Delivery(t.Context(), b.ID, person.ID); err != nil || d.State != core.DeliverySent {
		t.Errorf("%+v %v", d, err)
	}
	if status, body := w.post(href+"/ket-qua", editor, form); status != http.StatusConflict || !strings.Contains(body, "đã có kết quả") {
		t.Errorf("decided twice: %d", status)
	}
	w.checkLog(t, "organizer:bien-tap", "delivery.decide")
}

// TestReminderRulesInTheConsole switches a rule on, changes it and meets somebody else's change.
func TestReminderRulesInTheConsole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, anyHour, nil)
	editor := w.organizer(t, "bien-tap", core.Editor, nil)
	id := w.contestID() + ".last_day"
	_, body := w.get("/console/nhac/quy-tac", editor)
	saidIn(t, "rules", body, "Ngày cuối của đợt", "Đang tắt")
	on := url.Values{"id": {id}, "lan": {"0"}, "bat": {"1"}}
	if status, body := w.post("/console/nhac/quy-tac/bat", editor, on); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Ghi lý do") {
		t.Errorf("without a reason: %d", status)
	}
	on.Set("ly_do", "Theo kế hoạch")
	if status, to := w.post("/console/nhac/quy-tac/bat", editor, on); status != http.StatusSeeOther {
		t.Fatalf("%d %s", status, to)
	}
	_, body = w.get("/console/nhac/quy-tac", editor)
	saidIn(t, "on", body, "Đang bật", "lần tới", "Sửa bởi bien-tap")
	_, body = w.get("/console/nhac/lich", editor)
	saidIn(t, "calendar", body, "Ngày cuối của đợt", "08:00")
	edit := url.Values{"id": {id}, "loai": {"last_day"}, "lan": {"1"}, "bat": {"1"}, "luc": {"09:15"}, "noi_dung": {"Hôm nay là ngày cuối {dott}"}, "ly_do": {"Đổi giờ"}}
	status, body := w.post("/console/nhac/quy-tac/sua", editor, edit)
	if status != http.StatusUnprocessableEntity {
		t.Errorf("a wrong text: %d", status)
	}
	saidIn(t, "rule", body, "Không có chỗ điền {dott}", "Hôm nay là ngày cuối {dott}", `value="09:15"`, `value="Đổi giờ"`)
	edit.Set("noi_dung", "Hôm nay là ngày cuối của {dot}.")
	if status, to := w.post("/console/nhac/quy-tac/sua", editor, edit); status != http.StatusSeeOther {
		t.Fatalf("%d %s", status, to)
	}
	if status, body := w.post("/console/nhac/quy-tac/sua", editor, edit); status != http.StatusConflict || !strings.Contains(body, "vừa được người khác sửa") {
		t.Errorf("a stale page: %d", status)
	}
	rules, err := w.store.Rules(t.Context(), w.contestID())
	must(t, err)
	if len(rules) != 1 || !rules[0].On || rules[0].At != "09:15" || rules[0].Content.Text != "Hôm nay là ngày cuối của {dot}." {
		t.Errorf("%+v", rules)
	}
	w.checkLog(t, "organizer:bien-tap", "rule.save", "rule.save")
}

// TestTestMessageGoesToTheOrganizer: to their own account of the contest, named once.
func TestTestMessageGoesToTheOrganizer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, anyHour, nil)
	editor := w.organizer(t, "bien-tap", core.Editor, nil)
	me := w.people(2)[1]
	zalo := w.linkZalo(me)
	href := w.draftOf(editor, typedMessage())
	if status, to := w.post(href+"/nguoi-nhan", editor, url.Values{"ai": {"registered"}}); status != http.StatusSeeOther {
		t.Fatalf("%d %s", status, to)
	}
	if status, to := w.post(href+"/gui-thu", editor, nil); status != http.StatusSeeOther || !strings.Contains(to, "/console/nhac/gui-thu?ve=") {
		t.Errorf("nobody was named: %d %s", status, to)
	}
	for phone, words := range map[string]string{"12": "Số điện thoại chưa đúng", "0911111111": "Chưa có tài khoản dự thi với số này"} {
		if status, body := w.post("/console/nhac/gui-thu", editor, url.Values{"dien_thoai": {phone}, "ve": {href}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, words) || !strings.Contains(body, fmt.Sprintf("value=%q", phone)) {
			t.Errorf("%s: %d", phone, status)
		}
	}
	if status, to := w.post("/console/nhac/gui-thu", editor, url.Values{"dien_thoai": {phoneOf(2)}, "ve": {href}}); status != http.StatusSeeOther || !strings.Contains(to, href+"?xong=") {
		t.Fatalf("%d %s", status, to)
	}
	if status, to := w.post(href+"/gui-thu", editor, nil); status != http.StatusSeeOther || !strings.Contains(to, href+"?thu=consultation") {
		t.Fatalf("%d %s", status, to)
	}
	if m := w.textsTo(zalo, "Chào anh/chị Người Thử 2"); len(m) != 1 {
		t.Errorf("%q", m)
	}
	if other := w.organizer(t, "nguoi-khac", core.Editor, nil); true {
		if status, to := w.post(href+"/gui-thu", other, nil); status != http.StatusSeeOther || !strings.Contains(to, "gui-thu?ve=") {
			t.Errorf("another organizer's test went to somebody: %d %s", status, to)
		}
	}
	w.checkLog(t, "organizer:bien-tap", "organizer.test_person", "broadcast.test")
}
