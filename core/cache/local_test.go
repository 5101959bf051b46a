package cache

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestLocalKeepsForItsTime(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_700_000_000, 0)
	l := NewLocal[int](1000, 3*time.Second, func() time.Time { return now })
	loads := 0
	load := func() (int, error) { loads++; return loads, nil }
	for range 3 {
		if v, _ := l.Load("a", load); v != 1 {
			t.Fatalf("got %d, want the first value", v)
		}
	}
	now = now.Add(3 * time.Second)
	if v, _ := l.Load("a", load); v != 2 {
		t.Errorf("got %d after the time, want a new one", v)
	}
	if _, err := l.Load("b", func() (int, error) { return 0, errors.New("no") }); err == nil {
		t.Error("the error was lost")
	}
	if _, ok := l.Get("b"); ok {
		t.Error("an error was kept")
	}
}

// A revocation that arrives while the old value is being loaded must win.
func TestLocalDoesNotKeepWhatWasDeletedMeanwhile(t *testing.T) {
	t.Parallel()
	l := NewLocal[int](1000, time.Hour, nil)
	for name, drop := range map[string]func(){
		"Delete":     func() { l.Delete("a") },
		"DeleteFunc": func() { l.DeleteFunc(func(string, int) bool { return false }) },
		"Clear":      l.Clear,
	} {
		l.Load("a", func() (int, error) { drop(); return 1, nil })
		if _, ok := l.Get("a"); ok {
			t.Errorf("%s during the load: the value was kept", name)
		}
	}
}

func TestLocalIsBounded(t *testing.T) {
	t.Parallel()
	l := NewLocal[int](640, time.Hour, nil)
	for i := range 10_000 {
		l.Load(fmt.Sprint(i), func() (int, error) { return i, nil })
	}
	if n := l.Len(); n > 640 || n < 300 {
		t.Errorf("holds %d values, want at most 640 and not far fewer", n)
	}
}

func TestLocalLimitsAreBounded(t *testing.T) {
	t.Parallel()
	l := newLocalLimits(nil)
	for i := range localLimitSize + 10 {
		l.allow(fmt.Sprint(i), 1, time.Hour, 1)
	}
	if len(l.state) > localLimitSize {
		t.Errorf("holds %d keys", len(l.state))
	}
}

func BenchmarkLocalGet(b *testing.B) {
	l := NewLocal[int](65536, time.Hour, nil)
	keys := make([]string, 20_000)
	for i := range keys {
		keys[i] = fmt.Sprintf("%064d", i)
		l.Load(keys[i], func() (int, error) { return i, nil })
	}
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			l.Get(keys[i%len(keys)])
		}
	})
}
