// Package sqlitestore keeps everything in one SQLite file, duthi.db in the data folder. Records are JSON
// documents; what is searched or unique is a generated column with an index. One goroutine writes, many
// operations to a transaction (see writer); readers use connections of their own. Several processes may open
// the file at once: SQLite's locks keep them apart and every guard is a single statement.
package sqlitestore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"time"

	"modernc.org/sqlite"
)

// FileName is the database's name in the data folder.
const FileName = "duthi.db"

// Store is the embedded database. Its methods are those of core/store.Store; see there for what they promise.
type Store struct {
	path    string
	log     *slog.Logger
	writer  *writer
	readers *sql.DB

	mu       sync.RWMutex
	prepared map[string]*sql.Stmt // of readers, by text
}

// Open opens the database in dataDir, making and migrating it as needed. It fails when the file was written
// by a newer program that says this one is too old for it. A nil log discards.
func Open(ctx context.Context, dataDir string, log *slog.Logger) (*Store, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	path, err := prepareFile(dataDir)
	if err != nil {
		return nil, err
	}
	conn, err := openWriter(ctx, path)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", path, err)
	}
	if err := migrate(conn, migrations, time.Now); err != nil {
		return nil, errors.Join(fmt.Errorf("migrate %s: %w", path, err), conn.close())
	}
	s := &Store{path: path, log: log, writer: newWriter(conn, log), prepared: map[string]*sql.Stmt{}}
	s.readers = sql.OpenDB(readConnector(path))
	s.readers.SetMaxOpenConns(readConns())
	s.readers.SetMaxIdleConns(readConns())
	if err := s.Ping(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// readConns is the number of reading connections: a few above the processors, so that a long figure query
// leaves room for the short ones.
func readConns() int { return max(4, runtime.NumCPU()+2) }

// prepareFile makes the folder and the file, readable by nobody else: it holds personal data.
func prepareFile(dataDir string) (string, error) {
	if err := os.MkdirAll(dataDir, 0o700); err != nil {
		return "", err
	}
	path := filepath.Join(dataDir, FileName)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", err
	}
	return path, f.Close()
}

// Settings of connections. A page of 4 KiB keeps what one saved answer adds to the log small; the caches are
// per connection, in KiB.
const (
	writerSettings = "_pragma=busy_timeout(2000)&_pragma=page_size(4096)&_pragma=journal_mode(wal)&_pragma=synchronous(full)" +
		"&_pragma=cache_size(-32768)&_pragma=temp_store(memory)&_pragma=wal_autocheckpoint(4000)" +
		"&_pragma=journal_size_limit(67108864)&_dqs=0"
	readerSettings = "mode=ro&_pragma=busy_timeout(5000)&_pragma=query_only(1)&_pragma=cache_size(-8192)" +
		"&_pragma=temp_store(memory)&_dqs=0"
)

// fileURI gives the address of a database file with connection settings.
func fileURI(path, settings string) string {
	return "file:" + (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath() + "?" + settings
}

// openWriter opens the writing connection. Switching a new file to WAL needs it alone for a moment, and SQLite
// does not wait there by itself, so it is tried again while another process opens the same file.
func openWriter(ctx context.Context, path string) (*writeConn, error) {
	for try := 0; ; try++ {
		c, err := (&sqlite.Driver{}).Open(fileURI(path, writerSettings))
		if err == nil {
			return newWriteConn(c), nil
		}
		if !isBusy(err) || try == 100 {
			return nil, translate(err)
		}
		select {
		case <-ctx.Done():
			return nil, translate(ctx.Err())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Ping says whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	return translate(s.readers.PingContext(ctx))
}

// Close finishes what is being written and closes the file. Writes that come later get Unavailable.
func (s *Store) Close() error {
	s.mu.Lock()
	for text, stmt := range s.prepared {
		stmt.Close()
		delete(s.prepared, text)
	}
	s.mu.Unlock()
	return errors.Join(s.readers.Close(), s.writer.close())
}
