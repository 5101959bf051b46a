package account

import (
	"context"
	"strings"
	"testing"
	"time"

	"duthi/core"
)

func TestPasswordRules(t *testing.T) {
	t.Parallel()
	about := []string{"+84912345678", "Nguyễn Văn Bình", "31/12/1985", "049085001234"}
	for password, ok := range map[string]bool{
		"trời hôm nay trong xanh": true, "xanhxanhla": true, "Nguyễn Văn Bình yêu Hội An": true, "0912345679x": true,
		"ngắn": false, "1234567": false, "12345678": false, "87654321": false, "aaaaaaaa": false, "abcdefgh": false,
		"Mật khẩu@123": false, "QUANGNAM2023": false, "0912345678": false, "+84 912 345 678": false, "84912345678": false,
		"912345678": false, "nguyenvanbinh": false, "Nguyễn Văn Bình": false, "31121985": false, "31-12-1985": false,
		"049085001234": false, "        ": false, strings.Repeat("ă", 201): false, "bad\xffutf8 text": false,
	} {
		if msg := checkPassword(password, about...); (msg == "") != ok {
			t.Errorf("%q: %q, want it to be fine: %v", password, msg, ok)
		}
	}
}

func TestCommonPasswordsAreWorthListing(t *testing.T) {
	t.Parallel()
	if len(commonPasswords) < 100 {
		t.Errorf("%d common passwords", len(commonPasswords))
	}
	for p := range commonPasswords {
		if len(p) < 7 { // what is shorter is refused anyway
			t.Errorf("%q can't be chosen anyway", p)
		}
	}
}

func TestHashes(t *testing.T) {
	t.Parallel()
	h := newHasher(Hashing{MemoryKiB: 64, Passes: 1, Workers: 1, Queue: 1})
	defer h.close()
	a, err := h.hash(t.Context(), "mật khẩu")
	if err != nil {
		t.Fatal(err)
	}
	b, _ := h.hash(t.Context(), "mật khẩu")
	if a == b || !strings.HasPrefix(a, "$argon2id$v=19$m=64,t=1,p=1$") {
		t.Errorf("hashes %s, %s", a, b)
	}
	if ok, _ := h.verify(t.Context(), "", "không ai có mật khẩu này"); ok {
		t.Error("nobody's password is known")
	}
	for phc, want := range map[string]bool{a: true, b: true, "": false, h.dummy: false, a[:len(a)-2]: false, strings.Replace(a, "t=1", "t=2", 1): false,
		strings.Replace(a, "m=64", "m=4000000", 1): false} {
		if ok, err := h.verify(t.Context(), phc, "mật khẩu"); ok != want || err != nil {
			t.Errorf("%s: %v, %v; want %v", phc, ok, err, want)
		}
	}
}

func TestQueueIsBounded(t *testing.T) {
	t.Parallel()
	h := newHasher(Hashing{MemoryKiB: 64, Passes: 1, Workers: 1, Queue: 1})
	begun, hold := make(chan struct{}), make(chan struct{})
	go h.do(t.Context(), func() { close(begun); <-hold })
	<-begun
	h.queue <- &hashJob{ctx: t.Context(), work: func() {}, ended: make(chan struct{})}
	err := h.do(t.Context(), func() { t.Error("run though the queue was full") })
	if !core.Is(err, core.Unavailable) || err.(*core.Error).RetryAfter == 0 {
		t.Errorf("full queue: %v", err)
	}
	close(hold)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for { // the queue empties by itself
		if err = h.do(ctx, func() { t.Error("work of somebody who left") }); core.Is(err, core.Unavailable) {
			break
		}
	}
	h.close()
	if err := h.do(t.Context(), func() {}); !core.Is(err, core.Unavailable) {
		t.Errorf("after the end: %v", err)
	}
}

// TestQueueIsBoundedByTime: on a slow machine fewer wait, since whoever waits longer than a request may take is
// worked for in vain, and those who are sent away are asked to come back the later the more of them there are.
func TestQueueIsBoundedByTime(t *testing.T) {
	t.Parallel()
	h := newHasher(Hashing{MemoryKiB: 64, Passes: 1, Workers: 1, Queue: 100})
	defer h.close()
	hold := make(chan struct{})
	defer close(hold)
	begun := make(chan struct{})
	go h.do(t.Context(), func() { close(begun); <-hold })
	<-begun
	h.took.Store(int64(time.Second))
	for range 4 {
		h.queue <- &hashJob{ctx: t.Context(), work: func() {}, ended: make(chan struct{})}
	}
	latestWait := 0
	for range 200 {
		err := h.do(t.Context(), func() { t.Error("run though the queue was too long") })
		if !core.Is(err, core.Unavailable) {
			t.Fatalf("a queue of four seconds: %v", err)
		}
		latestWait = max(latestWait, err.(*core.Error).RetryAfter)
	}
	if latestWait < 15 || latestWait > latest {
		t.Errorf("200 people are asked to come back within %d seconds", latestWait)
	}
	short, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	if h.inTime(short) || !h.inTime(t.Context()) {
		t.Error("work of a second is begun for somebody who has half of one left")
	}
}

func FuzzParsePHC(f *testing.F) {
	f.Add("$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("$argon2id$v=19$m=-1,t=0,p=300$$")
	f.Fuzz(func(t *testing.T, s string) {
		p, err := parsePHC(s)
		if err == nil && (p.memory > 256*1024 || p.passes < 1 || p.passes > 10 || p.threads < 1 || len(p.key) < 16) {
			t.Errorf("%q gives %+v", s, p)
		}
	})
}

func BenchmarkHash(b *testing.B) {
	h := newHasher(Hashing{})
	defer h.close()
	for b.Loop() {
		if _, err := h.hash(b.Context(), "trời hôm nay trong xanh"); err != nil {
			b.Fatal(err)
		}
	}
}
