package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"duthi/core"
)

var fileLink = regexp.MustCompile(`href="(/c/cuoc-hai/tep/[^"]+)"`)

// TestAttachedFile goes the whole way of a file: imported by the command, read on the page, replaced in the console.
func TestAttachedFile(t *testing.T) {
	t.Parallel()
	env := environment{"DUTHI_DATA": t.TempDir()}
	w := newWorld(t, env, nil)
	file := secondContest(t, env, "cuoc-hai")
	text, err := os.ReadFile(file)
	must(t, err)
	yaml := "documents:\n- {title: Kế hoạch số 12, date: \"2026-01-15\", file: Kế hoạch.pdf}\n" + withoutDocuments(string(text))
	must(t, os.WriteFile(file, []byte(yaml), 0o600))
	plan := append([]byte("%PDF-1.4\n"), bytes.Repeat([]byte("x"), 1_300_000)...)
	must(t, os.WriteFile(filepath.Join(filepath.Dir(file), "Kế hoạch.pdf"), plan, 0o600))
	mustRun(t, env, "import", "contest", file)
	must(t, w.catalog.Reload(t.Context()))

	_, page := w.get("/c/cuoc-hai/tai-lieu", "")
	link := fileLink.FindStringSubmatch(page)
	if link == nil || !strings.Contains(page, "15/01/2026 · PDF, 1,2 MB") {
		t.Fatalf("no link to the file: %s", page)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.base+link[1], nil)
	must(t, err)
	req.Header.Set("Range", "bytes=0-7")
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	defer resp.Body.Close()
	if h := resp.Header; resp.StatusCode != http.StatusPartialContent || h.Get("Content-Type") != "application/pdf" || h.Get("Content-Range") != "bytes 0-7/1300009" ||
		h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Security-Policy") != "frame-ancestors 'self'" || !strings.HasPrefix(h.Get("Content-Disposition"), "inline; filename*=utf-8''") {
		t.Errorf("%d %v", resp.StatusCode, h)
	}
	if status, body := w.get(link[1], ""); status != http.StatusOK || body != string(plan) {
		t.Errorf("%d, %d bytes", status, len(body))
	}
	if status, _ := w.get(strings.Replace(link[1], "cuoc-hai", "mau-cchc", 1), ""); status != http.StatusNotFound {
		t.Errorf("under another contest: %d", status)
	}

	editor := w.organizer(t, "bien-tap", core.Editor, nil)
	if status, body := w.uploadContest(editor, yaml, "Kế hoạch.pdf", []byte("%PDF-1.7 bản mới")); status != http.StatusUnprocessableEntity || !strings.Contains(body, "cần kênh http") {
		t.Errorf("a contest whose codes nothing can carry: %d %s", status, body)
	}
	yaml = strings.Replace(yaml, "otp: true", "otp: false", 1)
	status, body := w.uploadContest(editor, yaml, "Kế hoạch.pdf", []byte("%PDF-1.7 bản mới"))
	token := uploadToken.FindStringSubmatch(body)
	if status != http.StatusOK || token == nil {
		t.Fatalf("%d %s", status, body)
	}
	if status, body = w.post("/console/nhap", editor, url.Values{"ma": {token[1]}}); status != http.StatusSeeOther {
		t.Fatalf("%d %s", status, body)
	}
	_, page = w.get("/c/cuoc-hai/tai-lieu", "")
	next := fileLink.FindStringSubmatch(page)
	if next == nil || next[1] == link[1] {
		t.Fatalf("no new link: %s", page)
	}
	if _, body := w.get(next[1], ""); body != "%PDF-1.7 bản mới" {
		t.Errorf("%q", body)
	}
	if status, _ := w.get(link[1], ""); status != http.StatusNotFound {
		t.Errorf("the old file: %d", status)
	}

	must(t, w.store.Close())
	w.comeBack(t, http.MethodGet, next[1], "", "")
	req, err = http.NewRequestWithContext(t.Context(), http.MethodGet, w.base+next[1], nil)
	must(t, err)
	sum := sha256.Sum256([]byte("%PDF-1.7 bản mới"))
	req.Header.Set("If-None-Match", `"`+hex.EncodeToString(sum[:])+`"`)
	if status, _ := w.do(req, ""); status != http.StatusNotModified {
		t.Errorf("a copy that the browser has, while the database is away: %d", status)
	}
}

// withoutDocuments takes the list of documents out of a contest file.
func withoutDocuments(yaml string) string {
	return regexp.MustCompile(`(?m)^documents:\n(?:[ -].*\n)*`).ReplaceAllString(yaml, "")
}

// uploadContest sends a contest file and one beside it as the console's form does.
func (w *world) uploadContest(cookie, yaml, name string, content []byte) (int, string) {
	w.tb.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	_ = form.WriteField("loai", "contest")
	for _, f := range []struct {
		field, name string
		content     []byte
	}{{"tep", "c.yaml", []byte(yaml)}, {"kem", name, content}} {
		part, err := form.CreateFormFile(f.field, f.name)
		must(w.tb, err)
		_, _ = part.Write(f.content)
	}
	_ = form.Close()
	req, err := http.NewRequestWithContext(w.tb.Context(), http.MethodPost, w.base+"/console/nhap/kiem-tra", &b)
	must(w.tb, err)
	req.Header.Set("Content-Type", form.FormDataContentType())
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	return w.do(req, cookie)
}
