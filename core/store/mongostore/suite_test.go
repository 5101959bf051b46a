package mongostore

import (
	"testing"

	"duthi/core/store"
	"duthi/core/store/storetest"
)

func TestSuite(t *testing.T) {
	t.Parallel()
	testURI(t)
	storetest.Run(t, func(t *testing.T) store.Store { return openTest(t) })
}
