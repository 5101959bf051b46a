package catalog

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"regexp"
	"strings"
	"time"

	"duthi/core"
	"duthi/core/contestfile"
)

// SampleID is the sample contest's id.
const SampleID = "mau-cchc"

//go:embed sample
var sampleFiles embed.FS

// SampleStore is the storage of the sample's people and attempts, beside Store.
type SampleStore interface {
	InsertContestant(ctx context.Context, c core.Contestant) error
	ImportAttempts(ctx context.Context, as []core.Attempt) error
}

// Sample is what loading the sample needs beside Files.
type Sample struct {
	People SampleStore
	// Receipt gives the receipt code of a finished attempt; nil leaves them without.
	Receipt func(a *core.Attempt) string
}

// LoadSample adds the sample contest, with all its moments moved by whole days so that its third round ends
// four days from now, and made-up people who took part in its first three rounds. Everything it adds is marked
// as sample. It is visible only when all of it is there; when it is there already nothing happens.
func (f *Files) LoadSample(ctx context.Context, s Sample, by string) (err error) {
	ctx, t, err := f.take(ctx, SampleID)
	if err != nil {
		return err
	}
	defer func() { err = t.giveBack(ctx, err) }()
	if _, err := f.cfg.Store.ContestRecord(ctx, SampleID); !core.Is(err, core.NotFound) {
		return err
	}
	// What a load left that was killed on its way.
	if err := f.cfg.Store.RemoveContest(ctx, SampleID); err != nil {
		return err
	}
	rec, crowd, err := f.stageSample(ctx, s)
	if err != nil {
		return err
	}
	if err := f.save(ctx, rec); err != nil {
		return err
	}
	return f.record(ctx, "sample.load", SampleID, SampleID, by, map[string]int{"people": len(crowd.people), "attempts": len(crowd.attempts)})
}

// stageSample writes everything but the record, which makes it visible.
func (f *Files) stageSample(ctx context.Context, s Sample) (rec core.ContestRecord, w *crowd, err error) {
	now := f.cfg.Clock.Now()
	c, err := SampleContest(now)
	if err != nil {
		return rec, nil, err
	}
	units, bank, err := sampleRows(c)
	if err != nil {
		return rec, nil, err
	}
	if err := f.cfg.Store.StageUnits(ctx, units); err != nil {
		return rec, nil, err
	}
	if err := f.cfg.Store.StageQuestions(ctx, bank); err != nil {
		return rec, nil, err
	}
	w = newCrowd(c, units, bank, f.cfg.Sealer, now)
	if err := w.store(ctx, s); err != nil {
		return rec, nil, err
	}
	rec = core.ContestRecord{ID: SampleID, Contest: *c, QuestionSet: 1, UnitSet: 1, Sample: true, CreatedAt: now}
	heads, err := f.cfg.Store.ContestHeads(ctx)
	if len(heads) == 0 {
		rec.ActivatedAt = now
	}
	return rec, w, err
}

// RemoveSample takes the sample away with everything that belongs to it; NotFound when it isn't there.
func (f *Files) RemoveSample(ctx context.Context, by string) error {
	return f.Remove(ctx, SampleID, by)
}

// SampleContest gives the sample contest as it is when loaded at now.
func SampleContest(now core.Instant) (*core.Contest, error) {
	text, err := sampleFiles.ReadFile("sample/contest.yaml")
	if err != nil {
		return nil, err
	}
	c, err := contestfile.ParseContest(strings.NewReader(moveDates(string(text), 0)), "sample/contest.yaml")
	if err != nil {
		return nil, err
	}
	loc := c.Location()
	days := daysBetween(c.Rounds[2].End.Add(-time.Second).Time(loc), now.Time(loc)) + 4
	return contestfile.ParseContest(strings.NewReader(moveDates(string(text), days)), "sample/contest.yaml")
}

// daysBetween counts the midnights from a to b.
func daysBetween(a, b time.Time) int {
	day := func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) }
	return int(day(b).Sub(day(a)) / (24 * time.Hour))
}

// movable are the dates that move: moments, and what stands in double braces.
var movable = regexp.MustCompile(`"(\d{4}-\d{2}-\d{2})T|\{\{(iso |month |)(\d{4}-\d{2}-\d{2})\}\}`)

// moveDates moves the movable dates of a text by a number of days and takes the braces off.
func moveDates(text string, days int) string {
	return movable.ReplaceAllStringFunc(text, func(s string) string {
		m := movable.FindStringSubmatch(s)
		t, err := time.Parse(time.DateOnly, m[1]+m[3])
		if err != nil {
			return s
		}
		t = t.AddDate(0, 0, days)
		switch {
		case m[1] != "":
			return `"` + t.Format(time.DateOnly) + "T"
		case m[2] == "iso ":
			return t.Format(time.DateOnly)
		case m[2] == "month ":
			return t.Format("01/2006")
		}
		return t.Format("02/01/2006")
	})
}

// sampleRows gives the sample's units and questions as rows of set 1.
func sampleRows(c *core.Contest) ([]core.Unit, []core.Question, error) {
	table := func(name string) (*contestfile.Table, error) {
		b, err := sampleFiles.ReadFile("sample/" + name)
		if err != nil {
			return nil, err
		}
		return contestfile.OpenTable(bytes.NewReader(b), int64(len(b)), name)
	}
	tab, err := table("units.csv")
	if err != nil {
		return nil, nil, err
	}
	units, err := readUnits(c, tab)
	if err != nil {
		return nil, nil, err
	}
	for i := range units {
		units[i].ContestID, units[i].Set = c.ID, 1
	}
	if tab, err = table("questions.csv"); err != nil {
		return nil, nil, err
	}
	var faults contestfile.FaultList
	var bank []core.Question
	for row, err := range tab.Questions(&faults) {
		if err != nil {
			return nil, nil, err
		}
		q := row.Value
		q.ContestID, q.Set, q.Version = c.ID, 1, 1
		bank = append(bank, q)
	}
	if err := faults.Err(); err != nil {
		return nil, nil, fmt.Errorf("sample: %w", err)
	}
	return units, bank, nil
}
