// Package catalog holds the contests being run: each as one immutable edition in memory, made anew when the
// store says that it changed. It is also where imports are staged and switched.
package catalog

import (
	"context"
	"sync"
	"time"

	"duthi/core"
)

// Edition is a contest with its units and questions at one moment. It never changes.
type Edition struct {
	Record   core.ContestRecord
	Contest  *core.Contest
	Loc      *time.Location
	Units    *core.UnitTree
	Bank     []core.Question // of rounds, without the practice pool
	Practice []core.Question

	current map[core.QuestionRef]core.Question
	older   *olderVersions
}

// Question gives any version of a question: from memory when it is current, else from the store, or NotFound.
func (e *Edition) Question(ctx context.Context, ref core.QuestionRef) (core.Question, error) {
	if q, ok := e.current[ref]; ok {
		return q, nil
	}
	return e.older.get(ctx, ref)
}

// load reads a contest with what belongs to it.
func load(ctx context.Context, store Store, rec core.ContestRecord) (*Edition, error) {
	e := &Edition{Record: rec, current: map[core.QuestionRef]core.Question{}}
	e.Contest = &e.Record.Contest
	e.Loc = e.Contest.Location()
	e.older = &olderVersions{store: store, contestID: rec.ID, known: map[core.QuestionRef]core.Question{}}
	var units []core.Unit
	var err error
	if rec.UnitSet != 0 {
		if units, err = store.Units(ctx, rec.ID, rec.UnitSet); err != nil {
			return nil, err
		}
	}
	e.Units = core.NewUnitTree(units, e.Contest.Blocks())
	if rec.QuestionSet == 0 {
		return e, nil
	}
	bank, err := store.Questions(ctx, rec.ID, rec.QuestionSet)
	if err != nil {
		return nil, err
	}
	for _, q := range bank {
		e.current[q.Ref()] = q
	}
	e.Bank, e.Practice = core.SplitPractice(bank, e.Contest.Quiz)
	return e, nil
}

// olderCap bounds the versions kept that are no longer in the bank; there are few, and losing them costs a read.
const olderCap = 5000

type olderVersions struct {
	store     Store
	contestID string
	mu        sync.Mutex
	known     map[core.QuestionRef]core.Question
}

func (o *olderVersions) get(ctx context.Context, ref core.QuestionRef) (core.Question, error) {
	o.mu.Lock()
	q, ok := o.known[ref]
	o.mu.Unlock()
	if ok {
		return q, nil
	}
	q, err := o.store.QuestionVersion(ctx, o.contestID, ref)
	if err != nil {
		return core.Question{}, err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.known) >= olderCap {
		clear(o.known)
	}
	o.known[ref] = q
	return q, nil
}
