package core

// Count is people and attempts, which are different figures: People are distinct contestants with a valid
// attempt, Attempts are valid attempts.
type Count struct {
	People   int64 `json:"people"`
	Attempts int64 `json:"attempts"`
	Points   int64 `json:"points"` // sum of the points of the attempts
}

// Participation is the counts of valid attempts, in the whole contest or one round. Units are those the
// attempts were started in; a person who moved counts in both, once in Total.
type Participation struct {
	Total   Count            `json:"total"`
	ByBlock map[string]Count `json:"by_block"` // by block id; attempts without a block are left out
	ByTop   map[string]Count `json:"by_top"`   // by level-1 unit code
	ByUnit  map[string]Count `json:"by_unit"`  // by the deepest unit's code
}

// Activity is what goes on right now.
type Activity struct {
	Inside int64   `json:"inside"` // running attempts whose deadline has not come
	Starts []int64 `json:"starts"` // attempts started in each of the last minutes, oldest first
}

// Day is the figures of one day of the contest's zone.
type Day struct {
	Date      string `json:"date"`       // 2023-10-01
	NewPeople int64  `json:"new_people"` // people whose first valid attempt began that day
	Attempts  int64  `json:"attempts"`   // valid attempts begun that day
}

// Snapshot is a computed table kept for some seconds, with the moment it was computed. Data is JSON.
type Snapshot struct {
	ID        string  `json:"id"`
	ContestID string  `json:"contest_id,omitempty"` // goes with its contest
	At        Instant `json:"at"`
	Data      string  `json:"data"`
	Revision  int64   `json:"revision"`
}
