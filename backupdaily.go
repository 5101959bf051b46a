package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// Daily copies of the embedded database lie in this folder of the data folder, one file a day.
const (
	copiesFolder = "backups"
	copiesFrom   = 2 // o'clock: not before, as people answer until midnight
	copiesOld    = 50 * time.Hour
)

var copyName = regexp.MustCompile(`^duthi-\d{4}-\d{2}-\d{2}\.db$`)

// copier is a store that can be copied while it is written to: the embedded one.
type copier interface {
	Backup(ctx context.Context, path string) error
}

// dailyCopies gives the job that copies the embedded database, or nil where there is nothing to do.
func (p *program) dailyCopies() func(ctx context.Context, due time.Time) error {
	c, ok := p.store.(copier)
	if !ok || p.cfg.Backups == 0 {
		return nil
	}
	return func(ctx context.Context, due time.Time) error {
		if due.Hour() < copiesFrom {
			return nil
		}
		path := filepath.Join(p.cfg.Data, copiesFolder, "duthi-"+due.Format(time.DateOnly)+".db")
		size, err := copyOnce(ctx, c, path)
		if err != nil || size == 0 {
			return err
		}
		removed, err := prune(filepath.Dir(path), p.cfg.Backups)
		p.log.Info("database copied; the secret key is not in the copy: keep it apart", "file", path, "bytes", size, "older_removed", removed)
		return err
	}
}

// copyOnce makes the copy at path, whole or not at all, and gives its size; 0 when it is there already.
func copyOnce(ctx context.Context, c copier, path string) (int64, error) {
	if _, err := os.Stat(path); err == nil {
		return 0, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return 0, err
	}
	part := path + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) { // of a run that was killed
		return 0, err
	}
	if err := c.Backup(ctx, part); err != nil {
		return 0, err
	}
	info, err := os.Stat(part)
	if err != nil {
		return 0, err
	}
	return info.Size(), os.Rename(part, path)
}

// copies gives the daily copies in a folder, the oldest first.
func copies(folder string) ([]string, error) {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if copyName.MatchString(e.Name()) {
			names = append(names, filepath.Join(folder, e.Name()))
		}
	}
	slices.Sort(names)
	return names, nil
}

// prune removes the oldest copies beyond keep, and what killed runs left; files of other names stay.
func prune(folder string, keep int) (removed int, err error) {
	parts, err := filepath.Glob(filepath.Join(folder, "duthi-????-??-??.db.part"))
	for _, part := range parts {
		err = errors.Join(err, os.Remove(part))
	}
	if err != nil {
		return 0, err
	}
	names, err := copies(folder)
	if err != nil {
		return 0, err
	}
	for ; len(names) > keep; names = names[1:] {
		if err := os.Remove(names[0]); err != nil {
			return removed, err
		}
		removed++
	}
	return removed, nil
}

// copyTrouble says that daily copies stopped, "" when they did not.
func (s *services) copyTrouble() string {
	if _, ok := s.store.(copier); !ok || s.cfg.Backups == 0 {
		return ""
	}
	names, err := copies(filepath.Join(s.cfg.Data, copiesFolder))
	if err != nil || len(names) == 0 {
		return ""
	}
	info, err := os.Stat(names[len(names)-1])
	if err != nil || s.clock.Now().Time(time.UTC).Sub(info.ModTime()) < copiesOld {
		return ""
	}
	return "Bản sao lưu gần nhất đã cũ hơn hai ngày: " + filepath.Base(names[len(names)-1])
}

// backupsKept reads how many daily copies are kept.
func backupsKept(c *Config, v string) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 || n > 366 {
		return fmt.Errorf("must be a number from 0 to 366")
	}
	c.Backups = n
	return nil
}
