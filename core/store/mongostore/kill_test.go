package mongostore

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestServerKilled kills the server with signal 9 while people answer and starts it again on its files: what
// was acknowledged is there. DUTHI_TEST_MONGODB_SERVER is the command that starts a server in the foreground,
// with {port} and {dir} where they belong.
func TestServerKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("-short")
	}
	command := os.Getenv("DUTHI_TEST_MONGODB_SERVER")
	if command == "" {
		t.Skip("DUTHI_TEST_MONGODB_SERVER is not set: no server to kill")
	}
	kills := 3
	if os.Getenv("DUTHI_TEST_LONG") != "" {
		kills = 30
	}
	rounds := 4 * kills
	server := &ownServer{command: command, dir: t.TempDir(), port: freePort(t)}
	server.start(t)
	s, err := Open(t.Context(), fmt.Sprintf("mongodb://127.0.0.1:%d/killed?directConnection=true&heartbeatFrequencyMS=500", server.port))
	must(t, err)
	t.Cleanup(func() { s.Close() })
	l := newLoad(t, s, 8, 5)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	done := make(chan struct{})
	go func() {
		defer close(done)
		l.run(ctx, s, rounds)
	}()
	for range kills {
		for range 5 { // about 100 answers
			select {
			case <-l.every:
			case <-done:
				t.Fatal("all answered before the last kill")
			}
		}
		server.kill(t)
		server.start(t)
	}
	<-done
	l.check(t, s)
	if want := 8 * 5 * rounds; l.acknowledged != want {
		t.Errorf("%d answers acknowledged, want %d", l.acknowledged, want)
	}
	t.Logf("%d answers acknowledged over %d kills, %d tries refused", l.acknowledged, kills, l.refused)
}

// ownServer is a server process of the test's own.
type ownServer struct {
	command, dir string
	port         int
	process      *exec.Cmd
}

func (o *ownServer) start(t *testing.T) {
	t.Helper()
	args := strings.Fields(strings.NewReplacer("{port}", fmt.Sprint(o.port), "{dir}", o.dir).Replace(o.command))
	o.process = exec.Command(args[0], args[1:]...)
	must(t, o.process.Start())
	t.Cleanup(func() { o.process.Process.Kill() })
}

func (o *ownServer) kill(t *testing.T) {
	t.Helper()
	must(t, o.process.Process.Kill())
	o.process.Wait()
}

func freePort(t *testing.T) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
