package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"duthi/core"
	"duthi/core/contestfile"
	"duthi/core/rules"
)

// errSaid is the exit status of a command that has said itself what went wrong.
type errSaid int

func (e errSaid) Error() string { return "the command failed" }

func saidStatus(status int) error {
	if status == exitOK {
		return nil
	}
	return errSaid(status)
}

// asking answers questions from a contest file, or from the one stored under an id: the same code as the bot's.
func asking(ctx context.Context, io console) rules.CommandLine {
	return rules.CommandLine{Now: time.Now, Load: func(name string) (*core.Contest, error) {
		c, err := loadContestFile(name)
		if !errors.Is(err, fs.ErrNotExist) || filepath.Base(name) != name || filepath.Ext(name) != "" {
			return c, err
		}
		err = withServices(ctx, "ask", nil, io, nil, func(s *services, _ []string) error {
			e, err := s.catalog.Edition(name)
			if err == nil {
				c = e.Contest
			}
			return err
		})
		return c, err
	}}
}

func loadContestFile(path string) (_ *core.Contest, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return contestfile.ParseContest(f, filepath.Base(path))
}

// runAsk is the command ask: one question a line in, one JSON a line out.
func runAsk(ctx context.Context, args []string, io console) error {
	return saidStatus(asking(ctx, io).Ask(ctx, args, io.In, io.Out, io.Err))
}

// runEval is the command eval: how good the answers are on a list of questions.
func runEval(ctx context.Context, args []string, io console) error {
	return saidStatus(asking(ctx, io).Eval(ctx, args, io.Out, io.Err))
}
