package store

import (
	"context"
	"log/slog"

	"duthi/core/store/mongostore"
	"duthi/core/store/sqlitestore"
)

// Options says which storage to open.
type Options struct {
	DataDir  string // folder of the embedded database; used without MongoURI
	MongoURI string // empty: the embedded database
	Log      *slog.Logger
}

// Open opens MongoDB when its address is given, else the embedded database in the data folder, and brings its
// schema up to date. The caller closes what it gives.
func Open(ctx context.Context, o Options) (Store, error) {
	// A nil pointer in an interface is not nil: what could not be opened must not look as if it could be closed.
	if o.MongoURI != "" {
		s, err := mongostore.Open(ctx, o.MongoURI)
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	s, err := sqlitestore.Open(ctx, o.DataDir, o.Log)
	if err != nil {
		return nil, err
	}
	return s, nil
}
