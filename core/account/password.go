package account

// Hashing is what a password costs. Zero fields stand for the defaults.
type Hashing struct {
	MemoryKiB uint32
	Passes    uint32
	Workers   int // passwords checked at the same time
	Queue     int // passwords waiting
}
