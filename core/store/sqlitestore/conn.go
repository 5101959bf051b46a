package sqlitestore

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"duthi/core"
)

// writeConn is the writing connection with its prepared statements. It is used below database/sql, whose
// locking and copying would cost as much as the statements. Only one goroutine uses it.
type writeConn struct {
	conn  driver.Conn
	stmts map[string]stmt
	args  []driver.NamedValue
}

type stmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

func newWriteConn(c driver.Conn) *writeConn {
	return &writeConn{conn: c, stmts: map[string]stmt{}}
}

func (c *writeConn) close() error {
	for _, s := range c.stmts {
		s.Close()
	}
	return c.conn.Close()
}

// prepare gives the statement of a query, keeping it: the texts are constants of this package.
func (c *writeConn) prepare(query string) (stmt, error) {
	if s, ok := c.stmts[query]; ok {
		return s, nil
	}
	p, err := c.conn.Prepare(query)
	if err != nil {
		return nil, fmt.Errorf("%w in %q", err, query)
	}
	s := p.(stmt) // modernc's statements are; a change would fail the first test
	c.stmts[query] = s
	return s, nil
}

// bind turns arguments into the driver's; the result is good until the next call.
func (c *writeConn) bind(args []any) []driver.NamedValue {
	c.args = c.args[:0]
	for i, a := range args {
		switch v := a.(type) {
		case int:
			a = int64(v)
		case core.Instant:
			a = int64(v)
		}
		c.args = append(c.args, driver.NamedValue{Ordinal: i + 1, Value: a})
	}
	return c.args
}

// exec runs a statement and gives the number of rows it changed.
func (c *writeConn) exec(query string, args ...any) (int64, error) {
	s, err := c.prepare(query)
	if err != nil {
		return 0, err
	}
	r, err := s.ExecContext(context.Background(), c.bind(args))
	if err != nil {
		return 0, err
	}
	return r.RowsAffected()
}

// script runs statements that are needed once.
func (c *writeConn) script(text string) error {
	_, err := c.conn.(driver.ExecerContext).ExecContext(context.Background(), text, nil)
	return err
}

// query calls each with every row; its slice is reused.
func (c *writeConn) query(query string, each func(row []driver.Value) error, args ...any) error {
	s, err := c.prepare(query)
	if err != nil {
		return err
	}
	rows, err := s.QueryContext(context.Background(), c.bind(args))
	if err != nil {
		return err
	}
	row := make([]driver.Value, len(rows.Columns()))
	for {
		if err = rows.Next(row); err != nil {
			break
		}
		if err = each(row); err != nil {
			break
		}
	}
	if err == io.EOF {
		err = nil
	}
	return errors.Join(err, rows.Close())
}

// row gives the first row, or nil when there is none.
func (c *writeConn) row(query string, args ...any) ([]driver.Value, error) {
	var out []driver.Value
	err := c.query(query, func(row []driver.Value) error {
		out = append(out, row...)
		return io.EOF
	}, args...)
	return out, err
}
