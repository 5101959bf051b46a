package main

import (
	"context"
	"fmt"

	"duthi/core"
)

// runReseal is the command reseal: it brings every record under the current secret key, beside a running server.
func runReseal(ctx context.Context, args []string, io console) error {
	return withServices(ctx, "reseal", args, io, nil, func(s *services, rest []string) error {
		if len(rest) != 0 {
			return usagef("duthi reseal, with the key before in DUTHI_SECRET_KEY_OLD")
		}
		total := 0
		for _, e := range s.catalog.All() {
			n, err := s.account.Reseal(ctx, e.Record.ID)
			if err != nil {
				return err
			}
			m, err := s.files.ResealRoster(ctx, e.Record.ID)
			if err != nil {
				return err
			}
			total += n + m
		}
		err := s.audit.Append(ctx, core.AuditEntry{Actor: commandActor, Action: "reseal", Data: fmt.Sprintf(`{"records":%d}`, total)})
		if err != nil {
			return err
		}
		fmt.Fprintln(io.Out, total)
		return nil
	})
}
