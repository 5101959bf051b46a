package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// duthi runs a command as a user does and gives what it wrote and its exit status.
func duthi(t *testing.T, env environment, args ...string) (out, messages string, status int) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(t.Context(), args, console{strings.NewReader(""), &o, &e, env})
	return o.String(), e.String(), status
}

// mustRun is duthi for what has to succeed.
func mustRun(t *testing.T, env environment, args ...string) string {
	t.Helper()
	out, messages, status := duthi(t, env, args...)
	if status != exitOK {
		t.Fatalf("duthi %s: status %d\n%s", strings.Join(args, " "), status, messages)
	}
	return out
}

// secondContest writes the export of the sample as a contest of its own.
func secondContest(t *testing.T, env environment, id string) string {
	t.Helper()
	text := strings.Replace(mustRun(t, env, "export", "contest", "--contest", "mau-cchc"), "id: mau-cchc", "id: "+id, 1)
	file := filepath.Join(t.TempDir(), id+".yaml")
	must(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

// TestContestsByCommand goes the whole way of several contests: which one a command means, which one is at "/",
// and taking them away.
func TestContestsByCommand(t *testing.T) {
	t.Parallel()
	env := environment{"DUTHI_DATA": t.TempDir()}
	newWorld(t, env, nil).stop() // the sample
	if out := mustRun(t, env, "import", "contest", secondContest(t, env, "cuoc-hai")); !strings.Contains(out, "Lưu ý, theo thiết lập ở đây: Kênh gửi mã sample") {
		t.Errorf("nothing is said of codes that nothing can carry: %s", out)
	}
	if out := mustRun(t, env, "contest", "list"); !strings.HasPrefix(out, "cuoc-hai\t") || !strings.Contains(out, "\tactive\nmau-cchc\t") || !strings.HasSuffix(out, "\tsample\n") {
		t.Errorf("list: %q", out)
	}
	if out := mustRun(t, env, "export", "contest"); !strings.Contains(out, "id: cuoc-hai") {
		t.Error("the sample stands in the way of the only real contest")
	}
	third := secondContest(t, env, "cuoc-ba")
	mustRun(t, env, "import", "contest", third)
	png := filepath.Join(t.TempDir(), "a.png")
	for _, args := range [][]string{{"export", "units"}, {"import", "units", third}, {"qr", "contest", "--out", png}, {"contest", "remove", "cuoc-ba"}, {"contest"}, {"contest", "activate"}} {
		if _, messages, status := duthi(t, env, args...); status != exitUsage {
			t.Errorf("duthi %s: status %d, %s", strings.Join(args, " "), status, messages)
		}
	}
	mustRun(t, env, "qr", "contest", "--out", png, "--contest", "cuoc-ba")
	mustRun(t, env, "contest", "activate", "mau-cchc")
	if out := mustRun(t, env, "contest", "list"); !strings.HasPrefix(out, "mau-cchc\t") {
		t.Errorf("activated: %q", out)
	}
	mustRun(t, env, "contest", "remove", "cuoc-ba", "--yes")
	mustRun(t, env, "sample", "remove")
	if out := mustRun(t, env, "contest", "list"); strings.Count(out, "\n") != 1 || !strings.HasPrefix(out, "cuoc-hai\t") {
		t.Errorf("removed: %q", out)
	}
	if _, _, status := duthi(t, env, "sample", "remove"); status != exitFailed {
		t.Errorf("a sample that is not there: status %d", status)
	}
	if out := mustRun(t, env, "audit", "verify"); len(strings.Fields(out)) != 2 {
		t.Errorf("audit: %q", out)
	}
}

// TestEveryCommandHelps: --help is no wrong use, and says how the command is used.
func TestEveryCommandHelps(t *testing.T) {
	t.Parallel()
	for _, c := range commands() {
		out, messages, status := duthi(t, environment{}, c.name, "--help")
		if status != exitOK || !strings.Contains(out+messages, "duthi "+c.name) {
			t.Errorf("duthi %s --help: status %d\n%s%s", c.name, status, out, messages)
		}
		if _, messages, status := duthi(t, environment{}, c.name, "--no-such-flag"); status != exitUsage {
			t.Errorf("duthi %s --no-such-flag: status %d\n%s", c.name, status, messages)
		}
	}
}

// TestOrganizerByCommand makes an account, signs in with the printed password and resets it.
func TestOrganizerByCommand(t *testing.T) {
	t.Parallel()
	env := environment{"DUTHI_DATA": t.TempDir()}
	first := strings.TrimSpace(mustRun(t, env, "organizer", "add", "lan", "--role", "editor"))
	second := strings.TrimSpace(mustRun(t, env, "organizer", "reset", "lan", "--role", "viewer"))
	for _, args := range [][]string{{"organizer", "add", "hoa"}, {"organizer", "add", "--role", "owner"}, {"organizer", "drop", "lan"}} {
		if _, _, status := duthi(t, env, args...); status != exitUsage {
			t.Errorf("%v: status %d", args, status)
		}
	}
	for _, args := range [][]string{{"organizer", "add", "lan", "--role", "editor"}, {"organizer", "add", "hoa", "--role", "boss"}, {"organizer", "reset", "hoa"}} {
		if _, _, status := duthi(t, env, args...); status != exitFailed {
			t.Errorf("%v: status %d", args, status)
		}
	}
	besideStore(t, env, func(tb testing.TB, s *services) {
		if _, err := s.account.SignInOrganizer(tb.Context(), "lan", first, "127.0.0.1"); err == nil {
			tb.Error("the password before the reset still works")
		}
		_, err := s.account.SignInOrganizer(tb.Context(), "lan", second, "127.0.0.1")
		must(tb, err)
		o, err := s.store.Organizer(tb.Context(), "lan")
		must(tb, err)
		if o.Role != "viewer" || !o.MustChange {
			tb.Errorf("%+v", o)
		}
	})
}

// TestServerFollowsCommands: what another process imports is on the pages of a running one soon.
func TestServerFollowsCommands(t *testing.T) {
	t.Parallel()
	env := environment{"DUTHI_DATA": t.TempDir()}
	p := serve(t, env)
	file := secondContest(t, env, "cuoc-hai")
	text, err := os.ReadFile(file)
	must(t, err)
	must(t, os.WriteFile(file, bytes.Replace(text, []byte(`short_title: "`), []byte(`short_title: "Mới nhập `), 1), 0o600))
	other := exec.CommandContext(t.Context(), p.cmd.Path, "import", "contest", file)
	other.Env = []string{"DUTHI_DATA=" + env["DUTHI_DATA"]}
	out, err := other.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second) // decided within 2 s; the test's machine may be busy
	defer cancel()
	begun := time.Now()
	for !strings.Contains(pageOf(t, ctx, p.base+"/"), "Mới nhập") {
	}
	t.Logf("seen after %v", time.Since(begun).Round(time.Millisecond))
}

// pageOf gets a page whatever its status.
func pageOf(t *testing.T, ctx context.Context, address string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	must(t, err)
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	must(t, err)
	return string(body)
}

// TestHealthByCommand asks a running program and a port where nothing is.
func TestHealthByCommand(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	_, port, _ := strings.Cut(strings.TrimPrefix(w.base, "http://"), ":")
	if out := mustRun(t, environment{"DUTHI_ADDR": ":" + port}, "health"); out != "ready\n" {
		t.Errorf("health: %q", out)
	}
	w.stop()
	if _, _, status := duthi(t, environment{"DUTHI_ADDR": ":" + port}, "health"); status != exitFailed {
		t.Errorf("nothing runs: status %d", status)
	}
}

// writeFile writes a file of the test's own and gives its path.
func writeFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	must(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}
