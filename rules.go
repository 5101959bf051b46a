package main

import (
	"context"
	"errors"
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

// asking answers questions from a contest file, without a database: the same code as the bot's.
func asking() rules.CommandLine {
	return rules.CommandLine{Load: loadContestFile, Now: time.Now}
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
	return saidStatus(asking().Ask(ctx, args, io.In, io.Out, io.Err))
}

// runEval is the command eval: how good the answers are on a list of questions.
func runEval(ctx context.Context, args []string, io console) error {
	return saidStatus(asking().Eval(ctx, args, io.Out, io.Err))
}
