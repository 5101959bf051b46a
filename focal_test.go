package main

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/exam"
)

var activationLink = regexp.MustCompile(`/kich-hoat\?ma=([^<"\s]+)`)

func TestFocalPoint(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	people := w.people(2) // of SNV-VP
	a := w.begin(people[0])
	ed, err := w.edition(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	w.answerAndSubmit(ed, people[0], a)
	owner := w.organizer(t, "chu-tri", core.Owner, nil)
	status, body := w.post("/console/don-vi/dau-moi", owner, url.Values{"don_vi": {"SNV"}, "ho_ten": {"Trần Thị Đầu Mối"}})
	link := activationLink.FindStringSubmatch(body)
	if status != http.StatusOK || link == nil {
		t.Fatalf("%d %s", status, body)
	}
	code, err := url.QueryUnescape(link[1])
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // a link preview opens it too
		if status, body := w.get("/kich-hoat?ma="+link[1], ""); status != http.StatusOK || !strings.Contains(body, "Sở Nội vụ") {
			t.Fatalf("%d %s", status, body)
		}
	}
	if status, body := w.post("/kich-hoat", "", url.Values{"ma": {code}, "mat_khau": {"123"}}); status != http.StatusUnprocessableEntity || !strings.Contains(body, "wrong-text") {
		t.Errorf("a poor password: %d", status)
	}
	cookie := w.postForCookie("/kich-hoat", url.Values{"ma": {code}, "mat_khau": {"mat khau dau moi 1"}})
	if status, _ := w.post("/kich-hoat", "", url.Values{"ma": {code}, "mat_khau": {"mat khau dau moi 2"}}); status != http.StatusNotFound {
		t.Errorf("the link was used twice: %d", status)
	}
	status, body = w.get("/dau-moi", cookie)
	did := strings.Index(body, `id="da"`)
	if status != http.StatusOK || did < 0 || strings.Index(body, people[0].FullName) < did || !strings.Contains(body[:did], people[1].FullName) {
		t.Errorf("%d: who took part is not told apart: %s", status, body)
	}
	if strings.Contains(body, "/thi/"+a.ID) || strings.Contains(body, "••• ") {
		t.Error("a focal point sees names and whether they took part, nothing else")
	}
	for _, path := range []string{"/console/thi-sinh", "/console/thi-sinh/" + people[0].ID, "/console/don-vi", "/console/yeu-cau", "/console/nhap", "/console/tai-khoan", "/console/nhat-ky", "/console/ma-qr"} {
		if status, _ := w.get(path, cookie); status != http.StatusForbidden {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, _ := w.get("/dau-moi/ma-qr?dang=svg&ten=unit:STC", cookie); status != http.StatusOK {
		t.Errorf("own code: %d", status)
	}
	if status, _ := w.get("/dau-moi", owner); status != http.StatusForbidden {
		t.Errorf("an organizer has the console: %d", status)
	}
}

func TestFocalPointsOfAllUnits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	owner := w.organizer(t, "chu-tri", core.Owner, nil)
	status, body := w.post("/console/dau-moi", owner, url.Values{})
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
	if status != http.StatusOK || err != nil || len(rows) != 73 {
		t.Fatalf("%d, %d rows, %v", status, len(rows), err)
	}
	code, err := url.QueryUnescape(activationLink.FindStringSubmatch(rows[1][3])[1])
	must(t, err)
	cookie := w.postForCookie("/kich-hoat", url.Values{"ma": {code}, "mat_khau": {"mat khau dau moi 1"}})
	_, body = w.post("/console/dau-moi", owner, url.Values{})
	if strings.Contains(body, rows[1][2]+",") || strings.Count(body, "\n") != 72 {
		t.Error("a unit whose focal point has a password was given a new link")
	}
	if status, _ := w.get("/dau-moi", cookie); status != http.StatusOK {
		t.Errorf("the focal point was signed out: %d", status)
	}
	if status, _ := w.post("/console/dau-moi", w.organizer(t, "xem", core.Viewer, nil), url.Values{}); status != http.StatusForbidden {
		t.Errorf("a viewer made accounts: %d", status)
	}
}

// answerAndSubmit gives one answer and submits.
func (w *world) answerAndSubmit(ed *exam.Edition, c core.Contestant, a core.Attempt) {
	w.tb.Helper()
	now := core.At(time.Now())
	_, err := w.exam.Save(w.tb.Context(), ed, exam.AnswerInput{AttemptID: a.ID, ContestantID: c.ID, Shown: []int{0}}, now)
	must(w.tb, err)
	_, err = w.exam.Submit(w.tb.Context(), ed, c.ID, a.ID, now)
	must(w.tb, err)
}

// postForCookie posts a form and gives the cookie it sets.
func (w *world) postForCookie(path string, form url.Values) string {
	w.tb.Helper()
	req, err := http.NewRequestWithContext(w.tb.Context(), http.MethodPost, w.base+path, strings.NewReader(form.Encode()))
	must(w.tb, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	must(w.tb, err)
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusSeeOther || len(resp.Cookies()) != 1 {
		w.tb.Fatalf("%s: %s, %d cookies", path, resp.Status, len(resp.Cookies()))
	}
	return resp.Cookies()[0].Name + "=" + resp.Cookies()[0].Value
}

// TestFocalPointSeesWhoNeverRegistered lists the unit's own staff, sub-units included, without those who registered.
func TestFocalPointSeesWhoNeverRegistered(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	ed, err := w.edition(t.Context(), "")
	must(t, err)
	id, cookie := ed.Contest.ID, w.focal("SNV")
	if _, body := w.get("/dau-moi", cookie); strings.Contains(body, "Trong danh sách") {
		t.Error("a list is shown where there is none")
	}
	row := func(key, unit, name string) core.RosterPerson {
		return core.RosterPerson{ContestID: id, Set: 1, Key: key, UnitCode: unit, FullName: name, NameFolded: core.Fold(name), StaffCode: "MS-" + key}
	}
	must(t, w.store.StageRoster(t.Context(), []core.RosterPerson{row("k1", "SNV", "Lê Chưa Vào"), row("k2", "SNV-VP", "Trần Chưa Vào"), row("k3", "SNV", "Phạm Đã Vào"), row("k4", "STC", "Vũ Nơi Khác")}))
	rec, err := w.store.ContestRecord(t.Context(), id)
	must(t, err)
	rec.RosterSet, rec.Revision = 1, rec.Revision+1
	must(t, w.store.SaveContest(t.Context(), rec))
	must(t, w.catalog.Reload(t.Context()))
	p := newPerson(w, id, 9)
	p.RosterKey = "k3"
	must(t, w.store.InsertContestant(t.Context(), p))
	_, body := w.get("/dau-moi", cookie)
	for _, want := range []string{"Trong danh sách, chưa đăng ký (2)", "Lê Chưa Vào", "Trần Chưa Vào"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is missing", want)
		}
	}
	for _, not := range []string{"Phạm Đã Vào", "Vũ Nơi Khác", "MS-k1"} {
		if strings.Contains(body, not) {
			t.Errorf("%q does not belong there", not)
		}
	}
}
