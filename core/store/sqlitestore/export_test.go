package sqlitestore

import (
	"context"
	"database/sql"
	"maps"
	"slices"
)

// Queries gives every statement the store has prepared so far.
func (s *Store) Queries() []string {
	s.mu.RLock()
	out := slices.Collect(maps.Keys(s.prepared))
	s.mu.RUnlock()
	s.writer.all(context.Background(), func(c *writeConn) error {
		out = slices.AppendSeq(out, maps.Keys(c.stmts))
		return nil
	})
	return out
}

// Plan gives the steps SQLite would take for a statement.
func (s *Store) Plan(query string) ([]string, error) {
	args := []any{1, 2, 3, 4, 5, 6, 7, 8, 9} // unused ones are ignored
	rows, err := s.readers.Query("EXPLAIN QUERY PLAN "+query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var id, parent, unused int
		var step sql.RawBytes
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			return nil, err
		}
		out = append(out, string(step))
	}
	return out, rows.Err()
}
