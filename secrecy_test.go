package main

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"duthi/core/exam"
)

// TestNoAnswersBeforeTheRoundEnds reads every page a contestant can open while a round is open, practice
// included, and looks for what only whoever knows the answers could write: explanations and sources of the
// round's questions, marks of right options, or a field beside a question that tells options apart.
func TestNoAnswersBeforeTheRoundEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil, nil)
	ed, err := w.edition(t.Context(), "")
	must(t, err)
	people := w.people(2)
	cookie := w.signIn(0)
	over := w.begin(people[0])
	w.post("/thi/"+over.ID+"/luu", cookie, nil)
	if status, _ := w.post("/thi/"+over.ID+"/nop", cookie, nil); status != http.StatusSeeOther {
		t.Fatalf("handing in: %d", status)
	}
	running := w.begin(people[0])
	secrets := secretsOf(ed)
	read := 0
	for _, route := range w.web.Routes() {
		method, pattern, _ := strings.Cut(route, " ")
		if method != http.MethodGet || strings.HasPrefix(pattern, "/console") || strings.HasPrefix(pattern, "/static") {
			continue
		}
		for _, id := range []string{over.ID, running.ID} {
			for n := range len(running.Paper) {
				if n > 0 && !strings.Contains(pattern, ":cau") {
					break
				}
				path := parameter.ReplaceAllString(strings.NewReplacer(":contest", ed.Contest.ID, ":id", id, ":cau", fmt.Sprint(n+1)).Replace(pattern), "contest")
				read += secretIn(t, w, secrets, path, cookie)
			}
		}
	}
	if len(secrets) < 100 {
		t.Fatalf("only %d secrets to look for", len(secrets))
	}
	for range 5 {
		_, to := w.post("/thi-thu", "", nil)
		read += secretIn(t, w, secrets, to, cookie)
		read += secretIn(t, w, secrets, to+"/ket-qua?c0=0&c1=1", cookie)
	}
	if read < 60 {
		t.Errorf("only %d pages were read", read)
	}
}

// secretsOf gives the explanations and sources of the questions of rounds, with the question each is of. What
// practice shows too (two questions on one law) is none.
func secretsOf(ed *exam.Edition) map[string]string {
	out := map[string]string{}
	for _, q := range ed.Bank {
		out[q.Explanation], out[q.Source] = q.ID, q.ID
	}
	var practice strings.Builder
	for _, q := range ed.Practice {
		practice.WriteString(q.Explanation + "\n" + q.Source + "\n")
	}
	for secret := range out {
		if len(secret) < 25 || strings.Contains(practice.String(), secret) {
			delete(out, secret)
		}
	}
	return out
}

var paperScript = regexp.MustCompile(`(?s)<script type="application/json" id="bai">(.*?)</script>`)

// secretIn reads one page and gives 1 when it is one.
func secretIn(t *testing.T, w *world, secrets map[string]string, path, cookie string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.base+path, nil)
	must(t, err)
	req.Header.Set("Cookie", cookie)
	resp, err := http.DefaultTransport.RoundTrip(req)
	must(t, err)
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	must(t, err)
	if resp.StatusCode != http.StatusOK {
		return 0
	}
	body := html.UnescapeString(string(raw))
	for secret, question := range secrets {
		if strings.Contains(body, secret) {
			t.Errorf("%s gives away question %s: %q", path, question, secret)
		}
	}
	if practice := strings.Contains(path, "thi-thu"); !practice && (strings.Contains(body, "Đáp án đúng") || strings.Contains(body, `class="correct"`) || strings.Contains(body, `"correct"`)) {
		t.Errorf("%s marks right options", path)
	}
	if m := paperScript.FindSubmatch(raw); m != nil {
		onlyKnownFields(t, path, m[1])
	} else if strings.Contains(path, "/cau/") && strings.Contains(body, "bai-lam") {
		t.Errorf("%s: the paper for the script was not found: the test looks past it", path)
	}
	return 1
}

// onlyKnownFields: whatever stands beside a question for the script is one of the fields that say nothing.
func onlyKnownFields(t *testing.T, path string, data []byte) {
	t.Helper()
	var paper struct {
		Items []map[string]json.RawMessage `json:"items"`
	}
	must(t, json.Unmarshal(data, &paper))
	if len(paper.Items) == 0 {
		t.Errorf("%s: no items in the paper", path)
	}
	for _, item := range paper.Items {
		for field := range item {
			if !strings.Contains("t m o c k r", field) {
				t.Errorf("%s: field %q of a question is not known to be harmless", path, field)
			}
		}
		var options []string
		must(t, json.Unmarshal(item["o"], &options))
	}
}
