package main

import (
	"context"
	"fmt"

	"duthi/core/catalog"
)

// loadSample puts the sample contest into a store that has none, or beside others when the setting asks for it.
func (p *program) loadSample(ctx context.Context) error {
	if p.cfg.Sample == "off" || p.cfg.Sample == "auto" && len(p.catalog.All()) > 0 {
		return nil
	}
	if err := p.files.LoadSample(ctx, catalog.Sample{People: p.store, Receipt: p.exam.Receipt}, "system"); err != nil {
		return err
	}
	return p.catalog.Reload(ctx)
}

// runSample is the command sample: it takes the sample contest and its made-up people away.
func runSample(ctx context.Context, args []string, io console) error {
	return withServices(ctx, "sample", args, io, nil, func(s *services, rest []string) error {
		if len(rest) != 1 || rest[0] != "remove" {
			return usagef("duthi sample remove")
		}
		if err := s.files.RemoveSample(ctx, commandActor); err != nil {
			return err
		}
		fmt.Fprintln(io.Err, "duthi: the sample contest and its people are gone")
		return nil
	})
}
