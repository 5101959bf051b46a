package sqlitestore

import (
	"context"

	"duthi/core"
)

// InsertOrganizer adds an account.
func (s *Store) InsertOrganizer(ctx context.Context, o core.Organizer) error {
	o.Revision = 1
	return s.write(ctx, `INSERT INTO organizers (name, doc) VALUES (?, ?)`, o.Name, encode(o))
}

// Organizer gives an account by name.
func (s *Store) Organizer(ctx context.Context, name string) (core.Organizer, error) {
	return get[core.Organizer](ctx, s, `SELECT doc FROM organizers WHERE name = ?`, name)
}

// UpdateOrganizer replaces an account, guarded by its revision.
func (s *Store) UpdateOrganizer(ctx context.Context, o core.Organizer) error {
	return s.guarded(ctx, `UPDATE organizers SET doc = ? WHERE name = ? AND revision = ?`, encode(o), o.Name, o.Revision-1)
}

// Organizers gives every account in the order of names.
func (s *Store) Organizers(ctx context.Context) ([]core.Organizer, error) {
	return list[core.Organizer](ctx, s, `SELECT doc FROM organizers ORDER BY name`)
}
