package main

import (
	"net/http"
	"os"
	"runtime"
	"testing"
	"time"
)

// TestStart reports what the built program weighs and how long it takes from its start to an answer of /readyz:
// with an empty folder, where it loads the sample contest, and again.
//
//	go test -run TestStart -v .
func TestStart(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program: left out with -short")
	}
	path, err := built()
	must(t, err)
	info, err := os.Stat(path)
	must(t, err)
	t.Logf("binary for %s/%s without symbols: %.1f MB", runtime.GOOS, runtime.GOARCH, float64(info.Size())/1e6)
	env := environment{"DUTHI_DATA": t.TempDir()}
	for _, what := range []string{"first start, sample contest loaded", "start on an existing folder", "start on an existing folder"} {
		begun := time.Now()
		p := serve(t, env)
		resp, err := http.Get(p.base + "/readyz")
		must(t, err)
		resp.Body.Close()
		if resp.StatusCode != http.StatusOK {
			t.Errorf("/readyz: %d", resp.StatusCode)
		}
		t.Logf("%s: ready after %d ms, %.0f MB of memory", what, time.Since(begun).Milliseconds(), float64(p.memory(t))/1e6)
		p.kill()
	}
}
