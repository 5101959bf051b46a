package main

import (
	"database/sql"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestPagesWithoutDatabase closes the database under the running program: public pages stay, say honestly that
// something is wrong, and whoever watches the program is told; what needs the database says when to come back.
func TestPagesWithoutDatabase(t *testing.T) {
	t.Parallel()
	var shift atomic.Int64
	w := newWorld(t, nil, func() time.Time { return time.Now().Add(time.Duration(shift.Load())) })
	people := w.people(1)
	cookie, owner := w.signIn(0), w.organizer(t, "chu-tri", "owner", nil)
	a := w.begin(people[0])
	pages := []string{"/", "/the-le", "/tai-lieu", "/thong-bao", "/ty-le", "/xep-hang", "/tro-giup", "/nhac-toi", "/lich-thi.ics", "/kiem-tra", "/thi-thu", "/dang-ky", "/dang-nhap"}
	for _, path := range pages {
		if status, _ := w.get(path, ""); status != http.StatusOK {
			t.Fatalf("%s: %d before the outage", path, status)
		}
	}
	if status, body := w.get("/readyz", ""); status != http.StatusOK || !strings.Contains(body, `"ok"`) {
		t.Errorf("/readyz: %d %s", status, body)
	}
	must(t, w.store.Close())
	shift.Store(int64(10 * time.Minute)) // what is kept in memory for seconds is over
	if status, body := w.get("/readyz", ""); status != http.StatusOK || !strings.Contains(body, `"degraded"`) || !strings.Contains(body, "database does not answer") {
		t.Errorf("/readyz: %d %s", status, body)
	}
	if status, _ := w.get("/livez", ""); status != http.StatusOK {
		t.Errorf("/livez: %d", status)
	}
	for _, path := range pages {
		for _, who := range []string{"", cookie} {
			status, body := w.get(path, who)
			if status != http.StatusOK {
				t.Errorf("%s: %d", path, status)
			}
			if who != "" && strings.Contains(body, "<body") && !strings.Contains(body, "Hệ thống đang gián đoạn") {
				t.Errorf("%s does not say that something is wrong", path)
			}
		}
	}
	for _, path := range []string{"/thi", "/bai-thi", "/thi/" + a.ID} {
		w.comeBack(t, http.MethodGet, path, "", cookie)
	}
	w.comeBack(t, http.MethodPost, "/thi/"+a.ID+"/luu", `{"i":0,"c":[0],"k":false,"r":0}`, cookie)
	w.comeBack(t, http.MethodGet, "/console", "", owner)
}

// comeBack checks that an address answers 503 and says when to try again.
func (w *world) comeBack(t *testing.T, method, path, body, cookie string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, w.base+path, strings.NewReader(body))
	must(t, err)
	req.Header.Set("Cookie", cookie)
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	resp, err := http.DefaultTransport.RoundTrip(req)
	must(t, err)
	resp.Body.Close()
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("%s %s: %d, Retry-After %q", method, path, resp.StatusCode, resp.Header.Get("Retry-After"))
	}
}

// TestReadinessWithoutWrites: a database that can be read but not written, as on a full disk, is no ready one.
func TestReadinessWithoutWrites(t *testing.T) {
	t.Parallel()
	var shift atomic.Int64
	dir := t.TempDir()
	w := newWorld(t, environment{"DUTHI_DATA": dir, "DUTHI_MONGODB_URI": ""}, func() time.Time { return time.Now().Add(time.Duration(shift.Load())) })
	files, err := filepath.Glob(filepath.Join(dir, "*.db"))
	must(t, err)
	if len(files) != 1 {
		t.Fatalf("%v", files)
	}
	db, err := sql.Open("sqlite", files[0])
	must(t, err)
	defer db.Close()
	lock, err := db.Conn(t.Context())
	must(t, err)
	defer lock.Close()
	_, err = lock.ExecContext(t.Context(), "PRAGMA busy_timeout = 5000")
	must(t, err)
	_, err = lock.ExecContext(t.Context(), "BEGIN IMMEDIATE")
	must(t, err)
	shift.Store(int64(time.Minute))
	if status, body := w.get("/readyz", ""); status != http.StatusOK || !strings.Contains(body, `"degraded"`) || !strings.Contains(body, "takes no writes") {
		t.Errorf("locked: %d %s", status, body)
	}
	_, err = lock.ExecContext(t.Context(), "ROLLBACK")
	must(t, err)
	shift.Store(int64(2 * time.Minute))
	if status, body := w.get("/readyz", ""); status != http.StatusOK || !strings.Contains(body, `"ok"`) {
		t.Errorf("unlocked: %d %s", status, body)
	}
}
