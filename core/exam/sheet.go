package exam

import (
	"context"
	"sync"

	"duthi/core"
)

// sheetsKept bounds the cache of running attempts' immutable parts: about 400 bytes each.
const sheetsKept = 1 << 16

// sheet is what never changes of a running attempt and what a save needs: whose it is, and how the options of
// each question are shown. With it a save is one write and no read.
type sheet struct {
	contestID, contestantID string
	deadline                core.Instant
	items                   []sheetItem
}

type sheetItem struct {
	order    [core.MaxOptions]uint8 // order[place] is the option's own index
	options  uint8
	multiple bool
}

// choice gives the options at the places shown.
func (it *sheetItem) choice(shown []int) (core.OptionSet, error) {
	var set core.OptionSet
	for _, place := range shown {
		if place < 0 || place >= int(it.options) {
			return 0, core.Errorf(core.Invalid, "Câu này không có phương án đã chọn.")
		}
		set |= 1 << it.order[place]
	}
	if !it.multiple && set.Count() > 1 {
		return 0, core.Errorf(core.Invalid, "Câu này chỉ chọn một phương án.")
	}
	return set, nil
}

// shown gives the places of a set's options, in order; never nil, so that JSON has a list.
func (it *sheetItem) shown(set core.OptionSet) []int {
	out := make([]int, 0, 1)
	for place := range int(it.options) {
		if set.Has(int(it.order[place])) {
			out = append(out, place)
		}
	}
	return out
}

// newSheet makes the sheet of an attempt from its questions.
func newSheet(a *core.Attempt, questions []core.Question) *sheet {
	sh := &sheet{contestID: a.ContestID, contestantID: a.ContestantID, deadline: a.Deadline, items: make([]sheetItem, len(a.Paper))}
	for i, p := range a.Paper {
		it := &sh.items[i]
		it.options, it.multiple = uint8(min(len(p.Order), core.MaxOptions)), questions[i].Kind == core.Multiple
		for place := range int(it.options) {
			it.order[place] = uint8(p.Order[place])
		}
	}
	return sh
}

// sheetOf gives the sheet of a contestant's attempt, reading it when it is not kept.
func (s *Service) sheetOf(ctx context.Context, ed *Edition, contestantID, attemptID string) (*sheet, error) {
	sh, ok := s.sheets.get(attemptID)
	if !ok {
		a, err := s.attempts.Attempt(ctx, contestantID, attemptID)
		if err != nil {
			return nil, absent(err)
		}
		questions, err := ed.questions(ctx, a.Paper)
		if err != nil {
			return nil, err
		}
		sh = newSheet(&a, questions)
		s.sheets.put(attemptID, sh)
	}
	if sh.contestantID != contestantID || sh.contestID != ed.Contest.ID {
		return nil, absent(nil)
	}
	return sh, nil
}

// questions gives the versions a paper was drawn with, in its order.
func (ed *Edition) questions(ctx context.Context, paper []core.PaperItem) ([]core.Question, error) {
	out := make([]core.Question, len(paper))
	for i, p := range paper {
		q, err := ed.Question(ctx, p.QuestionRef)
		if err != nil {
			if core.Is(err, core.NotFound) {
				return nil, core.Wrap(core.Internal, "Không tìm thấy một câu hỏi của bài này. Hãy báo Ban Tổ chức.", err)
			}
			return nil, err
		}
		out[i] = q
	}
	return out, nil
}

// sheetCache keeps up to limit sheets: two generations, of which the older is dropped when the younger is half
// full. What is used moves to the younger.
type sheetCache struct {
	mu         sync.Mutex
	half       int
	young, old map[string]*sheet
}

func newSheetCache(limit int) *sheetCache {
	return &sheetCache{half: max(limit/2, 1), young: map[string]*sheet{}}
}

func (c *sheetCache) get(id string) (*sheet, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if sh, ok := c.young[id]; ok {
		return sh, true
	}
	sh, ok := c.old[id]
	if ok {
		c.add(id, sh)
	}
	return sh, ok
}

func (c *sheetCache) put(id string, sh *sheet) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.add(id, sh)
}

func (c *sheetCache) add(id string, sh *sheet) {
	if len(c.young) >= c.half {
		c.old, c.young = c.young, make(map[string]*sheet, c.half/8)
	}
	c.young[id] = sh
}
