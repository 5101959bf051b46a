// Package store names everything the program keeps. mongostore and sqlitestore implement it whole; one suite,
// storetest, holds them to the same behaviour.
//
// What holds for every method: ids and codes are non-empty and compare byte by byte; nil and empty slices and
// maps are the same and may come back as either; a limit is at least 1; inserting and replacing store exactly
// the record given, but an inserted one gets Revision 1; replacing asks for the record of the revision before
// and answers Conflict when there is none, absent records included; a write that returned nil is durable, one
// whose context ended may or may not have happened; a database that does not answer gives Unavailable.
package store

import (
	"context"
	"io"

	"duthi/core"
	"duthi/core/account"
	"duthi/core/audit"
	"duthi/core/catalog"
	"duthi/core/exam"
	"duthi/core/outreach"
	"duthi/core/outreach/audience"
	"duthi/core/qr"
	"duthi/core/talk"
	"duthi/core/zalo"
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
	talk.InboxStore
	talk.FollowerStore
	talk.QuestionStore
	zalo.TokenStore
	outreach.BroadcastStore
	outreach.DeliveryStore
	audience.Store
	Claims

	// Ping says whether the database answers.
	Ping(ctx context.Context) error
	io.Closer
}

// Claims lets any number of processes agree who does a piece of work.
type Claims interface {
	// Claim takes the work named key for holder until lease: Conflict when it is done or another's
	// lease runs (lease > now). A holder may claim again to prolong its lease.
	Claim(ctx context.Context, key, holder string, now, lease core.Instant) error
	// CompleteClaim marks the work as done; Conflict when holder lost it. An overrun lease that nobody took over
	// is still holder's. Done work may be completed again by its holder and keeps its first moment.
	CompleteClaim(ctx context.Context, key, holder string, now core.Instant) error
	// ReleaseClaim gives the work back undone; a claim of another holder stays.
	ReleaseClaim(ctx context.Context, key, holder string) error
	// DeleteClaims removes claims done before the given moment, and undone ones whose lease ended before it.
	DeleteClaims(ctx context.Context, before core.Instant) error
}
