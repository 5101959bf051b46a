package zalosim

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"time"
)

// call makes one call and gives its status, 0 when no answer came in time.
func (s *Sim) call(e *event, retry int) int {
	s.slots <- struct{}{}
	defer func() { <-s.slots }()
	ctx, cancel := context.WithTimeout(context.Background(), s.Limits.AckWithin)
	defer cancel()
	url := or(s.WebhookURL, "http://bot.invalid/zalo/webhook")
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(e.body))
	if err != nil {
		s.Log.Error("zalosim: webhook address", "error", err)
		return 0
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "ZaloWebhook")
	req.Header.Set("X-ZEvent-Signature", e.signature)
	req.Header.Set("X-ZEvent-Server", e.server)
	if retry > 0 {
		req.Header["num_retry"] = []string{strconv.Itoa(retry)}
	}
	began := time.Now()
	status := s.roundTrip(ctx, req)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Deliveries++
	if retry > 0 {
		s.stats.Redeliveries++
	}
	s.note(Entry{Name: e.name, Status: status, Retry: retry, Took: time.Since(began), UserID: e.userID})
	return status
}

// roundTrip gives the status, 0 for none in time. In process the handler gets its own goroutine, so that a slow
// one is left behind as a slow server would be.
func (s *Sim) roundTrip(ctx context.Context, req *http.Request) int {
	if s.WebhookURL != "" {
		resp, err := s.HTTP.Do(req)
		if err != nil {
			return 0
		}
		resp.Body.Close()
		return resp.StatusCode
	}
	answer := make(chan int, 1)
	in := req.Clone(ctx)
	in.RequestURI = req.URL.RequestURI()
	in.RemoteAddr = "127.0.0.1:1"
	//lint:ignore SA1008 Zalo sends the name as it is written here; what follows is how a server reads it
	for _, v := range in.Header["num_retry"] {
		delete(in.Header, "num_retry")
		in.Header.Set("num_retry", v)
	}
	go func() {
		w := &statusOnly{header: http.Header{}}
		s.Webhook.ServeHTTP(w, in)
		answer <- or200(w.status)
	}()
	select {
	case status := <-answer:
		return status
	case <-ctx.Done():
		return 0
	}
}

// statusOnly is the http.ResponseWriter of a webhook in process: Zalo reads nothing but the status.
type statusOnly struct {
	header http.Header
	status int
}

func (w *statusOnly) Header() http.Header { return w.header }

func (w *statusOnly) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *statusOnly) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return len(b), nil
}

func or200(status int) int {
	if status == 0 {
		return http.StatusOK
	}
	return status
}
