package exam

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

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
	To      int          `json:"to"`   // 10, also when fewer people are in it
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
	Bands     []Band       `json:"bands"` // best first; empty ones are left out
}

// bandEnds are the last places of the bands. Their sizes are fixed: bands cut where scores differ would tell how
// many have full marks.
var bandEnds = [...]int{10, 50, 100}

// Board gives the live board of a round, at most 30 seconds old (see Participation). NotFound when there is no
// such round.
func (s *Service) Board(ctx context.Context, ed *Edition, roundID string, now core.Instant) (*Board, error) {
	if _, err := ed.round(roundID); err != nil {
		return nil, err
	}
	return live(ctx, s, tableID{"board", ed.Contest.ID, roundID}, now, func(ctx context.Context) (*Board, error) {
		p, err := s.Participation(ctx, ed, roundID, now)
		if err != nil {
			return nil, err
		}
		leaders, err := s.figures.Leaders(ctx, ed.Contest.ID, roundID, bandEnds[len(bandEnds)-1])
		if err != nil {
			return nil, err
		}
		entries := make([]BoardEntry, len(leaders))
		for i := range leaders {
			if entries[i], err = s.boardEntry(ctx, ed, &leaders[i]); err != nil {
				return nil, err
			}
		}
		return &Board{
			ContestID: ed.Contest.ID, RoundID: roundID, At: now,
			People: p.Total.People, Attempts: p.Total.Attempts, Bands: bands(entries),
		}, nil
	})
}

// bands cuts the ranked entries into groups and hides the order inside each.
func bands(ranked []BoardEntry) []Band {
	out := []Band{}
	from := 0
	for _, to := range bandEnds {
		if from >= len(ranked) {
			break
		}
		group := slices.Clone(ranked[from:min(to, len(ranked))])
		slices.SortFunc(group, func(a, b BoardEntry) int {
			return cmp.Or(cmp.Compare(core.Fold(a.Name), core.Fold(b.Name)), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.ContestantID, b.ContestantID))
		})
		out = append(out, Band{From: from + 1, To: to, Entries: group})
		from = to
	}
	return out
}

// boardEntry names the person of an attempt; whoever is gone stays without a name.
func (s *Service) boardEntry(ctx context.Context, ed *Edition, a *core.Attempt) (BoardEntry, error) {
	e := BoardEntry{Unit: "Đơn vị khác", ContestantID: a.ContestantID}
	if u, ok := ed.Units.Unit(a.Unit1Code); ok {
		e.Unit = u.Name
	}
	c, err := s.person(ctx, a.ContestantID)
	if err != nil && !core.Is(err, core.NotFound) {
		return e, err
	}
	if e.Name = MaskName(c.FullName); e.Name == "" || c.Status == core.Erased {
		e.Name = "Người dự thi"
	}
	return e, nil
}

// MaskName keeps the first word of a name and the initials of the others: "Nguyễn T. A."; of a single word only
// the initial.
func MaskName(full string) string {
	words := strings.Fields(full)
	for i, w := range words {
		if i == 0 && len(words) > 1 {
			continue
		}
		r, _ := utf8.DecodeRuneInString(w)
		words[i] = string(unicode.ToUpper(r)) + "."
	}
	return strings.Join(words, " ")
}
