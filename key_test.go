package main

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestAnotherKeyIsRefused starts on a database whose key is not there, as after restoring a copy into a new
// folder.
func TestAnotherKeyIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	dir := w.cfg.Data
	w.stop()
	key, err := os.ReadFile(filepath.Join(dir, secretFile))
	must(t, err)
	must(t, os.Remove(filepath.Join(dir, secretFile)))
	if p, err := start(t.Context(), testConfig(t, environment{"DUTHI_DATA": dir}), nil, io.Discard); !errors.Is(err, errWrongKey) {
		t.Fatalf("%v, %v", p, err)
	}
	code := run(t.Context(), []string{"qr", "contest", "--out", filepath.Join(dir, "x.svg"), "--data", dir}, console{Out: io.Discard, Err: io.Discard, Env: environment{}})
	if code == 0 {
		t.Error("a command went on")
	}
	fresh := strings.Repeat("5", 64)
	for _, env := range []environment{{"DUTHI_SECRET_KEY": string(key)}, {"DUTHI_SECRET_KEY": fresh, "DUTHI_SECRET_KEY_OLD": string(key)}} {
		env["DUTHI_DATA"] = dir
		newWorld(t, env, nil).stop()
	}
}
