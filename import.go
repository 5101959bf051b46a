package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"slices"

	"duthi/core/catalog"
	"duthi/core/contestfile"
)

// importable is what import and export know.
func importable() []string { return []string{"contest", "questions", "units", "roster"} }

// commandActor is how the log names whoever runs a command.
const commandActor = "command"

// runImport is the command import.
func runImport(ctx context.Context, args []string, io console) error {
	var contest string
	var dryRun bool
	return withServices(ctx, "import", args, io, func(fs *flag.FlagSet) {
		contestFlag(fs, &contest)
		fs.BoolVar(&dryRun, "dry-run", false, "check and say what would change, import nothing")
	}, func(s *services, rest []string) error {
		if len(rest) != 2 || !slices.Contains(importable(), rest[0]) {
			return usagef("duthi import contest|questions|units|roster FILE [--contest ID] [--dry-run]")
		}
		if rest[0] != "contest" {
			id, err := s.chosen(ctx, contest)
			if err != nil {
				return err
			}
			contest = id
		}
		result, err := s.files.ImportFile(ctx, rest[0], contest, rest[1], catalog.How{By: commandActor, DryRun: dryRun})
		if err != nil {
			return err
		}
		fmt.Fprintln(io.Out, result)
		return nil
	})
}

// runExport is the command export: data on standard output, so that it can be piped.
func runExport(ctx context.Context, args []string, io console) error {
	var contest, format, files string
	return withServices(ctx, "export", args, io, func(fs *flag.FlagSet) {
		contestFlag(fs, &contest)
		fs.StringVar(&format, "format", contestfile.CSV, "csv or xlsx; a contest is always YAML")
		fs.StringVar(&files, "files", "", "with a contest: also write the files it names, into this folder")
	}, func(s *services, rest []string) error {
		if len(rest) != 1 || !slices.Contains(importable(), rest[0]) {
			return usagef("duthi export contest|questions|units|roster [--contest ID] [--format csv|xlsx] [--files FOLDER]")
		}
		id, err := s.chosen(ctx, contest)
		if err != nil {
			return err
		}
		if files != "" {
			if rest[0] != "contest" {
				return usagef("--files goes with a contest")
			}
			if err := s.files.ExportAttachments(ctx, id, files); err != nil {
				return err
			}
		}
		w := bufio.NewWriter(io.Out)
		if err := s.files.Export(ctx, w, id, rest[0], format, commandActor); err != nil {
			return err
		}
		return w.Flush()
	})
}
