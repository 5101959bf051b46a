package main

import (
	"context"
	"errors"
	"flag"
	"fmt"

	"duthi/core"
)

// contestFlag adds --contest; chosen gives the contest it names.
func contestFlag(fs *flag.FlagSet, id *string) {
	fs.StringVar(id, "contest", "", "id of the contest, when more than one is stored")
}

// chosen gives the contest a command means: needed only when more than one is stored, the sample not counted
// beside a real one.
func (s *services) chosen(ctx context.Context, id string) (string, error) {
	found, err := s.files.Which(ctx, id)
	if id == "" && core.Is(err, core.Invalid) {
		return "", errUsage{errors.New(message(err))}
	}
	return found, err
}

// runContest is the command contest: what is stored, which one is at "/", and taking one away.
func runContest(ctx context.Context, args []string, io console) error {
	var yes bool
	return withServices(ctx, "contest", args, io, func(fs *flag.FlagSet) {
		fs.BoolVar(&yes, "yes", false, "remove: really, with its people and attempts")
	}, func(s *services, rest []string) error {
		switch {
		case len(rest) == 1 && rest[0] == "list":
			s.listContests(io)
			return nil
		case len(rest) == 2 && rest[0] == "activate":
			return s.files.Activate(ctx, rest[1], commandActor)
		case len(rest) == 2 && rest[0] == "remove" && !yes:
			return usagef("this removes contest %s with its people, attempts and results for good: add --yes", rest[1])
		case len(rest) == 2 && rest[0] == "remove":
			return s.files.Remove(ctx, rest[1], commandActor)
		}
		return usagef("duthi contest list | activate ID | remove ID --yes")
	})
}

// listContests writes a line for each contest: id, title and what it is, with tabs.
func (s *services) listContests(io console) {
	for i, e := range s.catalog.All() {
		note := ""
		if i == 0 {
			note += "\tactive"
		}
		if e.Record.Sample {
			note += "\tsample"
		}
		fmt.Fprintf(io.Out, "%s\t%s%s\n", e.Record.ID, e.Contest.Title, note)
	}
}
