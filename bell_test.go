package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/argon2"
)

// bellPeople is how many come when a round opens.
const bellPeople = 1000

// BenchmarkBell opens a round: 1,000 contestants sign in, with passwords that cost what they cost, start and get
// their first question. Who is asked to come back waits as long as the answer says, as the page does by itself;
// nobody may be refused for good. The figures are from a person's arrival to their first question.
//
//	go test -run '^$' -bench Bell -benchtime 1x .
func BenchmarkBell(b *testing.B) {
	for _, c := range []struct {
		name    string
		within  time.Duration
		address func(i int) string
	}{
		{"within=60s", 60 * time.Second, func(i int) string { return fmt.Sprintf("10.0.%d.%d", i/250, i%250) }},
		{"within=10s", 10 * time.Second, func(i int) string { return fmt.Sprintf("10.0.%d.%d", i/250, i%250) }},
		{"within=60s,one-address", 60 * time.Second, func(int) string { return "10.0.0.1" }},
	} {
		b.Run(c.name, func(b *testing.B) { ring(b, c.within, c.address) })
	}
}

func ring(b *testing.B, within time.Duration, address func(int) string) {
	w := newWorld(b, environment{"DUTHI_TRUSTED_PROXIES": "127.0.0.1"}, nil)
	phc := dearHash(testPassword)
	ed, err := w.edition(context.Background(), "")
	must(b, err)
	for i := range bellPeople {
		p := newPerson(w, ed.Contest.ID, i+1)
		p.PasswordHash = phc
		must(b, w.store.InsertContestant(context.Background(), p))
	}
	rng := rand.New(rand.NewPCG(1, 2))
	arrivals := make([]time.Duration, bellPeople)
	for i := range arrivals {
		arrivals[i] = time.Duration(rng.Int64N(int64(within)))
	}
	transport := &http.Transport{MaxIdleConnsPerHost: bellPeople, IdleConnTimeout: 20 * time.Second} // below the server's: a POST on a connection that is just being closed is not sent again
	defer transport.CloseIdleConnections()
	took := make([]time.Duration, bellPeople)
	var retries, lost atomic.Int64
	var wg sync.WaitGroup
	b.ResetTimer()
	begun := time.Now()
	for i := range bellPeople {
		wg.Go(func() {
			<-time.After(arrivals[i])
			v := &visitorAtBell{base: w.base, address: address(i), client: transport, retries: &retries}
			at := time.Now()
			if err := v.getIn(phoneOf(i + 1)); err != nil {
				lost.Add(1)
				b.Errorf("contestant %d never got in: %v", i, err)
			}
			took[i] = time.Since(at)
		})
	}
	wg.Wait()
	b.StopTimer()
	all := time.Since(begun)
	slices.Sort(took)
	for _, p := range []int{50, 99, 100} {
		b.ReportMetric(took[min(len(took)-1, len(took)*p/100)].Seconds(), fmt.Sprintf("p%d-s", p))
	}
	b.ReportMetric(all.Seconds(), "last-s")
	b.ReportMetric(float64(retries.Load()), "retries")
	b.ReportMetric(float64(lost.Load()), "refused")
	b.ReportMetric(0, "ns/op")
}

// dearHash is cheapHash at the price of the real program.
func dearHash(password string) string {
	salt := []byte("0123456789abcdef")
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=2,p=1$%s$%s", argon2.Version, 19*1024, b64.EncodeToString(salt), b64.EncodeToString(argon2.IDKey([]byte(password), salt, 2, 19*1024, 1, 32)))
}

// visitorAtBell is one person's browser.
type visitorAtBell struct {
	base, address, cookie string
	client                *http.Transport
	retries               *atomic.Int64
}

// getIn goes from the sign-in page to the first question.
func (v *visitorAtBell) getIn(phone string) error {
	if _, _, err := v.ask(http.MethodGet, "/dang-nhap?ve=/thi", nil, http.StatusOK); err != nil {
		return err
	}
	form := url.Values{"so_dien_thoai": {phone}, "mat_khau": {testPassword}, "ve": {"/thi"}}
	if _, _, err := v.ask(http.MethodPost, "/dang-nhap", form, http.StatusSeeOther); err != nil {
		return err
	}
	if _, _, err := v.ask(http.MethodGet, "/thi", nil, http.StatusOK); err != nil {
		return err
	}
	to, _, err := v.ask(http.MethodPost, "/thi", url.Values{}, http.StatusSeeOther)
	if err != nil {
		return err
	}
	if to, _, err = v.ask(http.MethodGet, to, nil, http.StatusSeeOther); err != nil {
		return err
	}
	_, body, err := v.ask(http.MethodGet, to, nil, http.StatusOK)
	if err == nil && !strings.Contains(body, "Câu 1 / 20") {
		err = fmt.Errorf("%s is not the first question", to)
	}
	return err
}

// ask sends one request; asked to come back, it does.
func (v *visitorAtBell) ask(method, path string, form url.Values, want int) (to, body string, err error) {
	for {
		req, err := http.NewRequest(method, v.base+path, strings.NewReader(form.Encode()))
		if err != nil {
			return "", "", err
		}
		req.Header.Set("X-Forwarded-For", v.address)
		req.Header.Set("Cookie", v.cookie)
		if method == http.MethodPost {
			req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			req.Header.Set("Sec-Fetch-Site", "same-origin")
		}
		resp, err := v.client.RoundTrip(req)
		if err != nil {
			return "", "", err
		}
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			return "", "", err
		}
		for _, c := range resp.Cookies() {
			v.cookie = c.Name + "=" + c.Value
		}
		busy := resp.StatusCode == http.StatusServiceUnavailable || resp.StatusCode == http.StatusTooManyRequests
		wait, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		if !busy || wait <= 0 {
			if resp.StatusCode != want {
				return "", "", fmt.Errorf("%s %s: %d, want %d: %.300s", method, path, resp.StatusCode, want, text)
			}
			return resp.Header.Get("Location"), string(text), nil
		}
		v.retries.Add(1)
		<-time.After(time.Duration(wait) * time.Second)
	}
}
