package sqlitestore

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
)

// applicationID marks the file as ours ("duti" in ASCII), so that restore refuses other databases.
const applicationID = 0x64757469

// migration is a step of the schema. Numbers grow by one; a step that has been released never changes.
type migration struct {
	number int
	name   string
	// oldest is the smallest schema number a program must know to work on the file after this step: its own
	// number when older programs would break, a smaller one when the step only adds.
	oldest int
	script string
}

// errNewer says that a newer program has changed the file in a way this one can't work with.
type errNewer struct{ file, oldest, known int }

func (e errNewer) Error() string {
	return fmt.Sprintf("the database has schema %d, which needs a program that knows schema %d; this one knows %d: use a newer duthi",
		e.file, e.oldest, e.known)
}

// migrate brings the file to the newest schema. It may be run by several processes at once and again after
// an interruption: each step is one transaction that also notes it as applied.
func migrate(c *writeConn, steps []migration, now func() time.Time) error {
	err := c.script(`CREATE TABLE IF NOT EXISTS migrations (
		number INTEGER PRIMARY KEY, name TEXT NOT NULL, oldest INT NOT NULL, applied_at INT NOT NULL)`)
	if err != nil {
		return err
	}
	known := steps[len(steps)-1].number
	have, err := compatible(c, known)
	if err != nil {
		return err
	}
	for _, m := range steps {
		if m.number <= have {
			continue // the usual case asks for no lock
		}
		if err := apply(c, m, known, now); err != nil {
			return fmt.Errorf("migration %d (%s): %w", m.number, m.name, err)
		}
	}
	return nil
}

// apply runs one step unless another process was faster.
func apply(c *writeConn, m migration, known int, now func() time.Time) error {
	if err := c.script("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	have, err := compatible(c, known)
	if err == nil && have < m.number {
		err = c.script(m.script)
		if err == nil {
			_, err = c.exec("INSERT INTO migrations (number, name, oldest, applied_at) VALUES (?, ?, ?, ?)",
				m.number, m.name, m.oldest, now().UnixMilli())
		}
		if err == nil {
			err = c.script(fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, m.number))
		}
	}
	if err != nil {
		return errors.Join(err, c.script("ROLLBACK"))
	}
	return c.script("COMMIT")
}

// compatible gives the schema number of the file; it fails when a program that knows known can't work on it.
func compatible(c *writeConn, known int) (have int, err error) {
	oldest := 0
	err = c.query("SELECT coalesce(max(number), 0), coalesce(max(oldest), 0) FROM migrations", func(row []driver.Value) error {
		have, oldest = int(row[0].(int64)), int(row[1].(int64))
		return nil
	})
	if err == nil && oldest > known {
		err = errNewer{have, oldest, known}
	}
	return have, err
}
