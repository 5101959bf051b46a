package webapp

import (
	"compress/gzip"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// Budgets of a first visit to the quiz page, in bytes as sent.
const (
	quizBudget   = 100_000
	scriptBudget = 15_000
)

var linked = regexp.MustCompile(`(?:href|src)="(/static/[^"]+\.(?:css|js|woff2|svg))"`)
var linkedByCSS = regexp.MustCompile(`url\(([a-z0-9.-]+\.woff2)\)`)

// TestQuizPageIsLight asks for everything the quiz page makes a browser load the first time, fonts included,
// over HTTP with compression.
func TestQuizPageIsLight(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := w.browser()
	b.register(30)
	id := b.start()
	seen, total, scripts := map[string]bool{}, 0, 0
	fetch := func(path string) string {
		if seen[path] {
			return ""
		}
		seen[path] = true
		n, body := w.weigh(t, b, path)
		t.Logf("%7d %s", n, path)
		total += n
		if strings.HasSuffix(path, ".js") {
			scripts += n
		}
		return body
	}
	page := fetch("/thi/" + id + "/cau/1")
	for _, m := range linked.FindAllStringSubmatch(page, -1) {
		css := fetch(m[1])
		for _, f := range linkedByCSS.FindAllStringSubmatch(css, -1) {
			fetch(staticPrefix + f[1])
		}
	}
	t.Logf("%7d bytes in %d requests, script %d", total, len(seen), scripts)
	if len(seen) < 8 {
		t.Errorf("only %d files were found: the test looks past something", len(seen))
	}
	if total > quizBudget || scripts > scriptBudget {
		t.Errorf("%d bytes (budget %d), script %d (budget %d)", total, quizBudget, scripts, scriptBudget)
	}
	if strings.Contains(page, "http://") && !strings.Contains(page, "http://www.w3.org") {
		t.Error("the page names another host")
	}
}

// weigh gives the bytes of an answer's body as sent, and the body as read.
func (w *world) weigh(t *testing.T, b *browser, path string) (int, string) {
	t.Helper()
	req, err := http.NewRequest("GET", w.server.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "gzip") // set by hand: the client does not unpack then
	res, err := b.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if res.StatusCode != 200 {
		t.Fatalf("%s: status %d", path, res.StatusCode)
	}
	counted := &countingReader{r: res.Body}
	var body io.Reader = counted
	if res.Header.Get("Content-Encoding") == "gzip" {
		if body, err = gzip.NewReader(counted); err != nil {
			t.Fatal(err)
		}
	}
	text, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	return counted.n, string(text)
}

type countingReader struct {
	r io.Reader
	n int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}
