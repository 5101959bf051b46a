package sqlitestore

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
)

// Backup writes the database as of now to one new file while writing goes on. It refuses to overwrite. The
// file is complete and on disk when Backup returns nil, and gone when it fails. The key of sealed values is
// not in it.
func (s *Store) Backup(ctx context.Context, path string) (err error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err = errors.Join(err, f.Close()); err != nil {
			err = errors.Join(err, os.Remove(path))
		}
	}()
	// A connection of its own: reading ones may only query. VACUUM INTO writes one snapshot, without free pages,
	// and accepts an empty file.
	conn, err := (&sqlite.Driver{}).Open(fileURI(s.path, "_pragma=busy_timeout(5000)&_pragma=temp_store(memory)&_dqs=0"))
	if err != nil {
		return translate(err)
	}
	defer conn.Close()
	_, err = conn.(driver.ExecerContext).ExecContext(ctx, "VACUUM INTO ?", []driver.NamedValue{{Ordinal: 1, Value: path}})
	if err != nil {
		return translate(err)
	}
	return errors.Join(f.Sync(), syncDir(filepath.Dir(path)))
}

// Restore puts a backup in the place of the database in dataDir. It refuses a file that is damaged, not
// duthi's or newer than this program, and a database that a running program has open. The database that was
// there stays beside it; its new name is given ("" when there was none).
func Restore(ctx context.Context, dataDir, file string, now time.Time) (kept string, err error) {
	path, err := prepareFile(dataDir)
	if err != nil {
		return "", err
	}
	fresh := path + ".restoring"
	if err := copyFile(fresh, file); err != nil {
		return "", err
	}
	defer os.Remove(fresh) // gone already when all went well
	if err := check(ctx, fresh); err != nil {
		return "", fmt.Errorf("%s: %w", file, err)
	}
	return swap(path, fresh, path+".before-restore-"+now.UTC().Format("20060102T150405Z"))
}

// swap moves fresh to path and what is at path to kept. An exclusive lock keeps other programs out meanwhile;
// leaving WAL asks for the file alone and brings the log home, so that kept is complete.
func swap(path, fresh, kept string) (string, error) {
	conn, err := (&sqlite.Driver{}).Open(fileURI(path, "_pragma=busy_timeout(0)"))
	if err != nil {
		return "", translate(err)
	}
	c := newWriteConn(conn)
	defer c.close()
	empty := false
	for _, query := range []string{"PRAGMA journal_mode = delete", "BEGIN EXCLUSIVE", "SELECT count(*) = 0 FROM sqlite_schema"} {
		row, err := c.row(query)
		if isBusy(err) {
			return "", errors.New("the database is in use: stop duthi first")
		}
		if err != nil {
			return "", translate(err)
		}
		empty = len(row) == 1 && row[0] == int64(1)
	}
	if empty { // made by prepareFile
		kept = ""
	} else if err := os.Link(path, kept); err != nil {
		return "", err
	}
	return kept, errors.Join(os.Rename(fresh, path), syncDir(filepath.Dir(path)))
}

// check opens a backup and looks it over.
func check(ctx context.Context, path string) error {
	conn, err := (&sqlite.Driver{}).Open(fileURI(path, "mode=ro&_dqs=0"))
	if err != nil {
		return translate(err)
	}
	c := newWriteConn(conn)
	defer c.close()
	id, err := c.row("PRAGMA application_id")
	if err != nil || id[0] != int64(applicationID) {
		return errors.Join(errors.New("not a backup of duthi"), err)
	}
	if _, err := compatible(c, migrations[len(migrations)-1].number); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	ok, err := c.row("PRAGMA integrity_check")
	if err != nil || ok[0] != "ok" {
		return errors.Join(fmt.Errorf("the backup is damaged: %v", ok), err)
	}
	return nil
}

// copyFile copies a backup to a new file and waits until it is on disk. A file with a log beside it is a
// database in use, not a backup: without the log it would lack the latest writes.
func copyFile(to, from string) (err error) {
	if log, err := os.Stat(from + "-wal"); err == nil && log.Size() > 0 {
		return fmt.Errorf("%s is a database in use, not a backup: make one with 'duthi backup'", from)
	}
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

// syncDir makes a new name in a folder durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
