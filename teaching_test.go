package main

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"duthi/core"
)

const (
	askedPage  = "/console/hoi-dap"
	lessonPage = askedPage + "/tra-loi"
	silent     = "Thể lệ chưa quy định rõ việc này"
)

var (
	askedLink  = regexp.MustCompile(`/console/hoi-dap/tra-loi\?cau=([0-9a-zA-Z_-]+)`)
	taughtLink = regexp.MustCompile(`/console/hoi-dap/tra-loi\?id=([0-9a-zA-Z_-]+)`)
)

// queue gives the page of the questions as text, and the ids it links to: of questions, and of answers.
func (w *world) queue(t *testing.T, cookie, query string) (text string, asked, taught []string) {
	t.Helper()
	status, body := w.get(askedPage+query, cookie)
	if status != http.StatusOK {
		t.Fatalf("%s%s: %d", askedPage, query, status)
	}
	ids := func(link *regexp.Regexp) (out []string) {
		for _, m := range link.FindAllStringSubmatch(body, -1) {
			out = append(out, m[1])
		}
		return out
	}
	return html.UnescapeString(body), ids(askedLink), ids(taughtLink)
}

func lessonOf(asked, id, questions, answer, clause string) url.Values {
	return url.Values{"cau": {asked}, "id": {id}, "cau_hoi": {questions}, "tra_loi": {answer}, "khoan": {clause}}
}

// TestOrganizersTeachTheBot goes the whole way of a question: asked in vain by two people, queued as one, answered by an
// editor, used from the next message, disliked, corrected by another, taken away, and asked in vain again.
func TestOrganizersTeachTheBot(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	an, binh := w.zalo.sim.AddPerson("An", ""), w.zalo.sim.AddPerson("Bình", "")
	viewer, editor, owner := w.organizer(t, "xem", core.Viewer, nil), w.organizer(t, "lan", core.Editor, nil), w.organizer(t, "chu-tri", core.Owner, nil)
	const ask, again = "gửi xe ở đâu", "cho hỏi gửi xe ở đâu vậy <b>ạ</b>"
	for _, asks := range [][2]string{{an, ask}, {binh, again}} {
		if got := w.says(t, asks[0], asks[1]); !strings.HasPrefix(got, silent) {
			t.Fatalf("%q: %q", asks[1], got)
		}
	}
	text, links, _ := w.queue(t, viewer, "")
	if !strings.Contains(text, "2 lần hỏi") || !strings.Contains(text, ask) || len(links) != 0 || strings.Contains(text, lessonPage) {
		t.Errorf("what a viewer sees (%v):\n%s", links, text)
	}
	if _, body := w.get(askedPage, viewer); strings.Contains(body, "<b>ạ</b>") {
		t.Error("what people write is HTML on the page")
	}
	_, links, taught := w.queue(t, editor, "")
	if len(links) != 1 || len(taught) != 0 {
		t.Fatalf("questions %v, answers %v", links, taught)
	}
	asked := links[0]
	if _, form := w.get(lessonPage+"?cau="+asked, editor); !strings.Contains(form, ask+"\n") || !strings.Contains(form, html.EscapeString(again)) {
		t.Errorf("the form does not begin with what was asked:\n%s", form)
	}

	const first, second = "Anh/chị gửi xe ở sân sau Sở Nội vụ, không thu phí.", "Từ tháng này gửi xe ở cổng 2 đường Trần Phú."
	status, to := w.post(lessonPage, editor, lessonOf(asked, "", ask, first, "dieu-14.1"))
	if status != http.StatusSeeOther || to != askedPage+"?xong=tra-loi" {
		t.Fatalf("teaching: %d %s", status, to)
	}
	if got := w.says(t, binh, "chỗ gửi xe ở đâu vậy"); !strings.HasPrefix(got, first+"\n\nKhoản 1 Điều 14. ") {
		t.Errorf("taught, but the bot says %q", got)
	}
	text, waiting, taught := w.queue(t, editor, "?xong=tra-loi")
	if len(waiting) != 0 || len(taught) != 1 || !strings.Contains(text, "Đã lưu. Bot dùng từ tin nhắn kế tiếp.") || !strings.Contains(text, "Căn cứ khoản 1 Điều 14 · lan, ") {
		t.Fatalf("waiting %v, taught %v\n%s", waiting, taught, text)
	}
	if _, answered, _ := w.queue(t, editor, "?xem=da-tra-loi"); len(answered) != 1 || answered[0] != asked {
		t.Errorf("answered: %v", answered)
	}

	w.says(t, an, ask)
	if got := w.presses(t, an, "Không đúng ý tôi"); !strings.Contains(got, "chuyển tới Ban Tổ chức") {
		t.Errorf("disliked: %q", got)
	}
	if text, waiting, _ := w.queue(t, owner, ""); len(waiting) != 1 || waiting[0] != asked || !strings.Contains(text, "1 lần chê câu trả lời") {
		t.Errorf("a disliked answer does not wait: %v", waiting)
	}
	if _, form := w.get(lessonPage+"?cau="+asked, owner); !strings.Contains(form, first) || !strings.Contains(form, "Lần 1 · lan, ") {
		t.Errorf("the form does not begin with the answer of now:\n%s", form)
	}
	if status, to := w.post(lessonPage, owner, lessonOf(asked, taught[0], ask, second, "")); status != http.StatusSeeOther {
		t.Fatalf("correcting: %d %s", status, to)
	}
	if got := w.says(t, an, ask); got != second {
		t.Errorf("corrected, but the bot says %q", got)
	}
	w.wantVersions(t, taught[0], owner, "lan:"+first, "chu-tri:"+second)

	if status, to := w.post(askedPage+"/go", editor, url.Values{"id": taught}); status != http.StatusSeeOther || to != askedPage+"?xong=bo-tra-loi" {
		t.Fatalf("taking away: %d %s", status, to)
	}
	if got := w.says(t, an, ask); !strings.HasPrefix(got, silent) {
		t.Errorf("taken away, but the bot says %q", got)
	}
	text, waiting, left := w.queue(t, owner, "")
	if len(waiting) != 1 || waiting[0] != asked || len(left) != 0 || !strings.Contains(text, "4 lần hỏi") {
		t.Errorf("asked in vain again: waiting %v, taught %v\n%s", waiting, left, text)
	}
	w.wantVersions(t, taught[0], owner, "lan:"+first, "chu-tri:"+second, "lan:(đã bỏ)")
	w.checkLog(t, "organizer:lan", "taught.write", "taught.remove")
	w.checkLog(t, "organizer:chu-tri", "taught.write")
}

// wantVersions checks who wrote what, oldest first, on the form of an answer and in the store.
func (w *world) wantVersions(t *testing.T, id, cookie string, want ...string) {
	t.Helper()
	_, form := w.get(lessonPage+"?id="+id, cookie)
	_, list, _ := strings.Cut(html.UnescapeString(form), "Các lần sửa")
	for i, v := range want {
		by, answer, _ := strings.Cut(v, ":")
		_, rest, ok := strings.Cut(list, answer+"<br>")
		if !ok || !regexp.MustCompile(`^<span class="small quiet">Lần `+string(rune('1'+i))+` · `+by+`, \d\d:\d\d \d\d/\d\d/\d{4}`).MatchString(rest) {
			t.Errorf("version %d of %s is not on the page:\n%s", i+1, by, list)
		}
		list = rest
	}
	all, err := w.talk.Versions(t.Context(), w.contestID(), id)
	must(t, err)
	if len(all) != len(want) {
		t.Errorf("%d versions are kept, want %d", len(all), len(want))
	}
}

// TestFaultyLessonsAreKeptOnTheForm: what is wrong stands beside its field, what was typed stays, nothing is stored.
func TestFaultyLessonsAreKeptOnTheForm(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	an, editor := w.zalo.sim.AddPerson("An", ""), w.organizer(t, "lan", core.Editor, nil)
	w.says(t, an, "gửi xe ở đâu")
	_, links, _ := w.queue(t, editor, "")
	const typed = "Câu trả lời đã gõ, có <dấu> & \"ngoặc\"."
	for _, bad := range []struct {
		form  url.Values
		field string
		stays []string
	}{
		{lessonOf(links[0], "", "gửi xe ở đâu\nđể xe chỗ nào", " ", "dieu-14.1"), "tra_loi", []string{"để xe chỗ nào", `<option value="dieu-14.1" selected>`}},
		{lessonOf(links[0], "", "\n ? \n", typed, ""), "cau_hoi", []string{html.EscapeString(typed)}},
		{lessonOf(links[0], "", strings.Repeat("câu hỏi mới\n", 1)+manyQuestions(20), typed, ""), "cau_hoi", []string{"câu số 19 là gì", html.EscapeString(typed)}},
		{lessonOf(links[0], "", "gửi xe ở đâu", strings.Repeat("à", 1201), ""), "tra_loi", []string{strings.Repeat("à", 1201)}},
		{lessonOf(links[0], "", "gửi xe ở đâu", typed, "dieu-99.1"), "khoan", []string{"gửi xe ở đâu", html.EscapeString(typed)}},
	} {
		status, body := w.post(lessonPage, editor, bad.form)
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, `href="#`+bad.field+`"`) || !strings.Contains(body, `name="cau" value="`+links[0]+`"`) {
			t.Errorf("%s: %d\n%.1500s", bad.field, status, body)
		}
		for _, want := range bad.stays {
			if !strings.Contains(body, want) {
				t.Errorf("%s: %.80q is lost", bad.field, want)
			}
		}
	}
	for what, form := range map[string]url.Values{
		"an answer that is not there": lessonOf("", "khong-co", "gửi xe ở đâu", typed, ""), "a question that is not there": lessonOf("khong-co", "", "gửi xe ở đâu", typed, ""),
	} {
		if status, _ := w.post(lessonPage, editor, form); status != http.StatusNotFound {
			t.Errorf("%s: %d", what, status)
		}
	}
	for _, path := range []string{lessonPage + "?cau=khong-co", lessonPage + "?id=khong-co"} {
		if status, _ := w.get(path, editor); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
	for _, path := range []string{"/go", "/bo-qua"} {
		if status, _ := w.post(askedPage+path, editor, url.Values{"id": {"khong-co"}, "cau": {"khong-co"}}); status != http.StatusNotFound {
			t.Errorf("%s of what is not there: %d", path, status)
		}
	}
	if n, err := w.store.TaughtCount(t.Context(), w.contestID()); err != nil || n != 0 {
		t.Errorf("%d versions were stored, %v", n, err)
	}
	if _, waiting, _ := w.queue(t, editor, ""); len(waiting) != 1 {
		t.Errorf("waiting: %v", waiting)
	}
}

func manyQuestions(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("câu số " + string(rune('0'+i/10)) + string(rune('0'+i%10)) + " là gì\n")
	}
	return b.String()
}

// TestQuestionsAreDismissedAndGuarded: a dismissed question waits no more, however often it is asked; another contest's
// can't be touched, nor anything by who may only read.
func TestQuestionsAreDismissedAndGuarded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	an, editor := w.zalo.sim.AddPerson("An", ""), w.organizer(t, "lan", core.Editor, nil)
	w.says(t, an, "gửi xe ở đâu")
	_, links, _ := w.queue(t, editor, "")
	foreign := core.AskedQuestion{ID: "cua-cuoc-khac", ContestID: "cuoc-khac", Folded: "hoi gi do", Samples: []string{"hỏi gì đó"}, Count: 9, Status: core.AskedOpen, Revision: 1}
	must(t, w.store.InsertAsked(t.Context(), foreign))
	must(t, w.store.InsertTaught(t.Context(), core.TaughtAnswer{ID: "bai-khac", ContestID: "cuoc-khac", Version: 1, Questions: []string{"hỏi gì đó"}, Answer: "Trả lời.", By: "organizer:ai", At: 1}))
	if text, _, _ := w.queue(t, editor, ""); strings.Contains(text, "hỏi gì đó") {
		t.Error("another contest's question is on the page")
	}
	for _, role := range []core.Role{core.Viewer, core.Reviewer} {
		reader := w.organizer(t, "chi-doc-"+string(role), role, nil)
		for path, form := range map[string]url.Values{"/tra-loi": lessonOf(links[0], "", "gửi xe ở đâu", "Ở sân.", ""), "/bo-qua": {"cau": links}, "/go": {"id": {"bai-khac"}}} {
			if status, _ := w.post(askedPage+path, reader, form); status != http.StatusForbidden {
				t.Errorf("%s as %s: %d", path, role, status)
			}
		}
	}
	for path, form := range map[string]url.Values{"/tra-loi": lessonOf(foreign.ID, "", "gửi xe", "Ở sân.", ""), "/tra-loi?": lessonOf("", "bai-khac", "gửi xe", "Ở sân.", ""),
		"/bo-qua": {"cau": {foreign.ID}}, "/go": {"id": {"bai-khac"}}} {
		if status, _ := w.post(askedPage+path, editor, form); status != http.StatusNotFound {
			t.Errorf("%s of another contest: %d", path, status)
		}
	}
	if now, err := w.store.Asked(t.Context(), foreign.ID); err != nil || now.Status != core.AskedOpen || now.Revision != 1 {
		t.Errorf("another contest's question: %+v, %v", now, err)
	}

	if status, to := w.post(askedPage+"/bo-qua", editor, url.Values{"cau": links}); status != http.StatusSeeOther || to != askedPage+"?xong=bo-qua" {
		t.Fatalf("dismissing: %d %s", status, to)
	}
	w.says(t, an, "gửi xe ở đâu")
	if _, waiting, _ := w.queue(t, editor, ""); len(waiting) != 0 {
		t.Errorf("a dismissed question waits again: %v", waiting)
	}
	text, gone, _ := w.queue(t, editor, "?xem=bo-qua")
	if len(gone) != 1 || !strings.Contains(text, "2 lần hỏi") || strings.Contains(text, askedPage+"/bo-qua\"") {
		t.Errorf("dismissed: %v\n%s", gone, text)
	}
	if status, _ := w.post(lessonPage, editor, lessonOf(gone[0], "", "gửi xe ở đâu", "Ở sân sau.", "")); status != http.StatusSeeOther {
		t.Fatalf("an answer after all: %d", status)
	}
	if got := w.says(t, an, "gửi xe ở đâu"); got != "Ở sân sau." {
		t.Errorf("the bot says %q", got)
	}
	w.checkLog(t, "organizer:lan", "asked.dismiss", "taught.write")
}
