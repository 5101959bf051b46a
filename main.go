// Command duthi runs online knowledge contests: see README.md.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	_ "time/tzdata" // the contest's zone must be known on a machine without zone files

	"duthi/core"
)

// Exit statuses of every command.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// console is what a command reads and writes: data on Out, messages on Err.
type console struct {
	In       io.Reader
	Out, Err io.Writer
	Env      environment
}

// command is one line of the table of commands.
type command struct {
	name, usage, help string
	run               func(ctx context.Context, args []string, io console) error
}

func commands() []command {
	return []command{
		{"serve", "[flags]", "run the contest: pages, bot and jobs (the default)", runServe},
		{"import", "contest|questions|units|roster FILE", "all or nothing, every fault listed; --dry-run only checks", runImport},
		{"export", "contest|questions|units|roster", "the inverse, to standard output", runExport},
		{"qr", "NAME --out FILE.png|FILE.svg", "draw a code: contest, oa, unit:CODE, place:NAME", runQR},
		{"contest", "list|activate|remove [ID]", "which contest is at /; --yes confirms a removal", runContest},
		{"remind", "list|plan|send|status|pause|resume|cancel [ID]", "reminders and broadcasts: plan, send, watch and stop them", runRemind},
		{"ask", "--contest FILE|ID", "answer questions from a contest: one a line in, one JSON a line out", runAsk},
		{"eval", "--contest FILE|ID --faq FILE.jsonl", "how good the answers are on questions with known clauses", runEval},
		{"sample", "remove", "take the sample contest and its people away", runSample},
		{"organizer", "add|reset NAME --role ROLE", "accounts of the console", runOrganizer},
		{"backup", "FILE", "copy the embedded database while it runs", runBackup},
		{"restore", "FILE", "put a copy back when nothing runs", runRestore},
		{"retention", "[--dry-run]", "anonymise contests whose time to keep personal data is over; --dry-run only says when and what", runRetention},
		{"reseal", "", "after a change of the secret key: seal what the old key sealed with the new one", runReseal},
		{"audit", "verify", "check the hash chain of the log", runAudit},
		{"version", "", "print the version", runVersion},
		{"health", "", "ask the running server whether it is useful", runHealth},
	}
}

// errUsage marks wrong use: exit status 2.
type errUsage struct{ error }

func (e errUsage) Unwrap() error { return e.error }

func usagef(format string, args ...any) error { return errUsage{fmt.Errorf(format, args...)} }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], console{os.Stdin, os.Stdout, os.Stderr, environ()}))
}

// run runs one command and gives the exit status. Without a command it serves.
func run(ctx context.Context, args []string, io console) int {
	name := "serve"
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	} else if len(args) > 0 && (args[0] == "--help" || args[0] == "-h") {
		name = "help"
	}
	if name == "help" {
		printHelp(io.Out)
		return exitOK
	}
	for _, c := range commands() {
		if c.name == name {
			return status(c.run(ctx, args, io), io.Err)
		}
	}
	fmt.Fprintf(io.Err, "duthi: no command %q; duthi help lists them\n", name)
	return exitUsage
}

func status(err error, w io.Writer) int {
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		return exitOK
	case errors.As(err, new(errSaid)):
		var said errSaid
		errors.As(err, &said)
		return int(said)
	case errors.As(err, new(errUsage)):
		fmt.Fprintln(w, "duthi:", err)
		return exitUsage
	default:
		fmt.Fprintln(w, "duthi:", message(err))
		return exitFailed
	}
}

// message gives what a person should read of an error: our own errors say it themselves, field by field.
func message(err error) string {
	var e *core.Error
	if !errors.As(err, &e) {
		return err.Error()
	}
	text := e.Msg
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		text += "\n  " + e.Fields[name]
	}
	if e.Err != nil {
		text += " (" + e.Err.Error() + ")"
	}
	return text
}

func printHelp(w io.Writer) {
	fmt.Fprintln(w, "duthi runs online knowledge contests.")
	fmt.Fprintln(w)
	width := 0
	for _, c := range commands() {
		width = max(width, len(c.name)+1+len(c.usage))
	}
	for _, c := range commands() {
		fmt.Fprintf(w, "  duthi %-*s %s\n", width, strings.TrimSpace(c.name+" "+c.usage), c.help)
	}
	fmt.Fprintln(w, "\nEach takes --help. Settings are listed by duthi serve --help.")
}

// printUsage says how a command is used and lists its flags.
func printUsage(name string, fs *flag.FlagSet) {
	for _, c := range commands() {
		if c.name == name {
			fmt.Fprintf(fs.Output(), "duthi %s\n%s\n\n", strings.TrimSpace(c.name+" "+c.usage), c.help)
		}
	}
	fs.PrintDefaults()
}
