package exam

// For the tests on a real store, which can't be in this package: the store imports it.
var (
	FixtureEdition = testEdition
	FirstDay       = firstDay
)

const (
	Day    = day
	Minute = minute
)
