package mongostore_test

import (
	"testing"

	"duthi/core/store"
	"duthi/core/store/mongostore"
	"duthi/core/store/storetest"
)

func TestSuite(t *testing.T) {
	t.Parallel()
	mongostore.OpenTest(t) // skips the whole suite at once when there is no server
	storetest.Run(t, func(t *testing.T) store.Store { return mongostore.OpenTest(t) })
}

func TestAgainstModel(t *testing.T) {
	t.Parallel()
	storetest.Compare(t, mongostore.OpenTest(t), storetest.NewModel())
}
