package sqlitestore

import (
	"cmp"
	"context"

	"duthi/core"
	"duthi/core/account"
)

// InsertOrganizer adds an account.
func (s *Store) InsertOrganizer(ctx context.Context, o core.Organizer) error {
	o.Revision = 1
	doc := encode(o)
	return s.writer.one(ctx, func(c *writeConn) error {
		_, err := c.exec(`INSERT INTO organizers (name, doc) VALUES (?, ?)`, o.Name, doc)
		return whoseZalo(c, o, err)
	})
}

// whoseZalo names the Zalo user when err is that of a unique index and another account has it.
func whoseZalo(c *writeConn, o core.Organizer, err error) error {
	if err == nil || err == error(conflict) || o.ZaloUserID == "" || !core.Is(translate(err), core.Conflict) {
		return err
	}
	row, e := c.row(`SELECT name FROM organizers WHERE contest_id = ? AND zalo_user_id = ? AND name <> ?`, o.ContestID, o.ZaloUserID, o.Name)
	if e != nil || row == nil {
		return cmp.Or(e, err)
	}
	return account.Taken("zalo_user_id")
}

// FocalPointBy gives the account of a contest that has a Zalo user.
func (s *Store) FocalPointBy(ctx context.Context, contestID, zaloUserID string) (core.Organizer, error) {
	return get[core.Organizer](ctx, s, `SELECT doc FROM organizers WHERE contest_id = ? AND zalo_user_id = ?`, contestID, zaloUserID)
}

// Organizer gives an account by name.
func (s *Store) Organizer(ctx context.Context, name string) (core.Organizer, error) {
	return get[core.Organizer](ctx, s, `SELECT doc FROM organizers WHERE name = ?`, name)
}

// UpdateOrganizer replaces an account, guarded by its revision.
func (s *Store) UpdateOrganizer(ctx context.Context, o core.Organizer) error {
	doc := encode(o)
	return s.writer.one(ctx, func(c *writeConn) error {
		n, err := c.exec(`UPDATE organizers SET doc = ? WHERE name = ? AND revision = ?`, doc, o.Name, o.Revision-1)
		if err == nil && n == 0 {
			err = conflict
		}
		return whoseZalo(c, o, err)
	})
}

// Organizers gives every account in the order of names.
func (s *Store) Organizers(ctx context.Context) ([]core.Organizer, error) {
	return list[core.Organizer](ctx, s, `SELECT doc FROM organizers ORDER BY name`)
}
