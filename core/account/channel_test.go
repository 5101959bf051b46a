package account_test

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/store/sqlitestore"
)

var nasty = account.Message{ContestID: contestID, Phone: "+84912345678", Code: "123456", Text: "Mã \"123456\" & <b>{{phone}}\n' là của Đức"}

func TestGatewayEscapesForItsContentType(t *testing.T) {
	t.Parallel()
	got := make(chan *http.Request, 1)
	bodies := make(chan string, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		got <- r
		bodies <- string(b)
		io.WriteString(w, `{"status":"OK"}`)
	}))
	defer srv.Close()
	for kind, c := range map[string]struct {
		body string
		read func(t *testing.T, body string) (phone, text string)
	}{
		"application/json": {`{"to":"{{phone84}}","text":"{{text}}"}`, func(t *testing.T, body string) (string, string) {
			var v struct{ To, Text string }
			if err := json.Unmarshal([]byte(body), &v); err != nil {
				t.Errorf("%s: %v", body, err)
			}
			return v.To, v.Text
		}},
		"application/x-www-form-urlencoded": {"to={{phone84}}&text={{text}}", func(t *testing.T, body string) (string, string) {
			v, err := url.ParseQuery(body)
			if err != nil || len(v) != 2 {
				t.Errorf("%s: %v", body, err)
			}
			return v.Get("to"), v.Get("text")
		}},
		"text/xml; charset=utf-8": {"<m><to>{{phone84}}</to><text>{{text}}</text></m>", func(t *testing.T, body string) (string, string) {
			var v struct {
				To   string `xml:"to"`
				Text string `xml:"text"`
			}
			if err := xml.Unmarshal([]byte(body), &v); err != nil {
				t.Errorf("%s: %v", body, err)
			}
			return v.To, v.Text
		}},
	} {
		ch, err := account.NewHTTPChannel(account.Gateway{URL: srv.URL + "/send?p={{phone}}", Body: c.body, Success: `"OK"`,
			Headers: map[string]string{"Content-Type": kind, "Authorization": "Bearer t"}})
		if err != nil {
			t.Fatal(err)
		}
		if err := ch.Send(t.Context(), nasty); err != nil {
			t.Fatal(err)
		}
		r := <-got
		phone, text := c.read(t, <-bodies)
		if phone != "84912345678" || text != nasty.Text || r.URL.Query().Get("p") != nasty.Phone || r.Header.Get("Authorization") != "Bearer t" {
			t.Errorf("%s: phone %q, text %q, query %s", kind, phone, text, r.URL.RawQuery)
		}
	}
}

func TestGatewayFailures(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Error("the code was carried to another host")
	}))
	defer elsewhere.Close()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/500":
			w.WriteHeader(500)
		case "/away":
			http.Redirect(w, r, elsewhere.URL+"/?"+r.URL.RawQuery, http.StatusTemporaryRedirect)
		case "/no":
			io.WriteString(w, "ERROR 123")
		case "/hang":
			panic(http.ErrAbortHandler)
		}
	}))
	defer srv.Close()
	for _, path := range []string{"/500", "/away", "/no", "/hang"} {
		ch, err := account.NewHTTPChannel(account.Gateway{Method: "GET", URL: srv.URL + path + "?p={{phone}}&c={{code}}", Success: "OK"})
		if err != nil {
			t.Fatal(err)
		}
		err = ch.Send(t.Context(), nasty)
		wantCode(t, err, core.Unavailable)
		if strings.Contains(err.Error(), "912345678") || strings.Contains(err.Error(), "123456") {
			t.Errorf("%s: the error names phone or code: %v", path, err)
		}
	}
}

func TestGatewayIsCheckedAtTheStart(t *testing.T) {
	t.Parallel()
	json := map[string]string{"Content-Type": "application/json"}
	for why, g := range map[string]account.Gateway{
		"plain http":          {URL: "http://sms.example.vn/?p={{phone}}&c={{code}}"},
		"no code":             {URL: "https://sms.example.vn/?p={{phone}}"},
		"no phone":            {URL: "https://sms.example.vn/?c={{code}}"},
		"host from a value":   {URL: "https://{{code}}.example.vn/?p={{phone}}"},
		"bare JSON place":     {URL: "https://sms.example.vn/", Headers: json, Body: `{"p":{{phone}},"t":{{text}}}`},
		"no content type":     {URL: "https://sms.example.vn/", Body: `{"p":"{{phone}}","t":"{{text}}"}`},
		"place in a header":   {URL: "https://sms.example.vn/?p={{phone}}&c={{code}}", Headers: map[string]string{"X": "{{code}}"}},
		"method":              {Method: "DELETE", URL: "https://sms.example.vn/?p={{phone}}&c={{code}}"},
		"password in the URL": {URL: "https://u:p@sms.example.vn/?p={{phone}}&c={{code}}"},
	} {
		if _, err := account.NewHTTPChannel(g); !core.Is(err, core.Invalid) {
			t.Errorf("%s: %v", why, err)
		}
	}
}

func TestSampleInbox(t *testing.T) {
	t.Parallel()
	var logs lockedBuffer
	store, err := sqlitestore.Open(t.Context(), t.TempDir(), slog.New(slog.NewTextHandler(&logs, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	now := time.Date(2023, 11, 5, 8, 0, 0, 0, time.UTC)
	isSample := func(id string) bool { return id == contestID }
	ch := account.NewSampleChannel(store, func() time.Time { return now }, isSample)
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			if err := ch.Send(t.Context(), nasty); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	now = now.Add(10 * time.Minute)
	last := nasty
	last.Code = "654321"
	if err := ch.Send(t.Context(), last); err != nil {
		t.Fatal(err)
	}
	box, err := account.NewSampleChannel(store, func() time.Time { return now }, isSample).Inbox(t.Context(), contestID)
	if err != nil || len(box) != 11 || box[0].Code != "654321" || box[0].Phone != "091 ••• •678" {
		t.Errorf("%d messages, first %+v, %v", len(box), box[0], err)
	}
	realOne := nasty
	realOne.ContestID = "that"
	wantCode(t, ch.Send(t.Context(), realOne), core.Unavailable)
	now = now.Add(6 * time.Minute)
	if box, _ = ch.Inbox(t.Context(), contestID); len(box) != 1 {
		t.Errorf("%d messages after the first ones' time, want 1", len(box))
	}
	now = now.Add(time.Hour)
	if box, _ = ch.Inbox(t.Context(), contestID); len(box) != 0 {
		t.Error("old messages stay")
	}
	if err := ch.Send(t.Context(), last); err != nil {
		t.Errorf("after the inbox was over: %v", err)
	}
	if strings.Contains(logs.b.String(), "123456") {
		t.Error("a code is in the log")
	}
}

func TestCheckChannel(t *testing.T) {
	t.Parallel()
	sample := account.NewSampleChannel(nil, nil, nil)
	otp, none := sampleContest(), sampleContest()
	none.Registration.OTP = false
	for name, c := range map[string]struct {
		contest *core.Contest
		sample  bool
		ch      account.Channel
		ok      bool
	}{
		"no codes, no channel":          {none, false, nil, true},
		"codes, no channel":             {otp, false, nil, false},
		"sample channel, real contest":  {otp, false, sample, false},
		"sample channel in sample mode": {otp, true, sample, true},
		"no channel in sample mode":     {otp, true, nil, false},
		"gateway":                       {otp, false, &phoneBox{}, true},
	} {
		err := account.CheckChannel(c.contest, c.sample, c.ch)
		if (err == nil) != c.ok || err != nil && !core.Is(err, core.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzGatewayJSON(f *testing.F) {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		if !json.Valid(b) {
			w.WriteHeader(400)
		}
	}))
	f.Cleanup(srv.Close)
	ch, err := account.NewHTTPChannel(account.Gateway{URL: srv.URL, Body: `{"to":"{{phone}}","text":"{{text}}","a":"{{text_ascii}}"}`,
		Headers: map[string]string{"Content-Type": "application/json"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(`","to":"x`)
	f.Add("\xff\\{{code}}")
	f.Fuzz(func(t *testing.T, text string) {
		if err := ch.Send(t.Context(), account.Message{Phone: "+84912345678", Code: "123456", Text: text}); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	})
}
