package rules

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// contestsOf lists the test contests in dir.
func contestsOf(t testing.TB, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(dir + "/*.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(f, ".jsonl"))
	}
	slices.Sort(names)
	return names
}

// lessonsIn reads the contests of a folder, but for some. The sample's bank belongs to its contest: no rule answers a quiz.
func lessonsIn(t testing.TB, dir string, without ...string) []lesson {
	t.Helper()
	var out []lesson
	for _, name := range contestsOf(t, dir) {
		if slices.Contains(without, name) {
			continue
		}
		x := lessonOf(t, name)
		if strings.HasSuffix(name, "/cchc") {
			questions, _, _ := quizQuestions(t)
			for _, q := range questions {
				if !strings.Contains(strings.ToLower(q), "cuộc thi") {
					x.asks, x.right = append(x.asks, embedded().askFeatures(q)), append(x.right, make([]bool, len(x.says)))
				}
			}
		}
		out = append(out, x)
	}
	return out
}

// lessonOf reads a contest with its questions.
func lessonOf(t testing.TB, name string) lesson {
	t.Helper()
	lib := embedded()
	var x lesson
	var ids []string
	for _, a := range contestAt(t, name).Rules {
		title := lib.read(tokenise(a.Title), true)
		for _, c := range a.Clauses {
			ids = append(ids, c.ID)
			x.says = append(x.says, lib.saying(title, lib.read(tokenise(c.Text), true)))
		}
	}
	for _, f := range faqAt(t, name) {
		right := make([]bool, len(ids))
		for i, id := range ids {
			right[i] = slices.Contains(f.Expect, id)
		}
		x.asks = append(x.asks, lib.askFeatures(f.Q))
		x.right = append(x.right, right)
	}
	return x
}

// sayingsIn reads the sample questions and clauses of every topic, and the questions no rule answers.
func sayingsIn(t testing.TB, pattern string) (topics []sayings, outside [][]string) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	lib, byID := embedded(), map[string]*sayings{}
	var order []string
	at := func(id string) *sayings {
		if byID[id] == nil {
			byID[id], order = &sayings{}, append(order, id)
		}
		return byID[id]
	}
	for _, tp := range lib.topics {
		if tp.kind != kindTalk {
			at(tp.id).asks = append(at(tp.id).asks, lib.asked[lib.byID[tp.id]]...)
		}
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var s *sayings
		for line := range dataLines(string(b)) {
			switch mark, rest, _ := strings.Cut(line, " "); mark {
			case "==":
				id, _, _ := strings.Cut(rest, " : ")
				s = at(strings.TrimSpace(id))
			case "?":
				s.asks = append(s.asks, lib.askFeatures(rest))
			case "!":
				s.says = append(s.says, lib.features(lib.read(tokenise(rest), true)))
			}
		}
	}
	for _, id := range order {
		switch s := byID[id]; {
		case strings.HasPrefix(id, "out-"):
			outside = append(outside, s.asks...)
		case len(s.says) > 0:
			topics = append(topics, *s)
		}
	}
	return topics, outside
}
