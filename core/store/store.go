// Package store opens the storage of duthi: MongoDB when an address is given, else the embedded SQLite
// database in the data folder. Both implement every storage interface the services declare; one suite,
// storetest, holds them to the same behaviour.
package store

import (
	"context"
	"io"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/audit"
	"duthi/core/catalog"
	"duthi/core/exam"
	"duthi/core/qr"
)

// Store is everything the program keeps.
type Store interface {
	catalog.Store
	account.PeopleStore
	account.OrganizerStore
	account.TokenStore
	exam.AttemptStore
	exam.FigureStore
	audit.Store
	qr.Store
	Claims

	// Ping says whether the database answers.
	Ping(ctx context.Context) error
	io.Closer
}

// Claims lets any number of processes agree who does a piece of work.
type Claims interface {
	// Claim takes the work named key for holder until lease: Conflict when it is done or another's lease runs.
	Claim(ctx context.Context, key, holder string, now, lease core.Instant) error
	// CompleteClaim marks the work as done; Conflict when holder lost it.
	CompleteClaim(ctx context.Context, key, holder string, now core.Instant) error
	// ReleaseClaim gives the work back undone; a claim of another holder stays.
	ReleaseClaim(ctx context.Context, key, holder string) error
	// DeleteClaims removes claims done, or abandoned, before the given moment.
	DeleteClaims(ctx context.Context, before core.Instant) error
}
