// Package jobs is the time-driven role: cron only ticks, the store decides. Each tick is claimed under a key
// made of the job and the moment it was due, so any number of replicas run it once, and a run that crashed is
// taken over after its lease.
package jobs

import (
	"context"
	"crypto/rand"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"duthi/core"
)

// Entry is one line of the timetable.
type Entry struct {
	Name     string
	Schedule string        // six fields, seconds first: aligned to the wall clock, so that replicas agree what is due
	Lease    time.Duration // how long one run may take before another process takes it over
	SkipLate time.Duration // a tick later than this is skipped; 0: run however late
	Run      func(ctx context.Context, due time.Time) error
}

// Claims lets processes agree who runs a tick; see store.Claims.
type Claims interface {
	Claim(ctx context.Context, key, holder string, now, lease core.Instant) error
	CompleteClaim(ctx context.Context, key, holder string, now core.Instant) error
	ReleaseClaim(ctx context.Context, key, holder string) error
	DeleteClaims(ctx context.Context, before core.Instant) error
}

// Runner runs a timetable.
type Runner struct {
	claims  Claims
	entries []entry
	loc     *time.Location
	clock   core.Clock
	log     *slog.Logger
	holder  string
}

type entry struct {
	Entry
	schedule cron.Schedule
	running  *sync.Mutex // a run that outlives its period must not meet itself
}

// parser reads six fields; @every is left out on purpose, as its ticks depend on when a process started.
func parser() cron.Parser {
	return cron.NewParser(cron.Second | cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)
}

// New checks the timetable. Schedules are read in loc.
func New(entries []Entry, claims Claims, loc *time.Location, clock core.Clock, log *slog.Logger) (*Runner, error) {
	r := &Runner{claims: claims, loc: loc, clock: clock, log: log, holder: rand.Text()}
	for _, e := range entries {
		s, err := parser().Parse(e.Schedule)
		if err != nil {
			return nil, fmt.Errorf("job %s: %w", e.Name, err)
		}
		r.entries = append(r.entries, entry{Entry: e, schedule: s, running: &sync.Mutex{}})
	}
	return r, nil
}

// Run ticks until ctx ends, then waits for what is running.
func (r *Runner) Run(ctx context.Context) {
	c := cron.New(cron.WithLocation(r.loc), cron.WithChain(cron.Recover(cronLog{r.log})))
	for _, e := range r.entries {
		c.Schedule(e.schedule, cron.FuncJob(func() { r.tick(ctx, e, r.now()) }))
	}
	// Ticks missed while no process ran, failed, or left behind by a crashed one are looked at now and every
	// minute; their claims say whether they are done.
	c.Schedule(cron.Every(time.Minute), cron.FuncJob(func() { r.lookBack(ctx) }))
	c.Start()
	r.lookBack(ctx)
	<-ctx.Done()
	<-c.Stop().Done()
}

func (r *Runner) lookBack(ctx context.Context) {
	for _, e := range r.entries {
		r.tick(ctx, e, r.now())
	}
}

func (r *Runner) now() time.Time { return r.clock.Now().Time(r.loc) }

// tick claims and runs the latest due moment of e at or before now.
func (r *Runner) tick(ctx context.Context, e entry, now time.Time) {
	if !e.running.TryLock() {
		return
	}
	defer e.running.Unlock()
	due, ok := lastDue(e.schedule, now)
	if !ok || ctx.Err() != nil || e.SkipLate > 0 && now.Sub(due) > e.SkipLate {
		return
	}
	key := "job:" + e.Name + ":" + due.UTC().Format(time.RFC3339)
	if err := r.claims.Claim(ctx, key, r.holder, core.At(now), core.At(now.Add(e.Lease))); err != nil {
		if !core.Is(err, core.Conflict) {
			r.log.Warn("tick not claimed", "job", e.Name, "err", err)
		}
		return
	}
	r.run(ctx, e, key, due)
}

// run calls the job and settles the claim: done, or given back for another try by the next tick's process.
func (r *Runner) run(ctx context.Context, e entry, key string, due time.Time) {
	run, cancel := context.WithTimeout(ctx, e.Lease)
	defer cancel()
	err := safely(run, e.Run, due)
	settle, cancelSettle := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancelSettle()
	if err != nil {
		r.log.Error("job failed", "job", e.Name, "due", due, "err", err)
		err = r.claims.ReleaseClaim(settle, key, r.holder)
	} else {
		err = r.claims.CompleteClaim(settle, key, r.holder, r.clock.Now())
	}
	if err != nil {
		r.log.Warn("claim not settled", "job", e.Name, "err", err)
	}
}

func safely(ctx context.Context, f func(context.Context, time.Time) error, due time.Time) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f(ctx, due)
}

// lastDue gives the latest moment of s at or before now. cron only looks forward, so it looks from ever
// further back; a schedule that is never due within a year gives false.
func lastDue(s cron.Schedule, now time.Time) (time.Time, bool) {
	for _, back := range []time.Duration{time.Minute, time.Hour, 25 * time.Hour, 32 * 24 * time.Hour, 366 * 24 * time.Hour} {
		var last time.Time
		for t := s.Next(now.Add(-back)); !t.IsZero() && !t.After(now); t = s.Next(t) {
			last = t
		}
		if !last.IsZero() {
			return last, true
		}
	}
	return time.Time{}, false
}

// cronLog hands what cron reports (only panics, here) to slog.
type cronLog struct{ log *slog.Logger }

func (l cronLog) Info(string, ...any) {}
func (l cronLog) Error(err error, msg string, kv ...any) {
	l.log.Error("cron: "+msg, append([]any{"err", err}, kv...)...)
}
