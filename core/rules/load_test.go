package rules

import (
	"os"
	"testing"
	"time"

	"duthi/core"

	"github.com/goccy/go-yaml"
)

// loadContest reads a test contest; moments are written as RFC 3339.
func loadContest(t testing.TB, name string) *core.Contest {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	var c core.Contest
	err = yaml.UnmarshalWithOptions(b, &c, yaml.UseJSONUnmarshaler(), yaml.CustomUnmarshaler(func(i *core.Instant, b []byte) error {
		var s string
		if err := yaml.Unmarshal(b, &s); err != nil {
			return err
		}
		at, err := time.Parse(time.RFC3339, s)
		*i = core.At(at)
		if at.Second() == 59 {
			*i = i.Add(time.Second)
		}
		return err
	}))
	if err != nil {
		t.Fatal(err)
	}
	return &c
}

func loadFAQ(t testing.TB, name string) []FAQ {
	t.Helper()
	f, err := os.Open("testdata/" + name + ".jsonl")
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
