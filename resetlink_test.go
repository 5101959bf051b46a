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

// TestResetLink: somebody whom no code reaches gets a link from the organizer, once, and with it a new password; every
// device is signed out, and the log says who gave it and why.
func TestResetLink(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	person := w.people(1)[0]
	before := w.signIn(0)
	owner := w.organizer(t, "chu-tri", core.Owner, nil)
	page := "/console/thi-sinh/" + person.ID + "/mat-khau"
	give := func() string {
		t.Helper()
		status, body := w.post(page, owner, url.Values{"ly_do": {"quên mật khẩu, đã gọi xác minh"}})
		m := regexp.MustCompile(`/mat-khau-moi\?ma=[^<]+`).FindString(html.UnescapeString(body))
		if status != http.StatusOK || m == "" {
			t.Fatalf("giving a link: %d\n%.500s", status, body)
		}
		return m
	}
	if status, body := w.post(page, owner, nil); status != http.StatusUnprocessableEntity || strings.Contains(body, "mat-khau-moi") {
		t.Errorf("without a reason: %d", status)
	}
	first, link := give(), give()
	if status, _ := w.get(first, ""); status != http.StatusNotFound {
		t.Errorf("the link before the last: %d", status)
	}
	for range 2 {
		if status, body := w.get(link, ""); status != http.StatusOK || !strings.Contains(body, person.FullName) {
			t.Fatalf("opening it: %d", status)
		}
	}
	secret := strings.TrimPrefix(link, "/mat-khau-moi?ma=")
	use := func(password string) (int, string) {
		return w.post("/mat-khau-moi", "", url.Values{"lien_ket": {secret}, "mat_khau": {password}})
	}
	if status, body := use("12345678"); status != http.StatusUnprocessableEntity || !strings.Contains(body, "quá dễ đoán") {
		t.Errorf("a common password: %d", status)
	}
	if status, to := use("nắng hạ vàng rực rỡ"); status != http.StatusSeeOther || !strings.HasSuffix(to, "/bai-thi") {
		t.Fatalf("a good password: %d %.300s", status, to)
	}
	if status, _ := use("nắng hạ vàng rực rỡ nữa"); status != http.StatusNotFound {
		t.Errorf("a second time: %d", status)
	}
	if status, _ := w.get("/bai-thi", before); status != http.StatusSeeOther {
		t.Errorf("the device from before is still signed in: %d", status)
	}
	ed, err := w.edition(t.Context(), "")
	must(t, err)
	if _, err := w.account.SignIn(t.Context(), ed.Contest.ID, phoneOf(1), "nắng hạ vàng rực rỡ", "127.0.0.1"); err != nil {
		t.Error(err)
	}
	if _, body := w.get("/console/nhat-ky", owner); strings.Count(body, "contestant.reset_link") != 2 || !strings.Contains(body, "đã gọi xác minh") {
		t.Error("the log does not say who gave a link and why")
	}
}
