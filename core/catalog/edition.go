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

	bank    []core.Question // of rounds and practice
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

// load reads a contest with what belongs to it; sets that before has already are not read again.
func load(ctx context.Context, store Store, rec core.ContestRecord, before *Edition) (*Edition, error) {
	e := &Edition{Record: rec}
	e.Contest = &e.Record.Contest
	e.Loc = e.Contest.Location()
	if before != nil && before.Record.CreatedAt != rec.CreatedAt {
		before = nil // another contest of the same id: its set numbers mean other rows
	}
	if err := e.loadUnits(ctx, store, before); err != nil {
		return nil, err
	}
	return e, e.loadBank(ctx, store, before)
}

func (e *Edition) loadUnits(ctx context.Context, store Store, before *Edition) (err error) {
	var units []core.Unit
	switch set := e.Record.UnitSet; {
	case set == 0:
	case before != nil && before.Record.UnitSet == set:
		units = before.Units.All()
	default:
		if units, err = store.Units(ctx, e.Record.ID, set); err != nil {
			return err
		}
	}
	e.Units = core.NewUnitTree(units, e.Contest.Blocks())
	return nil
}

func (e *Edition) loadBank(ctx context.Context, store Store, before *Edition) (err error) {
	set := e.Record.QuestionSet
	if before != nil && before.Record.QuestionSet == set {
		e.bank, e.current, e.older = before.bank, before.current, before.older
	} else {
		e.current = map[core.QuestionRef]core.Question{}
		e.older = &olderVersions{store: store, contestID: e.Record.ID, known: map[core.QuestionRef]core.Question{}}
		if set != 0 {
			if e.bank, err = store.Questions(ctx, e.Record.ID, set); err != nil {
				return err
			}
		}
		for _, q := range e.bank {
			e.current[q.Ref()] = q
		}
	}
	if set != 0 {
		e.Bank, e.Practice = core.SplitPractice(e.bank, e.Contest.Quiz)
	}
	return nil
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
