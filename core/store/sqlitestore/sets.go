package sqlitestore

import (
	"context"
	"database/sql"

	"duthi/core"
)

// stage writes rows of a set in the bulk lane, a few at a time. A row that is there keeps its place.
func stage[T any](ctx context.Context, s *Store, query string, rows []T, args func(T) []any) error {
	next := 0
	return s.writer.slices(ctx, func(c *writeConn) (bool, error) {
		for range min(20, len(rows)-next) {
			if _, err := c.exec(query, args(rows[next])...); err != nil {
				return false, err
			}
			next++
		}
		return next == len(rows), nil
	})
}

// StageQuestions writes questions of a set that is not current yet.
func (s *Store) StageQuestions(ctx context.Context, rows []core.Question) error {
	return stage(ctx, s, `INSERT INTO questions (contest_id, "set", id, version, doc) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (contest_id, "set", id, version) DO UPDATE SET doc = excluded.doc`, rows,
		func(q core.Question) []any { return []any{q.ContestID, q.Set, q.ID, q.Version, encode(q)} })
}

// StageUnits writes units of a set that is not current yet.
func (s *Store) StageUnits(ctx context.Context, rows []core.Unit) error {
	return stage(ctx, s, `INSERT INTO units (contest_id, "set", code, doc) VALUES (?, ?, ?, ?)
		ON CONFLICT (contest_id, "set", code) DO UPDATE SET doc = excluded.doc`, rows,
		func(u core.Unit) []any { return []any{u.ContestID, u.Set, u.Code, encode(u)} })
}

// StageRoster writes people of a set that is not current yet.
func (s *Store) StageRoster(ctx context.Context, rows []core.RosterPerson) error {
	return stage(ctx, s, `INSERT INTO roster (contest_id, "set", key, doc) VALUES (?, ?, ?, ?)
		ON CONFLICT (contest_id, "set", key) DO UPDATE SET doc = excluded.doc`, rows,
		func(p core.RosterPerson) []any { return []any{p.ContestID, p.Set, p.Key, encode(p)} })
}

// DropSet removes the rows of a set.
func (s *Store) DropSet(ctx context.Context, contestID, kind string, set int64) error {
	query, ok := map[string]string{
		"questions": `DELETE FROM questions WHERE seq IN (SELECT seq FROM questions WHERE contest_id = ? AND "set" = ? LIMIT 200)`,
		"units":     `DELETE FROM units WHERE seq IN (SELECT seq FROM units WHERE contest_id = ? AND "set" = ? LIMIT 200)`,
		"roster":    `DELETE FROM roster WHERE seq IN (SELECT seq FROM roster WHERE contest_id = ? AND "set" = ? LIMIT 100)`,
	}[kind]
	if !ok {
		return core.Errorf(core.Invalid, "Không có loại danh sách %q.", kind)
	}
	return s.writer.slices(ctx, func(c *writeConn) (bool, error) {
		n, err := c.exec(query, contestID, set)
		return n == 0, err
	})
}

// Questions gives a set in the order of ids.
func (s *Store) Questions(ctx context.Context, contestID string, set int64) ([]core.Question, error) {
	return list[core.Question](ctx, s, `SELECT doc FROM questions WHERE contest_id = ? AND "set" = ? ORDER BY id, version`, contestID, set)
}

// QuestionVersion gives any version of a question.
func (s *Store) QuestionVersion(ctx context.Context, contestID string, ref core.QuestionRef) (core.Question, error) {
	return get[core.Question](ctx, s, `SELECT doc FROM questions INDEXED BY questions_version
		WHERE contest_id = ? AND id = ? AND version = ? ORDER BY "set" DESC LIMIT 1`, contestID, ref.ID, ref.Version)
}

// Units gives a set in the order staged.
func (s *Store) Units(ctx context.Context, contestID string, set int64) ([]core.Unit, error) {
	return list[core.Unit](ctx, s, `SELECT doc FROM units INDEXED BY units_order WHERE contest_id = ? AND "set" = ? ORDER BY seq`, contestID, set)
}

// RosterAfter gives people of a set in the order of keys.
func (s *Store) RosterAfter(ctx context.Context, contestID string, set int64, after string, limit int) ([]core.RosterPerson, error) {
	return list[core.RosterPerson](ctx, s, `SELECT doc FROM roster WHERE contest_id = ? AND "set" = ? AND key > ? ORDER BY key LIMIT ?`,
		contestID, set, after, limit)
}

// RosterMatches gives the people of a set with a name, in one of the units.
func (s *Store) RosterMatches(ctx context.Context, contestID string, set int64, nameFolded string, units []string, limit int) ([]core.RosterPerson, error) {
	if units == nil {
		units = []string{}
	}
	return list[core.RosterPerson](ctx, s, `SELECT doc FROM roster INDEXED BY roster_name WHERE contest_id = ?1 AND "set" = ?2 AND name_folded = ?3
		AND (?4 = '[]' OR unit_code IN (SELECT value FROM json_each(?4))) ORDER BY key LIMIT ?5`, contestID, set, nameFolded, encode(units), limit)
}

// RosterBy gives the people of a set by a hash or staff code.
func (s *Store) RosterBy(ctx context.Context, contestID string, set int64, field, value string) ([]core.RosterPerson, error) {
	query, ok := map[string]string{
		"national_id": `SELECT doc FROM roster INDEXED BY roster_national_id WHERE contest_id = ? AND "set" = ? AND national_id = ? ORDER BY key`,
		"phone":       `SELECT doc FROM roster INDEXED BY roster_phone WHERE contest_id = ? AND "set" = ? AND phone = ? ORDER BY key`,
		"staff_code":  `SELECT doc FROM roster INDEXED BY roster_staff_code WHERE contest_id = ? AND "set" = ? AND staff_code = ? ORDER BY key`,
	}[field]
	if !ok {
		return nil, core.Errorf(core.Invalid, "Không tìm được theo %q.", field)
	}
	return list[core.RosterPerson](ctx, s, query, contestID, set, value)
}

// RosterUnregistered gives the people of a set in units who never registered.
func (s *Store) RosterUnregistered(ctx context.Context, contestID string, set int64, units []string, after string, limit int) (people []core.RosterPerson, next string, err error) {
	n := 0
	err = s.each(ctx, `SELECT r.doc, r.key,
			EXISTS (SELECT 1 FROM contestants c INDEXED BY contestants_roster_key WHERE c.contest_id = ?1 AND c.roster_key = r.key)
			OR EXISTS (SELECT 1 FROM contestants c INDEXED BY contestants_phone WHERE c.contest_id = ?1 AND c.phone = r.phone)
			OR EXISTS (SELECT 1 FROM contestants c INDEXED BY contestants_national_id WHERE c.contest_id = ?1 AND c.national_id = r.national_id)
		FROM roster r INDEXED BY roster_unit WHERE r.contest_id = ?1 AND r."set" = ?2 AND r.unit_code IN (SELECT value FROM json_each(?3)) AND r.key > ?4
		ORDER BY r.key LIMIT ?5`, func(rows *sql.Rows) error {
		var doc sql.RawBytes
		var known bool
		if err := rows.Scan(&doc, &next, &known); err != nil || known {
			n++
			return err
		}
		p, err := decode[core.RosterPerson](doc)
		n, people = n+1, append(people, p)
		return err
	}, contestID, set, encode(units), after, limit)
	if err != nil || n < limit {
		next = ""
	}
	return people, next, err
}
