package sqlitestore

import (
	"context"
	"database/sql"
)

// schemaAttachments keeps the files of contests in parts.
const schemaAttachments = `
CREATE TABLE attachments (
	contest_id TEXT NOT NULL, digest TEXT NOT NULL, part INT NOT NULL,
	data BLOB NOT NULL,
	PRIMARY KEY (contest_id, digest, part)
);
`

// PutAttachmentPart writes one part of a file.
func (s *Store) PutAttachmentPart(ctx context.Context, contestID, digest string, part int, data []byte) error {
	done := false
	return s.writer.slices(ctx, func(c *writeConn) (bool, error) {
		if done {
			return true, nil
		}
		_, err := c.exec(`INSERT INTO attachments (contest_id, digest, part, data) VALUES (?, ?, ?, ?)
			ON CONFLICT (contest_id, digest, part) DO UPDATE SET data = excluded.data`, contestID, digest, part, data)
		done = true
		return true, err
	})
}

// AttachmentPart gives one part of a file.
func (s *Store) AttachmentPart(ctx context.Context, contestID, digest string, part int) (data []byte, err error) {
	found := false
	err = s.each(ctx, `SELECT data FROM attachments WHERE contest_id = ? AND digest = ? AND part = ?`, func(rows *sql.Rows) error {
		found = true
		return rows.Scan(&data)
	}, contestID, digest, part)
	if err == nil && !found {
		err = notFound
	}
	return data, err
}

// KeepAttachments removes the files of a contest whose digest is not among those named.
func (s *Store) KeepAttachments(ctx context.Context, contestID string, digests []string) error {
	if digests == nil {
		digests = []string{}
	}
	return s.writer.slices(ctx, func(c *writeConn) (bool, error) {
		n, err := c.exec(`DELETE FROM attachments WHERE (contest_id, digest, part) IN (SELECT contest_id, digest, part FROM attachments
			WHERE contest_id = ?1 AND digest NOT IN (SELECT value FROM json_each(?2)) LIMIT 8)`, contestID, encode(digests))
		return n == 0, err
	})
}
