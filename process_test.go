package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// built is the program as a user would build it, made once for all tests that kill, measure or open it.
var built = sync.OnceValues(func() (string, error) {
	path := filepath.Join(testFolder, "duthi")
	out, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// testFolder holds what all tests of the package share; TestMain removes it.
var testFolder string

func TestMain(m *testing.M) {
	var err error
	if testFolder, err = os.MkdirTemp("", "duthi-test-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(testFolder)
	os.Exit(code)
}

// process is the built program, serving on a port of its own.
type process struct {
	cmd   *exec.Cmd
	base  string
	ops   string // address of the ops listener
	ready time.Duration
	said  *words
}

// words keeps what a process writes, for the report of a failure.
type words struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (w *words) add(line string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.b.Len() < 1<<20 {
		w.b.WriteString(line + "\n")
	}
}

func (w *words) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

// serve starts the built program and waits until it says that it is ready. It is killed with the test.
func serve(tb testing.TB, env environment) *process {
	tb.Helper()
	path, err := built()
	must(tb, err)
	p := &process{cmd: exec.Command(path, "serve"), said: &words{}}
	p.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.TempDir(), "DUTHI_ADDR=127.0.0.1:0", "DUTHI_OPS_ADDR=127.0.0.1:0"}
	for k, v := range env {
		p.cmd.Env = append(p.cmd.Env, k+"="+v)
	}
	out, in, err := os.Pipe()
	must(tb, err)
	p.cmd.Stderr = in
	begun := time.Now()
	must(tb, p.cmd.Start())
	in.Close()
	tb.Cleanup(p.kill)
	greeted := make(chan bool, 1)
	go p.listen(out, greeted)
	if !<-greeted {
		_ = p.cmd.Wait()
		tb.Fatalf("duthi did not start:\n%s", p.said)
	}
	p.ready = time.Since(begun)
	return p
}

// listen reads what the process says until it ends; greeted gets true when it serves.
func (p *process) listen(out io.ReadCloser, greeted chan<- bool) {
	defer out.Close()
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		p.said.add(line)
		if _, url, ok := strings.Cut(line, "Cuộc thi:"); ok {
			p.base = strings.TrimSpace(url)
		}
		if _, url, ok := strings.Cut(line, "Số liệu vận hành:"); ok {
			p.ops = strings.TrimSuffix(strings.TrimSpace(url), "/metrics")
		}
		if strings.Contains(line, "Dừng: Ctrl+C") {
			greeted <- true
		}
	}
	close(greeted)
}

// kill ends the process as a power cut would; a second time does nothing.
func (p *process) kill() {
	if p.cmd.ProcessState != nil {
		return
	}
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// memory gives the bytes of memory the process holds (resident), 0 where that can't be known.
func (p *process) memory(tb testing.TB) int64 {
	tb.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if kb, ok := strings.CutPrefix(line, "VmRSS:"); ok {
			var n int64
			_, _ = fmt.Sscan(kb, &n)
			return n << 10
		}
	}
	return 0
}
