package sqlitestore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"io"

	"modernc.org/sqlite"
)

// readConnector opens reading connections. They cannot write: the file is opened read-only.
func readConnector(path string) driver.Connector {
	return connector(fileURI(path, readerSettings))
}

// connector is a driver of our own in place of one registered for the whole process.
type connector string

func (c connector) Connect(context.Context) (driver.Conn, error) {
	return (&sqlite.Driver{}).Open(string(c))
}

func (c connector) Driver() driver.Driver { return &sqlite.Driver{} }

// stmt gives the prepared statement of a read, keeping it: the texts are constants of this package.
func (s *Store) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	s.mu.RLock()
	p, ok := s.prepared[query]
	s.mu.RUnlock()
	if ok {
		return p, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.prepared[query]; ok {
		return p, nil
	}
	p, err := s.readers.PrepareContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("%w in %q", err, query)
	}
	s.prepared[query] = p
	return p, nil
}

// each calls f for every row of a read, until f answers io.EOF.
func (s *Store) each(ctx context.Context, query string, f func(*sql.Rows) error, args ...any) error {
	p, err := s.stmt(ctx, query)
	if err != nil {
		return translate(err)
	}
	rows, err := p.QueryContext(ctx, args...)
	if err != nil {
		return translate(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err == io.EOF {
			return nil
		} else if err != nil {
			return translate(err)
		}
	}
	return translate(rows.Err())
}

// list gives the documents of a read whose only column is doc.
func list[T any](ctx context.Context, s *Store, query string, args ...any) ([]T, error) {
	var out []T
	err := s.each(ctx, query, func(rows *sql.Rows) error {
		var doc sql.RawBytes
		if err := rows.Scan(&doc); err != nil {
			return err
		}
		v, err := decode[T](doc)
		out = append(out, v)
		return err
	}, args...)
	if err != nil {
		return nil, err
	}
	return out, nil
}

// get gives the first document of such a read, or NotFound.
func get[T any](ctx context.Context, s *Store, query string, args ...any) (T, error) {
	all, err := list[T](ctx, s, query, args...)
	if err != nil || len(all) == 0 {
		var none T
		if err == nil {
			err = notFound
		}
		return none, err
	}
	return all[0], nil
}

// encode gives the document of a record.
func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // records are plain data
	}
	return string(b)
}

// decode gives the record of a document.
func decode[T any](doc []byte) (T, error) {
	var v T
	if err := json.Unmarshal(doc, &v); err != nil {
		return v, fmt.Errorf("stored document: %w", err)
	}
	return v, nil
}

// guarded runs one changing statement: Conflict when it changed nothing.
func (s *Store) guarded(ctx context.Context, query string, args ...any) error {
	return s.writer.one(ctx, func(c *writeConn) error {
		n, err := c.exec(query, args...)
		if err == nil && n == 0 {
			err = conflict
		}
		return err
	})
}

// write runs one changing statement whatever it changes.
func (s *Store) write(ctx context.Context, query string, args ...any) error {
	return s.writer.one(ctx, func(c *writeConn) error {
		_, err := c.exec(query, args...)
		return err
	})
}
