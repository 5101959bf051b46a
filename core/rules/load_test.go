package rules

import (
	"os"
	"testing"
	"time"

	"duthi/core"
	"duthi/core/contestfile"
)

func loadContest(t testing.TB, name string) *core.Contest {
	t.Helper()
	return contestAt(t, "testdata/"+name)
}

func loadFAQ(t testing.TB, name string) []FAQ {
	t.Helper()
	return faqAt(t, "testdata/"+name)
}

// contestAt reads the contest of a path without its ending.
func contestAt(t testing.TB, path string) *core.Contest {
	t.Helper()
	f, err := os.Open(path + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	c, err := contestfile.ParseContest(f, path)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func faqAt(t testing.TB, path string) []FAQ {
	t.Helper()
	f, err := os.Open(path + ".jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	faqs, err := ReadFAQ(f)
	if err != nil {
		t.Fatal(err)
	}
	return faqs
}

var testNow = time.Date(2023, 11, 11, 9, 0, 0, 0, time.FixedZone("", 7*3600))
