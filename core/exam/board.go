package exam

import (
	"context"

	"duthi/core"
)

// BoardEntry is a person on the live board.
type BoardEntry struct {
	Name         string `json:"name"`          // masked: "Nguyễn T. A."
	Unit         string `json:"unit"`          // level-1 unit
	ContestantID string `json:"contestant_id"` // to mark one's own line; never shown
}

// Band is a group of places; inside it names are in alphabetical order, not by rank.
type Band struct {
	From    int          `json:"from"` // 1
	To      int          `json:"to"`   // 10
	Entries []BoardEntry `json:"entries"`
}

// Board is the live board of a round: no scores, no exact ranks, no count of full marks (decision 18). It stays
// so after the round's end until results are published.
type Board struct {
	ContestID string       `json:"contest_id"`
	RoundID   string       `json:"round_id"`
	At        core.Instant `json:"at"`
	People    int64        `json:"people"`
	Attempts  int64        `json:"attempts"`
	Bands     []Band       `json:"bands"`
}

// Board gives the live board of a round, at most 30 seconds old (see Participation). NotFound when there is no
// such round.
func (s *Service) Board(ctx context.Context, ed *Edition, roundID string, now core.Instant) (*Board, error) {
	return nil, errUnbuilt
}

// MaskName keeps the first word of a name and the initials of the others: "Nguyễn T. A.".
func MaskName(full string) string { return "" }
