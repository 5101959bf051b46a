package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"duthi/core/store/sqlitestore"
)

// errMongoBackup says why the embedded database's commands don't touch MongoDB.
const errMongoBackup = "duthi %s works on the embedded database; MongoDB is backed up by its own tools (mongodump, snapshots)"

// runBackup is the command backup: one consistent file of the embedded database while the server runs.
func runBackup(ctx context.Context, args []string, io console) error {
	cfg, rest, err := readConfig("backup", flagsLast(args), io.Env, []string{"data"}, nil, io.Err)
	if err != nil {
		return errUsage{err}
	}
	if len(rest) != 1 {
		return usagef("duthi backup FILE")
	}
	if cfg.MongoURI != "" {
		return fmt.Errorf(errMongoBackup, "backup")
	}
	s, err := sqlitestore.Open(ctx, cfg.Data, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Backup(ctx, rest[0]); err != nil {
		return err
	}
	fmt.Fprintln(io.Out, rest[0])
	fmt.Fprintf(io.Err, "duthi: the secret key is not in the copy. Keep %s (or DUTHI_SECRET_KEY) apart from it: without the key,\n"+
		"sealed phones and identity numbers cannot be read and receipts cannot be checked.\n", filepath.Join(cfg.Data, secretFile))
	return nil
}

// runRestore is the command restore: it puts a copy in the place of the embedded database when nothing runs.
func runRestore(ctx context.Context, args []string, io console) error {
	cfg, rest, err := readConfig("restore", flagsLast(args), io.Env, []string{"data"}, nil, io.Err)
	if err != nil {
		return errUsage{err}
	}
	if len(rest) != 1 {
		return usagef("duthi restore FILE")
	}
	if cfg.MongoURI != "" {
		return fmt.Errorf(errMongoBackup, "restore")
	}
	kept, err := sqlitestore.Restore(ctx, cfg.Data, rest[0], time.Now())
	if err != nil {
		return err
	}
	if kept != "" {
		fmt.Fprintf(io.Err, "duthi: the database that was there is kept as %s\n", kept)
	}
	fmt.Fprintf(io.Err, "duthi: start with the secret key of the time of the copy (%s or DUTHI_SECRET_KEY)\n", filepath.Join(cfg.Data, secretFile))
	return nil
}
