package mongostore

import (
	"bytes"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
)

// TestLostReplies: the server does a write and the connection breaks before the answer arrives. The driver
// repeats the command under its first number and the server tells that it was done: one effect, no error. Here
// commands carry no time limit, and so are repeated once: a test server takes a repeat for another command when
// the time left, which is in it, differs.
func TestLostReplies(t *testing.T) {
	t.Parallel()
	uri := testURI(t)
	scheme, rest, _ := strings.Cut(uri, "://")
	host, path, _ := strings.Cut(rest, "/")
	if scheme != "mongodb" || strings.ContainsAny(host, ",@") {
		t.Skip("the way through a proxy needs one host without a password in DUTHI_TEST_MONGODB_URI")
	}
	p := listenProxy(t, host)
	uri = scheme + "://" + p.listener.Addr().String() + "/" + path
	if !strings.Contains(uri, "directConnection=") {
		uri = withOption(uri, "directConnection=true")
	}
	s, err := Open(t.Context(), withOption(uri, "heartbeatFrequencyMS=500", "timeoutMS=0"))
	must(t, err)
	t.Cleanup(func() { dropAndClose(t, s) })
	prepare(t, s)
	for _, w := range writes {
		p.lose(w.command, 1)
		must(t, w.do(t.Context(), s))
		if left := p.left.Load(); left > 0 {
			t.Errorf("%s: %d replies were not lost", w.name, left)
		}
		if n, err := w.done(t.Context(), s); err != nil || n != 1 {
			t.Errorf("%s took effect %d times (%v), want once", w.name, n, err)
		}
	}
}

// proxy passes connections on to a server and breaks those whose reply it is told to lose.
type proxy struct {
	listener net.Listener
	command  atomic.Value // string
	left     atomic.Int32 // replies still to lose
}

func listenProxy(t *testing.T, server string) *proxy {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	p := &proxy{listener: l}
	p.command.Store("no command")
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			go p.pass(client, server)
		}
	}()
	return p
}

// lose makes the proxy lose the replies of the next n commands of that name.
func (p *proxy) lose(command string, n int32) {
	p.command.Store("\x02" + command + "\x00") // the first element of a command: a string under its name
	p.left.Store(n)
}

func (p *proxy) pass(client net.Conn, addr string) {
	server, err := net.Dial("tcp", addr)
	if err != nil {
		client.Close()
		return
	}
	var losing atomic.Bool
	go func() { // replies
		defer client.Close()
		buf := make([]byte, 64<<10)
		for {
			n, err := server.Read(buf)
			if err != nil || losing.Load() {
				return
			}
			if _, err := client.Write(buf[:n]); err != nil {
				return
			}
		}
	}()
	defer server.Close()
	buf := make([]byte, 64<<10)
	for {
		n, err := client.Read(buf)
		if err != nil {
			return
		}
		if bytes.Contains(buf[:n], []byte(p.command.Load().(string))) && p.left.Add(-1) >= 0 {
			losing.Store(true)
		}
		if _, err := io.Copy(server, bytes.NewReader(buf[:n])); err != nil {
			return
		}
	}
}
