package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/qr"
)

// withServices runs f on the services of the settings, for commands that work beside a running server. What
// the log has to say goes to standard error from warnings on.
func withServices(ctx context.Context, name string, args []string, io console, more func(*flag.FlagSet), f func(s *services, rest []string) error) (err error) {
	cfg, rest, err := readConfig(name, flagsLast(args), io.Env, storeFlags(), more, io.Err)
	if errors.Is(err, flag.ErrHelp) {
		return err
	}
	if err != nil {
		return errUsage{err}
	}
	if cfg.PublicURL == "" {
		cfg.PublicURL = "http://" + localAddr(cfg.Addr)
	}
	log := slog.New(slog.NewTextHandler(io.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	s, err := openServices(ctx, cfg, nil, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.close()) }()
	if err := s.load(ctx); err != nil {
		return err
	}
	return f(s, rest)
}

// runQR is the command qr: it draws the code of a name.
func runQR(ctx context.Context, args []string, io console) error {
	var contest, out string
	return withServices(ctx, "qr", args, io, func(fs *flag.FlagSet) {
		contestFlag(fs, &contest)
		fs.StringVar(&out, "out", "", "file to write: .png or .svg")
	}, func(s *services, rest []string) error {
		ext := strings.ToLower(filepath.Ext(out))
		if len(rest) != 1 || ext != ".png" && ext != ".svg" {
			return usagef("duthi qr NAME --out FILE.png|FILE.svg, NAME is contest, oa, unit:CODE or place:NAME")
		}
		kind, ref, err := qr.ParseName(rest[0])
		if err != nil {
			return errUsage{err}
		}
		id, err := s.chosen(ctx, contest)
		if err != nil {
			return err
		}
		if err := s.codeExists(id, kind, ref); err != nil {
			return err
		}
		link, err := s.links.Ensure(ctx, id, kind, ref)
		if err != nil {
			return err
		}
		address := s.links.Address(link)
		if err := drawTo(out, address); err != nil {
			return err
		}
		fmt.Fprintln(io.Out, address)
		if s.cfg.values["DUTHI_PUBLIC_URL"] == "" {
			fmt.Fprintf(io.Err, "duthi: the code leads to %s; set --public-url (DUTHI_PUBLIC_URL) before printing\n", address)
		}
		return nil
	})
}

// codeExists says what a code would lead nowhere for.
func (s *services) codeExists(contestID, kind, ref string) error {
	e, err := s.catalog.Edition(contestID)
	if err != nil {
		return err
	}
	if _, ok := e.Units.Unit(ref); kind == qr.ToUnit && !ok {
		return core.Errorf(core.NotFound, "Không có đơn vị %s trong cuộc thi %s.", ref, contestID)
	}
	if kind == qr.ToOA && e.Contest.Contacts.ZaloOAID == "" {
		return core.Errorf(core.NotFound, "Tệp cuộc thi %s chưa có contacts.zalo_oa_id nên chưa vẽ được mã của OA.", contestID)
	}
	return nil
}

// printPixels is the side of a PNG code at most: sharp in print up to about 20 cm.
const printPixels = 1600

func drawTo(file, text string) error {
	code, err := qr.Draw(text, qr.Print)
	if err != nil {
		return err
	}
	data := code.SVG("Mã QR: " + text)
	if strings.EqualFold(filepath.Ext(file), ".png") {
		if data, err = code.PNG(printPixels); err != nil {
			return err
		}
	}
	return os.WriteFile(file, data, 0o644)
}

// flagsLast lets flags stand after the words, as people type them: package flag wants them first.
func flagsLast(args []string) []string {
	var flags, words []string
	for i := 0; i < len(args); i++ {
		a := args[i]
		if a == "--" {
			words = append(words, args[i+1:]...)
			break
		}
		if !strings.HasPrefix(a, "-") || a == "-" {
			words = append(words, a)
			continue
		}
		flags = append(flags, a)
		if !strings.Contains(a, "=") && !isSwitch(a) && i+1 < len(args) {
			i++
			flags = append(flags, args[i])
		}
	}
	return append(flags, words...)
}

// isSwitch reports whether a flag takes no value.
func isSwitch(a string) bool {
	switch strings.TrimLeft(a, "-") {
	case "dry-run", "help", "h", "print-config", "yes", "qr", "billed":
		return true
	}
	return false
}

// runOrganizer is the command organizer: accounts of the console.
func runOrganizer(ctx context.Context, args []string, io console) error {
	var role, full string
	return withServices(ctx, "organizer", args, io, func(fs *flag.FlagSet) {
		fs.StringVar(&role, "role", "", "owner, editor, reviewer or viewer")
		fs.StringVar(&full, "full-name", "", "name shown in the console")
	}, func(s *services, rest []string) (err error) {
		if len(rest) != 2 || rest[0] != "add" && rest[0] != "reset" {
			return usagef("duthi organizer add|reset NAME --role owner|editor|reviewer|viewer")
		}
		var password string
		if rest[0] == "add" {
			if role == "" {
				return usagef("organizer add needs --role owner|editor|reviewer|viewer")
			}
			password, err = s.account.AddOrganizer(ctx, account.CommandLine(), rest[1], full, core.Role(role))
		} else {
			password, err = s.account.ResetOrganizer(ctx, account.CommandLine(), rest[1], core.Role(role))
		}
		if err != nil {
			return err
		}
		fmt.Fprintln(io.Out, password)
		fmt.Fprintln(io.Err, "duthi: this password is shown once and must be changed at the first sign-in")
		return nil
	})
}

// runAudit is the command audit: the hash chain of the log.
func runAudit(ctx context.Context, args []string, io console) error {
	return withServices(ctx, "audit", args, io, nil, func(s *services, rest []string) error {
		if len(rest) != 1 || rest[0] != "verify" {
			return usagef("duthi audit verify")
		}
		n, head, err := s.audit.Verify(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(io.Out, "%d %s\n", n, head)
		return nil
	})
}
