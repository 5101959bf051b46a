package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duthi/core/store"
)

func TestOpenWithoutAddressIsEmbedded(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "made")
	s, err := store.Open(t.Context(), store.Options{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	info, err := os.Stat(filepath.Join(dir, "duthi.db"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
}

func TestWhatCannotBeOpenedIsNil(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, o := range []store.Options{{DataDir: file}, {MongoURI: "mongodb://user:secret@127.0.0.1:1/db?serverSelectionTimeoutMS=50"}} {
		s, err := store.Open(t.Context(), o)
		if err == nil || s != nil {
			t.Errorf("%+v: %v, %v", o, s, err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("the password is in the message: %v", err)
		}
	}
}
