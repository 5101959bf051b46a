package main

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duthi/core/catalog"
	"duthi/core/contestfile"
)

// TestNothingOfTheSampleServesARealContest imports a real contest into the running sample server: the public
// inbox of one-time codes and the simulator, where anyone can be anybody, must be gone at once.
func TestNothingOfTheSampleServesARealContest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	for _, path := range []string{"/hop-thu-mau", simPrefix + "/"} {
		if status, _ := w.get(path, ""); status != http.StatusOK {
			t.Errorf("sample: %s: %d", path, status)
		}
	}
	file := filepath.Join(t.TempDir(), "contest.yaml")
	f, err := os.Create(file)
	must(t, err)
	must(t, w.files.Export(t.Context(), f, w.catalog.All()[0].Record.ID, "contest", "yaml", "test"))
	must(t, f.Close())
	text, err := os.ReadFile(file)
	must(t, err)
	real, err := contestfile.ParseContest(strings.NewReader(strings.Replace(string(text), "id: mau-cchc", "id: that", 1)), "that.yaml")
	must(t, err)
	_, err = w.files.ImportContest(t.Context(), real, catalog.How{By: "test"})
	must(t, err)
	must(t, w.files.Activate(t.Context(), "that", "test"))
	must(t, w.catalog.Reload(t.Context()))
	for _, path := range []string{"/hop-thu-mau", simPrefix + "/", simPrefix + "/api/"} {
		if status, _ := w.get(path, ""); status != http.StatusNotFound {
			t.Errorf("real: %s: %d", path, status)
		}
	}
	if status, body := w.post("/quen-mat-khau", "", url.Values{"so_dien_thoai": {phoneOf(1)}}); status != http.StatusServiceUnavailable || !strings.Contains(body, "gọi đường dây hỗ trợ") {
		t.Errorf("a code is promised that nothing carries: %d\n%.400s", status, body)
	}
	var hello strings.Builder
	w.greet(&hello, "", "")
	if strings.Contains(hello.String(), "/hop-thu-mau") || strings.Contains(hello.String(), simPrefix) {
		t.Errorf("the start names what is not there:\n%s", hello.String())
	}
}
