package sqlitestore_test

import (
	"strings"
	"testing"

	"duthi/core/store/sqlitestore"
)

func TestOneProcessServesAFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	release, err := sqlitestore.Occupy(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sqlitestore.Occupy(dir); err == nil || !strings.Contains(err.Error(), "another duthi") {
		t.Fatalf("a second one: %v", err)
	}
	openIn(t, dir) // a command works beside it
	if err := release(); err != nil {
		t.Fatal(err)
	}
	if release, err = sqlitestore.Occupy(dir); err != nil {
		t.Fatal(err)
	}
	if err := release(); err != nil {
		t.Error(err)
	}
}
