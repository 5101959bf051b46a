// Package mongostore keeps duthi's data in MongoDB (a replica set, or shards of them). It is the only package
// that imports the driver. Invariants live in unique indexes and in guarded writes of one document, so that
// any number of processes may use one database. Every write waits for a majority and its journal, every read
// gives what a majority holds: what was acknowledged or shown survives the loss of a member.
//
// The field names are the JSON names of core's records; a document is the record with its natural key as _id.
// Of sharded collections attempts grow without bound: their unique indexes begin with contestant_id. Deliveries are
// sharded by broadcast_id and person. The inbox is sharded by its key, which is its only unique value.
package mongostore

import (
	"context"
	"net/url"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/event"
	"go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"
	"go.mongodb.org/mongo-driver/v2/mongo/readconcern"
	"go.mongodb.org/mongo-driver/v2/mongo/readpref"
	"go.mongodb.org/mongo-driver/v2/mongo/writeconcern"
)

const (
	defaultDatabase = "duthi"
	// commandTimeout bounds a call whose context has no deadline. Until the deadline the driver repeats a
	// command that a failover or a lost connection cut short; a repeated write is applied once.
	commandTimeout = 15 * time.Second
	// closeTimeout bounds waiting for commands under way when the store closes.
	closeTimeout = 5 * time.Second
)

// Store implements store.Store on MongoDB. It is safe for any number of goroutines and processes.
type Store struct {
	client *mongo.Client
	db     *mongo.Database

	contests, questions, units, roster            *mongo.Collection
	contestants, requests, organizers, tokens     *mongo.Collection
	attempts, snapshots, audit, links, claims, mg *mongo.Collection
	inbox, followers, asked, taught               *mongo.Collection
	grants, consents                              *mongo.Collection
	broadcasts, reminders, deliveries, turns      *mongo.Collection
	attachments                                   *mongo.Collection
}

// Open connects to the deployment at uri and brings its database (the one named in the URI's path, else
// "duthi") up to this program's schema. Unavailable when the deployment does not answer before ctx ends or
// 15 seconds pass, Internal when the URI is wrong or the database was made by a newer program.
func Open(ctx context.Context, uri string) (*Store, error) { return open(ctx, uri, nil) }

func open(ctx context.Context, uri string, monitor *event.CommandMonitor) (*Store, error) {
	opts := options.Client().SetAppName("duthi").SetTimeout(commandTimeout).ApplyURI(uri).
		SetBSONOptions(&options.BSONOptions{UseJSONStructTags: true}).
		SetReadPreference(readpref.Primary()).
		SetReadConcern(readconcern.Majority()).
		SetWriteConcern(journaledMajority()).
		SetRetryWrites(true).SetRetryReads(true)
	if monitor != nil {
		opts.SetMonitor(monitor)
	}
	client, err := mongo.Connect(opts)
	if err != nil {
		return nil, internal(err)
	}
	s := withCollections(client, client.Database(databaseName(uri)))
	if err := s.migrate(ctx, migrations()); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func journaledMajority() *writeconcern.WriteConcern {
	wc := writeconcern.Majority()
	journal := true
	wc.Journal = &journal
	return wc
}

func withCollections(client *mongo.Client, db *mongo.Database) *Store {
	c := func(name string) *mongo.Collection { return db.Collection(name) }
	return &Store{client: client, db: db,
		contests: c("contests"), questions: c("questions"), units: c("units"), roster: c("roster"),
		contestants: c("contestants"), requests: c("requests"), organizers: c("organizers"), tokens: c("tokens"),
		attempts: c("attempts"), snapshots: c("snapshots"), audit: c("audit"), links: c("links"),
		claims: c("claims"), mg: c("migrations"),
		inbox: c("inbox"), followers: c("followers"), asked: c("asked"), taught: c("taught"),
		grants: c("zalo_grants"), consents: c("zalo_consents"),
		broadcasts: c("broadcasts"), reminders: c("reminder_rules"), deliveries: c("deliveries"), turns: c("turns"), attachments: c("attachments"),
	}
}

// databaseName gives the database of a connection string. The driver reads it too but keeps it; net/url
// can't read a string that lists several hosts.
func databaseName(uri string) string {
	_, rest, _ := strings.Cut(uri, "://")
	rest, _, _ = strings.Cut(rest, "?")
	_, name, _ := strings.Cut(rest, "/")
	if plain, err := url.PathUnescape(name); err == nil {
		name = plain
	}
	if name == "" {
		return defaultDatabase
	}
	return name
}

// Ping says whether the primary answers.
func (s *Store) Ping(ctx context.Context) error {
	return translate(s.client.Ping(ctx, readpref.Primary()))
}

// Close ends the connections; commands under way get some seconds to end.
func (s *Store) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	return translate(s.client.Disconnect(ctx))
}
