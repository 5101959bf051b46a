package sqlitestore

import (
	"context"
	"strings"

	"duthi/core"
	"duthi/core/account"
)

// uniqueFields are a contestant's values that nobody else in the contest may have, and the query that finds
// their owner.
var uniqueFields = []struct {
	name, owner string
	value       func(core.Contestant) string
}{
	{"phone", `SELECT doc FROM contestants WHERE contest_id = ? AND phone = ?`, func(c core.Contestant) string { return c.Phone.Hash }},
	{"national_id", `SELECT doc FROM contestants WHERE contest_id = ? AND national_id = ?`, func(c core.Contestant) string { return c.NationalID.Hash }},
	{"roster_key", `SELECT doc FROM contestants WHERE contest_id = ? AND roster_key = ?`, func(c core.Contestant) string { return c.RosterKey }},
	{"zalo_user_id", `SELECT doc FROM contestants WHERE contest_id = ? AND zalo_user_id = ?`, func(c core.Contestant) string { return c.ZaloUserID }},
}

// InsertContestant adds a contestant with Revision 1.
func (s *Store) InsertContestant(ctx context.Context, p core.Contestant) error {
	p.Revision = 1
	doc := encode(p)
	return s.writer.one(ctx, func(c *writeConn) error {
		_, err := c.exec(`INSERT INTO contestants (id, doc) VALUES (?, ?)`, p.ID, doc)
		return whoseValues(c, p, err)
	})
}

// UpdateContestant replaces a contestant, guarded by its revision.
func (s *Store) UpdateContestant(ctx context.Context, p core.Contestant) error {
	doc := encode(p)
	return s.writer.one(ctx, func(c *writeConn) error {
		n, err := c.exec(`UPDATE contestants SET doc = ? WHERE id = ? AND revision = ?`, doc, p.ID, p.Revision-1)
		if err == nil && n == 0 {
			err = conflict
		}
		return whoseValues(c, p, err)
	})
}

// whoseValues names the fields of p that are somebody else's, when err is that of a unique index. It looks in the
// same transaction, so the answer is that of the moment of the failure.
func whoseValues(c *writeConn, p core.Contestant, err error) error {
	if err == nil || err == error(conflict) || !core.Is(translate(err), core.Conflict) {
		return err
	}
	var fields []string
	for _, f := range uniqueFields {
		v := f.value(p)
		if v == "" {
			continue
		}
		row, e := c.row(strings.Replace(f.owner, "doc", "id", 1)+" AND id <> ?", p.ContestID, v, p.ID)
		if e != nil {
			return e
		}
		if row != nil {
			fields = append(fields, f.name)
		}
	}
	if len(fields) == 0 {
		return err // the id itself
	}
	return account.Taken(fields...)
}

// Contestant gives a person by id.
func (s *Store) Contestant(ctx context.Context, id string) (core.Contestant, error) {
	return get[core.Contestant](ctx, s, `SELECT doc FROM contestants WHERE id = ?`, id)
}

// ContestantBy finds a person of a contest by a unique value.
func (s *Store) ContestantBy(ctx context.Context, contestID, field, value string) (core.Contestant, error) {
	for _, f := range uniqueFields {
		if f.name == field {
			return get[core.Contestant](ctx, s, f.owner, contestID, value)
		}
	}
	return core.Contestant{}, core.Errorf(core.Invalid, "Không tìm được theo %q.", field)
}

// Contestants gives people of a contest in the order of ids.
func (s *Store) Contestants(ctx context.Context, contestID string, f account.PeopleFilter, after string, limit int) ([]core.Contestant, error) {
	index := "contestants_list"
	where := []string{"contest_id = ?", "id > ?"}
	args := []any{contestID, after}
	add := func(value, condition, by string) {
		if value == "" {
			return
		}
		where, args = append(where, condition), append(args, value)
		if by != "" {
			index = by
		}
	}
	add(f.NamePart, "instr(name_folded, ?) > 0", "")
	add(f.Status, "status = ?", "")
	add(f.Unit1Code, "unit1_code = ?", "contestants_unit1")
	add(f.UnitCode, "unit_code = ?", "contestants_unit")
	add(f.PhoneHash, "phone = ?", "contestants_phone")
	query := "SELECT doc FROM contestants INDEXED BY " + index + " WHERE " + strings.Join(where, " AND ") + " ORDER BY id LIMIT ?"
	return list[core.Contestant](ctx, s, query, append(args, limit)...)
}

// InsertRequest adds a request.
func (s *Store) InsertRequest(ctx context.Context, r core.Request) error {
	r.Revision = 1
	return s.write(ctx, `INSERT INTO requests (id, doc) VALUES (?, ?)`, r.ID, encode(r))
}

// Request gives a request by id.
func (s *Store) Request(ctx context.Context, id string) (core.Request, error) {
	return get[core.Request](ctx, s, `SELECT doc FROM requests WHERE id = ?`, id)
}

// UpdateRequest replaces a request, guarded by its revision.
func (s *Store) UpdateRequest(ctx context.Context, r core.Request) error {
	return s.guarded(ctx, `UPDATE requests SET doc = ? WHERE id = ? AND revision = ?`, encode(r), r.ID, r.Revision-1)
}

// Requests gives requests of a contest, oldest first.
func (s *Store) Requests(ctx context.Context, contestID, status, contestantID string, limit int) ([]core.Request, error) {
	index, where, args := "requests_list", "contest_id = ?", []any{contestID}
	if status != "" {
		index, where, args = "requests_status", where+" AND status = ?", append(args, status)
	}
	if contestantID != "" {
		index, where, args = "requests_contestant", where+" AND contestant_id = ?", append(args, contestantID)
	}
	query := "SELECT doc FROM requests INDEXED BY " + index + " WHERE " + where + " ORDER BY created_at, id LIMIT ?"
	return list[core.Request](ctx, s, query, append(args, limit)...)
}
