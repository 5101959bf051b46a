package main

import "context"

// loadSample puts the sample contest into a store that has none.
func (p *program) loadSample(ctx context.Context) error { return nil }
