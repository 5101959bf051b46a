package sqlitestore

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"modernc.org/sqlite"
)

// lockName is the file whose lock says that a process serves the data folder. It holds nothing.
const lockName = "serving.lock"

// Occupy takes the data folder for one serving process, until release or the end of the process, however it
// ends. Two would each have a cache of sessions and counts of their own: a sign-out in one would not be known to
// the other, and limits would count half. Commands don't need it: they work beside the one that serves.
func Occupy(dataDir string) (release func() error, err error) {
	if err := os.MkdirAll(dataDir, 0o700); err != nil {
		return nil, err
	}
	path := filepath.Join(dataDir, lockName)
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := f.Close(); err != nil {
		return nil, err
	}
	conn, err := (&sqlite.Driver{}).Open(fileURI(path, "_pragma=busy_timeout(0)"))
	if err != nil {
		return nil, translate(err)
	}
	c := newWriteConn(conn)
	for _, query := range []string{"PRAGMA journal_mode = memory", "BEGIN EXCLUSIVE"} { // the engine's own lock: on every system, and it ends with the process
		_, err := c.row(query)
		if isBusy(err) {
			return nil, errors.Join(fmt.Errorf("%s is being served by another duthi: stop it first, or give this one a folder of its own (--data)", dataDir), c.close())
		}
		if err != nil {
			return nil, errors.Join(translate(err), c.close())
		}
	}
	return c.close, nil
}
