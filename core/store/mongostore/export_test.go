package mongostore

import "testing"

// OpenTest is openTest for the suite, which lies outside this package: it imports core/store, which opens this one.
func OpenTest(t testing.TB) *Store { return openTest(t) }
