package qr

import (
	"context"

	"duthi/core"
)

// Store is the storage of short addresses and their scans.
type Store interface {
	// PutLink inserts l; Conflict when the code is taken or (contest, kind, ref) has a link already.
	PutLink(ctx context.Context, l core.Link) error
	// Link gives a link by code, or NotFound.
	Link(ctx context.Context, code string) (core.Link, error)
	// LinkOf gives the link of a contest by kind and ref, or NotFound.
	LinkOf(ctx context.Context, contestID, kind, ref string) (core.Link, error)
	// Links gives all links of a contest, by kind and ref.
	Links(ctx context.Context, contestID string) ([]core.Link, error)
	// AddScans adds n scans to a link and moves its last scan forward to at; NotFound when absent.
	AddScans(ctx context.Context, code string, n int64, at core.Instant) error
}
