package mongostore_test

import (
	"flag"
	"testing"

	"duthi/core/store"
	"duthi/core/store/mongostore"
	"duthi/core/store/sqlitestore"
	"duthi/core/store/storetest"
)

func TestSuite(t *testing.T) {
	t.Parallel()
	mongostore.OpenTest(t) // skips the whole suite at once when there is no server
	storetest.Run(t, func(t *testing.T) store.Store { return mongostore.OpenTest(t) })
}

// TestSameAsSQLite runs random sequences of operations on both databases; SQLite's own tests compare it with
// the model. Every operation is a way to the server, so there are ten sequences unless -rapid.checks says more.
func TestSameAsSQLite(t *testing.T) {
	given := false
	flag.Visit(func(f *flag.Flag) { given = given || f.Name == "rapid.checks" })
	if !given {
		if err := flag.Set("rapid.checks", "10"); err != nil {
			t.Fatal(err)
		}
	}
	s := mongostore.OpenTest(t)
	embedded, err := sqlitestore.Open(t.Context(), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { embedded.Close() })
	storetest.Compare(t, s, embedded)
}
