package rules

import (
	"bytes"
	"os"
	"testing"
)

// TestModel learns the model anew: with -update it is written, in the long form it must be the one the program embeds.
func TestModel(t *testing.T) {
	if !*update && os.Getenv("DUTHI_TEST_LONG") == "" {
		t.Skip("learning takes ten seconds: DUTHI_TEST_LONG, or -update to write")
	}
	lessons := lessonsIn(t, "testdata")
	topics, outside := sayingsIn(t, "testdata/ways/*.txt")
	var b bytes.Buffer
	if err := learn(lessons, topics, outside).write(&b); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile("library/meaning.bin", b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		t.Logf("%d contests, %d topics, %d bytes", len(lessons), len(topics), b.Len())
		return
	}
	if now, err := os.ReadFile("library/meaning.bin"); err != nil || !bytes.Equal(b.Bytes(), now) {
		t.Error("library/meaning.bin is not what the contests teach: go test -run TestModel -update ./core/rules")
	}
}
