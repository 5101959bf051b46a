package main

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestUnknownThings: what is not there is not found, whatever it is asked with.
func TestUnknownThings(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	w.people(1)
	cookie := w.signIn(0)
	for path, want := range map[string]int{
		"/c/khong-co/": 404, "/c/khong-co/the-le": 404, "/c/%00/": 404, "/c/../": 404, "/thi/khong-co": 404, "/thi/" + strings.Repeat("a", 3000): 404,
		"/q/khongco": 404, "/q/" + strings.Repeat("a", 3000): 404, "/static/../config.go": 404, "/thi-thu/x": 404, "/ma-qr/khong-co": 404, "/%ff%fe": 404,
	} {
		if status, _ := w.get(path, cookie); status != want && !(want == 404 && (status == 301 || status == 307 || status == 422)) {
			t.Errorf("%.60s: %d, want %d", path, status, want)
		}
	}
}

// TestHugeRequests are refused before they take memory.
func TestHugeRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	people := w.people(1)
	cookie := w.signIn(0)
	a := w.begin(people[0])
	for _, path := range []string{"/dang-nhap", "/dang-ky", "/thi/" + a.ID + "/nop", "/thi/" + a.ID + "/cau/1", "/console/dang-nhap"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.base+path, io.LimitReader(endless{}, 8<<20))
		must(t, err)
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		req.Header.Set("Cookie", cookie)
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			continue // the server hung up while we were still sending: as good
		}
		resp.Body.Close()
		if resp.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%s with 8 MB: %d", path, resp.StatusCode)
		}
	}
	for _, path := range []string{"/dang-nhap", "/console/dang-nhap", "/dang-ky", "/mat-so", "/thi/" + a.ID + "/nop"} {
		body := "--x\r\nContent-Disposition: form-data; name=\"so_dien_thoai\"\r\n\r\n" + strings.Repeat("1", 70<<10) + "\r\n--x--\r\n"
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.base+path, strings.NewReader(body))
		must(t, err)
		req.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		if status, _ := w.do(req, cookie); status != http.StatusRequestEntityTooLarge {
			t.Errorf("%s with 70 KB in parts: %d", path, status)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.base+"/", nil)
	must(t, err)
	req.Header.Set("Cookie", strings.Repeat("a", 64<<10))
	if status, _ := w.do(req, ""); status != http.StatusRequestHeaderFieldsTooLarge {
		t.Errorf("64 KB of cookies: %d", status)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

// TestSlowClients hold nothing: one that sends its headers a byte at a time is hung up on after the limit (5 s),
// and until then the others are served.
func TestSlowClients(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the limit of five seconds: left out with -short")
	}
	t.Parallel()
	w := newWorld(t, nil, nil)
	begun := time.Now()
	slow := make([]net.Conn, 200)
	for i := range slow {
		c, err := net.Dial("tcp", w.public.Addr().String())
		must(t, err)
		defer c.Close()
		_, err = fmt.Fprint(c, "GET / HTTP/1.1\r\nHost: a\r\nX-A: ")
		must(t, err)
		slow[i] = c
	}
	if status, _ := w.get("/", ""); status != http.StatusOK {
		t.Errorf("others are answered with %d", status)
	}
	for _, c := range slow {
		must(t, c.SetReadDeadline(begun.Add(time.Minute)))
		if _, err := bufio.NewReader(c).ReadString(0); err == nil || strings.Contains(err.Error(), "timeout") {
			t.Fatalf("a slow client is still connected after %s: %v", time.Since(begun), err)
		}
	}
	t.Logf("%d slow clients were hung up on within %s", len(slow), time.Since(begun).Round(100*time.Millisecond))
}
