package sqlitestore_test

import (
	"testing"

	"duthi/core/store"
	"duthi/core/store/sqlitestore"
	"duthi/core/store/storetest"
)

// open gives an empty database that is closed at the end of the test.
func open(t *testing.T) store.Store {
	t.Helper()
	s, err := sqlitestore.Open(t.Context(), t.TempDir(), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestSuite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, open)
}

func TestAgainstModel(t *testing.T) {
	t.Parallel()
	storetest.Compare(t, open(t), storetest.NewModel())
}
